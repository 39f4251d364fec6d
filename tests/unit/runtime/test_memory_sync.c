/* SPDX-License-Identifier: MIT */
/*
 * Failing allocations in locks and queues that are misused, broken and cancelled: they stay consistent, whether
 * there was memory for the error or not.
 */
#include "tests/unit/runtime/memory_case.h"

/* ---- releases without an acquire ---- */

static void misuse_lock(void)
{
	aw_condition condition;
	aw_lock lock;

	aw_lock_init(&lock);
	aw_condition_init(&condition, &lock);
	memory_expect(aw_lock_release(&lock), aw_RuntimeError);
	memory_expect(aw_condition_release(&condition), aw_RuntimeError);
	memory_expect(aw_condition_notify(&condition, 1), aw_RuntimeError);
	memory_expect(aw_condition_notify_all(&condition), aw_RuntimeError);
	memory_expect(aw_condition_wait(&condition), aw_RuntimeError);
	assert_false(aw_lock_locked(&lock));
	aw_condition_finish(&condition);
	aw_lock_finish(&lock);
}

static void misuse_semaphore(void)
{
	aw_semaphore semaphore;
	aw_barrier barrier;
	aw_error *err;

	err = aw_bounded_semaphore_init(&semaphore, -1);
	assert_non_null(err);
	memory_expect(err, aw_ValueError);
	err = aw_barrier_init(&barrier, 0);
	assert_non_null(err);
	memory_expect(err, aw_ValueError);
	assert_null(aw_bounded_semaphore_init(&semaphore, 1));
	err = aw_semaphore_release(&semaphore);
	assert_non_null(err);
	memory_expect(err, aw_ValueError);
	assert_false(aw_semaphore_locked(&semaphore));
	aw_semaphore_finish(&semaphore);
}

static int by_address(void *a, void *b, void *arg)
{
	return (a > b) - (a < b);
}

static void overfill(aw_queue *queue)
{
	void *item = NULL;
	aw_error *err = aw_queue_get_nowait(queue, &item);

	assert_non_null(err);
	memory_expect(err, aw_QueueEmpty);
	err = aw_queue_put_nowait(queue, queue);
	if (err == NULL) {
		err = aw_queue_put_nowait(queue, queue);
		assert_non_null(err);
		memory_expect(err, aw_QueueFull);
		assert_null(aw_queue_get_nowait(queue, &item));
		assert_ptr_equal(item, queue);
		err = aw_queue_task_done(queue);
	}
	memory_expect(err, aw_MemoryError);
	assert_true(aw_queue_empty(queue));
	err = aw_queue_task_done(queue);
	assert_non_null(err);
	memory_expect(err, aw_ValueError);
	aw_queue_finish(queue);
}

static aw_error *misuse(void *arg, void **ret)
{
	aw_queue queue;

	misuse_lock();
	misuse_semaphore();
	aw_queue_init(&queue, 1);
	overfill(&queue);
	aw_lifo_queue_init(&queue, 1);
	overfill(&queue);
	aw_priority_queue_init(&queue, 1, by_address, NULL);
	overfill(&queue);
	return NULL;
}

static void misuse_all(void)
{
	memory_run(misuse, aw_MemoryError);
}

static void memory__ends_in_misuse(void **state)
{
	memory_walk(misuse_all, 20);
}

/* ---- waiters are cancelled ---- */

static aw_lock lock;
static aw_queue queue;

static aw_error *wait_for_lock(void *arg, void **ret)
{
	AW_TRY(aw_lock_acquire(&lock));
	return aw_lock_release(&lock);
}

static aw_error *wait_for_queue(void *arg, void **ret)
{
	return aw_queue_join(&queue);
}

/* Cancel a task that waits. Afterwards it is done, and the line of waiters is empty. */
static aw_error *cancel(aw_coro_fn *fn)
{
	aw_task *task = aw_spawn(fn, NULL);
	aw_error *err = aw_yield();

	if (task != NULL)
		aw_task_cancel(task, "a message");
	if (task != NULL)
		memory_expect(aw_await_task(task, NULL), aw_CancelledError);
	aw_task_unref(task);
	return err;
}

static aw_error *cancel_each(void *arg, void **ret)
{
	aw_error *err;

	aw_lock_init(&lock);
	aw_queue_init(&queue, 0);
	err = aw_lock_acquire(&lock);
	err = aw_raise_in(err, cancel(wait_for_lock));
	assert_null(aw_lock_release(&lock));
	err = aw_raise_in(err, aw_queue_put_nowait(&queue, NULL));
	err = aw_raise_in(err, cancel(wait_for_queue));
	aw_queue_finish(&queue);
	aw_lock_finish(&lock);
	return err;
}

static void cancel_all(void)
{
	memory_run(cancel_each, aw_MemoryError);
}

static void memory__ends_while_waiters_are_cancelled(void **state)
{
	memory_walk(cancel_all, 6);
}

/* ---- a barrier breaks ---- */

static aw_barrier barrier;
static aw_condition condition;
static bool said;

static aw_error *meet(void *arg, void **ret)
{
	return aw_barrier_wait(&barrier, NULL);
}

static bool was_said(void *arg)
{
	return said;
}

static aw_error *hear(void *arg, void **ret)
{
	aw_error *err;

	AW_TRY(aw_condition_acquire(&condition));
	err = aw_condition_wait_for(&condition, was_said, NULL);
	return aw_raise_in(err, aw_condition_release(&condition));
}

/* Let a task wait at the barrier, and break the barrier by `how`. */
static aw_error *shatter(aw_error *(*how)(aw_barrier *barrier))
{
	aw_task *task = aw_spawn(meet, NULL);
	aw_error *err = aw_yield();

	err = aw_raise_in(err, how(&barrier));
	if (task != NULL) {
		aw_error *broken = aw_await_task(task, NULL);

		assert_non_null(broken);
		memory_expect(broken, aw_BrokenBarrierError);
	}
	aw_task_unref(task);
	return err;
}

static aw_error *say(void)
{
	aw_task *task = aw_spawn(hear, NULL);
	aw_error *err = aw_yield();

	AW_TRY(aw_raise_in(err, aw_condition_acquire(&condition)));
	said = true;
	err = aw_condition_notify(&condition, 1);
	err = aw_raise_in(err, aw_condition_release(&condition));
	if (task != NULL)
		err = aw_raise_in(err, aw_await_task(task, NULL));
	aw_task_unref(task);
	return err;
}

static aw_error *break_each(void *arg, void **ret)
{
	aw_error *err;

	said = false;
	aw_condition_init(&condition, NULL);
	assert_null(aw_barrier_init(&barrier, 2));
	err = shatter(aw_barrier_abort);
	err = aw_raise_in(err, aw_barrier_reset(&barrier));
	err = aw_raise_in(err, shatter(aw_barrier_reset));
	err = aw_raise_in(err, say());
	aw_barrier_finish(&barrier);
	aw_condition_finish(&condition);
	return err;
}

static void break_all(void)
{
	memory_run(break_each, aw_MemoryError);
}

static void memory__ends_while_a_barrier_breaks(void **state)
{
	memory_walk(break_all, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case(memory__ends_in_misuse),
		runtime_case_recorded(memory__ends_in_misuse),
		runtime_case(memory__ends_while_waiters_are_cancelled),
		runtime_case_recorded(memory__ends_while_waiters_are_cancelled),
		runtime_case(memory__ends_while_a_barrier_breaks),
		runtime_case_recorded(memory__ends_while_a_barrier_breaks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
