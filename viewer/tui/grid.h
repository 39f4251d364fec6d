/* SPDX-License-Identifier: MIT */
/* The screen as an array of cells, each with a character and an ink (colour and flags). */
#ifndef AW__TUI_GRID_H
#define AW__TUI_GRID_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

/* An ink: a colour (as SGR 30 + n; 0 is the terminal's default) and flags. */
enum {
	AW__INK_PLAIN = 0,
	AW__INK_RED = 1,
	AW__INK_GREEN = 2,
	AW__INK_YELLOW = 3,
	AW__INK_MAGENTA = 5,
	AW__INK_CYAN = 6,
	AW__INK_COLOURS = 7, /* mask */
	AW__INK_BOLD = 8,
	AW__INK_DIM = 16,
	AW__INK_REVERSE = 32,
};

struct aw__cell {
	uint32_t code; /* 0: the right half of a wide character */
	uint32_t mark; /* a combining character; 0: none */
	uint8_t ink;
};

struct aw__grid {
	int width, height;
	bool ascii; /* views put only ASCII into it */
	struct aw__cell *cells;
};

void aw__grid_init(struct aw__grid *grid, bool ascii);
void aw__grid_finish(struct aw__grid *grid);
/** Set the size, and clear the grid. */
void aw__grid_clear(struct aw__grid *grid, int width, int height);

struct aw__grid_text {
	const char *text; /* escaped */
	size_t length;
	const uint8_t *inks; /* one for each byte; NULL: all have `ink` */
	uint8_t ink;
	size_t skip; /* columns of the text that are scrolled out to the left */
};

/**
 * Put a text into a line, from column `from` up to, but not including, `to`. A mark in its last column shows that it
 * did not fit, one in its first column that it is scrolled.
 *
 * Returns the column after the text.
 */
int aw__grid_put_text(struct aw__grid *grid, int y, int from, int to,
		      const struct aw__grid_text *text);
/** The same, for a C string with one ink. */
int aw__grid_put(struct aw__grid *grid, int y, int from, int to, const char *text, uint8_t ink);
/** Add flags to the ink of some columns. */
void aw__grid_add_ink(struct aw__grid *grid, int y, int from, int to, uint8_t ink);
/** Append the grid as text: lines without trailing spaces. */
void aw__grid_print(const struct aw__grid *grid, struct aw__buffer *out);

#endif
