/* SPDX-License-Identifier: MIT */
/* The callbacks that users add to tasks and futures. */
#ifndef AW__DONE_CALLBACK_H
#define AW__DONE_CALLBACK_H

#include "agent/runtime/future.h"

aw_error *aw__done_callback_add_future(struct aw_future *future, aw_future_done_fn *fn, void *arg);
aw_error *aw__done_callback_add_task(struct aw_future *task, aw_task_done_fn *fn, void *arg);

#endif
