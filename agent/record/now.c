/* SPDX-License-Identifier: MIT */
/* Ties the processor's time stamp counter to CLOCK_MONOTONIC, about once a second, for the clock of the hooks (now.h). */
#include "agent/record/now.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "agent/record/record.h"

#define TIES	    8u
#define SHORTEST_NS 20000000u /* from which a rate can be computed */
#define BETWEEN_NS  1000000000u

_Atomic(const struct aw__now_tie *) aw__now_tie;

/* One moment on both clocks. */
struct moment {
	uint64_t ticks;
	uint64_t ns;
};

static struct aw__now_tie ties[TIES];
static unsigned next_tie;
static struct moment first, last;
static uint64_t last_rate;

/* The counter is constant if the kernel, which has tested it on this machine, uses it for its own clock. */
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
static void read_both(struct moment *ret)
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

static void begin_again(const struct moment *now)
{
	atomic_store_explicit(&aw__now_tie, NULL, memory_order_release);
	first = *now;
	last = (struct moment){ 0 };
	last_rate = 0;
}

/* Whether the rate has changed: the machine slept, or a virtual one was moved. */
static bool is_strange(uint64_t rate)
{
	const uint64_t off = rate > last_rate ? rate - last_rate : last_rate - rate;

	return last_rate != 0 && off > last_rate / 1000;
}

static void tie(const struct moment *now, uint64_t rate)
{
	struct aw__now_tie *next = &ties[next_tie++ % TIES];

	atomic_store_explicit(&next->ticks, now->ticks, memory_order_relaxed);
	atomic_store_explicit(&next->ns, now->ns, memory_order_relaxed);
	atomic_store_explicit(&next->ns_per_tick, rate, memory_order_relaxed);
	atomic_store_explicit(&aw__now_tie, next, memory_order_release);
	last = *now;
	last_rate = rate;
}

void aw__record_calibrate(void)
{
	static int constant = -1;
	const uint64_t ns = aw__clock_monotonic_ns();
	struct moment now = { 0 }, from;
	uint64_t rate;

	if (constant < 0)
		constant = counter_is_constant();
	if (!constant || (first.ns != 0 && ns - first.ns < SHORTEST_NS) ||
	    (last.ns != 0 && ns - last.ns < BETWEEN_NS))
		return;
	read_both(&now);
	from = last.ns != 0 ? last : first;
	if (from.ns == 0 || now.ticks <= from.ticks) {
		begin_again(&now);
		return;
	}
	rate = (uint64_t)(((unsigned __int128)(now.ns - from.ns) << 32) / (now.ticks - from.ticks));
	if (is_strange(rate))
		begin_again(&now);
	else
		tie(&now, rate);
}
