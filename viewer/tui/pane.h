/* SPDX-License-Identifier: MIT */
/* The pane at the bottom: the newest lines of what the command wrote. */
#ifndef AW__TUI_PANE_H
#define AW__TUI_PANE_H

#include "viewer/tui/grid.h"

struct aw__app;

/** How many lines it has, with its title; 0: there is none. */
int aw__pane_height(const struct aw__app *app);
/** The next size. */
void aw__pane_resize(struct aw__app *app);
void aw__pane_draw(struct aw__app *app, struct aw__grid *grid, int from_y, int to_y);

#endif
