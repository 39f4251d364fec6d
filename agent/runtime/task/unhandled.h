/* SPDX-License-Identifier: MIT */
/* Passes errors that nobody handled to the loop's exception handler. */
#ifndef AW__UNHANDLED_H
#define AW__UNHANDLED_H

#include "agent/runtime/task/task.h"

/** Tell the user's handler, if there is one, that an error is lost. Without one only the recorder reports it. */
void aw__unhandled_lost(struct aw_future *future);
/** Likewise that a pending task will never run again. */
void aw__unhandled_pending(struct aw_task *task);
/** Tell the handler that a task failed while the run was ending. */
void aw__unhandled_shutdown(struct aw_task *task);

#endif
