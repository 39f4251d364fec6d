/* SPDX-License-Identifier: MIT */
/* A screen as plain data: cells with a character and a look. */
#ifndef AW__TUI_GRID_H
#define AW__TUI_GRID_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

/* A look: a colour (as SGR 30 + n; 0 is the terminal's own) and flags. */
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
	uint32_t mark; /* combines with it; 0: none */
	uint8_t ink;
};

struct aw__grid {
	int width, height;
	bool ascii; /* nothing but ASCII is put into it by the views */
	struct aw__cell *cells;
};

void aw__grid_init(struct aw__grid *grid, bool ascii);
void aw__grid_finish(struct aw__grid *grid);
/** Give it a size, and clear it. */
void aw__grid_clear(struct aw__grid *grid, int width, int height);

struct aw__grid_text {
	const char *text; /* escaped */
	size_t length;
	const uint8_t *inks; /* one a byte; NULL: `ink` is that of all */
	uint8_t ink;
	size_t skip; /* so many columns of the text are scrolled out to the left */
};

/**
 * Put a text into a line, in columns `from` up to before `to`. If it does not fit, its last column
 * shows that it was cut; if it was scrolled, so does its first.
 *
 * Returns the column after it.
 */
int aw__grid_put_text(struct aw__grid *grid, int y, int from, int to,
		      const struct aw__grid_text *text);
/** The same, for a C string of one look. */
int aw__grid_put(struct aw__grid *grid, int y, int from, int to, const char *text, uint8_t ink);
/** Add to the look of some columns. */
void aw__grid_add_ink(struct aw__grid *grid, int y, int from, int to, uint8_t ink);
/** Append what it shows: lines without spaces at their ends. */
void aw__grid_print(const struct aw__grid *grid, struct aw__buffer *out);

#endif
