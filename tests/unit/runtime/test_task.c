/* SPDX-License-Identifier: MIT */
/* Tests of tasks: results, errors, order of steps, names, callbacks, eager start, and many at once. */
#include "tests/unit/runtime/runtime_case.h"

static aw_error *give(void *arg, void **ret)
{
	*ret = arg;
	return NULL;
}

static aw_error *raise_text(void *arg, void **ret)
{
	return aw_raise(aw_ValueError, "%s", (const char *)arg);
}

static aw_error *say(void *arg, void **ret)
{
	trace("%s", (const char *)arg);
	return NULL;
}

static aw_error *say_twice(void *arg, void **ret)
{
	trace("%s1", (const char *)arg);
	AW_TRY(aw_yield());
	trace("%s2", (const char *)arg);
	return NULL;
}

static aw_error *await_result(void *arg, void **ret)
{
	aw_task *task = aw_spawn(give, AW_PTR(42));
	void *result = NULL;

	AW_TRY(aw_await(task, &result));
	trace("%d", (int)AW_INT(result));
	result = NULL;
	AW_TRY(aw_await(task, &result)); /* done already: returns at once */
	trace("%d", (int)AW_INT(result));
	AW_TRY(aw_task_result(task, &result));
	aw_task_unref(task);
	AW_TRY(aw_await(aw_call(give, AW_PTR(7)), &result));
	trace("%d", (int)AW_INT(result));
	return NULL;
}

static void task__gives_its_result(void **state)
{
	run_ok(await_result, NULL);
	assert_string_equal(trace_text(), "42 42 7");
}

static aw_error *await_error(void *arg, void **ret)
{
	aw_task *task = aw_spawn(raise_text, text("boom"));

	trace_error(aw_await(task, NULL));
	trace_error(aw_task_exception(task));
	aw_task_unref(task);
	trace_error(aw_await(aw_call(raise_text, text("bang")), NULL));
	return aw_raise(aw_KeyError, "last");
}

static void task__gives_its_error(void **state)
{
	trace_error(aw_run(await_error, NULL, NULL));
	assert_string_equal(trace_text(),
			    "ValueError(boom) ValueError(boom) ValueError(bang) KeyError(last)");
}

static aw_error *pending(void *arg, void **ret)
{
	aw_task *task = aw_spawn(give, NULL);

	trace("%d", aw_task_done(task));
	trace_error(aw_task_result(task, NULL));
	trace_error(aw_task_exception(task));
	AW_TRY(aw_yield());
	trace("%d %d", aw_task_done(task), aw_task_cancelled(task));
	trace_error(aw_task_exception(task));
	aw_task_unref(task);
	return NULL;
}

static void task__is_in_an_invalid_state_until_done(void **state)
{
	run_ok(pending, NULL);
	assert_string_equal(trace_text(), "0 InvalidStateError(Result is not set.) "
					  "InvalidStateError(Exception is not set.) 1 0 none");
}

static aw_error *order(void *arg, void **ret)
{
	aw_task *a = aw_spawn(say_twice, text("a")), *b = aw_spawn(say_twice, text("b"));

	AW_TRY(aw_yield());
	trace("main");
	aw_task_unref(aw_spawn(say, text("c")));
	AW_TRY(aw_yield());
	trace("main2");
	AW_TRY(aw_await(a, NULL));
	AW_TRY(aw_await(b, NULL));
	aw_task_unref(a);
	aw_task_unref(b);
	return NULL;
}

static void task__runs_in_the_order_of_asyncio(void **state)
{
	run_ok(order, NULL);
	assert_string_equal(trace_text(), "a1 b1 main a2 b2 c main2");
}

static aw_error *names(void *arg, void **ret)
{
	aw_task *task = aw_task_create_with(aw_call(give, NULL), AW_TASK_OPTS(.name = "fetch"));

	trace("%d", strncmp(aw_task_name(aw_task_current()), "Task-", 5) == 0);
	trace("%s", aw_task_name(task));
	aw_task_set_name(task, "other");
	trace("%s", aw_task_name(task));
	trace("%d", aw_task_id(task) == aw_task_id(aw_task_current()) + 1);
	AW_TRY(aw_await(task, NULL));
	aw_task_unref(task);
	return NULL;
}

static void task__has_a_name_and_an_id(void **state)
{
	run_ok(names, NULL);
	assert_string_equal(trace_text(), "1 fetch other 1");
}

static void on_done(aw_task *task, void *arg)
{
	trace("%s%d", (const char *)arg, aw_task_done(task));
}

static aw_error *callbacks(void *arg, void **ret)
{
	aw_task *task = aw_spawn(say, text("task"));

	AW_TRY(aw_task_add_done_callback(task, on_done, text("first")));
	AW_TRY(aw_task_add_done_callback(task, on_done, text("second")));
	AW_TRY(aw_await(task, NULL));
	trace("main");
	AW_TRY(aw_task_add_done_callback(task, on_done, text("late")));
	aw_task_unref(task);
	trace("soon");
	return aw_yield();
}

static void task__calls_back_in_order(void **state)
{
	run_ok(callbacks, NULL);
	assert_string_equal(trace_text(), "task first1 second1 main soon late1");
}

static aw_error *eager_child(void *arg, void **ret)
{
	trace("child%d", aw_task_current() != arg);
	AW_TRY(aw_yield());
	trace("child2");
	return NULL;
}

static aw_error *eager(void *arg, void **ret)
{
	aw_task *self = aw_task_current(), *quick, *slow;

	quick = aw_task_create_with(aw_call(say, text("quick")), AW_TASK_OPTS(.eager = true));
	trace("done%d", aw_task_done(quick));
	slow = aw_task_create_with(aw_call(eager_child, self), AW_TASK_OPTS(.eager = true));
	trace("main%d", aw_task_current() == self);
	AW_TRY(aw_await(slow, NULL));
	aw_task_unref(quick);
	aw_task_unref(slow);
	return NULL;
}

static void task__starts_eagerly(void **state)
{
	run_ok(eager, NULL);
	assert_string_equal(trace_text(), "quick done1 child1 main1 child2");
}

static aw_error *await_self(void *arg, void **ret)
{
	trace_error(aw_await(aw_task_current(), NULL));
	return NULL;
}

static void task__cannot_await_itself(void **state)
{
	run_ok(await_self, NULL);
	assert_string_equal(trace_text(), "RuntimeError(Task cannot await on itself)");
}

static aw_error *await_null(void *arg, void **ret)
{
	trace_error(aw_await((aw_task *)NULL, NULL));
	trace_error(aw_await((aw_coro *)NULL, NULL));
	trace_error(aw_task_result(NULL, NULL));
	trace("%d%d", aw_task_done(NULL), aw_task_cancel(NULL, NULL));
	aw_task_unref(NULL);
	return NULL;
}

static void task__may_be_null(void **state)
{
	run_ok(await_null, NULL);
	assert_string_equal(trace_text(), "MemoryError(no memory for the task) "
					  "MemoryError(no memory for the coroutine) "
					  "MemoryError(no memory for the task) 10");
}

enum {
#ifdef __SANITIZE_THREAD__
	MANY = 500, /* ThreadSanitizer counts each as a thread */
#else
	MANY = 5000,
#endif
};

static aw_error *many(void *arg, void **ret)
{
	static aw_task *tasks[MANY];
	intptr_t sum = 0;

	for (int i = 0; i < MANY; i++)
		tasks[i] = aw_spawn(give, AW_PTR(i));
	for (int i = 0; i < MANY; i++) {
		void *result = NULL;

		AW_TRY(aw_await(tasks[i], &result));
		sum += AW_INT(result);
		aw_task_unref(tasks[i]);
	}
	trace("%d", (int)sum);
	return NULL;
}

static void task__may_be_one_of_many(void **state)
{
	char sum[16];

	run_ok(many, NULL);
	snprintf(sum, sizeof(sum), "%d", MANY * (MANY - 1) / 2);
	assert_string_equal(trace_text(), sum);
}

static aw_error *chain(void *arg, void **ret)
{
	aw_task *task;
	aw_error *err;

	if (AW_INT(arg) == 0)
		return aw_raise(aw_ValueError, "deep");
	task = aw_spawn(chain, AW_PTR(AW_INT(arg) - 1));
	err = aw_await(task, NULL);
	aw_task_unref(task);
	return err;
}

static void task__passes_an_error_up_a_chain(void **state)
{
	trace_error(aw_run(chain, AW_PTR(1000), NULL));
	assert_string_equal(trace_text(), "ValueError(deep)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case(task__gives_its_result),
		runtime_case(task__gives_its_error),
		runtime_case(task__is_in_an_invalid_state_until_done),
		runtime_case(task__runs_in_the_order_of_asyncio),
		runtime_case(task__has_a_name_and_an_id),
		runtime_case(task__calls_back_in_order),
		runtime_case(task__starts_eagerly),
		runtime_case(task__cannot_await_itself),
		runtime_case(task__may_be_null),
		runtime_case(task__may_be_one_of_many),
		runtime_case(task__passes_an_error_up_a_chain),
		runtime_case_recorded(task__may_be_one_of_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
