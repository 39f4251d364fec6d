/* SPDX-License-Identifier: MIT */
/* Cases of flow-findings: tasks that wait for each other, or for something that never comes. */
#include "findings.h"

#include <stdio.h>
#include <time.h>
#include <uv.h>

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

/* Runs two tasks, and cancels them after a while, so that a deadlock of them ends. */
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

aw_error *case_deadlock(void)
{
	return with_both(take_both, &second);
}
aw_error *case_fine_same_order(void)
{
	return with_both(take_both, &first);
}

/* The main task waits, too, so all tasks are blocked by the cycle. */
aw_error *case_for_ever(void)
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

aw_error *case_fine_in_time(void)
{
	return with_both(take_both_in_time, &second);
}

/* The run ends before the tasks have waited for long. */
static aw_error *wait_for(void *arg, void **ret)
{
	return aw_await(*(aw_task **)arg, NULL);
}

aw_error *case_short_deadlock(void)
{
	static aw_task *tasks[2];

	tasks[0] = aw_spawn(wait_for, &tasks[1]);
	tasks[1] = aw_spawn(wait_for, &tasks[0]);
	AW_TRY(aw_sleep(AW_MS(20)));
	aw_task_unref(tasks[0]);
	aw_task_unref(tasks[1]);
	return NULL;
}

aw_error *case_fine_ends_early(void)
{
	static aw_task *tasks[2];

	tasks[0] = aw_spawn(wait_for, &tasks[1]);
	tasks[1] = aw_spawn(sleep_long, NULL);
	AW_TRY(aw_sleep(AW_MS(20)));
	aw_task_unref(tasks[0]);
	aw_task_unref(tasks[1]);
	return NULL;
}

static aw_error *hold_long(void *arg, void **ret)
{
	AW_TRY(aw_lock_acquire(arg));
	AW_TRY(aw_sleep(NOT_FOR_LONG * 2 / 5)); /* so both tasks end before they are cancelled */
	return aw_lock_release(arg);
}

aw_error *case_fine_slow_holder(void)
{
	return with_both(hold_long, &first);
}

static aw_error *forget_lock(void *arg, void **ret)
{
	return aw_lock_acquire(arg);
}

aw_error *case_holder_ended(void)
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

aw_error *case_group_deadlock(void)
{
	aw_task *task = aw_spawn(hold_and_group, NULL);

	AW_TRY(aw_sleep(NOT_FOR_LONG));
	aw_task_cancel(task, NULL);
	drop(aw_await(task, NULL));
	aw_task_unref(task);
	return NULL;
}

/* Nothing can wake the tasks: the test has to kill the program. */
aw_error *case_all_wait(void)
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

aw_error *case_fine_thread_wakes(void)
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

/* The pool's thread, which owns a stack, still exists when the process ends. */
aw_error *case_fine_thread_fails(void)
{
	drop(aw_to_thread(fail_in_thread, NULL, NULL));
	return NULL;
}
