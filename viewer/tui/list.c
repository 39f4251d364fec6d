/* SPDX-License-Identifier: MIT */
/* A list of rows: sorted, scrolled, one of them chosen. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "viewer/tui/app.h"

struct aw__row *aw__list_rows(const struct aw__list *list, size_t *ret_count)
{
	*ret_count = list->rows.length / sizeof(struct aw__row);
	return (struct aw__row *)(void *)list->rows.data;
}

static int by_sort(const void *a, const void *b)
{
	const struct aw__row *x = a, *y = b;

	if (x->sort != y->sort)
		return x->sort < y->sort ? -1 : 1;
	if (x->sort2 != y->sort2)
		return x->sort2 < y->sort2 ? -1 : 1;
	return (x->key > y->key) - (x->key < y->key);
}

static void choose_key(struct aw__list *list, uint64_t key)
{
	size_t count, old = list->chosen;
	const struct aw__row *rows = aw__list_rows(list, &count);

	for (size_t i = 0; i < count; i++)
		if (rows[i].key == key) {
			list->chosen = i;
			list->top += i > old ? i - old : 0; /* it stays where it was */
			list->top -= i < old && old - i <= list->top ? old - i : 0;
			return;
		}
	if (list->chosen >= count)
		list->chosen = count > 0 ? count - 1 : 0;
}

void aw__list_refresh(struct aw__app *app, struct aw__list *list)
{
	size_t count;
	struct aw__row *rows = aw__list_rows(list, &count);
	uint64_t key = list->chosen < count ? rows[list->chosen].key : 0;
	bool sorted = true;

	aw__buffer_clear(&list->rows);
	list->view->fill(app, &list->rows);
	rows = aw__list_rows(list, &count);
	for (size_t i = 1; i < count && sorted; i++)
		sorted = by_sort(&rows[i - 1], &rows[i]) <= 0;
	if (!sorted)
		qsort(rows, count, sizeof(*rows), by_sort);
	/* whoever stands at the beginning wants to see what comes first */
	if (list->chosen > 0)
		choose_key(list, key);
}

void aw__list_move(struct aw__list *list, enum aw__action action, int height)
{
	size_t count, page = height > 1 ? (size_t)height - 1 : 1, *at = &list->chosen;

	aw__list_rows(list, &count);
	if (count == 0)
		return;
	if (action == AW__DO_DOWN || action == AW__DO_PAGE_DOWN)
		*at += action == AW__DO_DOWN ? 1 : page;
	else if (action == AW__DO_UP || action == AW__DO_PAGE_UP)
		*at -= action == AW__DO_UP ? *at > 0 : *at > page ? page : *at;
	else if (action == AW__DO_FIRST)
		*at = 0;
	else if (action == AW__DO_LAST)
		*at = count - 1;
	if (*at >= count)
		*at = count - 1;
}

/* The columns from `x` up to before the result are those of column `at`; 0: it is not shown. What
 * is the last on this screen gets the rest of it. */
static int column_end(const struct aw__column *columns, int at, int x, int width)
{
	int next = at + 1;

	if (width < columns[at].from)
		return 0;
	while (columns[next].title != NULL && width < columns[next].from)
		next++;
	return columns[next].title == NULL ? width : x + columns[at].width - 1;
}

static void draw_titles(const struct aw__app *app, const struct aw__list *list,
			struct aw__grid *grid, int y)
{
	const struct aw__column *columns = list->view->columns;

	for (int i = 0, x = 1, end; columns[i].title != NULL; i++) {
		end = column_end(columns, i, x, app->width);
		if (end == 0)
			continue;
		aw__grid_put(grid, y, x, end, columns[i].title, AW__INK_DIM);
		x = end + 1;
	}
}

static void draw_row(struct aw__app *app, const struct aw__list *list, struct aw__grid *grid, int y,
		     const struct aw__row *row)
{
	const struct aw__column *columns = list->view->columns;
	struct aw__buffer text = AW__BUFFER_EMPTY;

	for (int i = 0, x = 1, end; columns[i].title != NULL; i++) {
		uint8_t ink;

		end = column_end(columns, i, x, app->width);
		if (end == 0)
			continue;
		aw__buffer_clear(&text);
		ink = list->view->cell(app, row, i, &text);
		aw__grid_put(grid, y, x, end, aw__buffer_string(&text), ink);
		x = end + 1;
	}
	aw__buffer_finish(&text);
}

void aw__list_draw(struct aw__app *app, struct aw__list *list, struct aw__grid *grid, int from_y,
		   int to_y)
{
	size_t count, height = (size_t)(to_y - from_y - 1);
	const struct aw__row *rows = aw__list_rows(list, &count);

	draw_titles(app, list, grid, from_y++);
	if (count == 0) {
		aw__grid_put(grid, from_y + 1, 1, app->width, list->view->nothing, AW__INK_DIM);
		return;
	}
	if (list->chosen < list->top)
		list->top = list->chosen;
	if (list->chosen >= list->top + height)
		list->top = list->chosen - height + 1;
	if (list->top + height > count)
		list->top = count > height ? count - height : 0;
	for (size_t i = list->top; i < count && i < list->top + height; i++) {
		int y = from_y + (int)(i - list->top);

		draw_row(app, list, grid, y, &rows[i]);
		if (i == list->chosen)
			aw__grid_add_ink(grid, y, 0, app->width, AW__INK_REVERSE);
	}
}

bool aw__list_matches(const struct aw__app *app, const struct aw__list *list, size_t index)
{
	const struct aw__column *columns = list->view->columns;
	struct aw__buffer text = AW__BUFFER_EMPTY, one = AW__BUFFER_EMPTY;
	size_t count;
	const struct aw__row *rows = aw__list_rows(list, &count);
	bool found;

	for (int i = 0; columns[i].title != NULL; i++) {
		aw__buffer_clear(&one);
		list->view->cell(app, &rows[index], i, &one);
		aw__buffer_format(&text, "%s ", aw__buffer_string(&one));
	}
	found = aw__search_find(app, aw__buffer_string(&text)) != NULL;
	aw__buffer_finish(&text);
	aw__buffer_finish(&one);
	return found;
}
