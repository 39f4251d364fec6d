/* SPDX-License-Identifier: MIT */
/* Searching, as the pattern is typed: in the rows of a list, or in the lines of a text. */
#include <string.h>

#include "base/text.h"
#include "viewer/tui/app.h"

#define MAX_PATTERN 200

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

static bool line_matches(const struct aw__app *app, size_t index)
{
	struct aw__grid_text line = aw__styled_line(&app->sheet.text, index);
	struct aw__buffer copy = AW__BUFFER_EMPTY;
	bool found;

	aw__buffer_append(&copy, line.text, line.length);
	found = aw__search_find(app, aw__buffer_string(&copy)) != NULL;
	aw__buffer_finish(&copy);
	return found;
}

static void go_to(struct aw__app *app, size_t at)
{
	if (app->sheet.open)
		app->sheet.top = app->sheet.match = at;
	else
		app->lists[app->current].chosen = at;
}

size_t aw__search_start(const struct aw__app *app)
{
	const struct aw__sheet *sheet = &app->sheet;

	if (!sheet->open)
		return app->lists[app->current].chosen;
	/* near its end a text does not scroll as far as to the match */
	if (sheet->match >= sheet->top && sheet->match < sheet->top + (size_t)app->height)
		return sheet->match;
	return sheet->top;
}

void aw__search_move(struct aw__app *app, size_t from, int step, bool stay)
{
	struct aw__list *list = &app->lists[app->current];
	size_t count = app->sheet.text.count, at = from;

	if (!app->sheet.open)
		aw__list_rows(list, &count);
	app->message[0] = '\0';
	if (count == 0 || app->pattern.length == 0)
		return;
	for (size_t tried = 0; tried < count; tried++) {
		if (tried > 0 || !stay)
			at = step > 0 ? (at + 1) % count : (at + count - 1) % count;
		if (app->sheet.open ? line_matches(app, at) : aw__list_matches(app, list, at)) {
			go_to(app, at);
			return;
		}
	}
	go_to(app, from);
	strcpy(app->message, "not found");
}

static void append_code(struct aw__buffer *out, uint32_t code)
{
	if (code < 0x80) {
		aw__buffer_char(out, (char)code);
		return;
	}
	if (code < 0x800) {
		aw__buffer_char(out, (char)(0xc0 | code >> 6));
	} else if (code < 0x10000) {
		aw__buffer_char(out, (char)(0xe0 | code >> 12));
		aw__buffer_char(out, (char)(0x80 | (code >> 6 & 0x3f)));
	} else {
		aw__buffer_char(out, (char)(0xf0 | code >> 18));
		aw__buffer_char(out, (char)(0x80 | (code >> 12 & 0x3f)));
		aw__buffer_char(out, (char)(0x80 | (code >> 6 & 0x3f)));
	}
	aw__buffer_char(out, (char)(0x80 | (code & 0x3f)));
}

static void drop_last(struct aw__buffer *pattern)
{
	size_t length = pattern->length;

	while (length > 0 && (pattern->data[--length] & 0xc0) == 0x80)
		;
	pattern->length = length;
	if (pattern->data != NULL)
		pattern->data[length] = '\0';
}

void aw__search_type(struct aw__app *app, uint32_t key)
{
	if (key == AW__KEY_ENTER || key == '\n') {
		app->typing = false;
		return;
	}
	if (key == AW__KEY_ESCAPE) {
		app->typing = false;
		aw__buffer_clear(&app->pattern);
		go_to(app, app->search_from);
		app->message[0] = '\0';
		return;
	}
	if (key == AW__KEY_BACKSPACE || key == 8)
		drop_last(&app->pattern);
	else if (key >= ' ' && key < AW__KEY_UP && app->pattern.length < MAX_PATTERN)
		append_code(&app->pattern, key);
	aw__search_move(app, app->search_from, 1, true);
	if (app->pattern.length == 0)
		go_to(app, app->search_from);
}
