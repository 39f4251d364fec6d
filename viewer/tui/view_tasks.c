/* SPDX-License-Identifier: MIT */
/* The list of tasks. */
#include <inttypes.h>
#include <string.h>

#include <awry/agent.h>

#include "base/text.h"
#include "viewer/tui/app.h"
#include "viewer/tui/describe_task.h"

enum { ID, STATE, SINCE, WAITS, NAME, COROUTINE };

static const struct aw__column columns[] = {
	{ "ID", 8, 0 },
	{ "STATE", 11, 0 },
	{ "SINCE", 12, 60 },
	{ "WAITS FOR", 20, 80 },
	{ "NAME", 18, 0 },
	{ "COROUTINE", 0, 60 },
	{ 0 },
};

enum { BY_ID, BY_AGE, BY_STATE };

static const char *const sorts[] = { "id", "age", "state", NULL };

static uint64_t sort_key(unsigned sort, const struct aw__task *task)
{
	switch (sort) {
	case BY_AGE: /* longest in its state first */
		return task->changed_ns;
	case BY_STATE:
		return task->live ? task->state : AW__TASK_STATES;
	default:
		return task->id;
	}
}

static void fill(struct aw__app *app, struct aw__buffer *rows)
{
	const struct aw__task *task = aw__model_task_roots(app->source->model);
	unsigned sort = app->lists[AW__VIEW_TASKS].sort;
	struct aw__row row;
	int depth = 0;

	for (; task != NULL; task = aw__model_task_next(task, &depth)) {
		if (!task->live && !app->show_finished)
			continue;
		memset(&row, 0, sizeof(row));
		row.key = task->id;
		row.sort = sort_key(sort, task);
		row.sort2 = task->id;
		row.known = task->known;
		row.live = task->live;
		row.vanished = task->vanished;
		row.state = task->state;
		row.outcome = task->outcome;
		row.wait_kind = task->wait_kind;
		row.wait_target = task->wait_target;
		row.changed_ns = task->changed_ns;
		row.cancel = task->cancel != NULL;
		row.finding = task->finding_count > 0;
		aw__buffer_append(rows, &row, sizeof(row));
	}
}

static uint8_t append_state(const struct aw__row *row, struct aw__buffer *out)
{
	if (!row->known) {
		aw__buffer_char(out, '?');
		return AW__INK_DIM;
	}
	if (row->live) {
		aw__buffer_text(out, row->cancel ? "cancelling" : aw__task_state_name(row->state));
		return row->state == AW__TASK_RUNNING ? AW__INK_GREEN : AW__INK_PLAIN;
	}
	aw__buffer_text(out, row->vanished ? "finished" : aw__outcome_name(row->outcome));
	return row->outcome == AW_OUTCOME_ERROR && !row->vanished ? AW__INK_RED : AW__INK_DIM;
}

static void append_wait(const struct aw__app *app, const struct aw__row *row,
			struct aw__buffer *out)
{
	if (!row->live || row->state != AW__TASK_WAITING)
		return;
	aw__buffer_text(out, aw__wait_name(row->wait_kind));
	if (row->wait_target == 0)
		return;
	if (row->wait_kind == AW_WAIT_TASK) {
		aw__buffer_char(out, ' ');
		aw__app_task(app, out, row->wait_target);
	} else {
		aw__buffer_format(out, " #%" PRIu64, row->wait_target);
	}
}

static uint8_t cell(const struct aw__app *app, const struct aw__row *row, int column,
		    struct aw__buffer *out)
{
	const struct aw__task *task = aw__model_task(app->source->model, row->key);
	struct aw__frame frame;

	switch (column) {
	case ID:
		aw__buffer_format(out, "%" PRIu64, row->key);
		return AW__INK_DIM;
	case STATE:
		return append_state(row, out);
	case SINCE:
		if (row->changed_ns != 0 && app->now_ns >= row->changed_ns)
			aw__text_duration(out, app->now_ns - row->changed_ns);
		return AW__INK_PLAIN;
	case WAITS:
		append_wait(app, row, out);
		return AW__INK_PLAIN;
	case NAME:
		aw__app_task(app, out, row->key);
		return row->finding ? AW__INK_BOLD | AW__INK_MAGENTA : AW__INK_BOLD;
	default:
		if (task != NULL &&
		    aw__model_place(app->source->model, task->facts.coroutine, &frame))
			aw__app_short_frame(app, out, &frame);
		return AW__INK_PLAIN;
	}
}

const struct aw__view aw__view_tasks = {
	.name = "tasks",
	.nothing = "No live tasks; f shows those that finished.",
	.columns = columns,
	.sorts = sorts,
	.fill = fill,
	.cell = cell,
	.describe = aw__describe_task,
};
