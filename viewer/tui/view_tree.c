/* SPDX-License-Identifier: MIT */
/* The tree view (3): tasks below the tasks that created them. */
#include "viewer/tui/phrases.h"
#include "viewer/tui/task_rows.h"

static const struct aw__column columns[] = {
	{ "ID", 8, 80, false, 0 },	    { "STATE", 11, 0, false, 0 },
	{ "SINCE", 9, 60, false, 0, true }, { "WAITS FOR", 15, 100, false, 20 },
	{ "TASK", 0, 0, true, 0 },	    { 0 },
};

#define MAX_STEPS 4096 /* descendants that are searched for a live task */

static const struct aw__task *next_below(const struct aw__task *task, const struct aw__task *top)
{
	if (task->first_child != NULL)
		return task->first_child;
	while (task != top && task->next == NULL)
		task = task->parent;
	return task != top ? task->next : NULL;
}

/* A finished task is shown if it has a live descendant. */
static bool is_shown(const struct aw__app *app, const struct aw__task *task)
{
	const struct aw__task *next = task;

	if (task->live || app->show_finished)
		return true;
	for (unsigned steps = 0; next != NULL && steps < MAX_STEPS; steps++) {
		if (next->live)
			return true;
		next = next_below(next, task);
	}
	return next != NULL;
}

static bool is_branch(const struct aw__app *app, const struct aw__task *task)
{
	for (const struct aw__task *child = task->first_child; child != NULL; child = child->next)
		if (is_shown(app, child))
			return true;
	return false;
}

static void append_siblings(struct aw__app *app, const struct aw__task *task,
			    struct aw__buffer *rows)
{
	struct aw__row row;

	for (; task != NULL; task = task->next) {
		if (!is_shown(app, task))
			continue;
		aw__task_row(app, &row, task);
		row.branch = row.open = is_branch(app, task);
		aw__buffer_append(rows, &row, sizeof(row));
	}
}

static void fill(struct aw__app *app, struct aw__buffer *rows)
{
	append_siblings(app, aw__model_task_roots(app->model), rows);
}

static void children(struct aw__app *app, const struct aw__row *row, struct aw__buffer *rows)
{
	const struct aw__task *task = row->source;

	append_siblings(app, task->first_child, rows);
}

/* Unnamed tasks show their coroutine. */
static uint8_t cell(const struct aw__app *app, const struct aw__row *row, int column,
		    struct aw__buffer *out)
{
	uint8_t ink = aw__task_cell(app, row, column, out);
	const struct aw__task *task = aw__model_task(app->model, row->id);

	if (column == AW__TASK_NAME && task != NULL && task->facts.coroutine != 0) {
		aw__buffer_text(out, "  ");
		aw__phrases_place(app, out, task->facts.coroutine, true);
	}
	return ink;
}

const struct aw__view aw__view_tree = {
	.name = "tree",
	.brief = "tree",
	.nothing = "No live tasks; f shows those that finished.",
	.columns = columns,
	.fill = fill,
	.children = children,
	.order = aw__task_order,
	.cell = cell,
	.subject = aw__task_subject,
	.page = &aw__page_task,
};
