/* SPDX-License-Identifier: MIT */
/*
 * What retry, breaker, fallback and recovery share: a clock that tests can replace, growing delays, and ids for
 * the recorder.
 */
#include "agent/runtime/resilience/resilience.h"

#include "agent/runtime/error/error_tell.h"

aw_ns aw__clock_now(const aw_clock *clock)
{
	return clock != NULL && clock->now != NULL ? clock->now(clock->arg) : aw_now();
}

aw_error *aw__clock_sleep(const aw_clock *clock, aw_ns duration)
{
	if (clock != NULL && clock->sleep != NULL)
		return clock->sleep(duration, clock->arg);
	return aw_sleep(duration);
}

aw_ns aw__backoff(aw_ns base, double factor, unsigned int power, aw_ns cap)
{
	const double most = cap > 0 ? (double)cap : (double)(AW_FOREVER / 4);
	double delay = (double)base;

	if (factor > 0 && factor != 1)
		for (; power > 0 && delay > 0 && delay < most; power--)
			delay *= factor;
	return delay < most ? (aw_ns)delay : (aw_ns)most;
}

uint64_t aw__recorder_id(uint64_t *id)
{
	if (*id == 0 && AW__HOOKED())
		*id = aw_agent_new_id();
	return *id;
}

uint64_t aw__recorder_error(const aw_error *err)
{
	aw__error_tell(err);
	return aw__error_id(err);
}
