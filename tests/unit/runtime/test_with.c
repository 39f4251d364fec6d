/* SPDX-License-Identifier: MIT */
/* Tests of the blocks of <awry/with.h>: they are closed on every path, with the same result as a manual close. */
#include "tests/unit/runtime/runtime_case.h"

#include <awry/with.h>

static aw_error *fail_early(void)
{
	return aw_raise(aw_ValueError, "early");
}

static aw_error *fails(void *arg, void **ret)
{
	return fail_early();
}

static aw_error *sleep_seconds(void *arg, void **ret)
{
	aw_error *err = aw_sleep(AW_SEC(AW_INT(arg)));

	trace("%s%d", err != NULL ? "cut" : "end", (int)AW_INT(arg));
	return err;
}

/* Trace how the coroutine ends, and wait: nothing may happen afterwards. */
static aw_error *call(void *arg, void **ret)
{
	aw_coro_fn *fn = *(aw_coro_fn **)arg;

	trace_error(fn(NULL, NULL));
	trace("%u", aw_task_cancelling(aw_task_current()));
	return aw_sleep(AW_SEC(100));
}

static void run_body(aw_coro_fn *fn, const char *expected)
{
	run_ok(call, &fn);
	assert_string_equal(trace_text(), expected);
	assert_null(strstr(agent_probe_text(), "left "));
}

static aw_error *in_time(void *arg, void **ret)
{
	AW_WITH_TIMEOUT(limit, aw_now() + AW_SEC(5)) {
		AW_TRY(aw_sleep(AW_SEC(1)));
		trace("%d", aw_timeout_expired(limit));
	}
	trace("after");
	return NULL;
}

static void timeout__in_time_goes_on(void **state)
{
	run_body(in_time, "0 after none 0");
}

static aw_error *too_late(void *arg, void **ret)
{
	AW_WITH_TIMEOUT(limit, aw_now() + AW_SEC(5))
		AW_TRY(aw_sleep(AW_SEC(50)));
	trace("after");
	return NULL;
}

static void timeout__too_late_returns_its_error(void **state)
{
	run_body(too_late, "TimeoutError 0");
}

static aw_error *fails_inside(void *arg, void **ret)
{
	AW_WITH_TIMEOUT(limit, aw_now() + AW_SEC(5)) {
		AW_TRY(fail_early());
	}
	return NULL;
}

static void timeout__left_by_an_error_is_disarmed(void **state)
{
	run_body(fails_inside, "ValueError(early) 0");
}

static aw_error *group_waits(void *arg, void **ret)
{
	AW_WITH_GROUP(group, NULL) {
		aw_group_spawn(group, sleep_seconds, AW_PTR(3));
		trace("body");
	}
	trace("after");
	return NULL;
}

static void group__waits_at_its_end(void **state)
{
	run_body(group_waits, "body end3 after none 0");
}

static aw_error *nested(void *arg, void **ret)
{
	AW_WITH_TIMEOUT(limit, aw_now() + AW_SEC(5)) {
		AW_WITH_GROUP(group, "crew") {
			AW_WITH_TIMEOUT(shorter, aw_now() + AW_SEC(2)) {
				aw_group_spawn(group, sleep_seconds, AW_PTR(30));
				AW_TRY(aw_sleep(AW_SEC(50)));
			}
		}
	}
	return NULL;
}

/* The inner timeout's error goes to the group, which cancels its member; the outer timeout is not involved. */
static void nested__are_closed_from_the_inside(void **state)
{
	run_body(nested, "cut30 ExceptionGroup(unhandled errors in TaskGroup crew) 0");
}

static aw_error *outer_expires(void *arg, void **ret)
{
	AW_WITH_TIMEOUT(limit, aw_now() + AW_SEC(2)) {
		AW_WITH_GROUP(group, NULL) {
			aw_group_spawn(group, sleep_seconds, AW_PTR(30));
		}
		trace("not reached");
	}
	return NULL;
}

static void nested__outer_timeout_ends_the_group(void **state)
{
	run_body(outer_expires, "cut30 TimeoutError 0");
}

static aw_error *member_fails(void *arg, void **ret)
{
	AW_WITH_TIMEOUT(limit, aw_now() + AW_SEC(5)) {
		AW_WITH_GROUP(group, NULL)
			aw_group_spawn(group, fails, NULL);
		trace("not reached");
	}
	return NULL;
}

static void group__error_of_a_member_is_returned_from_its_end(void **state)
{
	run_body(member_fails, "ExceptionGroup(unhandled errors in a TaskGroup) 0");
}

static aw_error *returns(void *arg, void **ret)
{
	AW_WITH_GROUP(group, NULL) {
		aw_group_spawn(group, sleep_seconds, AW_PTR(3));
		AW_RETURN(NULL);
	}
	return fail_early();
}

static void return__waits_for_the_group(void **state)
{
	run_body(returns, "end3 none 0");
}

static aw_error *returns_an_error(void *arg, void **ret)
{
	AW_WITH_TIMEOUT(limit, aw_now() + AW_SEC(5))
		AW_RETURN(aw_sleep(AW_SEC(50)));
	return fail_early();
}

static void return__of_an_error_is_that_of_the_scope(void **state)
{
	run_body(returns_an_error, "TimeoutError 0");
}

static aw_error *returns_outside(void *arg, void **ret)
{
	AW_RETURN(fail_early());
}

static void return__outside_of_a_block_is_return(void **state)
{
	run_body(returns_outside, "ValueError(early) 0");
}

static aw_error *returns_plainly(void *arg, void **ret)
{
	AW_WITH_TIMEOUT(limit, aw_now() + AW_SEC(5)) {
		AW_WITH_GROUP(group, NULL) {
			aw_group_spawn(group, sleep_seconds, AW_PTR(3));
			aw_group_spawn(group, fails, NULL);
			aw_error_unref(aw_yield());
			return NULL;
		}
	}
	return fail_early();
}

/* A plain return ends the block's members, and reports the error that it cannot return. */
static void return__plain_closes_and_reports_the_lost_error(void **state)
{
	run_body(returns_plainly, "cut3 none 0");
	assert_int_equal(agent_probe_count("lost error ValueError: early"), 1);
}

static aw_error *breaks(void *arg, void **ret)
{
	for (int i = 0; i < 2; i++) {
		AW_WITH_GROUP(group, NULL) {
			aw_group_spawn(group, sleep_seconds, AW_PTR(i));
			if (i == 0)
				break;
			continue;
		}
		trace("round%d", i);
	}
	return NULL;
}

static void break__ends_the_block_and_no_loop(void **state)
{
	run_body(breaks, "end0 round0 end1 round1 none 0");
}

static aw_error *completed(void *arg, void **ret)
{
	void *items[] = { aw_call(sleep_seconds, AW_PTR(2)), aw_call(fails, NULL) };

	AW_WITH_AS_COMPLETED(all, items, 2, AW_FOREVER) {
		while (aw_as_completed_more(all))
			AW_TRY(aw_as_completed_next(all, NULL, NULL));
	}
	return NULL;
}

static void as_completed__is_closed_by_an_error(void **state)
{
	run_body(completed, "ValueError(early) 0 end2");
}

static aw_lock lock;

static aw_error *locks(void *arg, void **ret)
{
	aw_lock_init(&lock);
	AW_WITH_LOCK(&lock)
		trace("%d", aw_lock_locked(&lock));
	trace("%d", aw_lock_locked(&lock));
	AW_WITH_LOCK(&lock) {
		AW_TRY(fail_early());
	}
	return NULL;
}

static void lock__is_released(void **state)
{
	run_body(locks, "1 0 ValueError(early) 0");
	assert_false(aw_lock_locked(&lock));
}

static aw_error *cannot_lock(void *arg, void **ret)
{
	aw_lock_init(&lock);
	AW_TRY(aw_lock_acquire(&lock));
	AW_WITH_TIMEOUT(limit, aw_now() + AW_SEC(5)) {
		AW_WITH_LOCK(&lock)
			trace("not reached");
	}
	return NULL;
}

static void lock__that_is_not_free_in_time_is_not_released(void **state)
{
	run_body(cannot_lock, "TimeoutError 0");
	assert_true(aw_lock_locked(&lock));
}

static aw_error *in_one_block(void *arg, void **ret)
{
	if (arg == NULL)
		AW_WITH_TIMEOUT(one, aw_now() + AW_SEC(5))
			trace("one");
	AW_WITH_TIMEOUT(two, aw_now() + AW_SEC(1))
		AW_TRY(aw_sleep(AW_SEC(5)));
	return NULL;
}

static void blocks__may_follow_each_other(void **state)
{
	run_body(in_one_block, "one TimeoutError 0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case_recorded(timeout__in_time_goes_on),
		runtime_case_recorded(timeout__too_late_returns_its_error),
		runtime_case_recorded(timeout__left_by_an_error_is_disarmed),
		runtime_case_recorded(group__waits_at_its_end),
		runtime_case_recorded(nested__are_closed_from_the_inside),
		runtime_case_recorded(nested__outer_timeout_ends_the_group),
		runtime_case_recorded(group__error_of_a_member_is_returned_from_its_end),
		runtime_case_recorded(return__waits_for_the_group),
		runtime_case_recorded(return__of_an_error_is_that_of_the_scope),
		runtime_case_recorded(return__outside_of_a_block_is_return),
		runtime_case_recorded(return__plain_closes_and_reports_the_lost_error),
		runtime_case_recorded(break__ends_the_block_and_no_loop),
		runtime_case_recorded(as_completed__is_closed_by_an_error),
		runtime_case_recorded(lock__is_released),
		runtime_case_recorded(lock__that_is_not_free_in_time_is_not_released),
		runtime_case_recorded(blocks__may_follow_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
