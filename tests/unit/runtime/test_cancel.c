/* SPDX-License-Identifier: MIT */
/*
 * Tests of cancellation: where it arrives (sleeps, awaits, before the start, at the end), tasks that refuse or
 * swallow it, and chains and cycles of awaiting tasks.
 */
#include "tests/unit/runtime/runtime_case.h"

static aw_error *sleeper(void *arg, void **ret)
{
	aw_error *err = aw_sleep(AW_SEC(10));

	trace(err != NULL ? "interrupted" : "slept");
	return err;
}

static aw_error *cancel_sleep(void *arg, void **ret)
{
	aw_task *task = aw_spawn(sleeper, NULL);

	AW_TRY(aw_sleep(AW_SEC(1)));
	trace("%d", aw_task_cancel(task, "stop"));
	trace("%d %u", aw_task_cancelled(task), aw_task_cancelling(task));
	trace_error(aw_await(task, NULL));
	trace("%d %d", aw_task_cancelled(task), aw_task_cancel(task, NULL));
	trace_error(aw_task_result(task, NULL));
	aw_task_unref(task);
	return NULL;
}

static void cancel__interrupts_a_sleep(void **state)
{
	run_ok(cancel_sleep, NULL);
	assert_string_equal(trace_text(), "1 0 1 interrupted CancelledError(stop) 1 0 "
					  "CancelledError(stop)");
}

static aw_error *cancel_unstarted(void *arg, void **ret)
{
	aw_task *task = aw_spawn(sleeper, NULL);

	aw_task_cancel(task, NULL);
	trace_error(aw_await(task, NULL));
	aw_task_unref(task);
	return NULL;
}

static void cancel__before_the_start_runs_nothing(void **state)
{
	run_ok(cancel_unstarted, NULL);
	assert_string_equal(trace_text(), "CancelledError");
}

static aw_error *stubborn(void *arg, void **ret)
{
	trace_error(aw_sleep(AW_SEC(1)));
	trace_error(aw_sleep(AW_SEC(1)));
	*ret = AW_PTR(5);
	return NULL;
}

static aw_error *cancel_stubborn(void *arg, void **ret)
{
	aw_task *task = aw_spawn(stubborn, NULL);
	void *result = NULL;

	AW_TRY(aw_yield());
	aw_task_cancel(task, NULL);
	AW_TRY(aw_await(task, &result));
	trace("%d %u", (int)AW_INT(result), aw_task_uncancel(task));
	aw_task_unref(task);
	return NULL;
}

static void cancel__may_be_refused(void **state)
{
	run_ok(cancel_stubborn, NULL);
	assert_string_equal(trace_text(), "CancelledError none 5 0");
}

/* A task that returns a result after a cancellation has swallowed it; a task that fails has not. */
static aw_error *turns_it_into(void *arg, void **ret)
{
	aw_error_unref(aw_sleep(AW_SEC(5)));
	return AW_INT(arg) ? aw_raise(aw_ValueError, "cut short") : NULL;
}

static aw_error *cancel_both(void *arg, void **ret)
{
	for (int fails = 0; fails < 2; fails++) {
		aw_task *task = aw_spawn(turns_it_into, AW_PTR(fails));

		AW_TRY(aw_yield());
		aw_task_cancel(task, NULL);
		trace_error(aw_await(task, NULL));
		aw_task_unref(task);
	}
	return NULL;
}

static void cancel__is_swallowed_by_a_result_alone(void **state)
{
	run_ok(cancel_both, NULL);
	assert_string_equal(trace_text(), "none ValueError(cut short)");
	assert_int_equal(agent_probe_count("swallowed 2"), 1);
	assert_int_equal(agent_probe_count("swallowed 3"), 0);
}

static aw_error *cancel_me(void *arg, void **ret)
{
	aw_task_cancel(aw_task_current(), "self");
	return NULL;
}

static aw_error *cancel_at_end(void *arg, void **ret)
{
	aw_task *task = aw_spawn(cancel_me, NULL);

	trace_error(aw_await(task, NULL));
	trace("%d", aw_task_cancelled(task));
	aw_task_unref(task);
	return NULL;
}

static void cancel__too_late_to_deliver_still_counts(void **state)
{
	run_ok(cancel_at_end, NULL);
	assert_string_equal(trace_text(), "CancelledError(self) 1");
}

static aw_error *cancel_next_await(void *arg, void **ret)
{
	aw_task_cancel(aw_task_current(), "now");
	trace_error(aw_sleep(AW_SEC(5)));
	aw_task_cancel(aw_task_current(), "again");
	trace_error(aw_yield());
	aw_task_cancel(aw_task_current(), "off");
	while (aw_task_uncancel(aw_task_current()) > 0)
		;
	trace_error(aw_yield());
	return NULL;
}

static void cancel__of_oneself_comes_with_the_next_await(void **state)
{
	run_ok(cancel_next_await, NULL);
	assert_string_equal(trace_text(), "CancelledError(now) CancelledError(again) none");
}

static aw_error *waiter(void *arg, void **ret)
{
	aw_error *err = aw_await((aw_task *)arg, NULL);

	trace("waiter");
	return err;
}

static aw_error *cancel_chain(void *arg, void **ret)
{
	aw_task *inner = aw_spawn(sleeper, NULL), *outer = aw_spawn(waiter, inner);

	AW_TRY(aw_sleep(AW_MS(1)));
	aw_task_cancel(outer, "through");
	trace_error(aw_await(outer, NULL));
	trace("%d%d %u%u", aw_task_cancelled(inner), aw_task_cancelled(outer),
	      aw_task_cancelling(inner), aw_task_cancelling(outer));
	aw_task_unref(inner);
	aw_task_unref(outer);
	return NULL;
}

static void cancel__goes_to_the_awaited_task(void **state)
{
	run_ok(cancel_chain, NULL);
	assert_string_equal(trace_text(), "interrupted waiter CancelledError(through) 11 11");
}

struct ring {
	aw_task *tasks[2];
};

static aw_error *first_of_ring(void *arg, void **ret)
{
	return aw_await(((struct ring *)arg)->tasks[1], NULL);
}

static aw_error *second_of_ring(void *arg, void **ret)
{
	return aw_await(((struct ring *)arg)->tasks[0], NULL);
}

static aw_error *cancel_ring(void *arg, void **ret)
{
	static struct ring ring;

	ring.tasks[0] = aw_spawn(first_of_ring, &ring);
	ring.tasks[1] = aw_spawn(second_of_ring, &ring);
	AW_TRY(aw_sleep(AW_MS(1)));
	trace("%d", aw_task_cancel(ring.tasks[0], NULL));
	AW_TRY(aw_sleep(AW_MS(1)));
	trace("%d%d", aw_task_cancelled(ring.tasks[0]), aw_task_cancelled(ring.tasks[1]));
	aw_task_unref(ring.tasks[0]);
	aw_task_unref(ring.tasks[1]);
	return NULL;
}

static void cancel__breaks_a_cycle(void **state)
{
	run_ok(cancel_ring, NULL);
	assert_string_equal(trace_text(), "1 11");
}

static aw_error *clean_up(void *arg, void **ret)
{
	aw_error *err = aw_sleep(AW_SEC(10)), *late;

	if (aw_error_is(err, aw_CancelledError)) {
		late = aw_sleep(AW_SEC(1));
		if (late != NULL)
			return aw_raise_in(err, late);
		trace("cleaned");
	}
	return err;
}

static aw_error *cancel_twice(void *arg, void **ret)
{
	aw_task *task = aw_spawn(clean_up, NULL);
	aw_error *err;

	AW_TRY(aw_yield());
	aw_task_cancel(task, "one");
	AW_TRY(aw_yield());
	AW_TRY(aw_yield());
	aw_task_cancel(task, "two");
	err = aw_await(task, NULL);
	trace("%s", aw_error_message(aw_error_context(err)));
	trace_error(err);
	aw_task_unref(task);
	return NULL;
}

static void cancel__during_the_clean_up_keeps_the_context(void **state)
{
	run_ok(cancel_twice, NULL);
	assert_string_equal(trace_text(), "one CancelledError(two)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case(cancel__interrupts_a_sleep),
		runtime_case(cancel__before_the_start_runs_nothing),
		runtime_case(cancel__may_be_refused),
		runtime_case_recorded(cancel__is_swallowed_by_a_result_alone),
		runtime_case(cancel__too_late_to_deliver_still_counts),
		runtime_case(cancel__of_oneself_comes_with_the_next_await),
		runtime_case(cancel__goes_to_the_awaited_task),
		runtime_case(cancel__breaks_a_cycle),
		runtime_case(cancel__during_the_clean_up_keeps_the_context),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
