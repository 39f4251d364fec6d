/* SPDX-License-Identifier: MIT */
/* CLOCK_MONOTONIC and CLOCK_REALTIME in nanoseconds; tests can replace the monotonic clock. */
#include "clock.h"

#include <time.h>

static uint64_t (*replaced)(void);

static uint64_t read_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t aw__clock_monotonic_ns(void)
{
	if (__builtin_expect(replaced != NULL, 0))
		return replaced();
	return read_ns(CLOCK_MONOTONIC);
}

uint64_t aw__clock_realtime_ns(void)
{
	return read_ns(CLOCK_REALTIME);
}

void aw__clock_set_monotonic(uint64_t (*now_ns)(void))
{
	replaced = now_ns;
}
