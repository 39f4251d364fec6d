/* SPDX-License-Identifier: MIT */
/* What is taken out of the viewer: into the clipboard, into an editor. */
#ifndef AW__TUI_OUTSIDE_H
#define AW__TUI_OUTSIDE_H

#include <stdbool.h>

struct aw__app;

/** Wish that what is chosen (or with `all` everything that is shown) be copied. */
void aw__outside_copy(struct aw__app *app, bool all);
/** Wish that the place in the source that is chosen be edited. */
void aw__outside_edit(struct aw__app *app);

#endif
