/* SPDX-License-Identifier: MIT */
/* Registers what the detectors remember about tasks and loops, for agent/control: to be cleared for another box. */
#include "agent/record/deadlock.h"
#include "agent/record/recorder.h"
#include "agent/record/reset.h"

/* The loop's own thread may look for deadlocks while the next recording begins: only in a forked child is that thread gone. */
static struct aw__reset resets[] = {
	{ .clear = aw__watch_reset },
	{ .clear = aw__blocked_reset },
	{ .clear = aw__busy_reset },
	{ .clear = aw__growth_reset },
	{ .clear = aw__deadlock_reset, .only_after_fork = true },
};

void aw__detectors_register(void)
{
	for (size_t i = 0; i < sizeof(resets) / sizeof(resets[0]); i++)
		aw__reset_register(&resets[i]);
}
