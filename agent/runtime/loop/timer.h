/* SPDX-License-Identifier: MIT */
/* Deadlines, earliest first; equal ones in the order in which they were added. */
#ifndef AW__TIMER_H
#define AW__TIMER_H

#include "agent/runtime/loop/job.h"

#include <stdint.h>

struct aw__timer {
	struct aw__job job; /* appended to the loop's ready jobs at the deadline */
	uint64_t deadline_ns;
	uint64_t order;
	size_t place; /* index + 1 in the heap; 0 = not in it */
};

struct aw__timers {
	struct aw__timer **heap;
	size_t count;
	size_t capacity;
	uint64_t next_order;
};

void aw__timers_finish(struct aw__timers *timers);
/** Add a timer that is in no heap; false if there is no memory. */
bool aw__timer_add(struct aw__timers *timers, struct aw__timer *timer, uint64_t deadline_ns);
/** Remove a timer, if it is in the heap. */
void aw__timer_remove(struct aw__timers *timers, struct aw__timer *timer);

/** The earliest, or NULL. */
static inline struct aw__timer *aw__timer_first(const struct aw__timers *timers)
{
	return timers->count > 0 ? timers->heap[0] : NULL;
}

#endif
