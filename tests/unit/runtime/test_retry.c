/* SPDX-License-Identifier: MIT */
/*
 * Tests of aw_retry(): attempts, delays and jitter, classifiers, deadlines, cancellation, what is recorded, and
 * failing allocations.
 */
#include "tests/unit/runtime/resilience_case.h"

static void trace_notes(const aw_error *err)
{
	for (size_t i = 0; i < aw_error_note_count(err); i++)
		trace("[%s]", aw_error_note_at(err, i));
}

static aw_error *succeeds(void *arg, void **ret)
{
	struct script script = { "VO.", 0 };
	aw_ns before = aw_now();
	void *result = NULL;

	AW_TRY(aw_retry(NULL, scripted, &script, &result));
	trace("%d after %d ms", (int)AW_INT(result), (int)((aw_now() - before) / AW_MS(1)));
	return NULL;
}

static void retry__succeeds_in_the_end(void **state)
{
	run_ok(succeeds, NULL);
	assert_string_equal(trace_text(), "3 after 300 ms");
}

static aw_error *gives_up(void *arg, void **ret)
{
	struct script script = { "VOV", 0 };
	aw_error *err = aw_retry(AW_RETRY_OPTS(.attempts = 3), scripted, &script, NULL);

	trace("%d/%d", (int)aw_error_int(err, "attempt", 0), (int)aw_error_int(err, "attempts", 0));
	trace_notes(err);
	trace_error(err);
	return NULL;
}

static void retry__the_last_error_lists_the_others(void **state)
{
	run_ok(gives_up, NULL);
	assert_string_equal(trace_text(),
			    "3/3 [attempt 1: ValueError: call 1] [attempt 2: OSError: call 2] "
			    "ValueError(call 3)");
}

static aw_error *gives_up_late(void *arg, void **ret)
{
	struct script script = { "V", 0 };
	aw_error *err = aw_retry(AW_RETRY_OPTS(.attempts = 20, .base_ns = AW_NO_DELAY), scripted,
				 &script, NULL);

	trace_notes(err);
	aw_error_unref(err);
	return NULL;
}

static void retry__keeps_eight_errors(void **state)
{
	run_ok(gives_up_late, NULL);
	assert_non_null(strstr(trace_text(), "[attempts before these: 11] [attempt 12: "));
	assert_non_null(strstr(trace_text(), "[attempt 19: ValueError: call 19]"));
	assert_null(strstr(trace_text(), "[attempt 20"));
}

static enum aw_retry_verdict classify(const aw_error *err, unsigned int attempt, aw_ns *io_delay,
				      void *arg)
{
	trace("%s %u %d", aw_error_name(err), attempt, (int)(*io_delay / AW_MS(1)));
	*io_delay = AW_SEC(attempt);
	return attempt == 3 ? AW_RETRY_STOP : AW_RETRY_AGAIN;
}

static aw_error *classified(void *arg, void **ret)
{
	struct script script = { "V", 0 };
	aw_ns before = aw_now();
	aw_error *err =
		aw_retry(AW_RETRY_OPTS(.classify = classify, .factor = 3, .cap_ns = AW_MS(500)),
			 scripted, &script, NULL);

	trace("%d ms", (int)((aw_now() - before) / AW_MS(1)));
	trace_error(err);
	return NULL;
}

static void retry__the_classifier_decides(void **state)
{
	run_ok(classified, NULL);
	assert_string_equal(trace_text(), "ValueError 1 100 ValueError 2 300 ValueError 3 500 "
					  "3000 ms ValueError(call 3)");
}

static aw_error *types(void *arg, void **ret)
{
	struct script script = { "OVO", 0 }, cancelled = { "OC", 0 };

	trace_error(aw_retry(AW_RETRY_OPTS(.types = AW_TYPES(aw_KeyError, aw_OSError)), scripted,
			     &script, NULL));
	trace_error(aw_retry(NULL, scripted, &cancelled, NULL));
	trace("%d %d", script.count, cancelled.count);
	return NULL;
}

static void retry__retries_only_the_given_types(void **state)
{
	run_ok(types, NULL);
	assert_string_equal(trace_text(), "ValueError(call 2) CancelledError(call 2) 2 2");
}

static aw_error *deadline(void *arg, void **ret)
{
	struct script script = { "V", 0 };

	trace_error(aw_retry(AW_RETRY_OPTS(.attempts = 100, .deadline = aw_now() + AW_MS(750)),
			     scripted, &script, NULL));
	return NULL;
}

static void retry__no_attempt_after_the_deadline(void **state)
{
	run_ok(deadline, NULL); /* at 0, 100, 300, 700 */
	assert_string_equal(trace_text(), "ValueError(call 4)");
}

static aw_error *tries(void *arg, void **ret)
{
	struct script script = { "V", 0 };
	aw_error *err = aw_retry(NULL, scripted, &script, NULL);

	trace("%s in %s", aw_error_name(err), aw_error_message(aw_error_context(err)));
	return err;
}

static aw_error *cancels(void *arg, void **ret)
{
	aw_task *task = aw_spawn(tries, NULL);

	AW_TRY(aw_sleep(AW_MS(150)));
	aw_task_cancel(task, "enough");
	trace_error(aw_await(task, NULL));
	aw_task_unref(task);
	return NULL;
}

static void retry__cancelled_while_it_waits(void **state)
{
	run_ok(cancels, NULL);
	assert_string_equal(trace_text(), "CancelledError in call 2 CancelledError(enough)");
}

static aw_error *through_breaker(void *arg, void **ret)
{
	aw_breaker *breaker = aw_breaker_create(AW_BREAKER_OPTS(.name = "feed", .threshold = 2));
	struct script script = { "V", 0 };
	aw_error *err =
		aw_retry(AW_RETRY_OPTS(.breaker = breaker, .attempts = 4), scripted, &script, NULL);

	trace("%d", script.count);
	trace_error(err);
	aw_breaker_destroy(breaker);
	return NULL;
}

static void retry__through_a_breaker(void **state)
{
	run_ok(through_breaker, NULL);
	assert_string_equal(trace_text(),
			    "2 CircuitBreakerOpenError(Circuit breaker feed is OPEN - "
			    "service unavailable)");
}

static void retry__is_recorded(void **state)
{
	run_ok(through_breaker, NULL);
	assert_true(agent_probe_in_order(
		"error ValueError: call 1", "attempt 1 of 4 of scripted failed by 1",
		"breaker feed open after 2",
		"attempt 2 of 4 of scripted failed through a breaker by 1",
		"attempt 3 of 4 of scripted failed through a breaker by 1",
		"attempt 4 of 4 of scripted gave up through a breaker by 1", NULL));
	run_ok(succeeds, NULL);
	assert_int_equal(agent_probe_count("attempt 3 of 5 of scripted succeeded by 2"), 1);
}

/* The seed determines the fraction of the delay. */
static aw_error *jitters(void *arg, void **ret)
{
	for (uint64_t seed = 1; seed <= 3; seed++) {
		struct script script = { "V.", 0 };
		const aw_ns before = aw_now();
		aw_ns took;

		AW_TRY(aw_retry(AW_RETRY_OPTS(.base_ns = AW_SEC(1), .jitter = 0.5, .seed = seed),
				scripted, &script, NULL));
		took = aw_now() - before;
		trace("%d", took > AW_MS(500) && took < AW_MS(999));
	}
	return NULL;
}

static void retry__jitter_shortens_the_delay(void **state)
{
	run_ok(jitters, NULL);
	assert_string_equal(trace_text(), "1 1 1");
}

static aw_error *at_once(void *arg, void **ret)
{
	struct script script = { ".", 0 };

	return aw_retry(NULL, scripted, &script, NULL);
}

static void retry__of_a_first_success_is_not_recorded(void **state)
{
	run_ok(at_once, NULL);
	assert_null(strstr(agent_probe_text(), "attempt"));
}

static aw_error *short_of_memory(void *arg, void **ret)
{
	struct script script = { "VO.", 0 }, hopeless = { "V", 0 };
	aw_error *err;

	aw__alloc_fail_at((uint64_t)AW_INT(arg));
	err = aw_retry(AW_RETRY_OPTS(.base_ns = AW_MS(1)), scripted, &script, NULL);
	aw_error_unref(err);
	err = aw_retry(AW_RETRY_OPTS(.attempts = 3), scripted, &hopeless, NULL);
	assert_true(aw_error_is(err, aw_ValueError) || aw_error_is(err, aw_MemoryError));
	aw_error_unref(err);
	*ret = AW_PTR(aw__alloc_fail_pending());
	return NULL;
}

static void retry__every_failing_allocation(void **state)
{
	walk_failures(short_of_memory, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case(retry__succeeds_in_the_end),
		runtime_case(retry__the_last_error_lists_the_others),
		runtime_case(retry__keeps_eight_errors),
		runtime_case(retry__the_classifier_decides),
		runtime_case(retry__retries_only_the_given_types),
		runtime_case(retry__no_attempt_after_the_deadline),
		runtime_case(retry__cancelled_while_it_waits),
		runtime_case(retry__through_a_breaker),
		runtime_case_recorded(retry__is_recorded),
		runtime_case(retry__jitter_shortens_the_delay),
		runtime_case_recorded(retry__of_a_first_success_is_not_recorded),
		runtime_case(retry__every_failing_allocation),
		runtime_case_recorded(retry__every_failing_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
