/* SPDX-License-Identifier: MIT */
/*
 * The first of the two passes that --filter, --since and --until need: it resolves times and collects the ids of
 * the tasks that match. `awry export` and option_filter.c then read again with the result.
 */
#include "viewer/cli/selection.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "viewer/cli/progress.h"
#include "viewer/cli/when.h"

static void judge(struct aw__selection *selection, struct aw__filter *filter,
		  const struct aw__model *model, const struct aw__task *task, uint64_t now_ns)
{
	bool fits = aw__filter_matches(filter, model, task, now_ns);

	if (!fits)
		aw__map_remove(&selection->tasks, task->id);
	else if (selection->tasks.count < AW__SELECTION_MOST_TASKS)
		aw__map_put(&selection->tasks, task->id, selection);
	else
		selection->left_out++;
}

/* The model drops tasks that finished long ago, so each task is judged when it finishes, and the rest at the end. */
static void look(struct aw__selection *selection, struct aw__filter *filter,
		 const struct aw__session *session, const struct aw__item *item)
{
	const struct aw__task *task;

	if (filter == NULL || item->kind != AW__ITEM_EVENT || item->event.kind != AW__TASK_DONE)
		return;
	task = aw__model_task(session->model, item->event.subject);
	if (task != NULL)
		judge(selection, filter, session->model, task, aw__model_now_ns(session->model));
}

static void judge_the_rest(struct aw__selection *selection, struct aw__filter *filter,
			   const struct aw__model *model, uint64_t now_ns)
{
	const struct aw__task *task = aw__model_task_roots(model);
	int depth = 0;

	for (; task != NULL; task = aw__model_task_next(task, &depth))
		judge(selection, filter, model, task, now_ns);
}

/* Damage is reported by the second pass. */
static void read_all(struct aw__selection *selection, struct aw__filter *filter,
		     struct aw__session *session, bool quiet)
{
	enum aw__source_status status;
	struct aw__progress progress;
	struct aw__problem problem;
	struct aw__item item;

	aw__progress_begin(&progress, "looking", quiet);
	do {
		status = aw__source_next(session->source, &item, &problem);
		if (status != AW__SOURCE_GOT)
			continue;
		aw__session_ingest(session, &item);
		look(selection, filter, session, &item);
		aw__progress_show(&progress, aw__source_bytes_read(session->source),
				  aw__source_bytes(session->source));
	} while (status == AW__SOURCE_GOT || status == AW__SOURCE_DAMAGED);
	aw__progress_end(&progress);
}

static bool parse_range(struct aw__selection *selection, const struct aw__model *model,
			const struct aw__selection_wish *wish)
{
	struct aw__problem problem;

	if (wish->since != NULL &&
	    !aw__when_parse(wish->since, model, 0, &selection->from_ns, &problem)) {
		aw__cli_fail("--since: %s", problem.text);
		return false;
	}
	if (wish->until != NULL && !aw__when_parse(wish->until, model, selection->from_ns,
						   &selection->until_ns, &problem)) {
		aw__cli_fail("--until: %s", problem.text);
		return false;
	}
	if (selection->until_ns > selection->from_ns)
		return true;
	aw__cli_fail("--since %s is not before --until %s",
		     wish->since != NULL ? wish->since : "0s", wish->until);
	return false;
}

static void tell_limits(const struct aw__selection *selection, const struct aw__filter *filter)
{
	if (aw__filter_gave_up(filter) > 0)
		aw__cli_warn("--filter: a regular expression took too long %" PRIu64
			     " times: those tasks do not match",
			     aw__filter_gave_up(filter));
	if (selection->left_out > 0)
		aw__cli_warn("--filter: %" PRIu64 " of the tasks that match are left out: %u are "
			     "the most",
			     selection->left_out, AW__SELECTION_MOST_TASKS);
	if (selection->tasks.count == 0)
		aw__cli_warn("--filter: no task matches");
}

bool aw__selection_check(const struct aw__selection_wish *wish)
{
	struct aw__problem problem;
	struct aw__filter *filter;

	if (wish->since != NULL && !aw__when_is_one(wish->since, &problem)) {
		aw__cli_fail("--since: %s", problem.text);
		return false;
	}
	if (wish->until != NULL && !aw__when_is_one(wish->until, &problem)) {
		aw__cli_fail("--until: %s", problem.text);
		return false;
	}
	if (wish->filter == NULL)
		return true;
	filter = aw__filter_create(wish->filter, &problem);
	if (filter == NULL) {
		aw__cli_fail_at("--filter", &problem);
		return false;
	}
	aw__filter_destroy(filter);
	return true;
}

void aw__selection_judge(struct aw__selection *ret_selection, const struct aw__model *model,
			 uint64_t now_ns, const char *text)
{
	struct aw__problem problem;
	struct aw__filter *filter = aw__filter_create(text, &problem);

	*ret_selection = (struct aw__selection){ .until_ns = UINT64_MAX, .filtered = true };
	if (filter == NULL)
		return;
	judge_the_rest(ret_selection, filter, model, now_ns);
	tell_limits(ret_selection, filter);
	aw__filter_destroy(filter);
}

bool aw__selection_make(struct aw__selection *ret_selection, const char *target, unsigned flags,
			const struct aw__selection_wish *wish)
{
	struct aw__selection *selection = ret_selection;
	struct aw__filter *filter = NULL;
	struct aw__session session;
	struct aw__problem problem;
	bool good;

	*selection =
		(struct aw__selection){ .until_ns = UINT64_MAX, .filtered = wish->filter != NULL };
	if (wish->filter != NULL && (filter = aw__filter_create(wish->filter, &problem)) == NULL) {
		aw__cli_fail_at("--filter", &problem);
		return false;
	}
	if (!aw__session_open(&session, target, flags)) {
		aw__filter_destroy(filter);
		return false;
	}
	read_all(selection, filter, &session, wish->quiet);
	good = parse_range(selection, session.model, wish);
	if (good && filter != NULL) {
		judge_the_rest(selection, filter, session.model, aw__model_now_ns(session.model));
		tell_limits(selection, filter);
	}
	aw__session_close(&session);
	aw__filter_destroy(filter);
	return good;
}

void aw__selection_finish(struct aw__selection *selection)
{
	aw__map_finish(&selection->tasks);
}
