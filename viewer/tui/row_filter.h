/* SPDX-License-Identifier: MIT */
/* The filter of rows: its editing, and its effect on rows. */
#ifndef AW__TUI_ROW_FILTER_H
#define AW__TUI_ROW_FILTER_H

#include <stddef.h>
#include <stdint.h>

struct aw__app;
struct aw__buffer;

/** Begin to edit the filter. */
void aw__row_filter_begin(struct aw__app *app);
/** Handle a key while the filter is edited. */
void aw__row_filter_type(struct aw__app *app, uint32_t key);
/** Remove the filter, and stop editing it. */
void aw__row_filter_clear(struct aw__app *app);
/** Remove the rows from `from` on that do not match, except ancestors of matching rows in a tree. */
void aw__row_filter_rows(struct aw__app *app, struct aw__buffer *rows, size_t from);

#endif
