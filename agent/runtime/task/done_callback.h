/* SPDX-License-Identifier: MIT */
/* The callbacks that users add to tasks and futures. */
#ifndef AW__DONE_CALLBACK_H
#define AW__DONE_CALLBACK_H

#include "agent/runtime/task/future.h"

/* A callback: one of the two functions is set. */
struct aw__done_call {
	const char *name; /* the function, as written in the source */
	aw_future_done_fn *future_fn;
	aw_task_done_fn *task_fn;
	void *arg;
};

aw_error *aw__done_callback_add(struct aw_future *future, const struct aw__done_call *call);
/** Remove the callbacks with the same function and argument; returns how many there were. */
size_t aw__done_callback_remove(struct aw_future *future, const struct aw__done_call *call);

#endif
