/* SPDX-License-Identifier: MIT */
/* The output pane of `awry run --tui`: the newest lines that the command wrote, without terminal sequences. */
#include "viewer/tui/pane.h"

#include <string.h>

#include "base/text.h"
#include "viewer/tui/app.h"

enum { QUARTER, HALF, HIDDEN, SIZES };

int aw__pane_height(const struct aw__app *app)
{
	if (app->host->output == NULL || app->pane == HIDDEN || app->height < 14)
		return 0;
	return app->pane == HALF ? app->height / 2 : app->height / 4;
}

void aw__pane_resize(struct aw__app *app)
{
	if (app->host->output == NULL)
		aw__app_say(app,
			    "no output to show: awry run starts a command with its output here");
	else
		app->pane = (app->pane + 1) % SIZES;
}

/* The offset at which the last `lines` lines of a text begin. */
static size_t find_start(const char *text, size_t length, int lines)
{
	size_t at = length;

	if (at > 0 && text[at - 1] == '\n')
		at--;
	while (at > 0 && (text[at - 1] != '\n' || --lines > 0))
		at--;
	return at;
}

/* Skip terminal sequences, and text that a carriage return would overwrite. */
static size_t skip_sequence(const char *text, size_t length)
{
	size_t at = 2;

	if (length < 2)
		return 1;
	if (text[1] == ']') { /* OSC: BEL or a sequence ends it */
		while (at < length && text[at] != '\a' && text[at] != '\x1b')
			at++;
		return at < length && text[at] == '\a' ? at + 1 : at;
	}
	if (text[1] != '[')
		return 2;
	for (; at < length && text[at] >= 0x20 && text[at] < 0x40;)
		at++;
	return at < length ? at + 1 : at;
}

static void append_clean(const struct aw__app *app, struct aw__buffer *out, const char *text,
			 size_t length)
{
	for (size_t at = 0; at < length;) {
		size_t run = 0;

		while (at + run < length && text[at + run] != '\x1b' && text[at + run] != '\r' &&
		       text[at + run] != '\t')
			run++;
		aw__text_escape(out, text + at, run, app->ascii);
		at += run;
		if (at == length)
			return;
		if (text[at] == '\t')
			aw__buffer_text(out, "    ");
		at += text[at] == '\x1b' ? skip_sequence(text + at, length - at) : 1;
	}
}

void aw__pane_draw(struct aw__app *app, struct aw__grid *grid, int from_y, int to_y)
{
	struct aw__buffer line = AW__BUFFER_EMPTY;
	size_t length, at;
	const char *text = app->host->output(app->host->arg, &length);

	aw__grid_put(grid, from_y, 0, app->width, " output", AW__INK_BOLD);
	aw__grid_add_ink(grid, from_y, 0, app->width, AW__INK_REVERSE);
	at = find_start(text, length, to_y - from_y - 1);
	for (int y = from_y + 1; y < to_y && at < length; y++) {
		const char *end = memchr(text + at, '\n', length - at);
		size_t size = end != NULL ? (size_t)(end - text) - at : length - at;

		aw__buffer_clear(&line);
		append_clean(app, &line, text + at, size);
		aw__grid_put(grid, y, 0, app->width, aw__buffer_string(&line), AW__INK_PLAIN);
		at += size + 1;
	}
	aw__buffer_finish(&line);
}
