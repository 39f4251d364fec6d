/* SPDX-License-Identifier: MIT */
/*
 * Draws the frame around a view or page: the status line, the tabs with filter and sort order, and the bottom line
 * with prompts, messages and hints.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "viewer/tui/app.h"
#include "viewer/tui/pane.h"
#include "viewer/tui/phrases.h"

static void append_counted(struct aw__buffer *out, uint64_t count, const char *thing)
{
	aw__buffer_text(out, "  ");
	aw__text_number(out, count);
	aw__buffer_format(out, " %s%s", thing, count == 1 ? "" : "s");
}

/* The state of the process, or of all processes. */
static const char *state_of(const struct aw__app *app)
{
	const struct aw__tui_host *host = app->host;
	bool recorded = true, goodbye = true;

	for (size_t i = 0; i < host->count(host->arg); i++) {
		const struct aw__tui_process *process = host->process(host->arg, i);

		recorded = recorded && process->recorded;
		goodbye = goodbye && aw__model_ended(process->model);
	}
	if (host->count(host->arg) == 0)
		return "";
	if (app->shown_ns != 0)
		return "in the past";
	if (app->paused)
		return "paused";
	if (!app->ended)
		return recorded ? "reading" : "live";
	if (recorded)
		return "recorded";
	return goodbye ? "ended" : "ended (killed?)";
}

static void append_program(const struct aw__app *app, struct aw__buffer *out)
{
	const struct aw__tui_host *host = app->host;
	size_t count = host->count(host->arg);
	const struct aw__hello *hello = NULL;
	const char *slash;

	if (count > 1) {
		aw__buffer_format(out, "%zu processes", count);
		return;
	}
	if (count == 1)
		hello = aw__model_hello(host->process(host->arg, 0)->model);
	if (hello == NULL) {
		aw__buffer_text(out, "awry  waiting");
		return;
	}
	slash = strrchr(hello->program, '/');
	aw__phrases_foreign(app, out, slash != NULL ? slash + 1 : hello->program);
	aw__buffer_format(out, " %" PRIu32, hello->pid);
}

/* Losses come first: they must not be cut off. */
static void draw_status(const struct aw__app *app, struct aw__grid *grid)
{
	struct aw__buffer text = AW__BUFFER_EMPTY;
	uint64_t lost = app->counts.lost_events, unlisted = app->counts.unlisted_tasks;
	int x = 0;

	aw__grid_add_ink(grid, 0, 0, app->width, AW__INK_REVERSE);
	if (lost > 0) {
		aw__buffer_text(&text, " LOST ");
		aw__text_number(&text, lost);
		aw__buffer_format(&text, " event%s ", lost == 1 ? "" : "s");
		x = aw__grid_put(grid, 0, 0, app->width, aw__buffer_string(&text),
				 AW__INK_RED | AW__INK_BOLD | AW__INK_REVERSE);
	}
	aw__buffer_clear(&text);
	aw__buffer_char(&text, ' ');
	append_program(app, &text);
	aw__buffer_format(&text, "  %s", state_of(app));
	append_counted(&text, app->counts.tasks_live, "task");
	append_counted(&text, app->finding_count, "finding");
	if (app->counts.findings_beyond > 0) {
		aw__buffer_text(&text, " (");
		aw__text_number(&text, app->counts.findings_beyond);
		aw__buffer_text(&text, " not kept)");
	}
	if (unlisted > 0)
		append_counted(&text, unlisted, "unlisted task");
	aw__grid_put(grid, 0, x, app->width, aw__buffer_string(&text),
		     AW__INK_REVERSE | AW__INK_BOLD);
	aw__buffer_finish(&text);
}

#define FILTER_WIDTH 14 /* the least columns for the filter */

/* The tabs: full names, short names, or numbers and the name of the current one, depending on the room. */
enum tabs { NAMES, BRIEF, NUMBERS };

static void append_tab(const struct aw__app *app, unsigned view, enum tabs tabs,
		       struct aw__buffer *out)
{
	const bool named = tabs == NAMES || (tabs == NUMBERS && view == app->current);

	aw__buffer_format(out, "%u", (view + 1) % 10);
	if (named || tabs == BRIEF)
		aw__buffer_format(out, " %s",
				  named ? aw__views[view]->name : aw__views[view]->brief);
}

/* Choose the longest tabs that fit before `order`. */
static enum tabs choose_tabs(const struct aw__app *app, size_t order)
{
	struct aw__buffer text = AW__BUFFER_EMPTY;
	enum tabs tabs = NAMES;

	for (; tabs < NUMBERS; tabs++) {
		size_t width = 1 + (tabs == BRIEF);

		for (unsigned i = 0; i < aw__app_views(app); i++) {
			aw__buffer_clear(&text);
			append_tab(app, i, tabs, &text);
			width += text.length + 1 + (tabs == NAMES);
		}
		if (width + order <= (size_t)app->width)
			break;
	}
	aw__buffer_finish(&text);
	return tabs;
}

static void draw_filter(const struct aw__app *app, struct aw__grid *grid, int x)
{
	struct aw__buffer text = AW__BUFFER_EMPTY;

	aw__phrases_foreign(app, &text, aw__buffer_string(&app->filter_text));
	aw__grid_put(grid, 1, x, app->width, aw__buffer_string(&text), AW__INK_YELLOW);
	aw__buffer_finish(&text);
}

/* "by ID, backwards  merged", or the name of the open page. */
static void append_order(const struct aw__app *app, struct aw__buffer *out)
{
	const struct aw__list *list = &app->lists[app->current];
	const struct aw__sheet *sheet = aw__sheet_top(app);

	if (sheet != NULL)
		aw__buffer_format(out, "> %s", sheet->page->name);
	else if (list->view->columns != NULL)
		aw__buffer_format(out, "by %s%s%s%s", list->view->columns[list->sort].title,
				  list->backwards ? ", backwards" : "",
				  app->merged ? "  merged" : "", app->follow ? "  following" : "");
}

static void draw_order(const struct aw__app *app, struct aw__grid *grid, int x,
		       struct aw__buffer *order)
{
	const bool paged = aw__sheet_top(app) != NULL;

	x = aw__grid_put(grid, 1, x, app->width, aw__buffer_string(order),
			 paged ? AW__INK_BOLD : AW__INK_CYAN);
	if (app->filter == NULL || paged || order->length == 0)
		return;
	x = aw__grid_put(grid, 1, x + 2, app->width, "& ", AW__INK_YELLOW | AW__INK_BOLD);
	if (x < app->width)
		draw_filter(app, grid, x);
}

static void draw_tabs(struct aw__app *app, struct aw__grid *grid)
{
	struct aw__buffer text = AW__BUFFER_EMPTY, order = AW__BUFFER_EMPTY;
	enum tabs tabs;
	int x = 1;

	append_order(app, &order);
	tabs = choose_tabs(app, order.length + (app->filter != NULL ? FILTER_WIDTH : 0));
	for (unsigned i = 0; i < aw__app_views(app); i++) {
		aw__buffer_clear(&text);
		append_tab(app, i, tabs, &text);
		x = aw__grid_put(grid, 1, x, app->width, aw__buffer_string(&text),
				 i == app->current ? AW__INK_BOLD : AW__INK_DIM) +
		    1 + (tabs == NAMES);
		app->tab_ends[i] = x;
	}
	draw_order(app, grid, x + (tabs != NAMES), &order);
	aw__buffer_finish(&text);
	aw__buffer_finish(&order);
}

/* "as of 22:13:24.123456". */
static void append_moment(const struct aw__app *app, struct aw__buffer *out)
{
	time_t seconds = (time_t)(app->shown_ns / 1000000000u);
	struct tm tm;

	if (app->shown_ns == 0 || localtime_r(&seconds, &tm) == NULL)
		return;
	aw__buffer_format(out, "as of %02d:%02d:%02d.%06u  ", tm.tm_hour, tm.tm_min, tm.tm_sec,
			  (unsigned)(app->shown_ns % 1000000000u / 1000u));
}

static void append_position(const struct aw__app *app, struct aw__buffer *out)
{
	const struct aw__list *list = &app->lists[app->current];
	const struct aw__scroll *text = NULL;
	size_t count, at;

	append_moment(app, out);
	if (aw__sheet_top(app) != NULL)
		text = &app->sheets.text;
	else if (list->view->text != NULL)
		text = &list->text;
	else if (list->view->draw != NULL)
		return;
	if (text != NULL) {
		count = text->text.count;
		at = text->chosen + 1;
	} else {
		aw__list_rows(list, &count);
		at = count > 0 ? list->chosen + 1 : 0;
	}
	aw__text_number(out, at);
	aw__buffer_char(out, '/');
	aw__text_number(out, count);
}

static void append_prompt(const struct aw__app *app, struct aw__buffer *out)
{
	if (app->typing == AW__TYPING_FILTER) {
		aw__buffer_char(out, '&');
		aw__phrases_foreign(app, out, aw__buffer_string(&app->filter_text));
		aw__buffer_char(out, '_');
		return;
	}
	aw__buffer_char(out, '/');
	aw__phrases_foreign(app, out, aw__buffer_string(&app->pattern));
	aw__buffer_format(out, "_  %s", app->message);
}

/* How many bytes of a text fit into a line: whole words, unless one word is too long. */
static size_t fitting(const char *text, size_t width)
{
	size_t length = strlen(text), word;

	while (length > 0 &&
	       ((text[length] & 0xc0) == 0x80 || aw__text_width(text, length) > width))
		length--;
	for (word = length; text[length] != '\0' && word > 0; word--)
		if (text[word - 1] == ' ')
			return word;
	return length;
}

static void draw_line(struct aw__grid *grid, int y, int x, const char *text, size_t length,
		      uint8_t ink)
{
	struct aw__grid_text it = { .text = text, .length = length, .ink = ink };

	for (int i = 0; i < grid->width; i++)
		aw__grid_put(grid, y, i, i + 1, " ", AW__INK_PLAIN);
	aw__grid_put_text(grid, y, x, grid->width, &it);
}

/* Draw the filter's syntax error, with a mark at its place. */
static void draw_wrong(const struct aw__app *app, struct aw__grid *grid, int y)
{
	const char *text = app->message;
	size_t width = (size_t)app->width - 2;
	int lines = 1;

	if (app->typing != AW__TYPING_FILTER || app->filter_wrong < 0)
		return;
	draw_line(grid, y, 2 + app->filter_wrong, "v", 1, AW__INK_RED | AW__INK_BOLD);
	for (size_t at = 0; fitting(text + at, width) > 0 && lines < 5; lines++)
		at += fitting(text + at, width);
	for (int i = 1; i < lines; i++) {
		size_t length = fitting(text, width);

		draw_line(grid, y - lines + i, 1, text, length, AW__INK_YELLOW);
		text += length;
	}
}

static const char *hint(const struct aw__app *app)
{
	if (aw__sheet_top(app) != NULL)
		return "q back  Enter follow  / search  ? help";
	if (app->lists[app->current].view->draw != NULL)
		return "h/l scrub  j/k step  G present  Enter open  ? help";
	if (app->lists[app->current].view->columns == NULL)
		return "j/k scroll  / search  ? help  q quit";
	return "Enter open  s sort  / search  ? help  q quit";
}

static void draw_bottom(const struct aw__app *app, struct aw__grid *grid)
{
	struct aw__buffer text = AW__BUFFER_EMPTY;
	int y = app->height - 1, width;

	append_position(app, &text);
	width = app->width - (int)text.length - 1;
	aw__grid_put(grid, y, width, app->width, aw__buffer_string(&text), AW__INK_DIM);
	aw__buffer_clear(&text);
	if (app->typing != AW__TYPING_NOTHING) {
		append_prompt(app, &text);
		aw__grid_put(grid, y, 1, width - 1, aw__buffer_string(&text), AW__INK_BOLD);
		draw_wrong(app, grid, y - 1);
	} else if (app->message[0] != '\0') {
		aw__grid_put(grid, y, 1, width - 1, app->message, AW__INK_YELLOW);
	} else {
		aw__grid_put(grid, y, 1, width - 1, hint(app), AW__INK_DIM);
	}
	aw__buffer_finish(&text);
}

void aw__app_draw(struct aw__app *app, struct aw__grid *grid, int width, int height)
{
	char text[80];
	int bottom;

	aw__grid_clear(grid, width, height);
	if (width < AW__APP_MIN_WIDTH || height < AW__APP_MIN_HEIGHT) {
		snprintf(text, sizeof(text), "awry needs %d columns and %d lines",
			 AW__APP_MIN_WIDTH, AW__APP_MIN_HEIGHT);
		aw__grid_put(grid, 0, 0, width, text, AW__INK_BOLD);
		return;
	}
	app->width = width;
	app->height = height;
	draw_status(app, grid);
	draw_tabs(app, grid);
	bottom = height - 1 - aw__pane_height(app);
	if (aw__sheet_top(app) != NULL)
		aw__scroll_draw(app, &app->sheets.text, grid, 2, bottom);
	else
		aw__list_draw(app, &app->lists[app->current], grid, 2, bottom);
	if (bottom < height - 1)
		aw__pane_draw(app, grid, bottom, height - 1);
	draw_bottom(app, grid);
}
