/* SPDX-License-Identifier: MIT */
/* Lines of text with looks and links, made of text with SGR sequences. */
#ifndef AW__TUI_STYLED_H
#define AW__TUI_STYLED_H

#include "base/buffer.h"
#include "viewer/tui/grid.h"

/* What a line leads to: "\x1b]t3;12\a" in it is the link of kind t, in process 3, to number 12. */
struct aw__styled_link {
	char kind; /* 0: none */
	unsigned process;
	uint64_t id;
};

struct aw__styled {
	struct aw__buffer text;	       /* without the sequences, and without newlines */
	struct aw__buffer inks;	       /* one byte a byte of the text */
	size_t *starts;		       /* where each line begins; one more entry than lines */
	struct aw__styled_link *links; /* of each line */
	size_t count, capacity;
};

void aw__styled_finish(struct aw__styled *styled);
/** Replace the content. Other sequences than SGR are left out. */
void aw__styled_set(struct aw__styled *styled, const char *text, size_t length);
/** Line `index`, less than count. */
struct aw__grid_text aw__styled_line(const struct aw__styled *styled, size_t index);

#endif
