/* SPDX-License-Identifier: MIT */
#ifndef AW__TUI_DESCRIBE_TASK_H
#define AW__TUI_DESCRIBE_TASK_H

#include "viewer/tui/app.h"

/** Append everything about a task, with SGR sequences. */
void aw__describe_task(const struct aw__app *app, uint64_t id, struct aw__buffer *out);

#endif
