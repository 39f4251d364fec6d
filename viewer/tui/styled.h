/* SPDX-License-Identifier: MIT */
/* Lines of text with inks and links, converted from text with escape sequences. */
#ifndef AW__TUI_STYLED_H
#define AW__TUI_STYLED_H

#include "base/buffer.h"
#include "viewer/tui/grid.h"

/* The target of a line's link: "\x1b]t3;12\a" is a link of kind t, in process 3, to number 12. */
struct aw__styled_link {
	char kind; /* 0: none */
	unsigned process;
	uint64_t id;
};

struct aw__styled {
	struct aw__buffer text; /* without the sequences, and without newlines */
	struct aw__buffer inks; /* one byte for each byte of the text */
	size_t *starts; /* offset of each line's beginning, and of the end: count + 1 entries */
	struct aw__styled_link *links; /* one for each line */
	size_t count, capacity;
};

void aw__styled_finish(struct aw__styled *styled);
/** Replace the content. Sequences other than SGR and links are dropped. */
void aw__styled_set(struct aw__styled *styled, const char *text, size_t length);
/** The line at `index`, which is below count. */
struct aw__grid_text aw__styled_line(const struct aw__styled *styled, size_t index);

#endif
