/* SPDX-License-Identifier: MIT */
#include "proto/finding.h"

#include <string.h>

/* clang-format off */
const struct aw__finding_spec aw__finding_specs[AW__FINDING_KINDS] = {
	[0] = { "unknown", "A finding of a kind that this version does not know",
		"The recording was made by a newer awry.", "Read it with the awry that made it.", NULL },
	[AW__NEVER_RETRIEVED] = { "never-retrieved", "Task exception was never retrieved",
		"It failed, and its last reference went without anybody asking for its result: "
		"whatever it was doing is half done, and nobody was told.",
		"Await it, look at its exception, or create the task in a task group.", NULL },
	[AW__NEVER_AWAITED] = { "never-awaited", "coroutine was never awaited",
		"The coroutine object was made and dropped: its body never ran.",
		"Await it, or make a task of it; close it on purpose with aw_coro_close().", NULL },
	[AW__DESTROYED_PENDING] = { "destroyed-pending", "Task was destroyed but it is pending!",
		"Nothing can wake this task any more: the last reference to what it waits for is gone, or its "
		"loop was closed. What it was doing is half done.",
		"Keep a reference to what it waits for, cancel the task and await it, or create it in a task group.", NULL },
	[AW__BLOCKED_LOOP] = { "blocked-loop", "The event loop was blocked",
		"One callback or step kept the loop's thread to itself: meanwhile no other task, timer or "
		"connection of this loop could go on.",
		"Move the blocking call to a thread, or await between portions of the work.",
		"an iteration longer than AWRY_BLOCKED_MS (100 ms)" },
	[AW__LOST_EVENTS] = { "lost-events", "Events were lost",
		"They were recorded, or should have been, faster than there was room: what is shown is not everything.",
		"Raise AWRY_RING_BYTES or AWRY_MEMORY_BYTES, or record with AWRY_TRACE, which waits for room.", NULL },
};
/* clang-format on */

enum aw__finding_kind aw__finding_by_id(const char *id, size_t length)
{
	for (size_t kind = 1; kind < AW__FINDING_KINDS; kind++)
		if (strlen(aw__finding_specs[kind].id) == length &&
		    memcmp(aw__finding_specs[kind].id, id, length) == 0)
			return (enum aw__finding_kind)kind;
	return 0;
}

const struct aw__finding_spec *aw__finding_spec(uint64_t kind)
{
	return &aw__finding_specs[kind < AW__FINDING_KINDS ? kind : 0];
}

const char *aw__finding_title(uint64_t kind, uint64_t task)
{
	if (kind == AW__NEVER_RETRIEVED && task == 0)
		return "Future exception was never retrieved";
	return aw__finding_spec(kind)->title;
}
