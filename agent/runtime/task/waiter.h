/* SPDX-License-Identifier: MIT */
/* Lets a task wait for an event that has no future: on a future of its own, which the event sets. */
#ifndef AW__WAITER_H
#define AW__WAITER_H

#include "agent/runtime/task/task.h"

/** A future on the stack of the task that waits, done when a job runs or a timer fires. */
struct aw__waiter {
	struct aw_future future;
	struct aw__job job;
	struct aw__timer timer;
	struct aw_task *timed; /* the task whose wait the timer may end; NULL: there is no timer */
};

void aw__waiter_init(struct aw__waiter *waiter, struct aw_loop *loop, enum aw_agent_wait wait);
void aw__waiter_finish(struct aw__waiter *waiter);
/** Set its timer, unless the deadline is AW_FOREVER; false if there is no memory. */
bool aw__waiter_deadline(struct aw__waiter *waiter, uint64_t deadline_ns);

/** Wait in `list` (of struct aw__job) until aw__waiter_wake() is called. */
aw_error *aw__waiter_wait(struct aw__link *list, enum aw_agent_wait wait, uint64_t id);
/** Wake all that wait in `list`. */
void aw__waiter_wake(struct aw__link *list);

#endif
