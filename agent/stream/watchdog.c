/* SPDX-License-Identifier: MIT */
/*
 * What the agent's thread checks in each round: blocked loops (with the thread's stack), tasks that ignored a
 * cancellation, and waits and errors that last too long.
 */
#include "agent/record/record.h"
#include "base/clock.h"
#include "agent/stream/internal.h"

/* A finding tells of the time since then: most of the iteration. */
static void note_busy(uint64_t blocked_ns)
{
	struct aw__blocked busy;
	int64_t after = -1;

	while (aw__record_blocked(after, blocked_ns / 8, &busy)) {
		aw__processor_note(&busy);
		aw__sampler_note(&busy);
		after = busy.loop;
	}
}

static void look_for_blocked(uint64_t blocked_ns)
{
	struct aw__blocked blocked;
	struct aw__blocked_stack stack;
	int64_t after = -1;

	for (; aw__record_blocked(after, blocked_ns, &blocked); after = blocked.loop) {
		const uint64_t waited_ns = aw__processor_waited_ns(&blocked);

		/* what the machine takes is not the program's: it is looked at again if it lasts */
		if (blocked.lasted_ns < blocked_ns + waited_ns)
			continue;
		aw__sampler_stack(&blocked, &stack);
		aw__record_blocked_finding(&blocked, &stack, waited_ns);
	}
}

/*
 * To tell errors again the whole box is read. All that has come meanwhile is told together: what is a finding after four times
 * the time that reading took, what is none yet after twenty times that, and a tenth of the threshold.
 */
static void look_at_tasks(const struct aw__thresholds *thresholds, const struct aw__box *box)
{
	static uint64_t due_ns, early_ns; /* when that may be again; of the agent's thread */
	const uint64_t began_ns = aw__clock_monotonic_ns();
	struct aw__held_list held = { .early = began_ns >= early_ns };
	uint64_t took_ns;

	aw__record_watch_tasks(thresholds, began_ns >= due_ns ? &held : NULL);
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
	aw__record_still_blocked();
	aw__record_watch_cancels(thresholds->cancel_ns);
	aw__record_watch_deadlocks(thresholds->deadlock_ns);
	aw__record_watch_busy(thresholds);
	look_at_tasks(thresholds, box);
	aw__record_watch_growth(thresholds);
}
