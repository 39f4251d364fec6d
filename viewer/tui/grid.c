/* SPDX-License-Identifier: MIT */
/*
 * The screen as an array of cells, which views and pages draw into. screen.c copies it to the terminal; tests
 * print it as text.
 */
#include "viewer/tui/grid.h"

#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

void aw__grid_init(struct aw__grid *grid, bool ascii)
{
	memset(grid, 0, sizeof(*grid));
	grid->ascii = ascii;
}

void aw__grid_finish(struct aw__grid *grid)
{
	aw__alloc_free(grid->cells);
	grid->cells = NULL;
	grid->width = grid->height = 0;
}

void aw__grid_clear(struct aw__grid *grid, int width, int height)
{
	size_t count = (size_t)width * (size_t)height;

	if (width != grid->width || height != grid->height) {
		aw__grid_finish(grid);
		grid->cells = aw__alloc_must_zeroed(count + 1, sizeof(*grid->cells));
		grid->width = width;
		grid->height = height;
	}
	for (size_t i = 0; i < count; i++)
		grid->cells[i] = (struct aw__cell){ ' ', 0, AW__INK_PLAIN };
}

static struct aw__cell *cell_at(const struct aw__grid *grid, int y, int x)
{
	return &grid->cells[(size_t)y * (size_t)grid->width + (size_t)x];
}

static void set(struct aw__grid *grid, int y, int x, uint32_t code, int columns, uint8_t ink)
{
	*cell_at(grid, y, x) = (struct aw__cell){ code, 0, ink };
	if (columns == 2)
		*cell_at(grid, y, x + 1) = (struct aw__cell){ 0, 0, ink };
}

static uint32_t cut_mark(const struct aw__grid *grid)
{
	return grid->ascii ? '~' : 0x2026;
}

/* Put the characters that fit before column `to`. Returns the column after them. */
static int put_fitting(struct aw__grid *grid, int y, int from, int to,
		       const struct aw__grid_text *text)
{
	size_t column = 0; /* of the text */
	int x = from;

	for (size_t at = 0; at < text->length;) {
		uint32_t code = '?';
		size_t size = aw__text_decode(text->text + at, text->length - at, &code);
		int columns = aw__text_columns(code);
		uint8_t ink = text->inks != NULL ? text->inks[at] : text->ink;

		at += size > 0 ? size : 1;
		column += (size_t)columns;
		if (column <= text->skip)
			continue;
		if (columns == 0) {
			if (x > from && cell_at(grid, y, x - 1)->code != 0)
				cell_at(grid, y, x - 1)->mark = code;
			continue;
		}
		if (column - text->skip <
		    (size_t)columns) { /* half of the wide character is scrolled out */
			code = ' ';
			columns = 1;
		}
		if (x + columns > to)
			break;
		set(grid, y, x, code, columns, ink);
		x += columns;
	}
	return x;
}

int aw__grid_put_text(struct aw__grid *grid, int y, int from, int to,
		      const struct aw__grid_text *text)
{
	size_t width = aw__text_width(text->text, text->length);
	bool cut;
	int x;

	if (to > grid->width)
		to = grid->width;
	if (y < 0 || y >= grid->height || from < 0 || from >= to)
		return from;
	cut = width > text->skip && width - text->skip > (size_t)(to - from);
	x = put_fitting(grid, y, from, cut ? to - 1 : to, text);
	if (cut)
		set(grid, y, x++, cut_mark(grid), 1, AW__INK_DIM);
	if (text->skip == 0 || width == 0)
		return x;
	if (from + 1 < grid->width && cell_at(grid, y, from + 1)->code == 0)
		set(grid, y, from + 1, ' ', 1, AW__INK_PLAIN);
	set(grid, y, from, cut_mark(grid), 1, AW__INK_DIM);
	return x > from ? x : from + 1;
}

int aw__grid_put(struct aw__grid *grid, int y, int from, int to, const char *text, uint8_t ink)
{
	struct aw__grid_text it = { .text = text, .length = strlen(text), .ink = ink };

	return aw__grid_put_text(grid, y, from, to, &it);
}

void aw__grid_add_ink(struct aw__grid *grid, int y, int from, int to, uint8_t ink)
{
	if (y < 0 || y >= grid->height)
		return;
	for (int x = from < 0 ? 0 : from; x < to && x < grid->width; x++)
		cell_at(grid, y, x)->ink |= ink;
}

static void print_code(struct aw__buffer *out, uint32_t code)
{
	if (code < 0x80) {
		aw__buffer_char(out, (char)code);
	} else if (code < 0x800) {
		aw__buffer_char(out, (char)(0xc0 | code >> 6));
		aw__buffer_char(out, (char)(0x80 | (code & 0x3f)));
	} else {
		if (code < 0x10000) {
			aw__buffer_char(out, (char)(0xe0 | code >> 12));
		} else {
			aw__buffer_char(out, (char)(0xf0 | code >> 18));
			aw__buffer_char(out, (char)(0x80 | (code >> 12 & 0x3f)));
		}
		aw__buffer_char(out, (char)(0x80 | (code >> 6 & 0x3f)));
		aw__buffer_char(out, (char)(0x80 | (code & 0x3f)));
	}
}

void aw__grid_print(const struct aw__grid *grid, struct aw__buffer *out)
{
	for (int y = 0; y < grid->height; y++) {
		int end = grid->width;

		while (end > 0 && cell_at(grid, y, end - 1)->code == ' ')
			end--;
		for (int x = 0; x < end; x++) {
			const struct aw__cell *cell = cell_at(grid, y, x);

			if (cell->code != 0)
				print_code(out, cell->code);
			if (cell->mark != 0)
				print_code(out, cell->mark);
		}
		aw__buffer_char(out, '\n');
	}
}
