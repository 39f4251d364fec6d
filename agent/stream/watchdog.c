/* SPDX-License-Identifier: MIT */
/*
 * What the agent's thread checks in each round: blocked loops (with the thread's stack), tasks that ignored a
 * cancellation, and waits and errors that last too long.
 */
#include <inttypes.h>
#include <stdio.h>

#include "agent/record/record.h"
#include "agent/stream/sampler.h"
#include "agent/stream/stream_internal.h"
#include "agent/watch/detectors.h"
#include "base/clock.h"

/*
 * How long a blocked loop's thread was ready but other threads had the processors, so that a busy machine is not
 * reported as a fault of the program.
 *
 * The kernel has the sum for each thread (Documentation/scheduler/sched-stats.rst). The difference between the sums at the first look at an
 * iteration and at the finding is the wait between the two. The wait before the first look is not known.
 */

/* The first look at an iteration. */
struct note {
	uint64_t since_ns; /* when it began */
	uint64_t at_ns;
	uint64_t waited_ns;
};

static struct note notes[AW__MOST_LOOPS];

/* False if this kernel does not say. */
static bool read_waited(uint64_t tid, uint64_t *ret_ns)
{
	char text[96];

	if (!aw__sampler_read(AW__OWN_TASKS, (pid_t)tid, "schedstat", text, sizeof(text)))
		return false;
	return sscanf(text, "%*u %" SCNu64, ret_ns) == 1;
}

static void processor_note(const struct aw__blocked *busy)
{
	struct note *note = busy->loop < AW__MOST_LOOPS ? &notes[busy->loop] : NULL;
	uint64_t waited_ns;

	if (note == NULL || note->since_ns == busy->since_ns || !read_waited(busy->tid, &waited_ns))
		return;
	*note = (struct note){ busy->since_ns, busy->since_ns + busy->lasted_ns, waited_ns };
}

/* The note about that iteration; NULL: none. */
static const struct note *note_of(const struct aw__blocked *blocked)
{
	const struct note *note = blocked->loop < AW__MOST_LOOPS ? &notes[blocked->loop] : NULL;

	return note != NULL && note->since_ns == blocked->since_ns ? note : NULL;
}

/* How long the iteration had lasted at the first look; 0: there was none. */
static uint64_t first_look_ns(const struct aw__blocked *blocked)
{
	const struct note *note = note_of(blocked);

	return note != NULL ? note->at_ns - note->since_ns : 0;
}

/* How long the loop's thread has waited for a processor since the first look. */
static uint64_t processor_waited_ns(const struct aw__blocked *blocked)
{
	const struct note *note = note_of(blocked);
	uint64_t waited_ns;

	if (note == NULL || !read_waited(blocked->tid, &waited_ns) || waited_ns < note->waited_ns)
		return 0;
	return waited_ns - note->waited_ns;
}

/* The first look at long iterations. A finding is about the time since then: most of the iteration. */
static void note_busy(uint64_t blocked_ns)
{
	struct aw__blocked busy;
	int64_t after = -1;

	while (aw__watch_blocked_next(after, AW__FIRST_LOOK_NS(blocked_ns), &busy)) {
		processor_note(&busy);
		aw__sampler_note(&busy);
		after = busy.loop;
	}
}

static void look_for_blocked(uint64_t blocked_ns)
{
	struct aw__blocked blocked;
	struct aw__blocked_stack stack;
	int64_t after = -1;

	for (; aw__watch_blocked_next(after, blocked_ns, &blocked); after = blocked.loop) {
		const uint64_t waited_ns = processor_waited_ns(&blocked);

		/* if the iteration lasts, it is looked at again */
		if (!aw__watch_blocked_is_due(&blocked, blocked_ns, first_look_ns(&blocked),
					      waited_ns))
			continue;
		aw__sampler_stack(&blocked, &stack);
		aw__watch_blocked_finding(&blocked, &stack, waited_ns);
	}
}

/*
 * The whole box is read to record errors again, so this is done for several at once: for findings, at the earliest after four
 * times the time that the last reading took; for errors that are no findings yet, after twenty times that, and a tenth of the
 * threshold.
 */
static void look_at_tasks(const struct aw__thresholds *thresholds, const struct aw__box *box)
{
	static uint64_t due_ns,
		early_ns; /* when the next readings may be; only the agent's thread uses them */
	const uint64_t began_ns = aw__clock_monotonic_ns();
	struct aw__held_list held = { .early = began_ns >= early_ns };
	uint64_t took_ns;

	aw__watch_tasks(thresholds, began_ns >= due_ns ? &held : NULL);
	if (began_ns < due_ns || held.count == 0)
		return;
	aw__held_tell(box, &held);
	took_ns = aw__clock_monotonic_ns() - began_ns;
	due_ns = began_ns + 4 * took_ns;
	if (!held.due)
		early_ns = began_ns + 20 * took_ns + thresholds->held_ns / 10;
}

void aw__watchdog_look(const struct aw__thresholds *thresholds, const struct aw__box *box)
{
	note_busy(thresholds->blocked_ns);
	look_for_blocked(thresholds->blocked_ns);
	aw__watch_still_blocked();
	aw__watch_cancels(thresholds->cancel_ns);
	aw__watch_deadlocks(thresholds->deadlock_ns);
	aw__watch_busy(thresholds);
	look_at_tasks(thresholds, box);
	aw__watch_growth(thresholds);
}
