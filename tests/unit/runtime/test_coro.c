/* SPDX-License-Identifier: MIT */
/* Tests of coroutine objects that are awaited, closed or forgotten, and of the order of hooks over a whole run. */
#include "tests/unit/runtime/runtime_case.h"

static aw_error *child(void *arg, void **ret)
{
	*ret = arg;
	return NULL;
}

static aw_error *forget(void *arg, void **ret)
{
	aw_call(child, NULL);
	return NULL;
}

static aw_error *forget_in_task(void *arg, void **ret)
{
	aw_task *task = aw_spawn(forget, NULL);
	aw_error *err = aw_await(task, NULL);

	aw_task_unref(task);
	return err;
}

static void coro__forgotten_is_reported_when_its_creator_ends(void **state)
{
	run_ok(forget_in_task, NULL);
	assert_true(agent_probe_in_order("create 2 forget by 1", "step 2", "made child by 2",
					 "done 2 result", "dropped child by 2", "done 1 result",
					 NULL));
	assert_int_equal(agent_probe_count("dropped child by 2"), 1);
}

static aw_error *close_it(void *arg, void **ret)
{
	aw_coro_close(aw_call(child, NULL));
	aw_coro_close(NULL);
	return NULL;
}

static void coro__closed_is_not_reported(void **state)
{
	run_ok(close_it, NULL);
	assert_int_equal(agent_probe_count("made child by 1"), 1);
	assert_int_equal(agent_probe_count("dropped child by 1"), 0);
}

static aw_error *make(void *arg, void **ret)
{
	*ret = aw_call(child, AW_PTR(9));
	return NULL;
}

static aw_error *await_made(void *arg, void **ret)
{
	aw_task *task = aw_spawn(make, NULL);
	void *coro = NULL;

	AW_TRY(aw_await(task, &coro));
	aw_task_unref(task);
	return aw_await((aw_coro *)coro, ret);
}

static void coro__given_as_a_result_can_still_be_awaited(void **state)
{
	void *result = NULL;

	assert_null(aw_run(await_made, NULL, &result));
	assert_int_equal(AW_INT(result), 9);
	assert_int_equal(agent_probe_count("dropped child by 2"), 0);
	assert_int_equal(agent_probe_count("dropped child by 0"), 0);
}

static aw_error *call_pointer(void *arg, void **ret)
{
	aw_coro_fn *fn = child;
	aw_task *task = aw_spawn(fn, NULL);
	aw_error *err = aw_await(task, NULL);

	aw_task_unref(task);
	return err;
}

static void coro__called_through_a_pointer_has_no_name(void **state)
{
	run_ok(call_pointer, NULL);
	assert_int_equal(agent_probe_count("create 2 ? by 1"), 1);
}

static void make_in_callback(void *arg)
{
	aw_call(child, NULL);
}

static aw_error *callback(void *arg, void **ret)
{
	aw_call_soon(make_in_callback, NULL);
	return aw_yield();
}

static void coro__made_in_a_callback_is_reported_when_the_loop_closes(void **state)
{
	run_ok(callback, NULL);
	assert_true(agent_probe_in_order("made child by 0", "done 1 result", "dropped child by 0",
					 "loop closed", NULL));
}

static aw_error *inner(void *arg, void **ret)
{
	AW_TRY(aw_sleep(AW_MS(1)));
	return aw_raise(aw_ValueError, "inner");
}

static aw_error *hooks(void *arg, void **ret)
{
	aw_task *task = aw_task_create_with(aw_call(inner, NULL), AW_TASK_OPTS(.name = "in"));

	aw_error_unref(aw_await(task, NULL));
	aw_task_set_name(task, "out");
	aw_task_unref(task);
	return NULL;
}

static void hooks__come_in_their_order(void **state)
{
	run_ok(hooks, NULL);
	assert_string_equal(agent_probe_text(), "loop opened\n"
						"create 1 hooks by 0\n"
						"step 1\n"
						"made inner by 1\n"
						"create 2 inner by 1 in\n"
						"wait 1 task 2\n"
						"step 2\n"
						"wait 2 sleep\n"
						"wake 2 by 0\n"
						"step 2\n"
						"error ValueError: inner\n"
						"done 2 error\n"
						"wake 1 by 2\n"
						"step 1\n"
						"retrieved 2 by 1\n"
						"name 2 out\n"
						"done 1 result\n"
						"loop closed\n");
}

static aw_error *forsaken(void *arg, void **ret)
{
	return aw_await((aw_future *)arg, NULL);
}

static aw_error *forsake(void *arg, void **ret)
{
	aw_future *future = aw_future_create();

	aw_task_unref(aw_spawn(forsaken, future));
	AW_TRY(aw_yield());
	aw_future_unref(future); /* the last reference that could finish the future */
	return aw_yield();
}

static void hooks__report_a_task_that_nothing_can_wake(void **state)
{
	run_ok(forsake, NULL);
	assert_int_equal(agent_probe_count("pending 2"), 0);
	assert_true(agent_probe_in_order("wait 2 future", "forsaken 2", "cancel 2 by 0 shutdown",
					 "done 2 cancelled", NULL));
}

static aw_error *lose_future(void *arg, void **ret)
{
	aw_future *future = aw_future_create();

	AW_TRY(aw_future_set_error(future, aw_raise(aw_KeyError, "key")));
	aw_future_unref(future);
	return NULL;
}

static void hooks__report_the_lost_error_of_a_future(void **state)
{
	run_ok(lose_future, NULL);
	assert_true(agent_probe_in_order("error KeyError: key", "lost error KeyError: key",
					 "lost 0", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case_recorded(coro__forgotten_is_reported_when_its_creator_ends),
		runtime_case_recorded(coro__closed_is_not_reported),
		runtime_case_recorded(coro__given_as_a_result_can_still_be_awaited),
		runtime_case_recorded(coro__called_through_a_pointer_has_no_name),
		runtime_case_recorded(coro__made_in_a_callback_is_reported_when_the_loop_closes),
		runtime_case_recorded(hooks__come_in_their_order),
		runtime_case_recorded(hooks__report_a_task_that_nothing_can_wake),
		runtime_case_recorded(hooks__report_the_lost_error_of_a_future),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
