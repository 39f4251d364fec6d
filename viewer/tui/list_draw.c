/* SPDX-License-Identifier: MIT */
/* Draws the list of a view: column titles, rows, and the process of each row if there are several. */
#include <stdio.h>

#include "base/text.h"
#include "viewer/tui/app.h"

/*
 * Returns the screen column after column `at`, which begins at `x`; 0 if it is not shown. The last shown column gets
 * the rest of the line.
 */
static int column_end(const struct aw__column *columns, int at, int x, int width)
{
	int next = at + 1;

	if (width < columns[at].from)
		return 0;
	while (columns[next].title != NULL && width < columns[next].from)
		next++;
	if (columns[next].title == NULL)
		return width;
	return x + columns[at].width + (width > 80 ? (width - 80) * columns[at].grows / 100 : 0) -
	       1;
}

#define PID_WIDTH 8

/* The screen column where the first column begins: after the pid if there are several processes. */
static int first_column(const struct aw__app *app, const struct aw__list *list)
{
	bool several = !list->view->of_all && app->host->count(app->host->arg) > 1;

	return several ? 1 + PID_WIDTH : 1;
}

static void draw_process(const struct aw__app *app, struct aw__grid *grid, int y,
			 const struct aw__row *row)
{
	const struct aw__hello *hello = aw__model_hello(app->model);
	char text[16];

	if (row->depth > 0 || hello == NULL)
		return;
	snprintf(text, sizeof(text), "%u", (unsigned)hello->pid);
	aw__grid_put(grid, y, 1, PID_WIDTH, text, AW__INK_DIM);
}

int aw__list_column_at(const struct aw__app *app, const struct aw__list *list, int x)
{
	const struct aw__column *columns = list->view->columns;

	for (int i = 0, from = first_column(app, list), end; columns[i].title != NULL; i++) {
		end = column_end(columns, i, from, app->width);
		if (end == 0)
			continue;
		if (x >= from && x <= end)
			return i;
		from = end + 1;
	}
	return -1;
}

/* Where a text of a column from `x` to `end` begins. */
static int begin_of(const struct aw__column *column, int x, int end, const char *text)
{
	const int width = (int)aw__text_width(text, strlen(text));

	return column->right && width < end - x ? end - width : x;
}

static void draw_titles(const struct aw__app *app, const struct aw__list *list,
			struct aw__grid *grid, int y)
{
	const struct aw__column *columns = list->view->columns;

	if (first_column(app, list) > 1)
		aw__grid_put(grid, y, 1, PID_WIDTH, "PID", AW__INK_DIM);
	for (int i = 0, x = first_column(app, list), end; columns[i].title != NULL; i++) {
		end = column_end(columns, i, x, app->width);
		if (end == 0)
			continue;
		aw__grid_put(grid, y, begin_of(&columns[i], x, end, columns[i].title), end,
			     columns[i].title, i == list->sort ? AW__INK_BOLD : AW__INK_DIM);
		x = end + 1;
	}
}

static void draw_row(struct aw__app *app, const struct aw__list *list, struct aw__grid *grid, int y,
		     const struct aw__row *row)
{
	const struct aw__column *columns = list->view->columns;
	struct aw__buffer text = AW__BUFFER_EMPTY;

	aw__app_enter(app, row->process);
	if (first_column(app, list) > 1)
		draw_process(app, grid, y, row);
	for (int i = 0, x = first_column(app, list), end; columns[i].title != NULL; i++) {
		int from = x;
		uint8_t ink;

		end = column_end(columns, i, x, app->width);
		if (end == 0)
			continue;
		aw__buffer_clear(&text);
		if (columns[i].tree) {
			aw__branches_draw(app, row, &text);
			from = aw__grid_put(grid, y, x, end, aw__buffer_string(&text), AW__INK_DIM);
			aw__buffer_clear(&text);
		}
		ink = list->view->cell(app, row, i, &text);
		if (columns[i].right)
			from = begin_of(&columns[i], x, end, aw__buffer_string(&text));
		aw__grid_put(grid, y, from, end, aw__buffer_string(&text), ink);
		x = end + 1;
	}
	aw__buffer_finish(&text);
}

/* Scroll so that the chosen row is visible and the screen is full. */
static void settle(struct aw__list *list, size_t count, size_t height)
{
	if (list->chosen < list->top)
		list->top = list->chosen;
	if (list->chosen >= list->top + height)
		list->top = list->chosen - height + 1;
	if (list->top + height > count)
		list->top = count > height ? count - height : 0;
}

void aw__list_draw(struct aw__app *app, struct aw__list *list, struct aw__grid *grid, int from_y,
		   int to_y)
{
	size_t count, height = (size_t)(to_y - from_y - 1);
	const struct aw__row *rows = aw__list_rows(list, &count);

	if (list->view->draw != NULL)
		list->view->draw(app, grid, from_y, to_y);
	if (list->view->text != NULL)
		aw__scroll_draw(app, &list->text, grid, from_y, to_y);
	if (list->view->columns == NULL)
		return;
	draw_titles(app, list, grid, from_y++);
	if (count == 0) {
		aw__grid_put(grid, from_y + 1, 1, app->width, list->view->nothing, AW__INK_DIM);
		return;
	}
	settle(list, count, height);
	for (size_t i = list->top; i < count && i < list->top + height; i++) {
		int y = from_y + (int)(i - list->top);

		draw_row(app, list, grid, y, &rows[i]);
		if (i == list->chosen)
			aw__grid_add_ink(grid, y, 0, app->width, AW__INK_REVERSE);
	}
}
