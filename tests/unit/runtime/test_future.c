/* SPDX-License-Identifier: MIT */
/*
 * Tests of futures: results and errors for several waiters, cancellation, and the iteration in which callbacks
 * run.
 */
#include "tests/unit/runtime/runtime_case.h"

static aw_error *await_it(void *arg, void **ret)
{
	return aw_await((aw_future *)arg, ret);
}

static aw_error *results(void *arg, void **ret)
{
	aw_future *future = aw_future_create();
	aw_task *first = aw_spawn(await_it, future), *second = aw_spawn(await_it, future);
	void *result = NULL;

	trace("%d", aw_future_done(future));
	trace_error(aw_future_result(future, NULL));
	AW_TRY(aw_yield());
	AW_TRY(aw_future_set_result(future, AW_PTR(4)));
	trace_error(aw_future_set_result(future, NULL));
	trace_error(aw_future_set_error(future, aw_raise(aw_KeyError, NULL)));
	trace("%d", aw_future_cancel(future, NULL));
	AW_TRY(aw_await(first, &result));
	trace("%d", (int)AW_INT(result));
	AW_TRY(aw_await(second, &result));
	trace("%d", (int)AW_INT(result));
	AW_TRY(aw_await(future, &result));
	trace("%d", (int)AW_INT(result));
	aw_task_unref(first);
	aw_task_unref(second);
	aw_future_unref(future);
	return NULL;
}

static void future__gives_its_result_to_all(void **state)
{
	run_ok(results, NULL);
	assert_string_equal(trace_text(), "0 InvalidStateError(Result is not set.) "
					  "InvalidStateError(invalid state) "
					  "InvalidStateError(invalid state) 0 4 4 4");
}

static aw_error *errors(void *arg, void **ret)
{
	aw_future *future = aw_future_create();
	aw_task *task = aw_spawn(await_it, future);

	AW_TRY(aw_yield());
	AW_TRY(aw_future_set_error(future, aw_raise(aw_ValueError, "bad")));
	trace_error(aw_await(task, NULL));
	trace_error(aw_future_exception(future));
	aw_task_unref(task);
	aw_future_unref(future);
	return NULL;
}

static void future__gives_its_error(void **state)
{
	run_ok(errors, NULL);
	assert_string_equal(trace_text(), "ValueError(bad) ValueError(bad)");
}

static aw_error *cancels(void *arg, void **ret)
{
	aw_future *future = aw_future_create();
	aw_task *first = aw_spawn(await_it, future), *second = aw_spawn(await_it, future);

	AW_TRY(aw_yield());
	aw_task_cancel(first, "through"); /* cancels the future, and so the other task, too */
	trace_error(aw_await(first, NULL));
	trace_error(aw_await(second, NULL));
	trace("%d %d", aw_future_cancelled(future), aw_task_cancelled(second));
	aw_task_unref(first);
	aw_task_unref(second);
	aw_future_unref(future);
	return NULL;
}

static void future__is_cancelled_with_a_task_that_waits(void **state)
{
	run_ok(cancels, NULL);
	assert_string_equal(trace_text(), "CancelledError(through) CancelledError(through) 1 1");
}

static void on_done(aw_future *future, void *arg)
{
	void *result = NULL;

	aw_error_unref(aw_future_result(future, &result));
	trace("%s%d", (const char *)arg, (int)AW_INT(result));
}

static aw_error *callbacks(void *arg, void **ret)
{
	aw_future *future = aw_future_create();

	AW_TRY(aw_future_add_done_callback(future, on_done, text("a")));
	AW_TRY(aw_future_add_done_callback(future, on_done, text("b")));
	AW_TRY(aw_future_set_result(future, AW_PTR(1)));
	AW_TRY(aw_future_add_done_callback(future, on_done, text("c")));
	trace("set");
	aw_future_unref(future);
	AW_TRY(aw_yield());
	future = aw_future_create();
	AW_TRY(aw_future_add_done_callback(future, on_done, text("never")));
	aw_future_unref(future);
	return NULL;
}

static void future__calls_back_in_the_next_iteration(void **state)
{
	run_ok(callbacks, NULL);
	assert_string_equal(trace_text(), "set a1 b1 c1");
}

static aw_error *no_memory(void *arg, void **ret)
{
	aw_future *future;

	aw__alloc_fail_at(1);
	future = aw_future_create();
	trace("%d", future == NULL);
	trace_error(aw_await(future, NULL));
	trace_error(aw_future_set_result(future, NULL));
	return NULL;
}

static void future__may_be_null(void **state)
{
	run_ok(no_memory, NULL);
	assert_string_equal(trace_text(), "1 MemoryError(no memory for the future) "
					  "MemoryError(no memory for the future)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case(future__gives_its_result_to_all),
		runtime_case(future__gives_its_error),
		runtime_case(future__is_cancelled_with_a_task_that_waits),
		runtime_case(future__calls_back_in_the_next_iteration),
		runtime_case(future__may_be_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
