/* SPDX-License-Identifier: MIT */
/*
 * Lines of tasks that wait for a lock, an event, a queue.
 *
 * A waiter lies on the stack of its task, and stays in line until the task has run again: a task
 * that arrives after the wake-up, but before that, sees that another one is before it. A waiter is
 * either woken, which gives it its turn, or cancelled; its future says which came first. A task
 * that was woken and is then cancelled gets the CancelledError, and must pass its turn on.
 */
#ifndef AW__SYNC_H
#define AW__SYNC_H

#include "agent/runtime/task/task.h"

#include <awry/sync.h>

/* The first word of each object. */
enum {
	AW__MAGIC_LOCK = 0x4c6f636b,
	AW__MAGIC_EVENT = 0x45766e74,
	AW__MAGIC_CONDITION = 0x436f6e64,
	AW__MAGIC_SEMAPHORE = 0x53656d61,
	AW__MAGIC_BARRIER = 0x42617272,
	AW__MAGIC_QUEUE = 0x51756575,
};

struct aw__sync_waiter {
	struct aw_future future;
	struct aw__resource resource; /* makes it leave the line when the loop closes */
	struct aw__sync_line *line;
	struct aw__sync_waiter *next, *previous;
};

/**
 * Join the line, and wait until woken.
 *
 * @param id         the object's id, assigned if it is 0 and recording is on
 * @param ret_woken  always set: true if it was woken; after an error the turn must be passed on
 *
 * Errors: CancelledError
 */
aw_error *aw__sync_wait(struct aw__sync_line *line, enum aw_agent_wait wait, uint64_t *id,
			bool *ret_woken);
/** Wake the first in line, unless it is woken or cancelled. */
void aw__sync_wake_head(struct aw__sync_line *line);
/** Wake the first that is neither woken nor cancelled; false if there is none. */
bool aw__sync_wake_next(struct aw__sync_line *line);
void aw__sync_wake_all(struct aw__sync_line *line);
/** Tell whether any waiter in line is not cancelled. */
bool aw__sync_wanted(const struct aw__sync_line *line);

/** Take a lock; `from`: address of the calling code, for the recorder. Errors: CancelledError. */
aw_error *aw__lock_take(aw_lock *lock, const void *from);

static inline bool aw__sync_nobody(const struct aw__sync_line *line)
{
	return line->first == NULL;
}

#endif
