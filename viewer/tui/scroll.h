/* SPDX-License-Identifier: MIT */
/* A text that scrolls in both directions, with one chosen line. */
#ifndef AW__TUI_SCROLL_H
#define AW__TUI_SCROLL_H

#include "viewer/tui/keys.h"
#include "viewer/tui/styled.h"

struct aw__app;

struct aw__scroll {
	struct aw__styled text;
	size_t top, left, chosen;
};

/** Replace the text. */
void aw__scroll_set(struct aw__scroll *scroll, const struct aw__buffer *text);
void aw__scroll_move(struct aw__scroll *scroll, enum aw__action action, int height);
void aw__scroll_draw(struct aw__app *app, struct aw__scroll *scroll, struct aw__grid *grid,
		     int from_y, int to_y);
/** Append a line, as text. */
void aw__scroll_print(const struct aw__scroll *scroll, size_t index, struct aw__buffer *out);

#endif
