/* SPDX-License-Identifier: MIT */
/* Incremental search in the rows of a list or the lines of a text. */
#ifndef AW__TUI_SEARCH_H
#define AW__TUI_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

struct aw__app;

/** Begin to type a pattern. */
void aw__search_begin(struct aw__app *app);
/** The pattern was edited: go to its first match. */
void aw__search_typed(struct aw__app *app);
/** Cancel the search. */
void aw__search_cancel(struct aw__app *app);
/** Go to the next match, up or down by `step`. */
void aw__search_again(struct aw__app *app, int step);
/** The first match in a text; NULL if there is none, or no pattern. */
const char *aw__search_find(const struct aw__app *app, const char *text);

#endif
