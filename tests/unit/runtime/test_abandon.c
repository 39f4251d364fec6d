/* SPDX-License-Identifier: MIT */
/*
 * Tests of loops that close while tasks wait, so that these never run again. Memory that the tasks' stacks own is
 * lost; the runtime's own heap memory for them is freed, whether the awaited task or future is done or not.
 */
#include "tests/unit/runtime/runtime_case.h"

#include <awry.h>

#include <signal.h>
#include <stdatomic.h>
#include <uv.h>

static void run_a_while(uv_loop_t *uv)
{
	for (int i = 0; i < 3; i++)
		uv_run(uv, UV_RUN_NOWAIT);
}

/* Run the coroutine for a while in a libuv loop of the program, and close the loop. */
static void abandon(aw_coro_fn *fn)
{
	aw_loop *loop = NULL;
	uv_loop_t uv;

	runtime_case_real_clock();
	assert_int_equal(uv_loop_init(&uv), 0);
	assert_null(aw_loop_from_uv(&uv, NULL, &loop));
	aw_task_unref(aw_spawn(fn, NULL));
	run_a_while(&uv);
	aw_loop_close(loop);
	uv_run(&uv, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&uv), 0);
	assert_int_equal(aw__alloc_live(), 0);
}

static aw_error *last(void *arg, void **ret)
{
	return aw_sleep(AW_SEC(100));
}

static aw_error *gather(void *arg, void **ret)
{
	return aw_gather(NULL, aw_call(last, NULL), aw_call(last, NULL));
}

static aw_error *gather_all(void *arg, void **ret)
{
	aw_outcome outcomes[1];

	return aw_gather_all(outcomes, aw_call(last, NULL));
}

static aw_error *wait_for(void *arg, void **ret)
{
	return aw_wait_for(aw_call(last, NULL), aw_now() + AW_SEC(100), NULL);
}

static aw_error *shield(void *arg, void **ret)
{
	return aw_shield(aw_call(last, NULL), NULL);
}

static aw_error *group(void *arg, void **ret)
{
	aw_group *open = aw_group_open("a group");

	aw_group_spawn(open, last, NULL);
	return aw_group_close(&open, NULL);
}

static aw_error *body_of_group(void *arg, void **ret)
{
	aw_group *open = aw_group_open("a group");

	aw_group_spawn(open, last, NULL);
	return aw_group_close(&open, aw_sleep(AW_SEC(100)));
}

static aw_error *timeout(void *arg, void **ret)
{
	aw_timeout *open = aw_timeout_open(aw_now() + AW_SEC(100));

	return aw_timeout_close(&open, aw_sleep(AW_SEC(100)));
}

static aw_error *as_completed(void *arg, void **ret)
{
	void *items[] = { aw_call(last, NULL), aw_call(last, NULL) };
	aw_as_completed *all = aw_as_completed_open(items, 2, aw_now() + AW_SEC(100));
	aw_error *err = aw_as_completed_next(all, NULL, NULL);

	aw_as_completed_close(&all);
	return err;
}

static void abandon__waits_that_are_not_over(void **state)
{
	static aw_coro_fn *const all[] = { gather, gather_all,	  wait_for, shield,
					   group,  body_of_group, timeout,  as_completed };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		abandon(all[i]);
}

/* The program's own references, which it releases itself. */
static void *kept[2];

static aw_error *wait_for_both(void *arg, void **ret)
{
	return aw_wait(kept, 2, AW_ALL_COMPLETED, aw_now() + AW_SEC(100), NULL);
}

static aw_error *wait_for_one(void *arg, void **ret)
{
	return aw_wait_for(kept[0], AW_FOREVER, NULL);
}

static void abandon_with_futures(aw_coro_fn *fn)
{
	aw_loop *loop = NULL;
	uv_loop_t uv;

	runtime_case_real_clock();
	assert_int_equal(uv_loop_init(&uv), 0);
	assert_null(aw_loop_from_uv(&uv, NULL, &loop));
	for (int i = 0; i < 2; i++)
		kept[i] = aw_future_create();
	aw_task_unref(aw_spawn(fn, NULL));
	run_a_while(&uv);
	aw_loop_close(loop);
	for (int i = 0; i < 2; i++)
		aw_future_unref(kept[i]);
	uv_run(&uv, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&uv), 0);
	assert_int_equal(aw__alloc_live(), 0);
}

static void abandon__futures_that_others_hold(void **state)
{
	abandon_with_futures(wait_for_both);
	abandon_with_futures(wait_for_one);
}

/* ---- waits that are over, when an exit ends the loop before the task runs again ---- */

static aw_error *exit_when_cancelled(void *arg, void **ret)
{
	aw_error_unref(aw_sleep(AW_SEC(100)));
	return aw_raise(aw_SystemExit, "again");
}

static aw_error *yield_when_cancelled(void *arg, void **ret)
{
	aw_error_unref(aw_sleep(AW_SEC(100)));
	return aw_yield();
}

static aw_error *exit_soon(void *arg, void **ret)
{
	AW_TRY(aw_sleep(AW_MS(1)));
	return aw_raise(aw_SystemExit, "once");
}

/* The first exit cancels all tasks. The second ends the loop when the gather is done, but its awaiter did not run yet. */
static aw_error *gather_and_exit(void *arg, void **ret)
{
	aw_task_unref(aw_spawn(exit_soon, NULL));
	return aw_gather(NULL, aw_call(last, NULL), aw_call(exit_when_cancelled, NULL),
			 aw_call(yield_when_cancelled, NULL));
}

static void abandon__a_gather_by_a_second_exit(void **state)
{
	aw_error *err = aw_run(gather_and_exit, NULL, NULL);

	assert_string_equal(aw_error_message(err), "again");
	aw_error_unref(err);
	assert_int_equal(aw__alloc_live(), 0);
}

static atomic_bool thread_is_done;
static int interrupts;

static aw_error *work(void *arg, void **ret)
{
	atomic_store(&thread_is_done, true);
	return NULL;
}

/*
 * libuv calls the check that was started last first: after the poll, which the thread ended, and before the turn in which
 * the task would run. Two interrupts cancel the task and end the run; a third ends the wait for the task.
 */
static void on_check(uv_check_t *check)
{
	if (!atomic_load(&thread_is_done) || interrupts >= 3)
		return;
	do
		raise(SIGINT);
	while (++interrupts < 2);
}

static uv_check_t interrupter;

static aw_error *interrupt_thread(void *arg, void **ret)
{
	uv_check_init(aw_loop_uv(aw_loop_current()), &interrupter);
	uv_check_start(&interrupter, on_check);
	uv_unref((uv_handle_t *)&interrupter);
	return aw_to_thread(work, NULL, NULL);
}

static void abandon__a_thread_by_more_interrupts(void **state)
{
	aw_error *err;

	runtime_case_real_clock();
	interrupts = 0;
	err = aw_run(interrupt_thread, NULL, NULL);
	assert_true(aw_error_is(err, aw_KeyboardInterrupt));
	assert_int_equal(interrupts, 3);
	aw_error_unref(err);
	assert_int_equal(aw__alloc_live(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case(abandon__waits_that_are_not_over),
		runtime_case_recorded(abandon__waits_that_are_not_over),
		runtime_case(abandon__futures_that_others_hold),
		runtime_case(abandon__a_gather_by_a_second_exit),
		runtime_case(abandon__a_thread_by_more_interrupts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
