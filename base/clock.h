/* SPDX-License-Identifier: MIT */
/* The monotonic and the real-time clock, in nanoseconds; tests can replace the monotonic one. */
#ifndef AW__CLOCK_H
#define AW__CLOCK_H

#include <stdint.h>

/** CLOCK_MONOTONIC. */
uint64_t aw__clock_monotonic_ns(void);
/** CLOCK_REALTIME: nanoseconds since 1970. */
uint64_t aw__clock_realtime_ns(void);

/** Replace the monotonic clock (tests only); NULL restores it. */
void aw__clock_set_monotonic(uint64_t (*now_ns)(void));

#endif
