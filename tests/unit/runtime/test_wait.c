/* SPDX-License-Identifier: MIT */
/* Tests of timeouts, wait_for, shield and wait: which cancellation is their own, and when each of them ends. */
#include "tests/unit/runtime/runtime_case.h"

static aw_error *work(void *arg, void **ret)
{
	intptr_t n = AW_INT(arg);
	aw_error *err = aw_sleep(AW_SEC(n));

	if (err != NULL) {
		trace("cut%d", (int)n);
		return err;
	}
	if (n == 2)
		return aw_raise(aw_ValueError, "two");
	*ret = arg;
	return NULL;
}

static aw_error *timeouts(void *arg, void **ret)
{
	aw_timeout *timeout = aw_timeout_open(aw_now() + AW_SEC(1));
	aw_error *err = aw_timeout_close(&timeout, aw_await(aw_call(work, AW_PTR(5)), NULL));

	trace("%d %s", timeout == NULL, aw_error_name(aw_error_context(err)));
	trace_error(err);
	trace("%u", aw_task_cancelling(aw_task_current()));
	timeout = aw_timeout_open(aw_now() + AW_SEC(5));
	trace_error(aw_timeout_close(&timeout, aw_sleep(AW_SEC(1))));
	timeout = aw_timeout_open(aw_now());
	trace_error(aw_timeout_close(&timeout, aw_sleep(AW_SEC(1))));
	timeout = aw_timeout_at_none();
	AW_TRY(aw_sleep(AW_SEC(1)));
	AW_TRY(aw_timeout_reschedule(timeout, aw_now() + AW_SEC(1)));
	err = aw_sleep(AW_SEC(9));
	trace("%d", aw_timeout_expired(timeout));
	trace_error(aw_timeout_reschedule(timeout, AW_FOREVER));
	trace_error(aw_timeout_close(&timeout, err));
	return aw_sleep(AW_SEC(9));
}

static void timeout__turns_our_cancellation_into_its_error(void **state)
{
	run_ok(timeouts, NULL);
	assert_string_equal(trace_text(),
			    "cut5 1 CancelledError TimeoutError 0 none TimeoutError 1 "
			    "RuntimeError(Cannot change state of expiring Timeout) TimeoutError");
}

static aw_error *nested_timeouts(void *arg, void **ret)
{
	aw_timeout *outer = aw_timeout_open(aw_now() + AW_SEC(1));
	aw_timeout *inner = aw_timeout_open(aw_now() + AW_SEC(2));
	aw_error *err = aw_timeout_close(&inner, aw_sleep(AW_SEC(10)));

	trace("%s", aw_error_name(err));
	trace_error(aw_timeout_close(&outer, err));
	return NULL;
}

static void timeout__leaves_the_cancellation_of_others_alone(void **state)
{
	run_ok(nested_timeouts, NULL);
	assert_string_equal(trace_text(), "CancelledError TimeoutError");
}

static aw_error *with_timeout(void *arg, void **ret)
{
	aw_timeout *timeout = aw_timeout_open(aw_now() + AW_SEC(5));

	return aw_timeout_close(&timeout, aw_sleep(AW_SEC(10)));
}

static aw_error *cancel_timeout(void *arg, void **ret)
{
	aw_task *task = aw_spawn(with_timeout, NULL);

	AW_TRY(aw_sleep(AW_SEC(1)));
	aw_task_cancel(task, "outside");
	trace_error(aw_await(task, NULL));
	aw_task_unref(task);
	return NULL;
}

static void timeout__passes_a_cancellation_on(void **state)
{
	run_ok(cancel_timeout, NULL);
	assert_string_equal(trace_text(), "CancelledError(outside)");
}

/* Fails by another error after the timeout has expired: that error is passed on. */
static aw_error *fails_when_late(void *arg, void **ret)
{
	aw_timeout *timeout = aw_timeout_open(aw_now() + AW_SEC(1));
	aw_error *err = aw_sleep(AW_SEC(10));

	trace("%s", aw_error_name(err));
	aw_error_unref(err);
	err = aw_raise(aw_ValueError, "while it was cancelled");
	trace_error(aw_timeout_close(&timeout, err));
	trace("%u", aw_task_cancelling(aw_task_current()));
	return NULL;
}

static void timeout__passes_other_errors_on(void **state)
{
	run_ok(fails_when_late, NULL);
	assert_string_equal(trace_text(), "CancelledError ValueError(while it was cancelled) 0");
}

static aw_error *wait_for(void *arg, void **ret)
{
	void *result = NULL;
	aw_task *task = aw_spawn(work, AW_PTR(1));
	aw_error *err;

	AW_TRY(aw_wait_for(task, aw_now() + AW_SEC(3), &result));
	trace("%d", (int)AW_INT(result));
	aw_task_unref(task);
	AW_TRY(aw_wait_for(aw_call(work, AW_PTR(3)), AW_FOREVER, &result));
	trace("%d", (int)AW_INT(result));
	trace_error(aw_wait_for(aw_call(work, AW_PTR(2)), aw_now() + AW_SEC(3), NULL));
	err = aw_wait_for(aw_call(work, AW_PTR(5)), aw_now() + AW_SEC(1), NULL);
	trace("%s", aw_error_name(aw_error_cause(err)));
	trace_error(err);
	trace_error(aw_wait_for(aw_call(work, AW_PTR(6)), aw_now(), NULL));
	return NULL;
}

static void wait_for__cancels_a_late_task(void **state)
{
	run_ok(wait_for, NULL);
	assert_string_equal(trace_text(), "1 3 ValueError(two) cut5 CancelledError TimeoutError "
					  "TimeoutError");
}

static aw_error *waiter(void *arg, void **ret)
{
	return aw_wait_for(aw_call(work, AW_PTR(5)), aw_now() + AW_SEC(9), ret);
}

static aw_error *cancel_wait_for(void *arg, void **ret)
{
	aw_task *task = aw_spawn(waiter, NULL);

	AW_TRY(aw_sleep(AW_SEC(1)));
	aw_task_cancel(task, "outside");
	trace_error(aw_await(task, NULL));
	aw_task_unref(task);
	return NULL;
}

static void wait_for__cancelled_cancels_the_awaited_task(void **state)
{
	run_ok(cancel_wait_for, NULL);
	assert_string_equal(trace_text(), "cut5 CancelledError(outside)");
}

static aw_error *shielding(void *arg, void **ret)
{
	return aw_shield(arg, ret);
}

static aw_error *shield(void *arg, void **ret)
{
	aw_task *inner = aw_spawn(work, AW_PTR(3)), *outer = aw_spawn(shielding, inner);
	void *result = NULL;

	AW_TRY(aw_sleep(AW_SEC(1)));
	aw_task_cancel(outer, "outer");
	trace_error(aw_await(outer, NULL));
	trace("%d", aw_task_done(inner));
	AW_TRY(aw_shield(inner, &result));
	trace("%d", (int)AW_INT(result));
	aw_task_unref(inner);
	aw_task_unref(outer);
	trace_error(aw_shield(aw_call(work, AW_PTR(2)), NULL));
	return NULL;
}

static void shield__keeps_a_cancellation_out(void **state)
{
	run_ok(shield, NULL);
	assert_string_equal(trace_text(), "CancelledError(outer) 0 3 ValueError(two)");
}

static aw_error *wait_some(void *arg, void **ret)
{
	aw_task *tasks[4];
	size_t done = 0;

	for (int i = 0; i < 4; i++)
		tasks[i] = aw_spawn(work, AW_PTR(i + 1));
	AW_TRY(aw_wait((void *const *)tasks, 4, AW_FIRST_COMPLETED, AW_FOREVER, &done));
	trace("%zu", done);
	AW_TRY(aw_wait((void *const *)tasks, 4, AW_FIRST_EXCEPTION, AW_FOREVER, &done));
	trace("%zu", done);
	AW_TRY(aw_wait((void *const *)tasks, 4, AW_ALL_COMPLETED, aw_now() + AW_SEC(1), &done));
	trace("%zu", done);
	AW_TRY(aw_wait((void *const *)tasks, 4, AW_ALL_COMPLETED, AW_FOREVER, &done));
	trace("%zu", done);
	trace_error(aw_wait(NULL, 0, AW_ALL_COMPLETED, AW_FOREVER, NULL));
	trace_error(aw_task_exception(tasks[1]));
	for (int i = 0; i < 4; i++)
		aw_task_unref(tasks[i]);
	return NULL;
}

static void wait__ends_by_its_mode(void **state)
{
	run_ok(wait_some, NULL);
	assert_string_equal(trace_text(), "1 2 3 4 ValueError(Set of Tasks/Futures is empty.) "
					  "ValueError(two)");
}

static aw_error *wait_for_coroutine(void *arg, void **ret)
{
	aw_coro *coro = aw_call(work, NULL);
	void *items[1] = { coro };

	trace_error(aw_wait(items, 1, AW_ALL_COMPLETED, AW_FOREVER, NULL));
	aw_coro_close(coro);
	return NULL;
}

static void wait__takes_no_coroutines(void **state)
{
	run_ok(wait_for_coroutine, NULL);
	assert_string_equal(trace_text(), "TypeError(Passing coroutines is forbidden, "
					  "use tasks explicitly.)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case(timeout__turns_our_cancellation_into_its_error),
		runtime_case(timeout__leaves_the_cancellation_of_others_alone),
		runtime_case(timeout__passes_a_cancellation_on),
		runtime_case(timeout__passes_other_errors_on),
		runtime_case(wait_for__cancels_a_late_task),
		runtime_case(wait_for__cancelled_cancels_the_awaited_task),
		runtime_case(shield__keeps_a_cancellation_out),
		runtime_case(wait__ends_by_its_mode),
		runtime_case(wait__takes_no_coroutines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
