/* SPDX-License-Identifier: MIT */
/* Performs the viewer's actions: a table has one function for each action of keys.c. */
#include "viewer/tui/app.h"
#include "viewer/tui/outside.h"
#include "viewer/tui/pane.h"
#include "viewer/tui/row_filter.h"
#include "viewer/tui/search.h"
#include "viewer/tui/time_travel.h"

#define SCRUBS 50 /* steps from the first event to the last */

static void back(struct aw__app *app)
{
	if (aw__sheet_top(app) != NULL)
		aw__sheet_back(app);
	else if (app->filter != NULL)
		aw__row_filter_clear(app);
}

static void quit(struct aw__app *app)
{
	if (aw__sheet_top(app) != NULL)
		aw__sheet_back(app);
	else
		app->quit = true;
}

bool aw__app_subject(struct aw__app *app, struct aw__subject *ret_subject)
{
	const struct aw__sheet *sheet = aw__sheet_top(app);
	const struct aw__list *list = aw__app_list(app);
	const struct aw__row *row;

	*ret_subject = (struct aw__subject){ 0 };
	if (sheet != NULL) {
		*ret_subject = sheet->subject;
		aw__app_enter(app, sheet->subject.process);
	} else {
		row = list->view->columns != NULL ? aw__list_chosen(app, list) : NULL;
		if (row == NULL)
			return false;
		ret_subject->process = row->process;
		list->view->subject(app, row, ret_subject);
	}
	aw__subject_complete(app, ret_subject);
	return true;
}

static void open_page(struct aw__app *app, const struct aw__page *page)
{
	struct aw__subject subject;

	if (aw__app_subject(app, &subject))
		aw__sheet_open(app, page, &subject);
}

static void open_chosen(struct aw__app *app)
{
	const struct aw__page *page = aw__app_list(app)->view->page;
	struct aw__subject subject;

	if (aw__sheet_top(app) != NULL)
		aw__sheet_follow(app);
	else if (aw__app_subject(app, &subject) && subject.merge_key != 0)
		aw__sheet_open(app, &aw__page_merged, &subject);
	else if (page != NULL)
		open_page(app, page);
}

static void open_task(struct aw__app *app)
{
	open_page(app, &aw__page_task);
}

static void open_error(struct aw__app *app)
{
	open_page(app, &aw__page_error);
}

static void open_raise(struct aw__app *app)
{
	open_page(app, &aw__page_raise);
}

static void open_creation(struct aw__app *app)
{
	open_page(app, &aw__page_creation);
}

static void open_awaiter(struct aw__app *app)
{
	open_page(app, &aw__page_awaiter);
}

static void open_others(struct aw__app *app)
{
	open_page(app, &aw__page_others);
}

static void open_why(struct aw__app *app)
{
	open_page(app, &aw__page_why);
}

static void open_help(struct aw__app *app)
{
	struct aw__subject nothing = { 0 };

	aw__sheet_open(app, &aw__page_help, &nothing);
}

static void next_view(struct aw__app *app)
{
	aw__app_show(app, (app->current + 1) % aw__app_views(app));
}

static void sort_next(struct aw__app *app)
{
	struct aw__list *list = aw__app_list(app);
	int next = list->sort + 1;

	if (aw__sheet_top(app) == NULL && list->view->columns != NULL)
		aw__list_sort(app, list, list->view->columns[next].title != NULL ? next : 0);
}

static void sort_backwards(struct aw__app *app)
{
	struct aw__list *list = aw__app_list(app);

	if (aw__sheet_top(app) == NULL && list->view->columns != NULL)
		aw__list_sort(app, list, list->sort);
}

static void merge(struct aw__app *app)
{
	app->merged = !app->merged;
	aw__list_refresh(app, aw__app_list(app));
	aw__app_say(app, app->merged ? "tasks of the same stack and state are one row"
				     : "each task is a row");
}

static void follow(struct aw__app *app)
{
	app->follow = !app->follow;
	aw__list_refresh(app, aw__app_list(app));
}

static void step_on(struct aw__app *app)
{
	aw__time_travel_step(app, false);
}

static void step_back(struct aw__app *app)
{
	aw__time_travel_step(app, true);
}

static void scrub_on(struct aw__app *app)
{
	aw__time_travel_scrub(app, 1, SCRUBS);
}

static void scrub_back(struct aw__app *app)
{
	aw__time_travel_scrub(app, -1, SCRUBS);
}

static void open_bookmarks(struct aw__app *app)
{
	struct aw__subject nothing = { 0 };

	aw__sheet_open(app, &aw__page_bookmarks, &nothing);
}

static void copy_line(struct aw__app *app)
{
	aw__outside_copy(app, false);
}

static void copy_all(struct aw__app *app)
{
	aw__outside_copy(app, true);
}

static void toggle_finished(struct aw__app *app)
{
	app->show_finished = !app->show_finished;
	aw__list_refresh(app, aw__app_list(app));
}

static void fold_all(struct aw__app *app)
{
	if (aw__sheet_top(app) == NULL)
		aw__branches_fold_all(app, aw__app_list(app));
}

static void search_next(struct aw__app *app)
{
	aw__search_again(app, 1);
}

static void search_previous(struct aw__app *app)
{
	aw__search_again(app, -1);
}

static void pause(struct aw__app *app)
{
	app->paused = !app->paused;
}

/* clang-format off */
static void (*const table[AW__ACTIONS])(struct aw__app *app) = {
	[AW__DO_OPEN] = open_chosen,
	[AW__DO_BACK] = back,
	[AW__DO_QUIT] = quit,
	[AW__DO_NEXT_VIEW] = next_view,
	[AW__DO_RAISE] = open_raise,
	[AW__DO_TASK] = open_task,
	[AW__DO_CREATION] = open_creation,
	[AW__DO_AWAITER] = open_awaiter,
	[AW__DO_OTHERS] = open_others,
	[AW__DO_ERROR] = open_error,
	[AW__DO_WHY] = open_why,
	[AW__DO_SORT] = sort_next,
	[AW__DO_BACKWARDS] = sort_backwards,
	[AW__DO_FINISHED] = toggle_finished,
	[AW__DO_FOLD_ALL] = fold_all,
	[AW__DO_MERGE] = merge,
	[AW__DO_FOLLOW] = follow,
	[AW__DO_BOOKMARK] = aw__bookmarks_add,
	[AW__DO_BOOKMARKS] = open_bookmarks,
	[AW__DO_STEP] = step_on,
	[AW__DO_STEP_BACK] = step_back,
	[AW__DO_SCRUB] = scrub_on,
	[AW__DO_SCRUB_BACK] = scrub_back,
	[AW__DO_PRESENT] = aw__time_travel_leave,
	[AW__DO_PANE] = aw__pane_resize,
	[AW__DO_EDIT] = aw__outside_edit,
	[AW__DO_COPY] = copy_line,
	[AW__DO_COPY_ALL] = copy_all,
	[AW__DO_FILTER] = aw__row_filter_begin,
	[AW__DO_SEARCH] = aw__search_begin,
	[AW__DO_NEXT] = search_next,
	[AW__DO_PREVIOUS] = search_previous,
	[AW__DO_PAUSE] = pause,
	[AW__DO_HELP] = open_help,
};
/* clang-format on */

static void move(struct aw__app *app, enum aw__action action)
{
	struct aw__list *list = aw__app_list(app);
	int height = aw__app_body_height(app);

	if (aw__app_text(app) != NULL)
		aw__scroll_move(aw__app_text(app), action, height);
	else if (action == AW__DO_LEFT || action == AW__DO_RIGHT)
		aw__branches_fold(app, list, action == AW__DO_RIGHT);
	else
		aw__list_move(list, action, height);
}

void aw__act(struct aw__app *app, enum aw__action action)
{
	const struct aw__view *view = aw__app_list(app)->view;

	if (aw__sheet_top(app) == NULL && view->act != NULL && view->act(app, action))
		return;
	if (action >= AW__DO_VIEW && (unsigned)(action - AW__DO_VIEW) < aw__app_views(app))
		aw__app_show(app, (unsigned)(action - AW__DO_VIEW));
	else if (action < AW__ACTIONS && table[action] != NULL)
		table[action](app);
	else
		move(app, action);
}
