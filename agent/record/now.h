/* SPDX-License-Identifier: MIT */
/*
 * The hooks' clock: CLOCK_MONOTONIC, read by way of the processor's time stamp counter where that is
 * constant (10 ns instead of 24).
 *
 * The counter is tied to the clock anew about once a second by aw__record_calibrate(); between two ties it is off by
 * less than the machine's clocks drift in a second. The ties rotate through a few places, so that a reader
 * never sees one being written.
 */
#ifndef AW__NOW_H
#define AW__NOW_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

struct aw__now_tie {
	_Atomic uint64_t ticks;
	_Atomic uint64_t ns;
	_Atomic uint64_t ns_per_tick; /* 32.32 fixed point */
};

extern _Atomic(const struct aw__now_tie *) aw__now_tie; /* NULL: ask the system */

#if defined(__x86_64__)
static inline uint64_t aw__now_ticks(void)
{
	return __builtin_ia32_rdtsc();
}
#else
static inline uint64_t aw__now_ticks(void)
{
	return 0;
}
#endif

static inline uint64_t aw__now_ns(void)
{
	const struct aw__now_tie *tie = atomic_load_explicit(&aw__now_tie, memory_order_acquire);
	uint64_t ticks;

	if (__builtin_expect(tie == NULL, 0))
		return aw__clock_monotonic_ns();
	ticks = aw__now_ticks() - atomic_load_explicit(&tie->ticks, memory_order_relaxed);
	return atomic_load_explicit(&tie->ns, memory_order_relaxed) +
	       (uint64_t)((unsigned __int128)ticks *
				  atomic_load_explicit(&tie->ns_per_tick, memory_order_relaxed) >>
			  32);
}

#endif
