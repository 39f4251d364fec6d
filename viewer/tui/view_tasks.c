/* SPDX-License-Identifier: MIT */
/* The tasks view (2): one row for each task. */
#include <inttypes.h>
#include <string.h>

#include <awry/agent.h>

#include "base/text.h"
#include "viewer/tui/phrases.h"
#include "viewer/tui/task_rows.h"

static const struct aw__column columns[] = {
	{ "ID", 8, 0, false, 0 },
	{ "STATE", 11, 0, false, 0 },
	{ "SINCE", 9, 60, false, 0, true },
	{ "WAITS FOR", 15, 80, false, 20 },
	{ "NAME", 13, 0, false, 15 },
	{ "COROUTINE", 0, 60, false, 0 },
	{ 0 },
};

void aw__task_row(const struct aw__app *app, struct aw__row *ret_row, const struct aw__task *task)
{
	memset(ret_row, 0, sizeof(*ret_row));
	ret_row->key = ret_row->id = task->id;
	ret_row->source = task;
	ret_row->known = task->known;
	ret_row->live = task->live;
	ret_row->vanished = task->vanished;
	ret_row->state = task->state;
	ret_row->outcome = task->outcome;
	ret_row->wait_kind = task->wait_kind;
	ret_row->wait_target = task->wait_target;
	ret_row->changed_ns = task->changed_ns;
	ret_row->cancel = task->cancel != NULL;
	ret_row->finding = task->finding_count > 0;
	ret_row->merge_key = app->merged ? aw__task_merge_key(task) : 0;
	ret_row->count = 1;
}

/* Must be fast: with 100,000 tasks it runs ten times a second. */
static void fill_live(struct aw__app *app, struct aw__buffer *rows)
{
	size_t count = aw__model_task_live_count(app->model);
	struct aw__row row;

	for (size_t i = 0; i < count; i++) {
		aw__task_row(app, &row, aw__model_task_live_at(app->model, i));
		aw__buffer_append(rows, &row, sizeof(row));
	}
}

static void fill(struct aw__app *app, struct aw__buffer *rows)
{
	const struct aw__task *task = aw__model_task_roots(app->model);
	struct aw__row row;
	int depth = 0;

	if (!app->show_finished) {
		fill_live(app, rows);
		return;
	}
	for (; task != NULL; task = aw__model_task_next(task, &depth)) {
		aw__task_row(app, &row, task);
		aw__buffer_append(rows, &row, sizeof(row));
	}
}

bool aw__task_order(struct aw__app *app, struct aw__row *row, int column)
{
	const struct aw__task *task;

	switch (column) {
	case AW__TASK_ID:
		row->sort = row->id;
		return true;
	case AW__TASK_STATE_COLUMN:
		row->sort = row->live ? row->state : AW__TASK_UNTOLD + 1 + (uint64_t)row->outcome;
		break;
	case AW__TASK_SINCE: /* longest in its state first */
		row->sort = row->changed_ns;
		break;
	case AW__TASK_WAITS:
		row->sort = row->wait_kind != 0 ? row->wait_kind : UINT64_MAX;
		row->sort2 = row->wait_target;
		return true;
	case AW__TASK_NAME:
		task = aw__model_task(app->model, row->id);
		if (task == NULL || task->facts.name != NULL)
			return false;
		row->sort = UINT64_MAX; /* unnamed tasks by number: Task-2 before Task-10 */
		break;
	default:
		return false;
	}
	row->sort2 = row->id;
	return true;
}

static uint8_t append_state(const struct aw__row *row, struct aw__buffer *out)
{
	if (!row->known) {
		aw__buffer_char(out, '?');
		return AW__INK_DIM;
	}
	if (row->live) {
		aw__buffer_text(out, row->cancel ? "cancelling"
				     : row->state == AW__TASK_UNTOLD
					     ? "unknown"
					     : aw__task_state_name(row->state));
		return row->state == AW__TASK_RUNNING ? AW__INK_GREEN : AW__INK_PLAIN;
	}
	aw__buffer_text(out, row->vanished ? "finished" : aw__outcome_name(row->outcome));
	return row->outcome == AW_OUTCOME_ERROR && !row->vanished ? AW__INK_RED : AW__INK_DIM;
}

uint8_t aw__task_cell(const struct aw__app *app, const struct aw__row *row, int column,
		      struct aw__buffer *out)
{
	const struct aw__task *task;

	switch (column) {
	case AW__TASK_ID:
		aw__buffer_format(out, "%" PRIu64, row->id);
		return AW__INK_DIM;
	case AW__TASK_STATE_COLUMN:
		return append_state(row, out);
	case AW__TASK_SINCE:
		if (row->changed_ns != 0 && app->now_ns >= row->changed_ns)
			aw__text_duration(out, app->now_ns - row->changed_ns);
		return AW__INK_PLAIN;
	case AW__TASK_WAITS:
		if (row->live && row->state == AW__TASK_WAITING)
			aw__phrases_wait(app, out, row->wait_kind, row->wait_target);
		return AW__INK_PLAIN;
	case AW__TASK_NAME:
		if (row->count > 1) {
			aw__buffer_text(out, aw__phrases_times(app));
			aw__text_number(out, row->count);
			aw__buffer_char(out, ' ');
		}
		aw__phrases_task(app, out, row->id);
		return row->finding ? AW__INK_BOLD | AW__INK_MAGENTA : AW__INK_BOLD;
	default:
		task = aw__model_task(app->model, row->id);
		if (task != NULL)
			aw__phrases_place(app, out, task->facts.coroutine, true);
		return AW__INK_PLAIN;
	}
}

void aw__task_subject(const struct aw__app *app, const struct aw__row *row,
		      struct aw__subject *ret_subject)
{
	(void)app;
	ret_subject->task = row->id;
	ret_subject->merge_key = row->count > 1 ? row->merge_key : 0;
}

const struct aw__view aw__view_tasks = {
	.name = "tasks",
	.brief = "task",
	.nothing = "No live tasks; f shows those that finished.",
	.columns = columns,
	.fill = fill,
	.order = aw__task_order,
	.cell = aw__task_cell,
	.subject = aw__task_subject,
	.page = &aw__page_task,
};
