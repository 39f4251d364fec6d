/* SPDX-License-Identifier: MIT */
/*
 * Measures how long a blocked loop's thread was ready but other threads had the processors, so that a busy machine
 * is not reported as a fault of the program.
 *
 * The kernel sums it up (Documentation/scheduler/sched-stats.rst). Its sum in the middle of an iteration and at
 * the finding tells how much of the time between them it was: that is less than the whole, but certain.
 */
#include "agent/stream/internal.h"
#include "agent/stream/sampler.h"

#include <inttypes.h>
#include <stdio.h>

/* Of the iteration that began then. */
struct note {
	uint64_t since_ns;
	uint64_t waited_ns;
};

static struct note notes[AW__MOST_LOOPS];

/* False if this kernel does not tell. */
static bool read_waited(uint64_t tid, uint64_t *ret_ns)
{
	char text[96];

	if (!aw__sampler_read(AW__OWN_TASKS, (pid_t)tid, "schedstat", text, sizeof(text)))
		return false;
	return sscanf(text, "%*u %" SCNu64, ret_ns) == 1;
}

void aw__processor_note(const struct aw__blocked *busy)
{
	struct note *note = busy->loop < AW__MOST_LOOPS ? &notes[busy->loop] : NULL;
	uint64_t waited_ns;

	if (note == NULL || note->since_ns == busy->since_ns || !read_waited(busy->tid, &waited_ns))
		return;
	*note = (struct note){ busy->since_ns, waited_ns };
}

uint64_t aw__processor_waited_ns(const struct aw__blocked *blocked)
{
	const struct note *note = blocked->loop < AW__MOST_LOOPS ? &notes[blocked->loop] : NULL;
	uint64_t waited_ns;

	if (note == NULL || note->since_ns != blocked->since_ns ||
	    !read_waited(blocked->tid, &waited_ns) || waited_ns < note->waited_ns)
		return 0;
	return waited_ns - note->waited_ns;
}
