/* SPDX-License-Identifier: MIT */
/* What the files of resilience share: a clock that tests can drive, and what they tell the recorder. */
#ifndef AW__RESILIENCE_H
#define AW__RESILIENCE_H

#include <awry/agent_resilience.h>
#include <awry/resilience.h>

#include "agent/hook/hook.h"

/** The clock's time, or the loop's. */
aw_ns aw__clock_now(const aw_clock *clock);
/** Wait, by the clock or by the loop. */
aw_error *aw__clock_sleep(const aw_clock *clock, aw_ns duration);

/** base * factor^power, at most `cap`; a factor of 0 is 1, a cap of 0 none. */
aw_ns aw__backoff(aw_ns base, double factor, unsigned int power, aw_ns cap);

/** The id of something that is told, made while recording if it is 0. */
uint64_t aw__told_id(uint64_t *id);
/** Tell the recorder of an error, and give its id; 0 for NULL, or while nothing is recorded. */
uint64_t aw__told_error(const aw_error *err);

/** Say on an error in which state the breaker is, unless it is closed. Takes NULL for a breaker. */
aw_error *aw__breaker_mark(const aw_breaker *breaker, aw_error *err);
/** The breaker's id, if it was told; NULL: 0. */
uint64_t aw__breaker_id(const aw_breaker *breaker);

#endif
