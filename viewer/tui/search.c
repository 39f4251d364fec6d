/* SPDX-License-Identifier: MIT */
/*
 * Incremental search (/, n, N) in the rows of a list or the lines of a page. A pattern with upper case letters is
 * case-sensitive.
 */
#include "viewer/tui/search.h"

#include <string.h>

#include "viewer/tui/app.h"

static bool has_upper(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text >= 'A' && *text <= 'Z')
			return true;
	return false;
}

const char *aw__search_find(const struct aw__app *app, const char *text)
{
	const char *pattern = aw__buffer_string(&app->pattern);

	if (pattern[0] == '\0')
		return NULL;
	return has_upper(pattern) ? strstr(text, pattern) : strcasestr(text, pattern);
}

static size_t *position(struct aw__app *app, size_t *ret_count)
{
	struct aw__scroll *text = aw__app_text(app);

	if (text == NULL) {
		aw__list_rows(aw__app_list(app), ret_count);
		return &aw__app_list(app)->chosen;
	}
	*ret_count = text->text.count;
	return &text->chosen;
}

static bool matches(struct aw__app *app, size_t index)
{
	const struct aw__scroll *scroll = aw__app_text(app);
	struct aw__buffer text = AW__BUFFER_EMPTY;
	bool found;

	if (scroll != NULL)
		aw__scroll_print(scroll, index, &text);
	else
		aw__list_print(app, aw__app_list(app), index, &text);
	found = aw__search_find(app, aw__buffer_string(&text)) != NULL;
	aw__buffer_finish(&text);
	return found;
}

/* Go to the next match after `from` (or, with `stay`, at it). */
static void move(struct aw__app *app, size_t from, int step, bool stay)
{
	size_t count, at = from, *chosen = position(app, &count);

	app->message[0] = '\0';
	if (count == 0 || app->pattern.length == 0)
		return;
	for (size_t tried = 0; tried < count; tried++) {
		if (tried > 0 || !stay)
			at = step > 0 ? (at + 1) % count : (at + count - 1) % count;
		if (matches(app, at)) {
			*chosen = at;
			return;
		}
	}
	*chosen = from;
	aw__app_say(app, "not found");
}

void aw__search_begin(struct aw__app *app)
{
	size_t count;

	app->typing = AW__TYPING_SEARCH;
	app->search_from = *position(app, &count);
	aw__buffer_clear(&app->pattern);
}

void aw__search_typed(struct aw__app *app)
{
	size_t count, *chosen = position(app, &count);

	if (app->pattern.length == 0) {
		*chosen = app->search_from;
		app->message[0] = '\0';
	}
	move(app, app->search_from, 1, true);
}

void aw__search_cancel(struct aw__app *app)
{
	aw__buffer_clear(&app->pattern);
	aw__search_typed(app);
}

void aw__search_again(struct aw__app *app, int step)
{
	size_t count;

	move(app, *position(app, &count), step, false);
}
