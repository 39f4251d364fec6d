/* SPDX-License-Identifier: MIT */
/*
 * Tables in private memory that hooks write to and detectors read: the tasks that have a semaphore's permits (shares.c), the cancellations that
 * were delivered (hooks_cancel.c), and how many tasks have ended and are kept (hooks_kept.c).
 */
#ifndef AW__HOOK_TABLES_H
#define AW__HOOK_TABLES_H

#include <awry/agent.h>
#include <stdbool.h>
#include <stdint.h>

/* ---- semaphores ---- */

#define AW__MOST_SHARED_RESOURCES 64u
#define AW__MOST_SHARES		  64u

/** A semaphore for which tasks wait, and the tasks that have all of its permits. */
struct aw__shares {
	uint64_t resource;
	uint32_t count;
	uint64_t tasks[AW__MOST_SHARES];
};

/** Copy the semaphores whose owners are known. @param ret_list  of AW__MOST_SHARED_RESOURCES. Returns how many there are. */
unsigned aw__shares_copy(struct aw__shares *ret_list);

/* ---- cancellations ---- */

/** Forget the delivered cancellation of a task that has ended or taken it back. */
void aw__cancels_forget(const struct aw_agent_task *task);

/** A cancellation that was delivered to a task which has neither taken it back nor ended since. */
struct aw__delivered {
	uint64_t task;
	uint64_t by; /* the task that asked for it */
	uint64_t stack;
	uint64_t since_ns;
	uint32_t slot, by_slot;
};

/** The next one from number `from` on that is not reported as swallowed yet. Returns the number to continue with; 0: there is none. */
unsigned aw__cancels_next(unsigned from, struct aw__delivered *ret);
/** Note that the one for which aw__cancels_next() returned `next` was reported. False: the task has ended or taken it back meanwhile. */
bool aw__cancels_note_reported(unsigned next, const struct aw__delivered *delivered);

/* ---- tasks that are kept ---- */

/** Tasks of one creation stack that have ended, are still referenced, and were created before the last tick. */
struct aw__kept {
	uint64_t place; /* coroutine and stack, as a slot has them */
	uint64_t count;
	struct aw_agent_task newest; /* the one that ended last; it may be freed by now */
};

/** The value of aw_agent_task.kept for a task that is created now. */
uint32_t aw__kept_born(void);
void aw__kept_tick(void);
/** The next creation stack from number `from` on. Returns the number to continue with; 0: there is none. */
unsigned aw__kept_next(unsigned from, struct aw__kept *ret);

#endif
