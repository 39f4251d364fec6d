/* SPDX-License-Identifier: MIT */
/* The processes view (0): all debuggable processes, as they start and end; Enter attaches to one. */
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "viewer/tui/phrases.h"

#define MOST 512

enum { PID, STATE, RUNTIME, TASKS, FINDINGS, AGE, PROGRAM };

static const struct aw__column columns[] = {
	{ "PID", 9, 0, false },
	{ "STATE", 9, 0, false },
	{ "RUNTIME", 10, 80, false },
	{ "TASKS", 10, 60, false, 0, true },
	{ "FINDINGS", 9, 0, false, 0, true },
	{ "AGE", 13, 70, false, 0, true },
	{ "PROGRAM", 0, 0, false },
	{ 0 },
};

static void fill(struct aw__app *app, struct aw__buffer *rows)
{
	if (app->listed == NULL)
		app->listed = aw__alloc_must_zeroed(MOST, sizeof(*app->listed));
	app->listed_count = app->host->list(app->host->arg, app->listed, MOST);
	for (size_t i = 0; i < app->listed_count; i++) {
		struct aw__row row;

		memset(&row, 0, sizeof(row));
		row.key = app->listed[i].id;
		row.id = i;
		row.live = app->listed[i].state[0] == 'a';
		row.known = app->listed[i].attached;
		aw__buffer_append(rows, &row, sizeof(row));
	}
}

static bool order(struct aw__app *app, struct aw__row *row, int column)
{
	const struct aw__tui_listed *listed = &app->listed[row->id];

	row->sort2 = listed->age_ns;
	switch (column) {
	case PID:
		row->sort = listed->pid;
		return true;
	case STATE: /* alphabetical: alive, ended, gone, replaced, stopped */
		row->sort = (uint64_t)listed->state[0];
		return true;
	case TASKS:
		row->sort = UINT64_MAX - listed->tasks;
		return true;
	case FINDINGS:
		row->sort = UINT64_MAX - listed->findings;
		return true;
	case AGE:
		row->sort = listed->age_ns;
		return true;
	default:
		return false;
	}
}

static uint8_t cell(const struct aw__app *app, const struct aw__row *row, int column,
		    struct aw__buffer *out)
{
	const struct aw__tui_listed *listed = &app->listed[row->id];

	switch (column) {
	case PID:
		aw__buffer_format(out, "%" PRIu32 "%s", listed->pid, row->known ? " *" : "");
		return row->known ? AW__INK_BOLD : AW__INK_PLAIN;
	case STATE:
		aw__buffer_text(out, listed->state);
		return row->live			    ? AW__INK_GREEN
		       : strcmp(listed->state, "gone") == 0 ? AW__INK_RED
							    : AW__INK_DIM;
	case RUNTIME:
		aw__phrases_foreign(app, out, listed->runtime);
		return AW__INK_PLAIN;
	case TASKS:
		aw__text_number(out, listed->tasks);
		return AW__INK_PLAIN;
	case FINDINGS:
		aw__text_number(out, listed->findings);
		return listed->findings > 0 ? AW__INK_MAGENTA : AW__INK_PLAIN;
	case AGE:
		aw__text_duration(out, listed->age_ns);
		return AW__INK_PLAIN;
	default:
		aw__phrases_foreign(app, out, listed->program);
		return AW__INK_PLAIN;
	}
}

static bool act(struct aw__app *app, enum aw__action action)
{
	const struct aw__list *list = aw__app_list(app);
	struct aw__problem problem;
	size_t count;
	const struct aw__row *rows = aw__list_rows(list, &count);

	if (action != AW__DO_OPEN || list->chosen >= count)
		return false;
	if (rows[list->chosen].known) {
		aw__app_show(app, AW__VIEW_FINDINGS);
	} else if (app->host->attach(app->host->arg, rows[list->chosen].key, &problem)) {
		aw__app_show(app, AW__VIEW_FINDINGS);
		app->show_finished =
			app->show_finished || app->host->process(app->host->arg, 0)->recorded;
		app->ended = false;
	} else {
		aw__app_say(app, "%s", problem.text);
	}
	return true;
}

static void subject(const struct aw__app *app, const struct aw__row *row,
		    struct aw__subject *ret_subject)
{
	(void)app;
	(void)row;
	(void)ret_subject;
}

const struct aw__view aw__view_processes = {
	.name = "processes",
	.brief = "ps",
	.nothing = "No debuggable process yet; start one with AWRY_DEBUG=1, or by awry run.",
	.columns = columns,
	.first_sort = AGE,
	.of_all = true,
	.fill = fill,
	.order = order,
	.cell = cell,
	.subject = subject,
	.act = act,
};
