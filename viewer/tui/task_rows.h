/* SPDX-License-Identifier: MIT */
/* Rows of tasks, which the list and the tree share. */
#ifndef AW__TUI_TASK_ROWS_H
#define AW__TUI_TASK_ROWS_H

#include "viewer/tui/app.h"

enum {
	AW__TASK_ID,
	AW__TASK_STATE_COLUMN,
	AW__TASK_SINCE,
	AW__TASK_WAITS,
	AW__TASK_NAME,
	AW__TASK_COROUTINE,
};

/** A key that is equal for tasks that can be merged into one row. */
uint64_t aw__task_merge_key(const struct aw__task *task);
void aw__task_row(const struct aw__app *app, struct aw__row *ret_row, const struct aw__task *task);
bool aw__task_order(struct aw__app *app, struct aw__row *row, int column);
uint8_t aw__task_cell(const struct aw__app *app, const struct aw__row *row, int column,
		      struct aw__buffer *out);
void aw__task_subject(const struct aw__app *app, const struct aw__row *row,
		      struct aw__subject *ret_subject);

#endif
