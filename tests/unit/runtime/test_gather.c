/* SPDX-License-Identifier: MIT */
/*
 * Tests of gather: order of results, the first error, errors after it, cancellation in both directions,
 * duplicates.
 */
#include "tests/unit/runtime/runtime_case.h"

/* Sleeps for as many seconds as its argument; fails if the last digit is 2. */
static aw_error *work(void *arg, void **ret)
{
	intptr_t n = AW_INT(arg);
	aw_error *err = aw_sleep(AW_SEC(n));

	if (err != NULL) {
		trace("cut%d", (int)n);
		return err;
	}
	if (n % 10 == 2)
		return aw_raise(aw_ValueError, "Task %d failed!", (int)n);
	trace("end%d", (int)n);
	*ret = arg;
	return NULL;
}

static aw_coro *worker(int n)
{
	return aw_call(work, AW_PTR(n));
}

static aw_error *all_well(void *arg, void **ret)
{
	void *results[3] = { NULL };
	aw_task *task = aw_spawn(work, AW_PTR(1));

	AW_TRY(aw_gather(results, worker(3), task, worker(1)));
	trace("%d %d %d", (int)AW_INT(results[0]), (int)AW_INT(results[1]),
	      (int)AW_INT(results[2]));
	aw_task_unref(task);
	AW_TRY(aw_gather_n(NULL, 0, NULL));
	return aw_gather(NULL, worker(0));
}

static void gather__gives_results_in_order(void **state)
{
	run_ok(all_well, NULL);
	assert_string_equal(trace_text(), "end1 end1 end3 3 1 1 end0");
}

static aw_error *first_error(void *arg, void **ret)
{
	void *results[3] = { AW_PTR(7), AW_PTR(7), AW_PTR(7) };

	trace_error(aw_gather(results, worker(1), worker(2), worker(3)));
	trace("%d", (int)AW_INT(results[0])); /* untouched */
	return aw_sleep(AW_SEC(5));
}

/* As in CPython, and unlike in a group, the third task goes on. */
static void gather__passes_the_first_error_on(void **state)
{
	run_ok(first_error, NULL);
	assert_string_equal(trace_text(), "end1 ValueError(Task 2 failed!) 7 end3");
	assert_int_equal(agent_probe_count("retrieved 3 by 1"), 1);
	assert_int_equal(agent_probe_count("wait 1 gather"), 1);
}

static aw_error *second_error(void *arg, void **ret)
{
	trace_error(aw_gather(NULL, worker(2), worker(12)));
	return aw_sleep(AW_SEC(20));
}

static void gather__loses_the_second_error(void **state)
{
	run_ok(second_error, NULL);
	assert_int_equal(agent_probe_count("retrieved 2 by 1"), 1);
	assert_int_equal(agent_probe_count("retrieved 3 by 1"), 0);
	assert_int_equal(agent_probe_count("lost 3"), 1);
	assert_true(agent_probe_in_order("done 3 error", "lost error ValueError: Task 12 failed!",
					 "lost 3", NULL));
}

static aw_error *collect(void *arg, void **ret)
{
	aw_outcome outcomes[3];

	AW_TRY(aw_gather_all(outcomes, worker(1), worker(2), worker(3)));
	for (int i = 0; i < 3; i++) {
		trace("%d", (int)AW_INT(outcomes[i].result));
		trace_error(outcomes[i].error);
	}
	return NULL;
}

static void gather_all__gives_errors_as_outcomes(void **state)
{
	run_ok(collect, NULL);
	assert_string_equal(trace_text(), "end1 end3 1 none 0 ValueError(Task 2 failed!) 3 none");
}

static aw_error *gather_pair(void *arg, void **ret)
{
	aw_outcome outcomes[2];

	if (arg != NULL)
		return aw_gather_all(outcomes, worker(5), worker(6));
	return aw_gather(NULL, worker(5), worker(6));
}

static aw_error *cancel_gather(void *arg, void **ret)
{
	aw_task *task = aw_spawn(gather_pair, arg);

	AW_TRY(aw_sleep(AW_SEC(1)));
	aw_task_cancel(task, "enough");
	trace_error(aw_await(task, NULL));
	aw_task_unref(task);
	return NULL;
}

static void gather__cancelled_cancels_all(void **state)
{
	run_ok(cancel_gather, NULL);
	assert_string_equal(trace_text(), "cut5 cut6 CancelledError(enough)");
}

static void gather_all__cancelled_gives_no_outcomes(void **state)
{
	run_ok(cancel_gather, AW_PTR(1));
	assert_string_equal(trace_text(), "cut5 cut6 CancelledError(enough)");
}

static aw_error *cancel_child(void *arg, void **ret)
{
	aw_task *child = aw_spawn(work, AW_PTR(5));

	AW_TRY(aw_yield());
	aw_task_cancel(child, "one");
	trace_error(aw_gather(NULL, child, worker(6)));
	trace("%u", aw_task_cancelling(aw_task_current()));
	aw_task_unref(child);
	return aw_sleep(AW_SEC(10));
}

static void gather__of_a_cancelled_child_cancels_no_other(void **state)
{
	run_ok(cancel_child, NULL);
	assert_string_equal(trace_text(), "cut5 CancelledError(one) 0 end6");
}

/* A cancelled future, unlike a task, has no error that was raised. */
static aw_error *cancel_future(void *arg, void **ret)
{
	aw_future *future = aw_future_create();
	const aw_ns before = aw_now();

	aw_future_cancel(future, "gone");
	trace_error(aw_gather(NULL, future, worker(6)));
	trace("%d", (int)((aw_now() - before) / AW_SEC(1)));
	aw_future_unref(future);
	return aw_sleep(AW_SEC(10));
}

static void gather__of_a_cancelled_future_ends_at_once(void **state)
{
	run_ok(cancel_future, NULL);
	assert_string_equal(trace_text(), "CancelledError(gone) 0 end6");
}

static aw_error *twice(void *arg, void **ret)
{
	void *results[2] = { NULL };
	aw_task *task = aw_spawn(work, AW_PTR(1));

	AW_TRY(aw_gather(results, task, task));
	trace("%d %d", (int)AW_INT(results[0]), (int)AW_INT(results[1]));
	aw_task_unref(task);
	return NULL;
}

static void gather__takes_the_same_task_twice(void **state)
{
	run_ok(twice, NULL);
	assert_string_equal(trace_text(), "end1 1 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case(gather__gives_results_in_order),
		runtime_case_recorded(gather__passes_the_first_error_on),
		runtime_case_recorded(gather__loses_the_second_error),
		runtime_case(gather_all__gives_errors_as_outcomes),
		runtime_case(gather__cancelled_cancels_all),
		runtime_case(gather_all__cancelled_gives_no_outcomes),
		runtime_case(gather__of_a_cancelled_child_cancels_no_other),
		runtime_case(gather__of_a_cancelled_future_ends_at_once),
		runtime_case(gather__takes_the_same_task_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
