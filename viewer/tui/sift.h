/* SPDX-License-Identifier: MIT */
/* The filter: which rows are shown. It is typed, and understood when Enter is pressed. */
#ifndef AW__TUI_SIFT_H
#define AW__TUI_SIFT_H

#include <stddef.h>
#include <stdint.h>

struct aw__app;
struct aw__buffer;

/** Begin to type one: what is there can be changed. */
void aw__sift_begin(struct aw__app *app);
/** A key, while it is typed. */
void aw__sift_type(struct aw__app *app, uint32_t key);
/** Leave only the rows from `from` on that fit, and what leads to them in a tree. */
void aw__sift_rows(struct aw__app *app, struct aw__buffer *rows, size_t from);

#endif
