/* SPDX-License-Identifier: MIT */
#include "agent/record/now.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "agent/record/record.h"

#define TIES	    8u
#define SHORTEST_NS 20000000u /* what a rate can be taken from */

_Atomic(const struct aw__now_tie *) aw__now_tie;

static struct aw__now_tie ties[TIES];
static unsigned next_tie;
static struct aw__now_tie first;

/* The kernel has tested the counter on this machine: if it trusts it as its own clock, so may we. */
static int counter_is_constant(void)
{
#if defined(__x86_64__)
	char name[16] = { 0 };
	const int fd = open("/sys/devices/system/clocksource/clocksource0/current_clocksource",
			    O_RDONLY | O_CLOEXEC);
	ssize_t length;

	if (fd < 0)
		return 0;
	length = read(fd, name, sizeof(name) - 1);
	close(fd);
	return length > 0 && strncmp(name, "tsc", 3) == 0;
#else
	return 0;
#endif
}

/* Read both clocks at one moment: the tightest of a few tries. */
static void read_both(struct aw__now_tie *ret)
{
	uint64_t best = UINT64_MAX;

	for (unsigned i = 0; i < 5; i++) {
		const uint64_t before = aw__now_ticks();
		const uint64_t ns = aw__clock_monotonic_ns();
		const uint64_t after = aw__now_ticks();

		if (after - before >= best)
			continue;
		best = after - before;
		ret->ticks = before + (after - before) / 2;
		ret->ns = ns;
	}
}

void aw__record_calibrate(void)
{
	static int constant = -1;
	struct aw__now_tie now = { 0 };

	if (constant < 0)
		constant = counter_is_constant();
	if (!constant)
		return;
	read_both(&now);
	if (first.ns == 0)
		first = now;
	if (now.ns - first.ns < SHORTEST_NS || now.ticks <= first.ticks)
		return;
	now.ns_per_tick = (uint64_t)(((unsigned __int128)(now.ns - first.ns) << 32) /
				     (now.ticks - first.ticks));
	ties[next_tie % TIES] = now;
	atomic_store_explicit(&aw__now_tie, &ties[next_tie % TIES], memory_order_release);
	next_tie++;
}
