/* SPDX-License-Identifier: MIT */
/* The list of a view's rows: fills it from the models at each refresh, sorts, scrolls, and keeps the chosen row. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "viewer/tui/app.h"
#include "viewer/tui/rank.h"
#include "viewer/tui/row_filter.h"

void aw__list_finish(struct aw__list *list)
{
	aw__buffer_finish(&list->rows);
	aw__buffer_finish(&list->spare);
	aw__map_finish(&list->folded);
	aw__map_finish(&list->seen);
	aw__styled_finish(&list->text.text);
}

struct aw__row *aw__list_rows(const struct aw__list *list, size_t *ret_count)
{
	*ret_count = list->rows.length / sizeof(struct aw__row);
	return (struct aw__row *)(void *)list->rows.data;
}

const struct aw__row *aw__list_chosen(struct aw__app *app, const struct aw__list *list)
{
	size_t count;
	const struct aw__row *rows = aw__list_rows(list, &count);

	if (list->chosen >= count)
		return NULL;
	aw__app_enter(app, rows[list->chosen].process);
	return &rows[list->chosen];
}

static int by_sort(const void *a, const void *b)
{
	const struct aw__row *x = a, *y = b;

	if (x->sort != y->sort)
		return x->sort < y->sort ? -1 : 1;
	if (x->sort2 != y->sort2)
		return x->sort2 < y->sort2 ? -1 : 1;
	if (x->process != y->process)
		return x->process < y->process ? -1 : 1;
	return (x->key > y->key) - (x->key < y->key);
}

static void choose_key(struct aw__list *list, uint64_t key, unsigned process)
{
	size_t count, old = list->chosen;
	const struct aw__row *rows = aw__list_rows(list, &count);

	for (size_t i = 0; i < count; i++)
		if (rows[i].key == key && rows[i].process == process) {
			list->chosen = i;
			list->top += i > old ? i - old : 0; /* keep its screen line */
			list->top -= i < old && old - i <= list->top ? old - i : 0;
			return;
		}
	if (list->chosen >= count)
		list->chosen = count > 0 ? count - 1 : 0;
}

/* Sort by the first 16 letters, ignoring case. */
static void order_by_text(struct aw__app *app, const struct aw__list *list, struct aw__row *row)
{
	struct aw__buffer text = AW__BUFFER_EMPTY;
	uint64_t parts[2] = { 0, 0 };

	list->view->cell(app, row, list->sort, &text);
	for (size_t i = 0; i < 16; i++) {
		uint64_t letter = i < text.length ? (unsigned char)text.data[i] : 0;

		parts[i / 8] = parts[i / 8] << 8 | (uint64_t)tolower((int)letter);
	}
	row->sort = parts[0];
	row->sort2 = parts[1];
	aw__buffer_finish(&text);
}

static void order(struct aw__app *app, const struct aw__list *list, struct aw__row *row)
{
	const struct aw__view *view = list->view;

	if (view->order == NULL || !view->order(app, row, list->sort))
		order_by_text(app, list, row);
	if (list->backwards) {
		row->sort = ~row->sort;
		row->sort2 = ~row->sort2;
	}
}

static void fill(struct aw__app *app, struct aw__list *list)
{
	size_t processes = list->view->of_all ? 1 : app->host->count(app->host->arg);

	aw__buffer_clear(&list->rows);
	for (size_t i = 0; i < processes; i++) {
		size_t count, from = list->rows.length / sizeof(struct aw__row);
		struct aw__row *rows;

		aw__app_enter(app, (unsigned)i);
		list->view->fill(app, &list->rows);
		if (list->view->children == NULL)
			aw__row_filter_rows(app, &list->rows, from);
		if (app->merged)
			aw__merged_tasks_merge(&list->rows, from);
		rows = aw__list_rows(list, &count);
		for (; from < count; from++) {
			rows[from].process = (uint16_t)i;
			order(app, list, &rows[from]);
		}
	}
}

static void sort(struct aw__list *list)
{
	bool sorted = true;
	size_t count;
	struct aw__row *rows = aw__list_rows(list, &count);

	for (size_t i = 1; i < count && sorted; i++)
		sorted = by_sort(&rows[i - 1], &rows[i]) <= 0;
	if (!sorted)
		aw__rank_sort(&list->rows);
}

static void refresh_text(struct aw__app *app, struct aw__list *list)
{
	struct aw__buffer out = AW__BUFFER_EMPTY;

	list->view->text(app, &out);
	aw__scroll_set(&list->text, &out);
	aw__buffer_finish(&out);
}

void aw__list_refresh(struct aw__app *app, struct aw__list *list)
{
	size_t count;
	const struct aw__row *rows = aw__list_rows(list, &count);
	struct aw__row chosen = { 0 };

	if (list->view->text != NULL)
		refresh_text(app, list);
	if (list->view->columns == NULL)
		return;

	if (list->chosen < count)
		chosen = rows[list->chosen];
	fill(app, list);
	sort(list);
	if (list->view->children != NULL)
		aw__branches_grow(app, list);
	if (list->view->children != NULL)
		aw__row_filter_rows(app, &list->rows, 0);
	if (list->view->forget != NULL)
		list->view->forget(app);
	aw__list_rows(list, &count);
	if (app->follow && count > 0)
		list->chosen = count - 1;
	else if (list->chosen > 0) /* after sorting the list starts at its top */
		choose_key(list, chosen.key, chosen.process);
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

void aw__list_sort(struct aw__app *app, struct aw__list *list, int column)
{
	list->backwards = column == list->sort && !list->backwards;
	list->sort = column;
	aw__list_refresh(app, list);
	list->chosen = list->top = 0;
}

void aw__list_print(struct aw__app *app, const struct aw__list *list, size_t index,
		    struct aw__buffer *out)
{
	const struct aw__column *columns = list->view->columns;
	struct aw__buffer one = AW__BUFFER_EMPTY;
	size_t count;
	const struct aw__row *rows = aw__list_rows(list, &count);

	if (index >= count)
		return;
	aw__app_enter(app, rows[index].process);
	for (int i = 0; columns[i].title != NULL; i++) {
		aw__buffer_clear(&one);
		list->view->cell(app, &rows[index], i, &one);
		if (one.length > 0)
			aw__buffer_format(out, "%s%s", out->length > 0 ? "  " : "",
					  aw__buffer_string(&one));
	}
	aw__buffer_finish(&one);
}
