/* SPDX-License-Identifier: MIT */
#include "agent/record/record.h"
#include "agent/stream/internal.h"

#define MOST_FRAMES 32u

static void look_for_blocked(uint64_t blocked_ns)
{
	struct aw__blocked blocked;
	void *frames[MOST_FRAMES];
	int64_t after = -1;

	while (aw__record_blocked(after, blocked_ns, &blocked)) {
		const size_t count = aw__intruder_stack(blocked.tid, frames, MOST_FRAMES);

		aw__record_blocked_finding(&blocked, frames, count);
		after = blocked.loop;
	}
}

void aw__watchdog_look(const struct aw__thresholds *thresholds)
{
	look_for_blocked(thresholds->blocked_ns);
	aw__record_watch_cancels(thresholds->cancel_ns);
	aw__record_watch_deadlocks(thresholds->deadlock_ns);
	aw__record_watch_busy(thresholds);
	aw__record_watch_tasks(thresholds);
}
