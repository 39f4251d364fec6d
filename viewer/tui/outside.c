/* SPDX-License-Identifier: MIT */
/*
 * Copying to the clipboard (y, Y) and opening the source in an editor (o): finds what is meant and leaves a wish
 * in the app, which tui_run.c carries out.
 */
#include "viewer/tui/outside.h"

#include <stdlib.h>
#include <string.h>

#include "viewer/tui/app.h"

/* The most that terminals accept by OSC 52. */
#define MAX_COPIED 74000u

static void print(struct aw__app *app, size_t index, struct aw__buffer *out)
{
	const struct aw__scroll *text = aw__app_text(app);

	if (text != NULL)
		aw__scroll_print(text, index, out);
	else
		aw__list_print(app, aw__app_list(app), index, out);
}

static size_t count_lines(struct aw__app *app)
{
	const struct aw__scroll *text = aw__app_text(app);
	size_t count;

	aw__list_rows(aw__app_list(app), &count);
	return text != NULL ? text->text.count : count;
}

static void copy_all(struct aw__app *app)
{
	size_t count = count_lines(app), copied = 0;

	for (; copied < count; copied++) {
		size_t before = app->wish_text.length;

		print(app, copied, &app->wish_text);
		aw__buffer_char(&app->wish_text, '\n');
		if (app->wish_text.length > MAX_COPIED) {
			aw__buffer_cut(&app->wish_text, before);
			break;
		}
	}
	if (copied < count)
		aw__app_say(app, "only the first %zu of %zu lines were copied", copied, count);
	else
		aw__app_say(app, "%zu line%s copied", count, count == 1 ? "" : "s");
}

void aw__outside_copy(struct aw__app *app, bool all)
{
	const struct aw__scroll *text = aw__app_text(app);

	aw__buffer_clear(&app->wish_text);
	app->wish = AW__WISH_COPY;
	if (all) {
		copy_all(app);
		return;
	}
	print(app, text != NULL ? text->chosen : aw__app_list(app)->chosen, &app->wish_text);
	aw__app_say(app, "copied");
}

/* "… at PATH:LINE", at the end of a line of text. */
static bool find_place(const char *line, struct aw__buffer *ret_path, uint32_t *ret_line)
{
	const char *at = strstr(line, " at "), *colon, *next;
	char *end;

	while (at != NULL && (next = strstr(at + 1, " at ")) != NULL)
		at = next;
	colon = at != NULL ? strrchr(at, ':') : NULL;
	if (colon == NULL || colon[1] < '0' || colon[1] > '9')
		return false;
	*ret_line = (uint32_t)strtoul(colon + 1, &end, 10);
	if (*end != '\0' && *end != ')' && *end != ',')
		return false;
	aw__buffer_clear(ret_path);
	aw__buffer_append(ret_path, at + 4, (size_t)(colon - at - 4));
	return true;
}

/* Take the place in the chosen line, or in the line above if the chosen one is its source. */
static bool find_in_text(struct aw__app *app, const struct aw__scroll *text)
{
	struct aw__buffer line = AW__BUFFER_EMPTY;
	bool found = false;

	for (size_t back = 0; back <= 1 && back <= text->chosen && !found; back++) {
		aw__buffer_clear(&line);
		aw__scroll_print(text, text->chosen - back, &line);
		found = find_place(aw__buffer_string(&line), &app->wish_text, &app->wish_line);
	}
	aw__buffer_finish(&line);
	return found;
}

static bool find_in_subject(struct aw__app *app)
{
	struct aw__subject subject;
	struct aw__frame frame;

	if (!aw__app_subject(app, &subject) ||
	    !aw__model_place(app->model, subject.place, &frame) || frame.file == NULL)
		return false;
	aw__buffer_clear(&app->wish_text);
	aw__buffer_text(&app->wish_text, frame.file);
	app->wish_line = frame.line;
	return true;
}

void aw__outside_edit(struct aw__app *app)
{
	const struct aw__scroll *text = aw__app_text(app);

	if ((text != NULL && find_in_text(app, text)) || find_in_subject(app))
		app->wish = AW__WISH_EDIT;
	else
		aw__app_say(app, "no place in the source is chosen");
}
