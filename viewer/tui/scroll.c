/* SPDX-License-Identifier: MIT */
/*
 * A page of text that scrolls in both directions, with one chosen line: moving, drawing, and highlighting of
 * search matches.
 */
#include "viewer/tui/scroll.h"

#include <string.h>

#include "base/text.h"
#include "viewer/tui/app.h"
#include "viewer/tui/search.h"

void aw__scroll_set(struct aw__scroll *scroll, const struct aw__buffer *text)
{
	aw__styled_set(&scroll->text, aw__buffer_string(text), text->length);
}

static void move_sideways(struct aw__scroll *scroll, enum aw__action action)
{
	if (action == AW__DO_LEFT)
		scroll->left -= scroll->left > 8 ? 8 : scroll->left;
	else if (action == AW__DO_RIGHT)
		scroll->left += 8;
}

/* Scroll so that the chosen line is visible and the screen is full. */
static void settle(struct aw__scroll *scroll, size_t height)
{
	size_t count = scroll->text.count;

	if (scroll->chosen >= count)
		scroll->chosen = count > 0 ? count - 1 : 0;
	if (scroll->chosen < scroll->top)
		scroll->top = scroll->chosen;
	if (scroll->chosen >= scroll->top + height)
		scroll->top = scroll->chosen - height + 1;
	if (scroll->top + height > count)
		scroll->top = count > height ? count - height : 0;
}

void aw__scroll_move(struct aw__scroll *scroll, enum aw__action action, int height)
{
	size_t page = height > 1 ? (size_t)height - 1 : 1, *at = &scroll->chosen;

	switch (action) {
	case AW__DO_DOWN:
		*at += 1;
		break;
	case AW__DO_PAGE_DOWN:
		*at += page;
		break;
	case AW__DO_UP:
		*at -= *at > 0;
		break;
	case AW__DO_PAGE_UP:
		*at -= *at > page ? page : *at;
		break;
	case AW__DO_FIRST:
		*at = 0;
		break;
	case AW__DO_LAST:
		*at = scroll->text.count;
		break;
	default:
		move_sideways(scroll, action);
		break;
	}
	settle(scroll, height > 1 ? (size_t)height : 1);
}

static size_t widest(const struct aw__styled *styled)
{
	size_t most = 0;

	for (size_t i = 0; i < styled->count; i++) {
		struct aw__grid_text line = aw__styled_line(styled, i);
		size_t width = aw__text_width(line.text, line.length);

		most = width > most ? width : most;
	}
	return most;
}

/* Highlight the matches of the search. */
static void draw_matches(const struct aw__app *app, struct aw__grid *grid, int y,
			 const struct aw__grid_text *line)
{
	struct aw__buffer copy = AW__BUFFER_EMPTY;
	const char *text, *at;

	if (app->pattern.length == 0)
		return;
	aw__buffer_append(&copy, line->text, line->length);
	text = aw__buffer_string(&copy);
	for (at = aw__search_find(app, text); at != NULL;
	     at = aw__search_find(app, at + app->pattern.length)) {
		int x = (int)aw__text_width(text, (size_t)(at - text)) - (int)line->skip;
		int width = (int)aw__text_width(at, app->pattern.length);

		aw__grid_add_ink(grid, y, x, x + width, AW__INK_REVERSE);
	}
	aw__buffer_finish(&copy);
}

void aw__scroll_draw(struct aw__app *app, struct aw__scroll *scroll, struct aw__grid *grid,
		     int from_y, int to_y)
{
	size_t width = widest(&scroll->text), screen = (size_t)app->width;

	if (scroll->left + screen > width)
		scroll->left = width > screen ? width - screen : 0;
	settle(scroll, (size_t)(to_y - from_y));
	for (int y = from_y; y < to_y; y++) {
		size_t index = scroll->top + (size_t)(y - from_y);
		struct aw__grid_text line;

		if (index >= scroll->text.count)
			break;
		line = aw__styled_line(&scroll->text, index);
		line.skip = scroll->left;
		aw__grid_put_text(grid, y, 0, app->width, &line);
		if (index == scroll->chosen)
			aw__grid_add_ink(grid, y, 0, 1, AW__INK_REVERSE);
		draw_matches(app, grid, y, &line);
	}
}

void aw__scroll_print(const struct aw__scroll *scroll, size_t index, struct aw__buffer *out)
{
	struct aw__grid_text line;

	if (index >= scroll->text.count)
		return;
	line = aw__styled_line(&scroll->text, index);
	aw__buffer_append(out, line.text, line.length);
}
