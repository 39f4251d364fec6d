/* SPDX-License-Identifier: MIT */
/*
 * Lines of tasks that wait for a lock, an event, a queue.
 *
 * A waiter lies on the stack of its task, and stays in line until the task has run again: who comes
 * between its turn and its return sees that somebody is before him. It is woken, which is its turn,
 * or it is cancelled; whichever came first is what its future says. A task that was woken and is
 * then cancelled gets the CancelledError, and must pass its turn on.
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
	struct aw__resource resource; /* of the loop, so that it leaves when that closes */
	struct aw__sync_line *line;
	struct aw__sync_waiter *next, *previous;
};

/**
 * Get in line, and wait for one's turn.
 *
 * @param id         the object's, made while recording if it is 0
 * @param ret_woken  set in any case: our turn came, and if we return an error it is to be passed on
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
/** Tell whether there is anybody in line who is not cancelled. */
bool aw__sync_wanted(const struct aw__sync_line *line);

/** Take a lock; `from`: the code that asks for it, for the recorder. Errors: CancelledError. */
aw_error *aw__lock_take(aw_lock *lock, const void *from);

static inline bool aw__sync_nobody(const struct aw__sync_line *line)
{
	return line->first == NULL;
}

#endif
