/* SPDX-License-Identifier: MIT */
/*
 * The option --filter of report, errors, tree and stats. The filter is applied to the tasks as they are at the time that is
 * shown; then the target is read once more, and only events of matching tasks enter the new model.
 */
#include "viewer/cli/option_filter.h"

#include <stdlib.h>

#include "viewer/cli/progress.h"
#include "viewer/cli/selection.h"
#include "viewer/export/part.h"

enum { OPTION_FILTER = 3000 };

static struct aw__selection_wish wish;

static const struct argp_option options[] = {
	{ "filter", OPTION_FILTER, "FILTER", 0,
	  "Show only tasks that match, and their errors and findings: state:waiting age>5s "
	  "name~/db/ -has:error; awry-export(1) has the fields",
	  10 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	if (key != OPTION_FILTER)
		return ARGP_ERR_UNKNOWN;
	wish.filter = arg;
	if (!aw__selection_check(&wish))
		exit(AW__EXIT_USAGE);
	return 0;
}

const struct argp aw__option_filter_argp = { options, parse, NULL, NULL, NULL, NULL, NULL };

static bool is_shown(const struct aw__session *session, const struct aw__selection *selection,
		     const struct aw__item *item)
{
	if (item->kind != AW__ITEM_EVENT)
		return true;
	return item->event.time_ns <= aw__model_now_ns(session->model) &&
	       aw__part_wants(session->model, &selection->tasks, item);
}

static struct aw__model *read_again(struct aw__session *session,
				    const struct aw__selection *selection,
				    struct aw__source *source)
{
	struct aw__model *model = aw__model_create();
	enum aw__source_status status;
	struct aw__progress progress;
	struct aw__problem problem;
	struct aw__item item;

	aw__progress_begin(&progress, "filtering", false);
	do {
		status = aw__source_next(source, &item, &problem);
		if (status == AW__SOURCE_GOT && is_shown(session, selection, &item))
			aw__model_ingest(model, &item);
		aw__progress_show(&progress, aw__source_bytes_read(source),
				  aw__source_bytes(source));
	} while (status == AW__SOURCE_GOT || status == AW__SOURCE_DAMAGED);
	aw__progress_end(&progress);
	return model;
}

void aw__option_filter_apply(struct aw__session *session, unsigned flags)
{
	struct aw__problem problem;
	struct aw__source *source;
	struct aw__selection selection;

	if (wish.filter == NULL)
		return;
	source = aw__source_open(session->target, flags, &problem);
	if (source == NULL) {
		aw__cli_fail("%s", problem.text);
		session->failed = true;
		return;
	}
	aw__selection_judge(&selection, session->model, aw__session_now(session), wish.filter);
	session->whole = session->model;
	session->model = read_again(session, &selection, source);
	aw__model_set_resolver(session->model, aw__symbols_resolve, session->symbols);
	aw__selection_finish(&selection);
	aw__source_close(source);
}
