/* SPDX-License-Identifier: MIT */
/*
 * The viewer's state without a terminal: the shown view and page, the effect of keys on them, and their refresh.
 * Tests drive it with keys and read its grid.
 */
#include "viewer/tui/app.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "viewer/model/task_filter.h"
#include "viewer/tui/mouse.h"
#include "viewer/tui/pane.h"
#include "viewer/tui/phrases.h"
#include "viewer/tui/row_filter.h"
#include "viewer/tui/search.h"
#include "viewer/tui/typing.h"

/* Screen lines above and below a list or page. */
#define ABOVE 2
#define BELOW 1

const struct aw__view *const aw__views[AW__VIEWS] = {
	[AW__VIEW_FINDINGS] = &aw__view_findings, [AW__VIEW_TASKS] = &aw__view_tasks,
	[AW__VIEW_TREE] = &aw__view_tree,	  [AW__VIEW_WAITS] = &aw__view_waits,
	[AW__VIEW_ERRORS] = &aw__view_errors,	  [AW__VIEW_LOOPS] = &aw__view_loops,
	[AW__VIEW_TIME] = &aw__view_time,	  [AW__VIEW_RESOURCES] = &aw__view_resources,
	[AW__VIEW_STATS] = &aw__view_stats,	  [AW__VIEW_PROCESSES] = &aw__view_processes,
};

void aw__app_init(struct aw__app *app, const struct aw__tui_host *host, bool ascii)
{
	memset(app, 0, sizeof(*app));
	app->host = host;
	app->ascii = ascii;
	app->width = 80;
	app->height = 24;
	for (unsigned i = 0; i < AW__VIEWS; i++) {
		app->lists[i].view = aw__views[i];
		app->lists[i].sort = aw__views[i]->first_sort;
	}
	if (host->count(host->arg) > 0) {
		app->show_finished = host->process(host->arg, 0)->recorded;
		aw__app_enter(app, 0);
	} else if (host->list != NULL) {
		app->current = AW__VIEW_PROCESSES;
	}
}

unsigned aw__app_views(const struct aw__app *app)
{
	return app->host->list != NULL ? AW__VIEWS : AW__VIEW_PROCESSES;
}

bool aw__app_ticks(const struct aw__app *app)
{
	const struct aw__tui_host *host = app->host;

	if (app->current == AW__VIEW_PROCESSES)
		return true;
	for (size_t i = 0; i < host->count(host->arg); i++) {
		const struct aw__tui_process *process = host->process(host->arg, i);

		if (!process->recorded && !process->ended)
			return true;
	}
	return false;
}

void aw__app_finish(struct aw__app *app)
{
	for (unsigned i = 0; i < AW__VIEWS; i++)
		aw__list_finish(&app->lists[i]);
	aw__styled_finish(&app->sheets.text.text);
	aw__alloc_free(app->timeline);
	aw__alloc_free(app->listed);
	aw__alloc_free(app->near_events);
	aw__buffer_finish(&app->nearby);
	aw__buffer_finish(&app->pattern);
	aw__buffer_finish(&app->filter_text);
	aw__filter_destroy(app->filter);
	aw__buffer_finish(&app->wish_text);
}

const struct aw__tui_process *aw__app_process(const struct aw__app *app)
{
	return app->host->process(app->host->arg, app->process);
}

void aw__app_enter(struct aw__app *app, unsigned index)
{
	const struct aw__tui_process *process;

	if (index >= app->host->count(app->host->arg))
		return;
	process = app->host->process(app->host->arg, index);
	app->process = index;
	app->model = process->model;
	if (app->shown_ns != 0)
		app->now_ns = app->shown_ns - aw__model_realtime_ns(process->model, 0);
	else if (process->recorded || process->ended || app->clock_ns == 0)
		app->now_ns = aw__model_now_ns(process->model);
	else
		app->now_ns = app->clock_ns;
}

struct aw__scroll *aw__app_text(struct aw__app *app)
{
	struct aw__list *list = aw__app_list(app);

	if (aw__sheet_top(app) != NULL)
		return &app->sheets.text;
	return list->view->text != NULL ? &list->text : NULL;
}

struct aw__list *aw__app_list(struct aw__app *app)
{
	return &app->lists[app->current];
}

static void add_counts(struct aw__app *app, const struct aw__model_counts *counts)
{
	app->counts.tasks_live += counts->tasks_live;
	app->counts.lost_events += counts->lost_events;
	app->counts.unlisted_tasks += counts->unlisted_tasks;
	app->counts.findings_beyond += counts->findings_beyond;
	for (unsigned i = 0; i < AW__FINDING_KINDS; i++)
		app->finding_count += counts->findings[i];
}

static void count_all(struct aw__app *app)
{
	memset(&app->counts, 0, sizeof(app->counts));
	app->finding_count = 0;
	for (size_t i = 0; i < app->host->count(app->host->arg); i++)
		add_counts(app, aw__model_counts(app->host->process(app->host->arg, i)->model));
}

void aw__app_refresh(struct aw__app *app, uint64_t clock_ns)
{
	if (app->paused && !app->stale)
		return;
	app->stale = false;
	if (!app->paused || app->shown_ns != 0) {
		app->clock_ns = clock_ns;
		count_all(app);
	}
	aw__list_refresh(app, aw__app_list(app));
	aw__sheet_refresh(app);
}

void aw__app_say(struct aw__app *app, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(app->message, sizeof(app->message), format, arguments);
	va_end(arguments);
}

void aw__app_end(struct aw__app *app, const char *message)
{
	app->ended = true;
	if (message != NULL) {
		struct aw__buffer text = AW__BUFFER_EMPTY;

		aw__phrases_foreign(app, &text, message);
		aw__app_say(app, "%s", aw__buffer_string(&text));
		aw__buffer_finish(&text);
	}
}

int aw__app_body_height(const struct aw__app *app)
{
	bool titles = aw__sheet_top(app) == NULL && app->lists[app->current].view->columns != NULL;
	int height = app->height - ABOVE - BELOW - titles - aw__pane_height(app);

	return height > 1 ? height : 1;
}

void aw__app_show(struct aw__app *app, unsigned view)
{
	app->sheets.count = 0;
	app->current = view;
	aw__list_refresh(app, aw__app_list(app));
}

static void type_search(struct aw__app *app, uint32_t key)
{
	if (key == AW__KEY_ENTER || key == '\n' || key == AW__KEY_ESCAPE)
		app->typing = AW__TYPING_NOTHING;
	if (key == AW__KEY_ESCAPE)
		aw__search_cancel(app);
	if (app->typing == AW__TYPING_NOTHING)
		return;
	aw__typing_key(&app->pattern, key);
	aw__search_typed(app);
}

bool aw__app_key(struct aw__app *app, uint32_t key)
{
	enum aw__action action = aw__keys_find(key);

	if (key == AW__KEY_RESIZE)
		return true;
	if (key == AW__KEY_NONE)
		return false;
	if (key >= AW__KEY_MOUSE) {
		aw__mouse(app, key);
		return true;
	}
	if (app->typing == AW__TYPING_SEARCH) {
		type_search(app, key);
		return true;
	}
	if (app->typing == AW__TYPING_FILTER) {
		aw__row_filter_type(app, key);
		return true;
	}
	app->message[0] = '\0';
	if (action != AW__DO_NOTHING)
		aw__act(app, action);
	else
		aw__app_say(app, "? shows the keys");
	return true;
}
