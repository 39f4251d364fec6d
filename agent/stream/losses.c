/* SPDX-License-Identifier: MIT */
/* Makes findings of what the recorder refused, and of what a recording lacks: nothing is lost silently. */
#include "agent/stream/internal.h"

#include <string.h>

#include "agent/record/record.h"
#include "base/clock.h"

#define BETWEEN_NS 1000000000u

static const char *const words[AW__LOSSES] = {
	[AW__LOSS_DEFINITIONS] = "names and stacks beyond the bound: raise AWRY_MEMORY_BYTES",
	[AW__LOSS_RECORDS] = ("records of a thread without rings, which are beyond the bound: "
			      "raise AWRY_MEMORY_BYTES, or lower AWRY_RING_BYTES"),
	[AW__LOSS_TASKS] = "alive, and not listed: raise AWRY_MEMORY_BYTES",
	[AW__LOSS_LOOPS] = "more than 64 loops: the rest is not checked for blocking",
	[AW__LOSS_TRACE] = "the trace could not be written as fast",
};

/* Where the file system is full, another bound would not help. */
static const char *const words_without_room[AW__LOSSES] = {
	[AW__LOSS_DEFINITIONS] = "names and stacks: the black box's file system is full",
	[AW__LOSS_RECORDS] = ("records of a thread without rings: the black box's file system is "
			      "full"),
	[AW__LOSS_TASKS] = "alive, and not listed: the black box's file system is full",
};

static void tell_no_room(struct aw__losses *losses)
{
	const char *path = aw__record_path(), *slash = strrchr(path, '/');

	if (losses->told_no_room)
		return;
	losses->told_no_room = true;
	aw__complain("awry: %.*s: no room left for the black box: what does not fit is not "
		     "recorded",
		     slash != NULL ? (int)(slash - path) : 0, path);
}

void aw__losses_tell(struct aw__losses *losses, const uint64_t counts[AW__LOSSES], bool at_once)
{
	const uint64_t now = aw__clock_monotonic_ns();
	const bool no_room = aw__record_out_of_room();

	if (no_room)
		tell_no_room(losses);
	if (!at_once && now - losses->told_ns < BETWEEN_NS)
		return;
	for (unsigned i = 0; i < AW__LOSSES; i++) {
		const char *why = no_room && words_without_room[i] != NULL ? words_without_room[i] :
									      words[i];

		if (counts[i] <= losses->told[i])
			continue;
		aw__record_lost_finding(counts[i] - losses->told[i], why);
		losses->told[i] = counts[i];
		losses->told_ns = now;
	}
}
