/* SPDX-License-Identifier: MIT */
/* Registers, for agent/control, how to clear what the detectors remember about tasks and loops when another box is opened. */
#include "agent/watch/detectors.h"

#include "agent/record/reset.h"
#include "agent/watch/watch_parts.h"

/* A loop's own thread may be looking for deadlocks while the next recording begins: only in a forked child is that thread gone. */
static struct aw__reset resets[] = {
	{ .clear = aw__watch_tasks_reset },
	{ .clear = aw__watch_blocked_reset },
	{ .clear = aw__watch_busy_reset },
	{ .clear = aw__watch_growth_reset },
	{ .clear = aw__deadlock_reset, .only_after_fork = true },
};

void aw__detectors_register(void)
{
	for (size_t i = 0; i < sizeof(resets) / sizeof(resets[0]); i++)
		aw__reset_register(&resets[i]);
}
