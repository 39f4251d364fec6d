/* SPDX-License-Identifier: MIT */
/* aw_retry(): calls a function again after errors, with growing delays. */
#include "agent/runtime/resilience/resilience.h"

#include <string.h>

#include "agent/runtime/error/current.h"
#include "base/clock.h"
#include "base/options_copy.h"

enum {
	KEPT = 8, /* errors of earlier attempts, for the notes */
};

struct retry {
	struct aw_retry_options options;
	const char *name;
	aw_error_place site;
	unsigned int attempt; /* the present or last one; from 1 on */
	unsigned int attempts;
	uint64_t chance;
	uint64_t id;
	aw_error *earlier[KEPT]; /* by (attempt - 1) % KEPT */
};

/* A pseudo-random number in [0, 1), by splitmix64. */
static double chance(uint64_t *state)
{
	uint64_t mixed = *state += UINT64_C(0x9e3779b97f4a7c15);

	mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
	mixed ^= mixed >> 31;
	return (double)(mixed >> 11) * 0x1p-53;
}

static aw_ns delay_of(struct retry *retry)
{
	const struct aw_retry_options *o = &retry->options;
	const aw_ns base = o->base_ns == AW_NO_DELAY ? 0 : o->base_ns > 0 ? o->base_ns : AW_MS(100);
	const aw_ns cap = o->cap_ns > 0 ? o->cap_ns : AW_SEC(30);
	aw_ns delay = aw__backoff(base, o->factor > 0 ? o->factor : 2, retry->attempt - 1, cap);

	if (o->jitter > 0)
		delay -= (aw_ns)((double)delay * o->jitter * chance(&retry->chance));
	return delay;
}

static bool is_wanted(const struct retry *retry, const aw_error *err)
{
	const aw_error_type *const *types = retry->options.types;

	if (types == NULL)
		return true;
	for (; *types != NULL; types++)
		if (aw_error_is(err, *types))
			return true;
	return false;
}

/* Tell whether another attempt follows, and after which delay. */
static bool goes_on(struct retry *retry, const aw_error *err, aw_ns *ret_delay)
{
	const struct aw_retry_options *o = &retry->options;

	if (retry->attempt >= retry->attempts || !is_wanted(retry, err))
		return false;
	*ret_delay = delay_of(retry);
	if (o->classify != NULL &&
	    o->classify(err, retry->attempt, ret_delay, o->classify_arg) == AW_RETRY_STOP)
		return false;
	return o->deadline == 0 || aw__clock_now(o->clock) + *ret_delay <= o->deadline;
}

AW__HOOK_ONLY static void tell(struct retry *retry, const aw_error *err, aw_ns delay,
			       enum aw_agent_attempt_outcome outcome)
{
	aw_agent_attempt(&(struct aw_agent_attempt){
		.retry = aw__recorder_id(&retry->id),
		.name = retry->name,
		.attempt = retry->attempt,
		.attempts = retry->attempts,
		.error = aw__recorder_error(err),
		.delay_ns = delay,
		.breaker = aw__breaker_id(retry->options.breaker),
		.outcome = outcome,
		.task = aw__current_agent_task(),
	});
}

static void keep(struct retry *retry, aw_error *err)
{
	aw_error **place = &retry->earlier[(retry->attempt - 1) % KEPT];

	aw_error_unref(*place);
	*place = err;
}

static void forget(struct retry *retry)
{
	for (size_t i = 0; i < KEPT; i++)
		aw_error_unref(retry->earlier[i]);
}

static aw_error *note_one(aw_error *err, unsigned int attempt, const aw_error *earlier)
{
	const char *message = aw_error_message(earlier);

	return aw_error_note(err, "attempt %u: %s%s%s", attempt, aw_error_name(earlier),
			     message[0] != '\0' ? ": " : "", message);
}

/* Add the attempts, and the errors before it, to the last error. */
static aw_error *give_up(struct retry *retry, aw_error *err)
{
	const unsigned int before = retry->attempt - 1;
	const unsigned int first = before > KEPT ? before - KEPT : 0;

	err = aw_error_with_int(err, "attempt", retry->attempt);
	err = aw_error_with_int(err, "attempts", retry->attempts);
	err = aw_error_with_str(err, "retry", retry->name);
	err = aw__breaker_mark(retry->options.breaker, err);
	if (first > 0)
		err = aw_error_note(err, "attempts before these: %u", first);
	for (unsigned int i = first; i < before; i++)
		err = note_one(err, i + 1, retry->earlier[i % KEPT]);
	/* The error is not reported yet, because it may still be changed: that happens when a task ends with it. */
	if (AW__HOOKED())
		tell(retry, NULL, 0, AW_ATTEMPT_GAVE_UP);
	return err;
}

/* Wait before the next attempt. Consumes `err`, which becomes the context of a cancellation. */
static aw_error *wait(struct retry *retry, aw_error *err, aw_ns delay)
{
	aw_error *late;

	if (AW__HOOKED())
		tell(retry, err, delay, AW_ATTEMPT_FAILED);
	late = aw__clock_sleep(retry->options.clock, delay);
	if (late != NULL)
		return aw_raise_in(err, late);
	keep(retry, err);
	return NULL;
}

static aw_error *attempt(const struct retry *retry, aw_coro_fn *fn, void *arg, void **ret)
{
	aw_breaker *breaker = retry->options.breaker;
	const aw_error_place *site = &retry->site;

	if (breaker == NULL)
		return fn(arg, ret);
	return aw__breaker_call(site->file, site->line, site->function, breaker, fn, arg, ret);
}

static aw_error *run(struct retry *retry, aw_coro_fn *fn, void *arg, void **ret)
{
	for (retry->attempt = 1;; retry->attempt++) {
		void *result = NULL;
		aw_error *err = attempt(retry, fn, arg, &result);
		aw_ns delay = 0;

		if (err == NULL) {
			if (retry->attempt > 1 && AW__HOOKED())
				tell(retry, NULL, 0, AW_ATTEMPT_SUCCEEDED);
			if (ret != NULL)
				*ret = result;
			return NULL;
		}
		if (!aw_error_is(err, aw_Exception))
			return err;
		if (!goes_on(retry, err, &delay))
			return give_up(retry, err);
		AW_TRY(wait(retry, err, delay));
	}
}

aw_error *aw__retry(const char *file, int line, const char *function,
		    const struct aw_retry_options *options, const char *name, aw_coro_fn *fn,
		    void *arg, void **ret)
{
	struct retry retry = { .site = { file, function, line } };
	aw_error *err;

	AW__OPTIONS(aw_retry_options, &retry.options, options);
	retry.name = retry.options.name != NULL ? retry.options.name : name;
	retry.attempts = retry.options.attempts > 0 ? retry.options.attempts : 5;
	retry.chance = retry.options.seed;
	if (retry.chance == 0) /* without a seed: from the time and the stack address */
		retry.chance = aw__clock_monotonic_ns() ^ (uint64_t)(uintptr_t)&retry;
	err = run(&retry, fn, arg, ret);
	forget(&retry);
	return err;
}
