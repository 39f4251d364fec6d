/* SPDX-License-Identifier: MIT */
/*
 * A program that does one thing wrong, or something right that looks much like it.
 *
 *	flow-findings CASE
 *
 * The cases are in the table at the end; those whose name begins with "fine" have nothing to be found.
 */
#include <awry.h>

#include <awry/sync.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#define NOT_FOR_LONG AW_MS(1500) /* several times what the test sets the thresholds to */

static aw_lock first, second;
static aw_queue queue;
static aw_future *never;
static aw_task *kept;

static void drop(aw_error *err)
{
	aw_error_unref(err);
}

/* ---- cancellation ---- */

static aw_error *swallow(void *arg, void **ret)
{
	drop(aw_sleep(AW_SEC(60)));
	return NULL;
}

static aw_error *go_on(void *arg, void **ret)
{
	drop(aw_sleep(AW_SEC(60)));
	return aw_sleep(NOT_FOR_LONG);
}

static aw_error *clean_up(void *arg, void **ret)
{
	aw_error *err = aw_sleep(AW_SEC(60));

	drop(aw_sleep(AW_MS(1)));
	return err;
}

static aw_error *take_back(void *arg, void **ret)
{
	drop(aw_sleep(AW_SEC(60)));
	aw_task_uncancel(aw_task_current());
	return aw_sleep(NOT_FOR_LONG);
}

static aw_error *raise_another(void *arg, void **ret)
{
	return aw_raise_in(aw_sleep(AW_SEC(60)), aw_raise(aw_ValueError, "while cleaning up"));
}

static aw_error *time_out(void *arg, void **ret)
{
	aw_timeout *timeout = aw_timeout_open(aw_now() + AW_MS(5));

	drop(aw_timeout_close(&timeout, aw_sleep(AW_SEC(60))));
	return aw_sleep(NOT_FOR_LONG);
}

static aw_error *fail(void *arg, void **ret)
{
	return aw_raise(aw_ValueError, "a member fails");
}

static aw_error *fail_in_group(void *arg, void **ret)
{
	aw_group *group = aw_group_open(NULL);

	aw_group_spawn(group, fail, NULL);
	drop(aw_group_close(&group, aw_sleep(AW_SEC(60))));
	return aw_sleep(NOT_FOR_LONG);
}

static aw_error *wait_for_slow(void *arg, void **ret)
{
	drop(aw_wait_for(aw_call(clean_up, NULL), aw_now() + AW_MS(5), NULL));
	return aw_sleep(NOT_FOR_LONG);
}

static aw_error *cancel_soon(aw_coro_fn *fn)
{
	aw_task *task = aw_spawn(fn, NULL);

	AW_TRY(aw_sleep(AW_MS(5)));
	aw_task_cancel(task, "enough");
	drop(aw_await(task, NULL));
	aw_task_unref(task);
	return NULL;
}

static aw_error *let_run(aw_coro_fn *fn)
{
	return aw_await(aw_call(fn, NULL), NULL);
}

static aw_error *case_swallowed(void)
{
	return cancel_soon(swallow);
}
static aw_error *case_goes_on(void)
{
	return cancel_soon(go_on);
}
static aw_error *case_fine_clean_up(void)
{
	return cancel_soon(clean_up);
}
static aw_error *case_fine_take_back(void)
{
	return cancel_soon(take_back);
}
static aw_error *case_fine_raise(void)
{
	return cancel_soon(raise_another);
}
static aw_error *case_fine_timeout(void)
{
	return let_run(time_out);
}
static aw_error *case_fine_group(void)
{
	return let_run(fail_in_group);
}
static aw_error *case_fine_wait_for(void)
{
	return let_run(wait_for_slow);
}

/* ---- errors of callbacks ---- */

static void fail_alone(void *arg)
{
	aw_callback_fail(aw_raise(aw_ValueError, "nobody's"));
}

static void handle(aw_loop *loop, const aw_unhandled *unhandled, void *arg)
{
	printf("handled: %s\n", aw_error_message(unhandled->error));
}

static aw_error *case_unhandled(void)
{
	aw_call_soon(fail_alone, NULL);
	return aw_sleep(AW_MS(10));
}

static aw_error *case_fine_handled(void)
{
	aw_error *err;

	aw_loop_set_exception_handler(aw_loop_current(), handle, NULL);
	err = case_unhandled();
	aw_loop_set_exception_handler(aw_loop_current(), NULL, NULL);
	return err;
}

/* ---- deadlocks ---- */

static aw_error *take_both(void *arg, void **ret)
{
	aw_lock *one = arg, *other = one == &first ? &second : &first;
	aw_error *err;

	AW_TRY(aw_lock_acquire(one));
	AW_TRY(aw_sleep(AW_MS(5)));
	err = aw_lock_acquire(other);
	if (err == NULL)
		err = aw_lock_release(other);
	return err != NULL ? (drop(aw_lock_release(one)), err) : aw_lock_release(one);
}

/* After a while, and to the end of the run: whoever waits for the locks gets a CancelledError. */
static aw_error *with_both(aw_coro_fn *fn, aw_lock *other)
{
	aw_task *tasks[2];

	tasks[0] = aw_spawn(fn, &first);
	tasks[1] = aw_spawn(fn, other);
	AW_TRY(aw_sleep(NOT_FOR_LONG));
	for (size_t i = 0; i < 2; i++) {
		aw_task_cancel(tasks[i], NULL);
		drop(aw_await(tasks[i], NULL));
		aw_task_unref(tasks[i]);
	}
	return NULL;
}

static aw_error *case_deadlock(void)
{
	return with_both(take_both, &second);
}
static aw_error *case_fine_same_order(void)
{
	return with_both(take_both, &first);
}

/* The main task waits, too: there is a circle, and nobody else. */
static aw_error *case_for_ever(void)
{
	aw_task *task = aw_spawn(take_both, &first), *other = aw_spawn(take_both, &second);

	printf("waiting\n");
	fflush(stdout);
	aw_task_unref(other);
	return aw_await(task, NULL);
}

static aw_error *take_both_in_time(void *arg, void **ret)
{
	aw_timeout *timeout = aw_timeout_open(aw_now() + NOT_FOR_LONG / 2);

	drop(aw_timeout_close(&timeout, take_both(arg, NULL)));
	return NULL;
}

static aw_error *case_fine_in_time(void)
{
	return with_both(take_both_in_time, &second);
}

/* The end of the run comes before anybody could have waited for long. */
static aw_error *wait_for(void *arg, void **ret)
{
	return aw_await(*(aw_task **)arg, NULL);
}

static aw_error *case_short_deadlock(void)
{
	static aw_task *tasks[2];

	tasks[0] = aw_spawn(wait_for, &tasks[1]);
	tasks[1] = aw_spawn(wait_for, &tasks[0]);
	AW_TRY(aw_sleep(AW_MS(20)));
	aw_task_unref(tasks[0]);
	aw_task_unref(tasks[1]);
	return NULL;
}

static aw_error *hold_on(void *arg, void **ret)
{
	return aw_sleep(NOT_FOR_LONG);
}

static aw_error *case_fine_ends_early(void)
{
	static aw_task *tasks[2];

	tasks[0] = aw_spawn(wait_for, &tasks[1]);
	tasks[1] = aw_spawn(hold_on, NULL);
	AW_TRY(aw_sleep(AW_MS(20)));
	aw_task_unref(tasks[0]);
	aw_task_unref(tasks[1]);
	return NULL;
}

static aw_error *hold_long(void *arg, void **ret)
{
	AW_TRY(aw_lock_acquire(arg));
	AW_TRY(aw_sleep(NOT_FOR_LONG / 2));
	return aw_lock_release(arg);
}

static aw_error *case_fine_slow_holder(void)
{
	return with_both(hold_long, &first);
}

static aw_error *forget_lock(void *arg, void **ret)
{
	return aw_lock_acquire(arg);
}

static aw_error *case_holder_ended(void)
{
	return with_both(forget_lock, &first);
}

static aw_error *want_first(void *arg, void **ret)
{
	AW_TRY(aw_lock_acquire(&first));
	return aw_lock_release(&first);
}

static aw_error *hold_and_group(void *arg, void **ret)
{
	aw_group *group;
	aw_error *err;

	AW_TRY(aw_lock_acquire(&first));
	group = aw_group_open(NULL);
	aw_group_spawn(group, want_first, NULL);
	err = aw_group_close(&group, NULL);
	drop(aw_lock_release(&first));
	return err;
}

static aw_error *case_group_deadlock(void)
{
	aw_task *task = aw_spawn(hold_and_group, NULL);

	AW_TRY(aw_sleep(NOT_FOR_LONG));
	aw_task_cancel(task, NULL);
	drop(aw_await(task, NULL));
	aw_task_unref(task);
	return NULL;
}

/* Nothing can wake them. Somebody has to end the program from outside. */
static aw_error *case_all_wait(void)
{
	printf("waiting\n");
	fflush(stdout);
	return aw_queue_get(&queue, NULL);
}

static void put_from_thread(void *loop)
{
	drop(aw_queue_put_nowait(&queue, NULL));
}

static void other_thread(void *loop)
{
	const struct timespec a_while = { .tv_nsec = 600000000 };

	nanosleep(&a_while, NULL);
	drop(aw_call_soon_threadsafe(loop, put_from_thread, NULL));
}

static aw_error *case_fine_thread_wakes(void)
{
	uv_thread_t thread;
	aw_error *err;

	uv_thread_create(&thread, other_thread, aw_loop_current());
	err = aw_queue_get(&queue, NULL);
	uv_thread_join(&thread);
	return err;
}

static aw_error *fail_in_thread(void *arg, void **ret)
{
	return aw_raise(aw_ValueError, "of a thread");
}

/* The pool's thread, which has taken a stack, is still there when the process ends. */
static aw_error *case_fine_thread_fails(void)
{
	drop(aw_to_thread(fail_in_thread, NULL, NULL));
	return NULL;
}

/* ---- orphans and leaks ---- */

static aw_error *sleep_long(void *arg, void **ret)
{
	return aw_sleep(NOT_FOR_LONG);
}

static aw_error *await_never(void *arg, void **ret)
{
	drop(aw_await(never, NULL));
	return NULL;
}

static aw_error *fire_and_forget(void *arg, void **ret)
{
	aw_task_unref(aw_spawn((aw_coro_fn *)sleep_long, NULL));
	return NULL;
}

static aw_error *fire_and_keep(void *arg, void **ret)
{
	kept = aw_spawn(arg != NULL ? await_never : sleep_long, NULL);
	return NULL;
}

static void hear_of_it(aw_task *task, void *arg)
{
	drop(aw_task_exception(task));
}

static aw_error *fire_and_be_told(void *arg, void **ret)
{
	aw_task *task = aw_spawn(sleep_long, NULL);

	drop(aw_task_add_done_callback(task, hear_of_it, NULL));
	aw_task_unref(task);
	return NULL;
}

static aw_error *in_a_task(aw_coro_fn *fn, void *arg)
{
	aw_task *task = aw_spawn(fn, arg);

	drop(aw_await(task, NULL));
	aw_task_unref(task);
	AW_TRY(aw_sleep(NOT_FOR_LONG));
	drop(aw_sleep(AW_MS(200)));
	if (kept != NULL) {
		aw_task_cancel(kept, NULL);
		drop(aw_await(kept, NULL));
		aw_task_unref(kept);
	}
	return NULL;
}

static aw_error *case_orphan(void)
{
	return in_a_task(fire_and_forget, NULL);
}
static aw_error *case_leaked(void)
{
	return in_a_task(fire_and_keep, AW_PTR(1));
}
static aw_error *case_fine_kept(void)
{
	return in_a_task(fire_and_keep, NULL);
}
static aw_error *case_fine_told(void)
{
	return in_a_task(fire_and_be_told, NULL);
}

static aw_error *case_fine_creator_lives(void)
{
	aw_task_unref(aw_spawn(sleep_long, NULL));
	return aw_sleep(NOT_FOR_LONG + AW_MS(100));
}

static aw_error *member_of(void *arg, void **ret)
{
	aw_group_spawn(arg, sleep_long, NULL);
	return NULL;
}

static aw_error *case_fine_member(void)
{
	aw_group *group = aw_group_open(NULL);

	aw_group_spawn(group, member_of, group);
	return aw_group_close(&group, NULL);
}

/* ---- more and more tasks ---- */

static aw_error *serve_for_ever(void *arg, void **ret)
{
	void *item;

	return aw_queue_get(&queue, &item);
}

static aw_error *request(aw_group *group, int count)
{
	for (int i = 0; i < count; i++)
		aw_group_spawn(group, serve_for_ever, NULL);
	return aw_sleep(AW_MS(100));
}

static aw_error *close_by_cancelling(aw_group **group)
{
	aw_error *err = aw_group_close(group, aw_raise(aw_ValueError, "enough"));

	return aw_error_is(err, aw_BaseExceptionGroup) ? aw_error_unref(err) : err;
}

/* A task for each request, and none of them ever ends. */
static aw_error *case_growing(void)
{
	aw_group *group = aw_group_open(NULL);

	for (int i = 0; i < 130; i++)
		AW_TRY(request(group, 5));
	return close_by_cancelling(&group);
}

/* As many, but they are all there soon. */
static aw_error *case_fine_pool(void)
{
	aw_group *group = aw_group_open(NULL);

	for (int i = 0; i < 90; i++)
		AW_TRY(request(group, i < 20 ? 20 : 0));
	return close_by_cancelling(&group);
}

/* ---- handles ---- */

static aw_error *serve(aw_stream *stream, void *arg)
{
	return aw_sleep(AW_MS(1));
}

static aw_error *open_both(aw_server **ret_server, aw_stream **ret_stream)
{
	AW_TRY(aw_server_start("127.0.0.1", 0, serve, NULL, ret_server));
	return aw_stream_connect("127.0.0.1", aw_server_port(*ret_server), ret_stream);
}

static aw_stream *open_stream;

static aw_error *case_unclosed(void)
{
	aw_server *server;

	AW_TRY(open_both(&server, &open_stream));
	return aw_sleep(AW_MS(20));
}

static aw_error *case_fine_closed(void)
{
	aw_server *server;
	aw_stream *stream;

	AW_TRY(open_both(&server, &stream));
	aw_server_stop(server);
	aw_stream_unref(stream);
	return aw_sleep(AW_MS(20));
}

/* ---- the processor ---- */

static void burn(uint64_t ns)
{
	const aw_ns end = aw_now() + ns;

	while (aw_now() < end)
		;
}

static aw_error *compute(void *arg, void **ret)
{
	const aw_ns end = aw_now() + NOT_FOR_LONG;

	while (aw_now() < end) {
		burn(AW_MS(1));
		AW_TRY(arg != NULL ? aw_sleep(AW_MS(3)) : aw_yield());
	}
	return NULL;
}

static aw_error *keep_quiet(void *arg, void **ret)
{
	aw_error_unref(aw_sleep(AW_MS(60000)));
	return NULL;
}

static aw_error *case_swallowed_group(void)
{
	aw_group *group = aw_group_open(NULL);

	aw_group_spawn(group, keep_quiet, NULL);
	aw_error_unref(aw_yield());
	aw_error_unref(aw_group_close(&group, aw_raise(aw_ValueError, NULL)));
	return NULL;
}

static aw_error *run_out(void *arg, void **ret)
{
	aw_timeout *timeout = aw_timeout_open(aw_now() + AW_MS(5));

	return aw_timeout_close(&timeout, aw_sleep(AW_MS(60000)));
}

static aw_error *case_fine_timed_out(void)
{
	aw_task *task = aw_spawn(run_out, NULL);
	aw_error *err = aw_await(task, NULL);
	const bool right = aw_error_is(err, aw_TimeoutError);

	aw_error_unref(err);
	aw_task_unref(task);
	return right ? NULL : aw_raise(aw_AssertionError, "no timeout");
}

static aw_error *case_busy(void)
{
	aw_task *task = aw_spawn(compute, NULL);
	aw_error *err = aw_await(task, NULL);

	aw_task_unref(task);
	return err;
}

static aw_error *case_fine_some_work(void)
{
	aw_task *task = aw_spawn(compute, AW_PTR(1));
	aw_error *err = aw_await(task, NULL);

	aw_task_unref(task);
	return err;
}

/* Two share the processor: none has most of it. */
static aw_error *case_fine_two_work(void)
{
	void *results[2];

	return aw_gather(results, aw_call(compute, NULL), aw_call(compute, NULL));
}

/* In the poll: what happens there is no iteration of the loop. */
static void hog(uv_async_t *async)
{
	const struct timespec nap = { .tv_sec = 1, .tv_nsec = 500000000 };

	drop(aw_future_set_result(async->data, NULL));
	nanosleep(&nap, NULL);
	uv_close((uv_handle_t *)async, NULL);
}

static aw_error *await_it(void *arg, void **ret)
{
	return aw_await((aw_future *)arg, NULL);
}

static aw_error *case_starved(void)
{
	static uv_async_t async;
	aw_future *ready = aw_future_create();
	aw_task *task = aw_spawn(await_it, ready);
	aw_error *err;

	AW_TRY(aw_sleep(AW_MS(10))); /* it waits by then */
	uv_async_init(aw_loop_uv(aw_loop_current()), &async, hog);
	async.data = ready;
	uv_async_send(&async);
	err = aw_await(task, NULL);
	aw_task_unref(task);
	aw_future_unref(ready);
	return err;
}

/* The loop itself is blocked: that is another finding. */
static aw_error *case_blocked(void)
{
	const struct timespec nap = { .tv_sec = 1, .tv_nsec = 500000000 };
	aw_task *task = aw_spawn(sleep_long, NULL);

	nanosleep(&nap, NULL);
	aw_task_cancel(task, NULL);
	drop(aw_await(task, NULL));
	aw_task_unref(task);
	return NULL;
}

/* ---- the start ---- */

static const struct {
	const char *name;
	aw_error *(*run)(void);
} cases[] = {
	{ "swallowed", case_swallowed },
	{ "goes-on", case_goes_on },
	{ "fine-clean-up", case_fine_clean_up },
	{ "fine-take-back", case_fine_take_back },
	{ "fine-raise", case_fine_raise },
	{ "fine-timeout", case_fine_timeout },
	{ "fine-group", case_fine_group },
	{ "fine-wait-for", case_fine_wait_for },
	{ "unhandled", case_unhandled },
	{ "fine-handled", case_fine_handled },
	{ "deadlock", case_deadlock },
	{ "short-deadlock", case_short_deadlock },
	{ "fine-ends-early", case_fine_ends_early },
	{ "for-ever", case_for_ever },
	{ "fine-same-order", case_fine_same_order },
	{ "fine-in-time", case_fine_in_time },
	{ "fine-slow-holder", case_fine_slow_holder },
	{ "holder-ended", case_holder_ended },
	{ "group-deadlock", case_group_deadlock },
	{ "all-wait", case_all_wait },
	{ "fine-thread-wakes", case_fine_thread_wakes },
	{ "fine-thread-fails", case_fine_thread_fails },
	{ "orphan", case_orphan },
	{ "leaked", case_leaked },
	{ "fine-kept", case_fine_kept },
	{ "fine-told", case_fine_told },
	{ "fine-creator-lives", case_fine_creator_lives },
	{ "fine-member", case_fine_member },
	{ "growing", case_growing },
	{ "fine-pool", case_fine_pool },
	{ "unclosed", case_unclosed },
	{ "fine-closed", case_fine_closed },
	{ "busy", case_busy },
	{ "swallowed-group", case_swallowed_group },
	{ "fine-timed-out", case_fine_timed_out },
	{ "fine-some-work", case_fine_some_work },
	{ "fine-two-work", case_fine_two_work },
	{ "starved", case_starved },
	{ "blocked", case_blocked },
};

static aw_error *amain(void *arg, void **ret)
{
	aw_error *err;

	aw_lock_init(&first);
	aw_lock_init(&second);
	aw_queue_init(&queue, 0);
	never = aw_future_create();
	err = ((aw_error * (*)(void)) arg)();
	aw_future_unref(never);
	aw_queue_finish(&queue);
	aw_lock_finish(&second);
	aw_lock_finish(&first);
	return err;
}

int main(int argc, char **argv)
{
	int status = 2;

	for (size_t i = 0; argc == 2 && i < sizeof(cases) / sizeof(cases[0]); i++)
		if (strcmp(cases[i].name, argv[1]) == 0)
			status = aw_exit_status(aw_run(amain, (void *)cases[i].run, NULL));
	aw_stream_unref(open_stream);
	return status;
}
