/* SPDX-License-Identifier: MIT */
/* Records findings, for the agent's thread, about events that the recorder had no room for, or that the trace lacks. */
#include "agent/stream/stream_internal.h"

#include <string.h>

#include "agent/record/record.h"
#include "base/clock.h"

#define BETWEEN_NS 1000000000u

static const char *const words[AW__LOSSES] = {
	[AW__LOSS_DEFINITIONS] = "names and stacks beyond the bound: raise AWRY_MEMORY_BYTES",
	[AW__LOSS_RECORDS] = ("records of a thread without rings, which are beyond the bound: "
			      "raise AWRY_MEMORY_BYTES, or lower AWRY_RING_BYTES"),
	[AW__LOSS_TASKS] = "live tasks that are not listed: raise AWRY_MEMORY_BYTES",
	[AW__LOSS_LOOPS] = "more than 64 loops: the rest is not checked for blocking",
	[AW__LOSS_TRACE] = "the trace could not be written fast enough",
};

/* If the box cannot grow, a larger bound does not help. */
#define WITHOUT_ROOM(why)                                                                          \
	{                                                                                          \
		[AW__LOSS_DEFINITIONS] = "names and stacks: " why,                                 \
		[AW__LOSS_RECORDS] = "records of a thread without rings: " why,                    \
		[AW__LOSS_TASKS] = "live tasks that are not listed: " why,                         \
	}

static const char *const words_without_room[][AW__LOSSES] = {
	[AW__ROOM_FULL] = WITHOUT_ROOM("the black box's file system is full"),
	[AW__ROOM_REFUSED] = WITHOUT_ROOM("the kernel refuses madvise() (a seccomp filter)"),
};

static void tell_room(struct aw__losses *losses, enum aw__room room)
{
	const char *path = aw__record_path(), *slash = strrchr(path, '/');
	const int length = slash != NULL ? (int)(slash - path) : 0;

	if (losses->told_room)
		return;
	losses->told_room = true;
	if (room == AW__ROOM_REFUSED)
		aw__complain("awry: the black box cannot grow: the kernel refuses madvise(), as a "
			     "seccomp filter asks it to; what does not fit is not recorded");
	else
		aw__complain("awry: %.*s: no room left for the black box: what does not fit is not "
			     "recorded",
			     length, path);
}

static const char *words_for(unsigned loss, enum aw__room room)
{
	if (room != AW__ROOM && words_without_room[room][loss] != NULL)
		return words_without_room[room][loss];
	return words[loss];
}

void aw__losses_tell(struct aw__losses *losses, const uint64_t counts[AW__LOSSES], bool at_once)
{
	const uint64_t now = aw__clock_monotonic_ns();
	const enum aw__room room = aw__record_room();

	if (room != AW__ROOM)
		tell_room(losses, room);
	if (!at_once && now - losses->told_ns < BETWEEN_NS)
		return;
	for (unsigned i = 0; i < AW__LOSSES; i++) {
		if (counts[i] <= losses->told[i])
			continue;
		aw__record_lost_finding(counts[i] - losses->told[i], words_for(i, room));
		losses->told[i] = counts[i];
		losses->told_ns = now;
	}
}
