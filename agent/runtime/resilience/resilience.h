/* SPDX-License-Identifier: MIT */
/* Shared by the files of resilience: a clock that tests can drive, delays, and ids for the recorder. */
#ifndef AW__RESILIENCE_H
#define AW__RESILIENCE_H

#include <awry/agent_resilience.h>
#include <awry/resilience.h>

#include "agent/hook/hook.h"

/** The time by `clock`, or without one by the loop. */
aw_ns aw__clock_now(const aw_clock *clock);
/** Wait, by `clock`, or without one by the loop. */
aw_error *aw__clock_sleep(const aw_clock *clock, aw_ns duration);

/** base * factor^power, at most `cap`; a factor of 0 is 1, a cap of 0 none. */
aw_ns aw__backoff(aw_ns base, double factor, unsigned int power, aw_ns cap);

/** Return an object's id for the recorder, assigned if it is 0 and recording is on. */
uint64_t aw__recorder_id(uint64_t *id);
/** Report an error, and return its id; 0 for NULL, or if it was not reported. */
uint64_t aw__recorder_error(const aw_error *err);

/** Add the breaker's state to an error, unless it is closed. The breaker may be NULL. */
aw_error *aw__breaker_mark(const aw_breaker *breaker, aw_error *err);
/** The breaker's id for the recorder; 0 if it was not reported, and for NULL. */
uint64_t aw__breaker_id(const aw_breaker *breaker);

#endif
