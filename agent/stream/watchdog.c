/* SPDX-License-Identifier: MIT */
#include "agent/record/record.h"
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

	while (aw__record_blocked(after, blocked_ns, &blocked)) {
		aw__sampler_stack(&blocked, &stack);
		aw__record_blocked_finding(&blocked, &stack, aw__processor_waited_ns(&blocked));
		after = blocked.loop;
	}
}

void aw__watchdog_look(const struct aw__thresholds *thresholds, const struct aw__box *box)
{
	struct aw__held_list held;

	note_busy(thresholds->blocked_ns);
	look_for_blocked(thresholds->blocked_ns);
	aw__record_still_blocked();
	aw__record_watch_cancels(thresholds->cancel_ns);
	aw__record_watch_deadlocks(thresholds->deadlock_ns);
	aw__record_watch_busy(thresholds);
	aw__record_watch_tasks(thresholds, &held);
	aw__held_tell(box, &held);
	aw__record_watch_growth(thresholds);
}
