/* SPDX-License-Identifier: MIT */
/* The lines around the lists: who is watched, what is lost, which view this is. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "viewer/tui/app.h"

static void append_counted(struct aw__buffer *out, uint64_t count, const char *thing)
{
	aw__buffer_text(out, "  ");
	aw__text_number(out, count);
	aw__buffer_format(out, " %s%s", thing, count == 1 ? "" : "s");
}

static const char *state_of(const struct aw__app *app)
{
	if (app->paused)
		return "paused";
	if (!app->ended)
		return app->source->recorded ? "reading" : "live";
	return app->source->recorded ? "recorded" : "ended";
}

static void append_program(const struct aw__app *app, struct aw__buffer *out)
{
	const struct aw__hello *hello = aw__model_hello(app->source->model);
	const char *slash;

	if (hello == NULL) {
		aw__buffer_text(out, "awry  waiting");
		return;
	}
	slash = strrchr(hello->program, '/');
	aw__app_foreign(app, out, slash != NULL ? slash + 1 : hello->program);
	aw__buffer_format(out, " %" PRIu32, hello->pid);
}

static uint64_t finding_count(const struct aw__app *app)
{
	uint64_t count = 0;

	for (unsigned i = 0; i < AW__FINDING_KINDS; i++)
		count += app->counts.findings[i];
	return count;
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
	append_counted(&text, finding_count(app), "finding");
	if (unlisted > 0)
		append_counted(&text, unlisted, "unlisted task");
	aw__grid_put(grid, 0, x, app->width, aw__buffer_string(&text),
		     AW__INK_REVERSE | AW__INK_BOLD);
	aw__buffer_finish(&text);
}

static void draw_tabs(const struct aw__app *app, struct aw__grid *grid)
{
	const struct aw__list *list = &app->lists[app->current];
	char text[80];
	int x = 1;

	for (unsigned i = 0; i < AW__VIEWS; i++) {
		bool is = i == app->current && (!app->sheet.open || app->sheet.view != NULL);

		snprintf(text, sizeof(text), "%u %s", i + 1, app->lists[i].view->name);
		x = aw__grid_put(grid, 1, x, app->width, text, is ? AW__INK_BOLD : AW__INK_DIM) + 2;
	}
	if (app->sheet.open) {
		aw__grid_put(grid, 1, x, app->width,
			     app->sheet.view != NULL ? "> details" : "> help", AW__INK_BOLD);
		return;
	}
	snprintf(text, sizeof(text), "by %s", list->view->sorts[list->sort]);
	aw__grid_put(grid, 1, x, app->width, text, AW__INK_CYAN);
}

static void append_position(const struct aw__app *app, struct aw__buffer *out)
{
	const struct aw__list *list = &app->lists[app->current];
	size_t count, at;

	if (app->sheet.open) {
		count = app->sheet.text.count;
		at = app->sheet.top + (size_t)(app->height - 3);
		at = at > count ? count : at;
	} else {
		aw__list_rows(list, &count);
		at = count > 0 ? list->chosen + 1 : 0;
	}
	aw__text_number(out, at);
	aw__buffer_char(out, '/');
	aw__text_number(out, count);
}

static void draw_bottom(const struct aw__app *app, struct aw__grid *grid)
{
	struct aw__buffer text = AW__BUFFER_EMPTY;
	int y = app->height - 1, width;

	append_position(app, &text);
	width = app->width - (int)text.length - 1;
	aw__grid_put(grid, y, width, app->width, aw__buffer_string(&text), AW__INK_DIM);
	aw__buffer_clear(&text);
	if (app->typing) {
		aw__buffer_char(&text, '/');
		aw__app_foreign(app, &text, aw__buffer_string(&app->pattern));
		aw__buffer_format(&text, "_  %s", app->message);
		aw__grid_put(grid, y, 1, width - 1, aw__buffer_string(&text), AW__INK_BOLD);
	} else if (app->message[0] != '\0') {
		aw__grid_put(grid, y, 1, width - 1, app->message, AW__INK_YELLOW);
	} else {
		aw__grid_put(grid, y, 1, width - 1,
			     app->sheet.open ? "q back  j/k scroll  / search  ? help"
					     : "Enter open  s sort  / search  ? help  q quit",
			     AW__INK_DIM);
	}
	aw__buffer_finish(&text);
}

void aw__app_draw(struct aw__app *app, struct aw__grid *grid, int width, int height)
{
	char text[80];

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
	if (app->sheet.open)
		aw__sheet_draw(app, grid, 2, height - 1);
	else
		aw__list_draw(app, &app->lists[app->current], grid, 2, height - 1);
	draw_bottom(app, grid);
}
