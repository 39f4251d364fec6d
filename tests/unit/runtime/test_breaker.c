/* SPDX-License-Identifier: MIT */
/*
 * Tests of circuit breakers: state changes, trial calls, calls that began before a change of state, expected error
 * types, and failing allocations.
 */
#include "tests/unit/runtime/resilience_case.h"

static void on_change(aw_breaker *breaker, enum aw_breaker_state state, void *arg)
{
	assert_int_equal(aw_breaker_state(breaker), state);
	trace("%s:%u", aw_breaker_state_name(state), aw_breaker_failures(breaker));
}

static void call(aw_breaker *breaker, struct script *script)
{
	trace_error(aw_breaker_call(breaker, scripted, script, NULL));
}

static aw_error *life(void *arg, void **ret)
{
	aw_breaker *breaker = aw_breaker_create(
		AW_BREAKER_OPTS(.threshold = 2, .recovery_ns = AW_SEC(30), .on_change = on_change));
	struct script script = { "V.VVV..", 0 };
	aw_error *err;

	for (int i = 0; i < 4; i++)
		call(breaker, &script);
	err = aw_breaker_call(breaker, scripted, &script, NULL);
	assert_int_equal(aw_error_int(err, "until", 0) - aw_error_int(err, "since", 0), AW_SEC(30));
	assert_int_equal(aw_error_int(err, "since", 0), aw_breaker_since(breaker));
	trace_error(err);
	AW_TRY(aw_sleep(AW_SEC(30)));
	call(breaker, &script); /* after exactly 30 s: still open */
	AW_TRY(aw_sleep(AW_MS(1)));
	call(breaker, &script);
	AW_TRY(aw_sleep(AW_SEC(31)));
	call(breaker, &script);
	call(breaker, &script);
	aw_breaker_destroy(breaker);
	return NULL;
}

static void breaker__closed_open_half_open(void **state)
{
#define REFUSED "CircuitBreakerOpenError(Circuit breaker is OPEN - service unavailable)"
	run_ok(life, NULL);
	assert_string_equal(
		trace_text(),
		"ValueError(call 1) none ValueError(call 3) open:2 ValueError(call 4) " REFUSED
		" " REFUSED
		" half_open:2 open:3 ValueError(call 5) half_open:3 closed:0 none none");
}

static aw_error *slow(void *arg, void **ret)
{
	aw_error *err = aw_sleep(AW_SEC(1));

	return err != NULL ? err : scripted(arg, ret);
}

struct through {
	aw_breaker *breaker;
	struct script *script;
};

static aw_error *one(void *arg, void **ret)
{
	struct through *through = arg;

	return aw_breaker_call(through->breaker, slow, through->script, ret);
}

static aw_error *trials(void *arg, void **ret)
{
	aw_breaker *breaker = aw_breaker_create(
		AW_BREAKER_OPTS(.threshold = 1, .trials = 2, .on_change = on_change));
	struct script script = { "V.", 0 };
	struct through through = { breaker, &script };
	aw_task *tasks[4];

	call(breaker, &script);
	AW_TRY(aw_sleep(AW_SEC(61)));
	for (int i = 0; i < 4; i++)
		tasks[i] = aw_spawn(one, &through);
	AW_TRY(aw_yield());
	aw_task_cancel(tasks[0], NULL); /* a cancelled trial does not count */
	for (int i = 0; i < 4; i++) {
		trace_error(aw_await(tasks[i], NULL));
		aw_task_unref(tasks[i]);
	}
	trace_error(aw_breaker_call(breaker, slow, &script, NULL));
	aw_breaker_destroy(breaker);
	return NULL;
}

static void breaker__limits_the_trials(void **state)
{
#define HALF "CircuitBreakerOpenError(Circuit breaker is HALF_OPEN - service unavailable)"
	run_ok(trials, NULL);
	assert_string_equal(trace_text(),
			    "open:1 ValueError(call 1) half_open:1 CancelledError none " HALF
			    " " HALF " closed:0 none");
}

static aw_error *late(void *arg, void **ret)
{
	aw_breaker *breaker =
		aw_breaker_create(AW_BREAKER_OPTS(.threshold = 1, .on_change = on_change));
	struct script script = { "V.", 0 };
	struct through through = { breaker, &script };
	aw_task *task = aw_spawn(one, &through);

	AW_TRY(aw_yield());
	call(breaker, &script);
	trace_error(aw_await(task, NULL));
	trace("%s", aw_breaker_state_name(aw_breaker_state(breaker)));
	aw_task_unref(task);
	aw_breaker_destroy(breaker);
	return NULL;
}

static void breaker__a_call_from_before_it_opened_does_not_count(void **state)
{
	run_ok(late, NULL);
	assert_string_equal(trace_text(), "open:1 ValueError(call 1) none open");
}

/* One of two trials has succeeded: one more is allowed, not two. */
static aw_error *half_way(void *arg, void **ret)
{
	aw_breaker *breaker = aw_breaker_create(AW_BREAKER_OPTS(.threshold = 1, .trials = 2));
	struct script script = { "V.", 0 };
	struct through through = { breaker, &script };
	aw_task *tasks[2];

	call(breaker, &script);
	AW_TRY(aw_sleep(AW_SEC(61)));
	call(breaker, &script);
	trace("%s", aw_breaker_state_name(aw_breaker_state(breaker)));
	for (int i = 0; i < 2; i++)
		tasks[i] = aw_spawn(one, &through);
	for (int i = 0; i < 2; i++) {
		aw_error *err = aw_await(tasks[i], NULL);

		trace("%s", err != NULL ? aw_error_name(err) : "none");
		aw_error_unref(err);
		aw_task_unref(tasks[i]);
	}
	trace("%s", aw_breaker_state_name(aw_breaker_state(breaker)));
	aw_breaker_destroy(breaker);
	return NULL;
}

static void breaker__counts_the_trials_that_were_passed(void **state)
{
	run_ok(half_way, NULL);
	assert_string_equal(trace_text(), "ValueError(call 1) none half_open none "
					  "CircuitBreakerOpenError closed");
}

/* A call that ends while the breaker is half open. */
static aw_error *very_slow(void *arg, void **ret)
{
	struct through *through = arg;
	aw_error *err = aw_sleep(AW_SEC(100));

	return err != NULL ? err : scripted(through->script, ret);
}

static aw_error *old_one(void *arg, void **ret)
{
	struct through *through = arg;

	return aw_breaker_call(through->breaker, very_slow, through, ret);
}

static aw_error *trial(void *arg, void **ret)
{
	return aw_sleep(AW_SEC(80));
}

static aw_error *tried(void *arg, void **ret)
{
	return aw_breaker_call(arg, trial, NULL, ret);
}

/* A call that began before the breaker opened does not count as a trial, whether it succeeds or fails. */
static aw_error *old_call(void *arg, void **ret)
{
	aw_breaker *breaker = aw_breaker_create(AW_BREAKER_OPTS(.threshold = 1));
	struct script first = { "V", 0 }, late = { arg, 0 };
	struct through through = { breaker, &late };
	aw_task *old = aw_spawn(old_one, &through), *new;

	AW_TRY(aw_yield());
	call(breaker, &first);
	AW_TRY(aw_sleep(AW_SEC(61)));
	new = aw_spawn(tried, breaker);
	AW_TRY(aw_yield());
	trace("%s", aw_breaker_state_name(aw_breaker_state(breaker)));
	trace_error(aw_await(old, NULL));
	trace("%s", aw_breaker_state_name(aw_breaker_state(breaker)));
	trace_error(aw_await(new, NULL));
	trace("%s", aw_breaker_state_name(aw_breaker_state(breaker)));
	aw_task_unref(old);
	aw_task_unref(new);
	aw_breaker_destroy(breaker);
	return NULL;
}

static void breaker__an_old_call_does_not_count_as_a_trial(void **state)
{
	run_ok(old_call, text("."));
	assert_string_equal(trace_text(),
			    "ValueError(call 1) half_open none half_open none closed");
}

static void breaker__an_old_call_that_fails_does_not_count_as_a_trial(void **state)
{
	run_ok(old_call, text("V"));
	assert_string_equal(trace_text(), "ValueError(call 1) half_open ValueError(call 1) "
					  "half_open none closed");
}

static aw_error *expected(void *arg, void **ret)
{
	aw_breaker *breaker = aw_breaker_create(
		AW_BREAKER_OPTS(.threshold = 2, .expected = aw_OSError, .on_change = on_change));
	struct script script = { "OVVCVO", 0 };

	for (int i = 0; i < 6; i++)
		call(breaker, &script);
	aw_breaker_destroy(breaker);
	call(NULL, &script);
	return NULL;
}

static void breaker__only_the_expected_type(void **state)
{
	run_ok(expected, NULL);
	assert_string_equal(trace_text(),
			    "OSError(call 1) ValueError(call 2) ValueError(call 3) "
			    "CancelledError(call 4) ValueError(call 5) open:2 OSError(call 6) "
			    "MemoryError");
}

static aw_error *short_of_memory(void *arg, void **ret)
{
	struct script script = { "V", 0 };
	aw_breaker *breaker;

	aw__alloc_fail_at((uint64_t)AW_INT(arg));
	breaker = aw_breaker_create(AW_BREAKER_OPTS(.name = "b", .threshold = 1));
	aw_error_unref(aw_breaker_call(breaker, scripted, &script, NULL));
	aw_error_unref(aw_breaker_call(breaker, scripted, &script, NULL));
	aw_breaker_destroy(breaker);
	*ret = AW_PTR(aw__alloc_fail_pending());
	return NULL;
}

static void breaker__every_failing_allocation(void **state)
{
	walk_failures(short_of_memory, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case(breaker__closed_open_half_open),
		runtime_case(breaker__limits_the_trials),
		runtime_case(breaker__a_call_from_before_it_opened_does_not_count),
		runtime_case(breaker__counts_the_trials_that_were_passed),
		runtime_case(breaker__an_old_call_does_not_count_as_a_trial),
		runtime_case(breaker__an_old_call_that_fails_does_not_count_as_a_trial),
		runtime_case(breaker__only_the_expected_type),
		runtime_case(breaker__every_failing_allocation),
		runtime_case_recorded(breaker__every_failing_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
