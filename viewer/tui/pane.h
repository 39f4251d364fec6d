/* SPDX-License-Identifier: MIT */
/* The pane at the bottom, with the newest lines of the command's output. */
#ifndef AW__TUI_PANE_H
#define AW__TUI_PANE_H

#include "viewer/tui/grid.h"

struct aw__app;

/** The pane's lines, with its title; 0 if there is no pane. */
int aw__pane_height(const struct aw__app *app);
/** Switch to the pane's next size. */
void aw__pane_resize(struct aw__app *app);
void aw__pane_draw(struct aw__app *app, struct aw__grid *grid, int from_y, int to_y);

#endif
