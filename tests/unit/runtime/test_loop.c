/* SPDX-License-Identifier: MIT */
/*
 * Tests of the loop itself: order of callbacks and timers, when libuv polls, several loops, calls from other
 * threads, and loops inside a program's own libuv loop.
 */
#include "tests/unit/runtime/runtime_case.h"

#include <pthread.h>
#include <uv.h>

static void say(void *arg)
{
	trace("%s", (const char *)arg);
}

static void say_and_again(void *arg)
{
	trace("%s", (const char *)arg);
	aw_call_soon(say, text("again"));
}

/* python3: one two main again */
static aw_error *soon(void *arg, void **ret)
{
	aw_call_soon(say_and_again, text("one"));
	aw_callback_cancel(aw_call_soon(say, text("never")));
	aw_call_soon(say, text("two"));
	AW_TRY(aw_yield());
	trace("main");
	AW_TRY(aw_yield());
	return NULL;
}

static void loop__calls_back_in_order(void **state)
{
	run_ok(soon, NULL);
	assert_string_equal(trace_text(), "one two main again");
}

static void time__has_fractions(void **state)
{
	const uint32_t three = 3;
	const int two = 2;

	assert_int_equal(AW_SEC(0.5), 500000000);
	assert_int_equal(AW_MS(1.5), 1500000);
	assert_int_equal(AW_US(2.5), 2500);
	assert_int_equal(AW_SEC(three), UINT64_C(3000000000));
	assert_int_equal(AW_SEC(two) * 100, UINT64_C(200000000000));
}

static aw_error *later(void *arg, void **ret)
{
	aw_call_later(AW_MS(20), say, text("20"));
	aw_call_later(AW_MS(10), say, text("10a"));
	aw_call_at(aw_now() + AW_MS(10), say, text("10b"));
	aw_callback_cancel(aw_call_later(AW_MS(5), say, text("never")));
	aw_call_later(0, say, text("0"));
	AW_TRY(aw_sleep(AW_MS(15)));
	trace("15");
	return aw_sleep_until(aw_now() + AW_MS(10));
}

static void loop__keeps_the_order_of_deadlines(void **state)
{
	run_ok(later, NULL);
	assert_string_equal(trace_text(), "0 10a 10b 15 20");
}

static aw_error *sleep_for_real(void *arg, void **ret)
{
	aw_ns before = aw_now();

	AW_TRY(aw_sleep(AW_MS(3)));
	trace("%d", aw_now() - before >= AW_MS(3));
	return NULL;
}

static void loop__never_wakes_early(void **state)
{
	runtime_case_real_clock();
	for (int i = 0; i < 5; i++)
		run_ok(sleep_for_real, NULL);
	assert_string_equal(trace_text(), "1 1 1 1 1");
	assert_true(agent_probe_busy >= 5 && agent_probe_idle >= 5);
	assert_int_equal(agent_probe_count("loop opened"), 5);
	assert_int_equal(agent_probe_count("loop closed"), 5);
}

static aw_error *yield_often(void *arg, void **ret)
{
	for (int i = 0; i < 5000; i++)
		AW_TRY(aw_yield());
	return NULL;
}

/* A turn has at most 1,024 iterations, and libuv polls between turns, so that input does not starve. */
static void loop__ends_a_turn_though_a_task_is_ready(void **state)
{
	run_ok(yield_often, NULL);
	assert_in_range(agent_probe_ticks, 4, 5000);
	/* The polls do not sleep. */
	assert_in_range(agent_probe_busy, 0, 2);
	assert_in_range(agent_probe_idle, 0, 2);
}

/* How many steps during a yield are reported as following another step directly. */
static unsigned int next_steps(void)
{
	const unsigned int before = agent_probe_next;

	(void)aw_error_unref(aw_yield());
	return agent_probe_next - before;
}

static aw_error *child(void *arg, void **ret)
{
	return NULL;
}

static aw_error *go_on(void *arg, void **ret)
{
	trace("%u", next_steps());
	aw_call_soon(say, text("callback"));
	trace("%u", next_steps());
	aw_task_unref(aw_spawn(child, NULL));
	trace("%u", next_steps());
	return NULL;
}

/* The recorder may reuse the time of a step's end as the start of the next step, if nothing runs in between. */
static void loop__reports_steps_that_follow_directly(void **state)
{
	run_ok(go_on, NULL);
	assert_string_equal(trace_text(), "1 callback 0 2");
}

static aw_error *nested(void *arg, void **ret)
{
	trace_error(aw_run(soon, NULL, NULL));
	return NULL;
}

static void run__does_not_nest(void **state)
{
	run_ok(nested, NULL);
	assert_string_equal(trace_text(),
			    "RuntimeError(aw_run() cannot be called where a loop runs already)");
}

static uv_timer_t forgotten;

static void on_forgotten(uv_timer_t *timer)
{
	trace("late");
}

static aw_error *forget(void *arg, void **ret)
{
	uv_timer_init(aw_loop_uv(aw_loop_current()), &forgotten);
	uv_timer_start(&forgotten, on_forgotten, 3600000, 3600000);
	return NULL;
}

/* A libuv handle that the program left open does not keep the run from ending. */
static void run__ends_though_a_timer_of_libuvs_is_active(void **state)
{
	run_ok(forget, NULL);
	assert_true(uv_is_closing((uv_handle_t *)&forgotten));
	assert_string_equal(trace_text(), "");
}

static aw_error *linger(void *arg, void **ret)
{
	aw_error *err = aw_sleep(AW_SEC(100));

	trace("%s", aw_error_name(err));
	aw_error_unref(err);
	AW_TRY(aw_sleep(AW_SEC(1)));
	return aw_raise(aw_ValueError, "at the end");
}

static aw_error *leave(void *arg, void **ret)
{
	aw_task_unref(aw_spawn(linger, NULL));
	*ret = AW_PTR(3);
	return aw_yield();
}

static void run__cancels_what_is_left(void **state)
{
	void *result = NULL;

	assert_null(aw_run(leave, NULL, &result));
	assert_int_equal(AW_INT(result), 3);
	assert_string_equal(trace_text(), "CancelledError");
	assert_true(agent_probe_in_order("done 1 result", "cancel 2 by 0 shutdown", "done 2 error",
					 "lost error ValueError: at the end", "lost 2",
					 "loop closed", NULL));
}

static aw_error *exits(void *arg, void **ret)
{
	return aw_raise(aw_SystemExit, NULL);
}

static aw_error *wait_for_exit(void *arg, void **ret)
{
	aw_task_unref(aw_spawn(exits, NULL));
	return aw_sleep(AW_SEC(100));
}

static void run__ends_with_system_exit(void **state)
{
	trace_error(aw_run(wait_for_exit, NULL, NULL));
	assert_string_equal(trace_text(), "SystemExit");
}

/* ------------------------------------------------------------------------------------------------
 * Threads
 */

struct sender {
	aw_loop *loop;
	aw_future *future;
	int count;
};

static void set_future(void *arg)
{
	struct sender *sender = arg;

	sender->count++;
	if (sender->count == 100)
		(void)!aw_future_set_result(sender->future, AW_PTR(sender->count));
}

static void *send_calls(void *arg)
{
	struct sender *sender = arg;

	for (int i = 0; i < 100; i++)
		aw_error_unref(aw_call_soon_threadsafe(sender->loop, set_future, sender));
	return NULL;
}

static aw_error *receive(void *arg, void **ret)
{
	struct sender sender = { aw_loop_current(), aw_future_create(), 0 };
	pthread_t thread;
	aw_error *err;

	pthread_create(&thread, NULL, send_calls, &sender);
	err = aw_await(sender.future, ret);
	pthread_join(thread, NULL);
	aw_future_unref(sender.future);
	return err;
}

static void loop__takes_calls_from_other_threads(void **state)
{
	void *result = NULL;

	runtime_case_real_clock();
	assert_null(aw_run(receive, NULL, &result));
	assert_int_equal(AW_INT(result), 100);
}

static aw_error *count_up(void *arg, void **ret)
{
	intptr_t sum = 0;

	for (int i = 0; i < 100; i++) {
		AW_TRY(aw_yield());
		sum += i;
	}
	AW_TRY(aw_sleep(AW_MS(1)));
	*ret = AW_PTR(sum);
	return NULL;
}

static void *run_thread(void *arg)
{
	void *result = NULL;
	aw_error *err = aw_run(count_up, NULL, &result);

	return err == NULL ? result : aw_error_unref(err);
}

static void loop__is_one_of_several(void **state)
{
	pthread_t threads[4];

	runtime_case_real_clock();
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, run_thread, NULL), 0);
	for (int i = 0; i < 4; i++) {
		void *result = NULL;

		pthread_join(threads[i], &result);
		assert_int_equal(AW_INT(result), 4950);
	}
}

/* ------------------------------------------------------------------------------------------------
 * Inside a program's own libuv loop
 */

static void on_uv_timer(uv_timer_t *timer);

/* Starts the timer, if it has one. */
static aw_error *guest(void *arg, void **ret)
{
	trace("guest");
	AW_TRY(aw_sleep(AW_MS(2)));
	trace("awake");
	if (arg != NULL)
		uv_timer_start(arg, on_uv_timer, 1, 0);
	return NULL;
}

static void on_uv_timer(uv_timer_t *timer)
{
	trace("uv");
	aw_task_unref(aw_spawn(guest, NULL));
	uv_close((uv_handle_t *)timer, NULL);
}

static void from_uv__lives_in_a_foreign_loop(void **state)
{
	aw_loop *loop = NULL, *second = NULL;
	uv_timer_t timer;
	uv_loop_t uv;

	runtime_case_real_clock();
	uv_loop_init(&uv);
	assert_null(aw_loop_from_uv(&uv, AW_RUN_OPTS(.label = "guest"), &loop));
	assert_ptr_equal(aw_loop_current(), loop);
	assert_ptr_equal(aw_loop_uv(loop), &uv);
	trace_error(aw_loop_from_uv(&uv, NULL, &second));
	assert_int_equal(uv_run(&uv, UV_RUN_DEFAULT), 0); /* nothing to do: returns at once */
	uv_timer_init(&uv, &timer);
	aw_task_unref(aw_spawn(guest, &timer));
	assert_int_equal(uv_run(&uv, UV_RUN_DEFAULT), 0);
	aw_loop_close(loop);
	assert_null(aw_loop_current());
	assert_int_equal(uv_run(&uv, UV_RUN_DEFAULT), 0);
	assert_int_equal(uv_loop_close(&uv), 0);
	assert_string_equal(trace_text(), "RuntimeError(this thread has a loop already) "
					  "guest awake uv guest awake");
	assert_int_equal(agent_probe_count("loop opened guest"), 1);
}

static aw_error *forever(void *arg, void **ret)
{
	return aw_await((aw_future *)arg, NULL);
}

/* Neither the task nor the future that it awaits keeps the foreign loop running. */
static void from_uv__reports_what_is_pending_at_its_end(void **state)
{
	aw_future *future;
	aw_loop *loop = NULL;
	aw_task *task;
	uv_loop_t uv;

	runtime_case_real_clock();
	uv_loop_init(&uv);
	assert_null(aw_loop_from_uv(&uv, NULL, &loop));
	future = aw_future_create();
	task = aw_spawn(forever, future);
	assert_int_equal(uv_run(&uv, UV_RUN_DEFAULT), 0);
	aw_loop_close(loop);
	uv_run(&uv, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&uv), 0);
	assert_int_equal(agent_probe_count("pending 1"), 1);
	assert_true(agent_probe_in_order("loop ending", "pending 1", NULL));
	assert_false(aw_task_done(task));
	aw_task_unref(task);
	aw_future_unref(future);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case(loop__calls_back_in_order),
		runtime_case(time__has_fractions),
		runtime_case(loop__keeps_the_order_of_deadlines),
		runtime_case_recorded(loop__never_wakes_early),
		runtime_case_recorded(loop__ends_a_turn_though_a_task_is_ready),
		runtime_case_recorded(loop__reports_steps_that_follow_directly),
		runtime_case(run__does_not_nest),
		runtime_case(run__ends_though_a_timer_of_libuvs_is_active),
		runtime_case_recorded(run__cancels_what_is_left),
		runtime_case(run__ends_with_system_exit),
		runtime_case(loop__takes_calls_from_other_threads),
		runtime_case(loop__is_one_of_several),
		runtime_case_recorded(from_uv__lives_in_a_foreign_loop),
		runtime_case_recorded(from_uv__reports_what_is_pending_at_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
