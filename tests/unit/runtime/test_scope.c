/* SPDX-License-Identifier: MIT */
/* Tests of scopes that a task left open: they are closed at its end, with its error, and reported. */
#include "tests/unit/runtime/runtime_case.h"

#include <awry/sync.h>

static aw_error *fail_early(void *arg, void **ret)
{
	return aw_raise(aw_ValueError, "early");
}

static aw_error *sleep_seconds(void *arg, void **ret)
{
	aw_error *err = aw_sleep(AW_SEC(AW_INT(arg)));

	if (err != NULL)
		trace("cut%d", (int)AW_INT(arg));
	return err;
}

static aw_error *fail_at(void *arg, void **ret)
{
	AW_TRY(aw_sleep(AW_SEC(AW_INT(arg))));
	return aw_raise(aw_KeyError, "member");
}

/* Run fn(arg) as a task, trace how it ended, and sleep: nothing that it left may interrupt the sleep. */
static aw_error *then_sleep(aw_coro_fn *fn, void *arg, const struct aw_task_options *options)
{
	aw_task *task = aw_task_create_with(aw_call(fn, arg), options);

	trace_error(aw_await(task, NULL));
	aw_task_unref(task);
	return aw_sleep(AW_SEC(100));
}

/* ---- timeouts ---- */

static aw_error *left_timeout(void *arg, void **ret)
{
	aw_timeout *timeout = aw_timeout_open(aw_now() + AW_SEC(5));

	AW_TRY(fail_early(NULL, NULL));
	return aw_timeout_close(&timeout, NULL);
}

static aw_error *leave_timeout(void *arg, void **ret)
{
	return then_sleep(left_timeout, NULL, arg);
}

static void timeout__left_by_try_is_disarmed(void **state)
{
	run_ok(leave_timeout, NULL);
	assert_string_equal(trace_text(), "ValueError(early)");
	assert_int_equal(agent_probe_count("left timeout by 2"), 1);
	assert_int_equal(agent_probe_count("cancel 1 by 0 timeout"), 0);
}

static void timeout__left_by_an_eager_task_is_disarmed(void **state)
{
	run_ok(leave_timeout, AW_TASK_OPTS(.eager = true));
	assert_string_equal(trace_text(), "ValueError(early)");
	assert_int_equal(agent_probe_count("left timeout by 2"), 1);
}

static aw_error *left_expired(void *arg, void **ret)
{
	aw_timeout *timeout = aw_timeout_open(aw_now() + AW_SEC(5));

	AW_TRY(aw_sleep(AW_SEC(50)));
	return aw_timeout_close(&timeout, NULL);
}

static aw_error *leave_expired(void *arg, void **ret)
{
	return then_sleep(left_expired, NULL, NULL);
}

/* As if the timeout had been closed with the error: the cancellation was its own. */
static void timeout__left_after_it_expired_gives_its_error(void **state)
{
	run_ok(leave_expired, NULL);
	assert_string_equal(trace_text(), "TimeoutError");
	assert_int_equal(agent_probe_count("left timeout by 2"), 1);
	assert_int_equal(agent_probe_count("done 2 error"), 1);
}

static aw_error *left_two(void *arg, void **ret)
{
	aw_timeout *outer = aw_timeout_open(aw_now() + AW_SEC(5));
	aw_timeout *inner = aw_timeout_open(aw_now() + AW_SEC(3));

	AW_TRY(aw_sleep(AW_SEC(50)));
	AW_TRY(aw_timeout_close(&inner, NULL));
	return aw_timeout_close(&outer, NULL);
}

static aw_error *leave_two(void *arg, void **ret)
{
	return then_sleep(left_two, NULL, NULL);
}

static void timeout__nested_ones_are_all_closed(void **state)
{
	run_ok(leave_two, NULL);
	assert_string_equal(trace_text(), "TimeoutError");
	assert_int_equal(agent_probe_count("left timeout by 2"), 2);
}

static aw_error *close_out_of_order(void *arg, void **ret)
{
	aw_timeout *one = aw_timeout_open(aw_now() + AW_SEC(5));
	aw_timeout *two = aw_timeout_open(aw_now() + AW_SEC(6));
	aw_timeout *three = aw_timeout_open(aw_now() + AW_SEC(7));

	AW_TRY(aw_timeout_close(&two, NULL));
	AW_TRY(aw_timeout_close(&one, NULL));
	AW_TRY(aw_timeout_close(&three, NULL));
	one = aw_timeout_open(aw_now() + AW_SEC(5));
	AW_TRY(aw_timeout_close(&one, NULL));
	return NULL;
}

static aw_error *leave_none(void *arg, void **ret)
{
	return then_sleep(close_out_of_order, NULL, NULL);
}

static void scope__closed_in_any_order_is_no_finding(void **state)
{
	run_ok(leave_none, NULL);
	assert_string_equal(trace_text(), "none");
	assert_int_equal(agent_probe_count("left timeout by 2"), 0);
}

static aw_error *main_leaves_all(void *arg, void **ret)
{
	aw_timeout_open(aw_now() + AW_SEC(5));
	aw_group_spawn(aw_group_open("crew"), sleep_seconds, AW_PTR(3));
	return fail_early(NULL, NULL);
}

static void scope__of_the_main_task_is_closed_too(void **state)
{
	aw_error *err = aw_run(main_leaves_all, NULL, NULL);

	assert_int_equal(aw_error_is(err, aw_ExceptionGroup), 1);
	assert_string_equal(aw_error_message(err), "unhandled errors in TaskGroup crew");
	aw_error_unref(err);
	assert_true(agent_probe_in_order("left group crew by 1", "left timeout by 1",
					 "done 1 error", NULL));
}

/* ---- groups ---- */

static aw_error *left_group(void *arg, void **ret)
{
	aw_group *group = aw_group_open("crew");

	aw_group_spawn(group, sleep_seconds, AW_PTR(3));
	aw_group_spawn(group, sleep_seconds, AW_PTR(4));
	AW_TRY(aw_sleep(AW_SEC(1)));
	if (arg != NULL)
		AW_TRY(fail_early(NULL, NULL));
	*ret = AW_PTR(7);
	return NULL;
}

static aw_error *leave_group(void *arg, void **ret)
{
	return then_sleep(left_group, arg, NULL);
}

/* As if the group had been closed with the error: the members are cancelled and awaited. */
static void group__left_with_an_error_ends_its_members(void **state)
{
	run_ok(leave_group, AW_PTR(1));
	assert_string_equal(trace_text(),
			    "cut3 cut4 ExceptionGroup(unhandled errors in TaskGroup crew)");
	assert_true(agent_probe_in_order("left group crew by 2", "done 3 cancelled",
					 "done 4 cancelled", "done 2 error", NULL));
}

static void group__left_with_a_result_ends_its_members(void **state)
{
	run_ok(leave_group, NULL);
	assert_string_equal(trace_text(), "cut3 cut4 none");
	assert_true(agent_probe_in_order("left group crew by 2", "done 3 cancelled",
					 "done 4 cancelled", "done 2 result", NULL));
}

static aw_error *left_failing_group(void *arg, void **ret)
{
	aw_group *group = aw_group_open(NULL);

	aw_group_spawn(group, fail_at, AW_PTR(0));
	aw_error_unref(aw_sleep(AW_SEC(1)));
	return NULL;
}

static aw_error *leave_failing_group(void *arg, void **ret)
{
	return then_sleep(left_failing_group, NULL, NULL);
}

static void group__left_with_an_error_of_a_member_fails_the_task(void **state)
{
	run_ok(leave_failing_group, NULL);
	assert_string_equal(trace_text(), "ExceptionGroup(unhandled errors in a TaskGroup)");
}

static aw_error *cancelled_leaver(void *arg, void **ret)
{
	aw_group *group = aw_group_open(NULL);

	aw_group_spawn(group, sleep_seconds, AW_PTR(30));
	AW_TRY(aw_sleep(AW_SEC(50)));
	return aw_group_close(&group, NULL);
}

static aw_error *cancel_leaver(void *arg, void **ret)
{
	aw_task *task = aw_spawn(cancelled_leaver, NULL);

	AW_TRY(aw_sleep(AW_SEC(1)));
	aw_task_cancel(task, "enough");
	trace_error(aw_await(task, NULL));
	trace("%d", aw_task_cancelled(task));
	aw_task_unref(task);
	return aw_sleep(AW_SEC(100));
}

static void group__left_by_a_cancelled_task_ends_its_members(void **state)
{
	run_ok(cancel_leaver, NULL);
	assert_string_equal(trace_text(), "cut30 CancelledError(enough) 1");
	assert_true(agent_probe_in_order("left group by 2", "done 3 cancelled", "done 2 cancelled",
					 NULL));
}

/* A cancellation that arrives while the group is closed at the task's end is not lost. */
static aw_error *stubborn(void *arg, void **ret)
{
	aw_error_unref(aw_sleep(AW_SEC(50)));
	return aw_sleep(AW_SEC(2));
}

static aw_error *slow_leaver(void *arg, void **ret)
{
	aw_group_spawn(aw_group_open(NULL), stubborn, NULL);
	return aw_sleep(AW_SEC(1));
}

static aw_error *cancel_while_it_closes(void *arg, void **ret)
{
	aw_task *task = aw_spawn(slow_leaver, NULL);

	AW_TRY(aw_sleep(AW_SEC(2)));
	trace("%d", aw_task_done(task));
	aw_task_cancel(task, "late");
	trace_error(aw_await(task, NULL));
	aw_task_unref(task);
	return NULL;
}

static void group__cancelled_while_it_is_closed_at_the_end_says_so(void **state)
{
	run_ok(cancel_while_it_closes, NULL);
	assert_string_equal(trace_text(), "0 CancelledError(late)");
}

/* ---- as_completed ---- */

static aw_error *left_all(void *arg, void **ret)
{
	void *items[] = { aw_call(fail_early, NULL), aw_call(sleep_seconds, AW_PTR(3)) };
	aw_as_completed *all = aw_as_completed_open(items, 2, aw_now() + AW_SEC(5));

	while (aw_as_completed_more(all))
		AW_TRY(aw_as_completed_next(all, NULL, NULL));
	aw_as_completed_close(&all);
	return NULL;
}

static aw_error *leave_all(void *arg, void **ret)
{
	return then_sleep(left_all, NULL, NULL);
}

static void as_completed__left_is_freed_and_its_tasks_go_on(void **state)
{
	run_ok(leave_all, NULL);
	assert_string_equal(trace_text(), "ValueError(early)");
	assert_int_equal(agent_probe_count("left as_completed by 2"), 1);
	assert_int_equal(agent_probe_count("done 4 result"), 1);
}

/* ---- a task that never ends ---- */

static aw_error *exit_while_open(void *arg, void **ret)
{
	aw_group_spawn(aw_group_open(NULL), stubborn, NULL);
	aw_timeout_open(AW_FOREVER);
	return aw_raise(aw_SystemExit, "2");
}

static aw_error *exit_in_a_task(void *arg, void **ret)
{
	aw_task *task = aw_spawn(exit_while_open, NULL);

	aw_error_unref(aw_sleep(AW_SEC(1)));
	aw_task_unref(task);
	return aw_sleep(AW_SEC(100));
}

static void scope__of_a_task_that_exits_is_closed(void **state)
{
	aw_error *err = aw_run(exit_in_a_task, NULL, NULL);

	assert_string_equal(aw_error_name(err), "SystemExit");
	aw_error_unref(err);
	assert_int_equal(agent_probe_count("left group by 2"), 1);
	assert_int_equal(agent_probe_count("left timeout by 2"), 1);
}

/* ---- locks ---- */

static aw_lock lock;

static aw_error *take_lock(void *arg, void **ret)
{
	return aw_lock_acquire(&lock);
}

static aw_error *take_and_end(void *arg, void **ret)
{
	aw_lock_init(&lock);
	AW_TRY(then_sleep(take_lock, NULL, NULL));
	trace("%d", aw_lock_locked(&lock));
	if (arg != NULL)
		AW_TRY(aw_lock_release(&lock));
	aw_lock_finish(&lock);
	return NULL;
}

static void lock__destroyed_after_its_task_ended_was_left(void **state)
{
	run_ok(take_and_end, NULL);
	assert_string_equal(trace_text(), "none 1");
	assert_int_equal(agent_probe_count("left lock by 2"), 1);
}

static void lock__released_by_another_task_is_fine(void **state)
{
	run_ok(take_and_end, AW_PTR(1));
	assert_int_equal(agent_probe_count("left lock by 2"), 0);
}

static aw_error *take_and_destroy(void *arg, void **ret)
{
	aw_lock_init(&lock);
	AW_TRY(aw_lock_acquire(&lock));
	aw_lock_finish(&lock);
	return NULL;
}

static void lock__destroyed_by_the_task_that_has_it_is_fine(void **state)
{
	run_ok(take_and_destroy, NULL);
	assert_int_equal(agent_probe_count("left lock by 1"), 0);
}

static aw_error *take_for_ever(void *arg, void **ret)
{
	aw_lock_init(&lock);
	return aw_lock_acquire(&lock);
}

static void lock__destroyed_after_the_run_was_left(void **state)
{
	run_ok(take_for_ever, NULL);
	aw_lock_finish(&lock);
	assert_int_equal(agent_probe_count("left lock by 1"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case_recorded(timeout__left_by_try_is_disarmed),
		runtime_case_recorded(timeout__left_by_an_eager_task_is_disarmed),
		runtime_case_recorded(timeout__left_after_it_expired_gives_its_error),
		runtime_case_recorded(timeout__nested_ones_are_all_closed),
		runtime_case_recorded(scope__closed_in_any_order_is_no_finding),
		runtime_case_recorded(scope__of_the_main_task_is_closed_too),
		runtime_case_recorded(group__left_with_an_error_ends_its_members),
		runtime_case_recorded(group__left_with_a_result_ends_its_members),
		runtime_case_recorded(group__left_with_an_error_of_a_member_fails_the_task),
		runtime_case_recorded(group__left_by_a_cancelled_task_ends_its_members),
		runtime_case_recorded(group__cancelled_while_it_is_closed_at_the_end_says_so),
		runtime_case_recorded(as_completed__left_is_freed_and_its_tasks_go_on),
		runtime_case_recorded(scope__of_a_task_that_exits_is_closed),
		runtime_case_recorded(lock__destroyed_after_its_task_ended_was_left),
		runtime_case_recorded(lock__released_by_another_task_is_fine),
		runtime_case_recorded(lock__destroyed_by_the_task_that_has_it_is_fine),
		runtime_case_recorded(lock__destroyed_after_the_run_was_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
