/* SPDX-License-Identifier: MIT */
/*
 * Trees in lists (the views of tree, waits, errors and loops): inserts the children of unfolded rows below them,
 * folds and unfolds, and draws the branches.
 */
#include <string.h>

#include "viewer/tui/app.h"

#define MAX_DEPTH 48 /* bound on the depth of a tree */

static uint64_t fold_key(const struct aw__row *row)
{
	return aw__map_hash(row->key + ((uint64_t)row->process << 40));
}

static bool is_open(const struct aw__list *list, const struct aw__row *row)
{
	bool as_told = list->folded.count == 0 || aw__map_get(&list->folded, fold_key(row)) == NULL;

	return row->branch && row->open == as_told;
}

static void toggle(struct aw__list *list, const struct aw__row *row)
{
	uint64_t key = fold_key(row);

	if (aw__map_remove(&list->folded, key) == NULL)
		aw__map_put(&list->folded, key, list);
}

/* Set a child's place. Its key includes the parent's, because the same error may occur at two places. */
static void place_below(struct aw__row *child, const struct aw__row *parent, bool last)
{
	child->process = parent->process;
	child->depth = (uint8_t)(parent->depth + 1);
	child->lines = parent->lines;
	if (!last)
		child->lines |= UINT64_C(1) << child->depth;
	child->key = aw__map_hash(parent->key ^
				  aw__map_hash(child->id * 64 + child->kind + child->part));
}

/* `waiting` is a stack: the children, not inserted yet, of the row and of each of its ancestors. */
static void grow(struct aw__app *app, struct aw__list *list, struct aw__buffer *waiting,
		 const struct aw__row *row)
{
	const size_t from = waiting->length / sizeof(*row);
	size_t end;

	aw__buffer_append(&list->rows, row, sizeof(*row));
	if (!is_open(list, row) || row->depth >= MAX_DEPTH)
		return;
	list->view->children(app, row, waiting);
	if (app->merged)
		aw__merged_tasks_merge(waiting, from);
	end = waiting->length / sizeof(*row);
	for (size_t i = from; i < end; i++) {
		/* a copy, since appending may move the buffer */
		struct aw__row child = ((const struct aw__row *)(void *)waiting->data)[i];

		place_below(&child, row, i + 1 == end);
		grow(app, list, waiting, &child);
	}
	waiting->length = from * sizeof(*row);
}

void aw__branches_grow(struct aw__app *app, struct aw__list *list)
{
	struct aw__buffer roots = list->rows, waiting = AW__BUFFER_EMPTY;
	const struct aw__row *rows = (const struct aw__row *)(void *)roots.data;

	list->rows = list->spare;
	aw__buffer_clear(&list->rows);
	for (size_t i = 0; i < roots.length / sizeof(*rows); i++) {
		if (i == 0 || rows[i].process != app->process)
			aw__app_enter(app, rows[i].process);
		if (list->seen.count > 0)
			aw__map_finish(&list->seen);
		grow(app, list, &waiting, &rows[i]);
	}
	aw__map_finish(&list->seen);
	aw__buffer_finish(&waiting);
	list->spare = roots;
}

void aw__branches_fold(struct aw__app *app, struct aw__list *list, bool open)
{
	size_t count;
	const struct aw__row *rows = aw__list_rows(list, &count);
	size_t at = list->chosen;

	if (at >= count || list->view->children == NULL)
		return;
	if (rows[at].branch && is_open(list, &rows[at]) != open) {
		toggle(list, &rows[at]);
		aw__list_refresh(app, list);
		return;
	}
	if (open || rows[at].depth == 0)
		return;
	while (at > 0 && rows[at].depth >= rows[list->chosen].depth)
		at--;
	list->chosen = at;
}

void aw__branches_fold_all(struct aw__app *app, struct aw__list *list)
{
	bool any = false;
	size_t count;
	const struct aw__row *rows = aw__list_rows(list, &count);

	if (list->view->children == NULL)
		return;
	for (size_t i = 0; i < count; i++)
		any |= rows[i].depth == 0 && is_open(list, &rows[i]);
	for (size_t i = 0; i < count; i++)
		if (rows[i].depth == 0 && rows[i].branch && is_open(list, &rows[i]) == any)
			toggle(list, &rows[i]);
	aw__list_refresh(app, list);
}

void aw__branches_draw(const struct aw__app *app, const struct aw__row *row, struct aw__buffer *out)
{
	size_t count;
	const struct aw__list *list = &app->lists[app->current];
	const struct aw__row *next = row + 1, *rows = aw__list_rows(list, &count);
	bool opened = next < rows + count && next->depth > row->depth;

	for (unsigned depth = 1; depth < row->depth; depth++)
		aw__buffer_text(out, (row->lines >> depth & 1) == 0 ? "  "
				     : app->ascii		    ? "| "
								    : "│ ");
	if (row->depth > 0 && (row->lines >> row->depth & 1) != 0)
		aw__buffer_text(out, app->ascii ? "|-" : "├─");
	else if (row->depth > 0)
		aw__buffer_text(out, app->ascii ? "`-" : "└─");
	if (!row->branch)
		aw__buffer_text(out, row->depth > 0 ? " " : "  ");
	else if (app->ascii)
		aw__buffer_text(out, opened ? "- " : "+ ");
	else
		aw__buffer_text(out, opened ? "▾ " : "▸ ");
}
