/* SPDX-License-Identifier: MIT */
/* Nothing is lost silently: what the recorder refused, and what its readers missed, becomes a finding. */
#include "agent/stream/internal.h"

#include "agent/record/record.h"
#include "base/clock.h"

#define BETWEEN_NS 1000000000u

static const char *const words[AW__LOSSES] = {
	[AW__LOSS_DEFINITIONS] = "no room for more names and stacks: raise AWRY_MEMORY_BYTES",
	[AW__LOSS_RECORDS] = ("a thread found no room for its rings: raise AWRY_MEMORY_BYTES, "
			      "or lower AWRY_RING_BYTES"),
	[AW__LOSS_TASKS] = "alive, and not listed: raise AWRY_MEMORY_BYTES",
	[AW__LOSS_LOOPS] = "loops at once than are watched (64): nobody sees what blocks these",
	[AW__LOSS_TRACE] = "the trace could not be written as fast",
	[AW__LOSS_VIEWERS] = "a viewer did not read as fast",
	[AW__LOSS_PRINTER] = "findings, faster than they could be printed",
};

void aw__losses_tell(struct aw__losses *losses, const uint64_t counts[AW__LOSSES], bool at_once)
{
	const uint64_t now = aw__clock_monotonic_ns();

	if (!at_once && now - losses->told_ns < BETWEEN_NS)
		return;
	for (unsigned i = 0; i < AW__LOSSES; i++) {
		if (counts[i] <= losses->told[i])
			continue;
		aw__record_lost_finding(counts[i] - losses->told[i], words[i]);
		losses->told[i] = counts[i];
		losses->told_ns = now;
	}
}
