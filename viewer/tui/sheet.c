/* SPDX-License-Identifier: MIT */
/* A text above the lists, that scrolls both ways. */
#include <string.h>

#include "base/text.h"
#include "viewer/tui/app.h"

static void describe_keys(struct aw__buffer *out)
{
	aw__buffer_text(out, "\x1b[1mKeys\x1b[0m\n\n");
	for (const struct aw__key_spec *spec = aw__keys_table; spec->action != AW__DO_NOTHING;
	     spec++)
		aw__buffer_format(out, "  \x1b[1m%-12s\x1b[0m  %s\n", spec->names, spec->help);
}

static void describe_findings(struct aw__buffer *out)
{
	aw__buffer_text(out, "\n\x1b[1mFindings\x1b[0m\n");
	for (unsigned kind = 1; kind < AW__FINDING_KINDS; kind++) {
		const struct aw__finding_spec *spec = aw__finding_spec(kind);

		aw__buffer_format(out, "\n  \x1b[1;35m%s\x1b[0m  %s\n", spec->id, spec->title);
		aw__buffer_format(out, "    %s\n    \x1b[32m%s\x1b[0m\n", spec->meaning,
				  spec->advice);
		if (spec->threshold != NULL)
			aw__buffer_format(out, "    \x1b[2m%s\x1b[0m\n", spec->threshold);
	}
}

void aw__sheet_refresh(struct aw__app *app)
{
	struct aw__sheet *sheet = &app->sheet;
	struct aw__buffer out = AW__BUFFER_EMPTY;

	if (!sheet->open)
		return;
	if (sheet->view != NULL) {
		sheet->view->describe(app, sheet->key, &out);
	} else {
		describe_keys(&out);
		describe_findings(&out);
	}
	aw__styled_set(&sheet->text, aw__buffer_string(&out), out.length);
	aw__buffer_finish(&out);
}

void aw__sheet_open(struct aw__app *app, const struct aw__view *view, uint64_t key)
{
	app->sheet.open = true;
	app->sheet.view = view;
	app->sheet.key = key;
	app->sheet.top = 0;
	app->sheet.left = 0;
	app->sheet.match = 0;
	aw__sheet_refresh(app);
}

void aw__sheet_move(struct aw__sheet *sheet, enum aw__action action, int height)
{
	size_t page = height > 1 ? (size_t)height - 1 : 1, *top = &sheet->top;
	size_t count = sheet->text.count;

	switch (action) {
	case AW__DO_DOWN:
		*top += 1;
		break;
	case AW__DO_PAGE_DOWN:
		*top += page;
		break;
	case AW__DO_UP:
		*top -= *top > 0;
		break;
	case AW__DO_PAGE_UP:
		*top -= *top > page ? page : *top;
		break;
	case AW__DO_FIRST:
		*top = 0;
		break;
	case AW__DO_LAST:
		*top = count;
		break;
	case AW__DO_LEFT:
		sheet->left -= sheet->left > 8 ? 8 : sheet->left;
		break;
	case AW__DO_RIGHT:
		sheet->left += 8;
		break;
	default:
		break;
	}
	if (*top + (size_t)height > count)
		*top = count > (size_t)height ? count - (size_t)height : 0;
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

/* Turn around what is searched for. */
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

void aw__sheet_draw(struct aw__app *app, struct aw__grid *grid, int from_y, int to_y)
{
	struct aw__sheet *sheet = &app->sheet;
	size_t width = widest(&sheet->text), screen = (size_t)app->width;

	if (sheet->left + screen > width)
		sheet->left = width > screen ? width - screen : 0;
	aw__sheet_move(sheet, AW__DO_NOTHING, to_y - from_y);
	for (int y = from_y; y < to_y; y++) {
		size_t index = sheet->top + (size_t)(y - from_y);
		struct aw__grid_text line;

		if (index >= sheet->text.count)
			break;
		line = aw__styled_line(&sheet->text, index);
		line.skip = sheet->left;
		aw__grid_put_text(grid, y, 0, app->width, &line);
		draw_matches(app, grid, y, &line);
	}
}
