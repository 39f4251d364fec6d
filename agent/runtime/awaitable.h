/* SPDX-License-Identifier: MIT */
/* What can be waited for, given as a pointer to a coroutine, a task or a future; and waiters for
 * it. */
#ifndef AW__AWAITABLE_H
#define AW__AWAITABLE_H

#include "agent/runtime/task.h"

/**
 * The future of a coroutine (which becomes a task, and is consumed), task or future; with a
 * reference.
 *
 * @param scope  what a new task belongs to; 0: nothing
 *
 * Returns NULL for NULL, and if there is no memory.
 */
struct aw_future *aw__awaitable_future(struct aw_loop *loop, void *item, uint64_t scope);
/** Drop it, if it is a coroutine, without complaint. */
void aw__awaitable_close(void *item);

/** A future on the stack of the task that waits, done when a job runs or a timer fires. */
struct aw__waiter {
	struct aw_future future;
	struct aw__job job;
	struct aw__timer timer;
};

void aw__waiter_init(struct aw__waiter *waiter, struct aw_loop *loop, enum aw_agent_wait wait);
void aw__waiter_finish(struct aw__waiter *waiter);
/** Set its timer; false if there is no memory. */
bool aw__waiter_deadline(struct aw__waiter *waiter, uint64_t deadline_ns);

/** Wait in `list` (of struct aw__job) until somebody wakes it. */
aw_error *aw__waiter_wait(struct aw__link *list, enum aw_agent_wait wait, uint64_t id);
/** Wake all that wait in `list`. */
void aw__waiter_wake(struct aw__link *list);

#endif
