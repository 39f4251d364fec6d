/* SPDX-License-Identifier: MIT */
/* Cases of flow-findings: tasks that use most of the processor, and tasks that get none. */
#include "findings.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

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

aw_error *case_busy(void)
{
	aw_task *task = aw_spawn(compute, NULL);
	aw_error *err = aw_await(task, NULL);

	aw_task_unref(task);
	return err;
}

aw_error *case_fine_some_work(void)
{
	aw_task *task = aw_spawn(compute, AW_PTR(1));
	aw_error *err = aw_await(task, NULL);

	aw_task_unref(task);
	return err;
}

/* Two tasks share the processor: neither has most of it. */
aw_error *case_fine_two_work(void)
{
	void *results[2];

	return aw_gather(results, aw_call(compute, NULL), aw_call(compute, NULL));
}

/* Runs in libuv's poll, which is not part of an iteration. */
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

aw_error *case_starved(void)
{
	static uv_async_t async;
	aw_future *ready = aw_future_create();
	aw_task *task = aw_spawn(await_it, ready);
	aw_error *err;

	AW_TRY(aw_sleep(AW_MS(10))); /* by then the task waits */
	uv_async_init(aw_loop_uv(aw_loop_current()), &async, hog);
	async.data = ready;
	uv_async_send(&async);
	err = aw_await(task, NULL);
	aw_task_unref(task);
	aw_future_unref(ready);
	return err;
}

/* The loop itself is blocked, which is another finding. */
aw_error *case_blocked(void)
{
	const struct timespec nap = { .tv_sec = 1, .tv_nsec = 500000000 };
	aw_task *task = aw_spawn(sleep_long, NULL);

	nanosleep(&nap, NULL);
	aw_task_cancel(task, NULL);
	drop(aw_await(task, NULL));
	aw_task_unref(task);
	return NULL;
}
