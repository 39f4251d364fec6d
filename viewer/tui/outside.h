/* SPDX-License-Identifier: MIT */
/* Copying to the clipboard, and opening the editor. */
#ifndef AW__TUI_OUTSIDE_H
#define AW__TUI_OUTSIDE_H

#include <stdbool.h>

struct aw__app;

/** Ask tui_run.c to copy the chosen line, or with `all` everything that is shown. */
void aw__outside_copy(struct aw__app *app, bool all);
/** Ask tui_run.c to open the chosen place in the editor. */
void aw__outside_edit(struct aw__app *app);

#endif
