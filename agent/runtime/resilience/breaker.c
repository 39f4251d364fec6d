/* SPDX-License-Identifier: MIT */
/*
 * Circuit breakers (aw_breaker).
 *
 * Each change of state begins a new generation. The outcome of a call counts only in the generation in which it
 * began: a call from before the breaker opened says nothing about the service now.
 */
#include "agent/runtime/resilience/resilience.h"

#include <string.h>

#include "agent/runtime/loop/bug.h"
#include "agent/runtime/error/error_tell.h"
#include "base/alloc.h"
#include "base/options_copy.h"

struct aw_breaker {
	unsigned int threshold, trials;
	aw_ns recovery_ns;
	const aw_error_type *expected;
	const aw_clock *clock;
	aw_breaker_fn *on_change;
	void *arg;
	enum aw_breaker_state state;
	uint64_t generation;
	aw_ns since;
	unsigned int failures;	/* in a row */
	unsigned int on_trial;	/* calls of this generation under way; limited while half-open */
	unsigned int successes; /* while half-open */
	unsigned int under_way; /* calls, of any generation */
	uint64_t id;
	char name[]; /* "": none */
};

AW_API aw_error_type aw_CircuitBreakerOpenError[1] = {
	{ "CircuitBreakerOpenError", aw_Exception, 0, { 0 } }
};

aw_breaker *aw_breaker_create(const struct aw_breaker_options *options)
{
	struct aw_breaker_options o;
	struct aw_breaker *breaker;
	const char *name;
	size_t length;

	AW__OPTIONS(aw_breaker_options, &o, options);
	name = o.name != NULL ? o.name : "";
	length = strlen(name);
	breaker = aw__alloc_zeroed(1, sizeof(*breaker) + length + 1);
	if (breaker == NULL)
		return NULL;
	breaker->threshold = o.threshold > 0 ? o.threshold : 5;
	breaker->trials = o.trials > 0 ? o.trials : 1;
	breaker->recovery_ns = o.recovery_ns > 0 ? o.recovery_ns : AW_SEC(60);
	breaker->expected = o.expected != NULL ? o.expected : aw_Exception;
	breaker->clock = o.clock;
	breaker->on_change = o.on_change;
	breaker->arg = o.arg;
	breaker->since = aw__clock_now(o.clock);
	memcpy(breaker->name, name, length + 1);
	return breaker;
}

void aw_breaker_destroy(aw_breaker *breaker)
{
	if (breaker == NULL)
		return;
	aw__must(breaker->under_way == 0, "a breaker is destroyed while calls go through it");
	aw__alloc_free(breaker);
}

AW__HOOK_ONLY static void tell(struct aw_breaker *breaker, const aw_error *err)
{
	static const enum aw_agent_breaker_state states[] = {
		[AW_BREAKER_CLOSED] = AW_BREAKER_IS_CLOSED,
		[AW_BREAKER_OPEN] = AW_BREAKER_IS_OPEN,
		[AW_BREAKER_HALF_OPEN] = AW_BREAKER_IS_HALF_OPEN,
	};

	aw_agent_breaker(&(struct aw_agent_breaker){
		.id = aw__recorder_id(&breaker->id),
		.name = breaker->name,
		.state = states[breaker->state],
		.failures = breaker->failures,
		.recovery_ns = breaker->recovery_ns,
		.error = aw__error_id(
			err), /* it is not reported yet, because it may still be changed */
	});
}

static void become(struct aw_breaker *breaker, enum aw_breaker_state state, const aw_error *err)
{
	breaker->state = state;
	breaker->generation++;
	breaker->on_trial = breaker->successes = 0;
	breaker->since = aw__clock_now(breaker->clock);
	if (AW__HOOKED())
		tell(breaker, err);
	if (breaker->on_change != NULL)
		breaker->on_change(breaker, state, breaker->arg);
}

static aw_error *refusal(const struct aw_breaker *breaker, const char *file, int line,
			 const char *function)
{
	const bool named = breaker->name[0] != '\0';
	aw_error *err =
		aw__raise(file, line, function, aw_CircuitBreakerOpenError,
			  "Circuit breaker%s%s is %s - service unavailable", named ? " " : "",
			  breaker->name, breaker->state == AW_BREAKER_OPEN ? "OPEN" : "HALF_OPEN");

	err = aw_error_with_str(err, "breaker", breaker->name);
	err = aw_error_with_int(err, "since", (int64_t)breaker->since);
	return aw_error_with_int(err, "until", (int64_t)(breaker->since + breaker->recovery_ns));
}

/* Tell whether a call may pass now. */
static bool admits(struct aw_breaker *breaker)
{
	if (breaker->state == AW_BREAKER_OPEN &&
	    aw__clock_now(breaker->clock) - breaker->since > breaker->recovery_ns)
		become(breaker, AW_BREAKER_HALF_OPEN, NULL);
	if (breaker->state == AW_BREAKER_HALF_OPEN)
		return breaker->on_trial + breaker->successes < breaker->trials;
	return breaker->state == AW_BREAKER_CLOSED;
}

static void on_success(struct aw_breaker *breaker)
{
	if (breaker->state == AW_BREAKER_HALF_OPEN && ++breaker->successes < breaker->trials)
		return;
	breaker->failures = 0;
	if (breaker->state != AW_BREAKER_CLOSED)
		become(breaker, AW_BREAKER_CLOSED, NULL);
}

static void on_failure(struct aw_breaker *breaker, const aw_error *err)
{
	if (breaker->failures < UINT32_MAX)
		breaker->failures++;
	if (breaker->state == AW_BREAKER_HALF_OPEN || breaker->failures >= breaker->threshold)
		become(breaker, AW_BREAKER_OPEN, err);
}

aw_error *aw__breaker_call(const char *file, int line, const char *function, aw_breaker *breaker,
			   aw_coro_fn *fn, void *arg, void **ret)
{
	void *result = NULL;
	uint64_t generation;
	aw_error *err;

	if (breaker == NULL)
		return aw__raise(file, line, function, aw_MemoryError, NULL);
	if (!admits(breaker))
		return refusal(breaker, file, line, function);
	generation = breaker->generation;
	breaker->on_trial++;
	breaker->under_way++;
	err = fn(arg, &result);
	breaker->under_way--;
	if (generation == breaker->generation) {
		breaker->on_trial--;
		if (err == NULL)
			on_success(breaker);
		else if (aw_error_is(err, breaker->expected))
			on_failure(breaker, err);
	}
	if (err == NULL && ret != NULL)
		*ret = result;
	return err;
}

enum aw_breaker_state aw_breaker_state(const aw_breaker *breaker)
{
	return breaker != NULL ? breaker->state : AW_BREAKER_CLOSED;
}

unsigned int aw_breaker_failures(const aw_breaker *breaker)
{
	return breaker != NULL ? breaker->failures : 0;
}

aw_ns aw_breaker_since(const aw_breaker *breaker)
{
	return breaker != NULL ? breaker->since : 0;
}

const char *aw_breaker_state_name(enum aw_breaker_state state)
{
	static const char *const names[] = { "closed", "open", "half_open" };

	return (size_t)state < sizeof(names) / sizeof(names[0]) ? names[state] : "?";
}

aw_error *aw__breaker_mark(const aw_breaker *breaker, aw_error *err)
{
	if (breaker == NULL || breaker->state == AW_BREAKER_CLOSED)
		return err;
	err = aw_error_with_str(err, "breaker", breaker->name);
	err = aw_error_with_int(err, "breaker_state", breaker->state);
	err = aw_error_with_int(err, "breaker_failures", breaker->failures);
	if (breaker->clock == NULL || breaker->clock->now == NULL)
		err = aw_error_with_int(err, "breaker_since", (int64_t)breaker->since);
	return err;
}

uint64_t aw__breaker_id(const aw_breaker *breaker)
{
	return breaker != NULL ? breaker->id : 0;
}
