/* SPDX-License-Identifier: MIT */
/*
 * Tests of locks, events, conditions, semaphores and barriers that the oracle's pairs cannot cover: hooks, loops
 * that close, and behaviour that CPython fixed after 3.11.
 */
#include "tests/unit/runtime/runtime_case.h"

#include <awry/sync.h>
#include <uv.h>

/* ------------------------------------------------------------------------------------------------
 * Hooks: waits, owners and wake-ups
 */

static aw_error *lock_it(void *arg, void **ret)
{
	return aw_lock_acquire(arg);
}

static aw_error *get_it(void *arg, void **ret)
{
	return aw_queue_get(arg, ret);
}

static aw_error *take_it(void *arg, void **ret)
{
	return aw_semaphore_acquire(arg);
}

static aw_error *see_it(void *arg, void **ret)
{
	return aw_event_wait(arg);
}

static aw_error *pass_it(void *arg, void **ret)
{
	return aw_barrier_wait(arg, NULL);
}

/* Let fn(object) wait, return the target of its wait, and cancel it. */
static aw_error *watch(aw_coro_fn *fn, void *object, uint64_t *ret_target)
{
	aw_task *task = aw_spawn(fn, object);

	AW_TRY(aw_yield());
	*ret_target = agent_probe_target;
	aw_task_cancel(task, NULL);
	aw_error_unref(aw_await(task, NULL));
	aw_task_unref(task);
	return NULL;
}

static aw_error *watch_all(void *arg, void **ret)
{
	uint64_t *targets = arg;
	aw_semaphore semaphore;
	aw_barrier barrier;
	aw_queue queue;
	aw_event event;
	aw_lock lock;

	aw_lock_init(&lock);
	AW_TRY(aw_lock_acquire(&lock));
	aw_queue_init(&queue, 0);
	aw_event_init(&event);
	AW_TRY(aw_semaphore_init(&semaphore, 0));
	AW_TRY(aw_barrier_init(&barrier, 2));
	AW_TRY(watch(lock_it, &lock, &targets[0]));
	AW_TRY(watch(lock_it, &lock, &targets[1]));
	AW_TRY(watch(get_it, &queue, &targets[2]));
	AW_TRY(watch(take_it, &semaphore, &targets[3]));
	AW_TRY(watch(see_it, &event, &targets[4]));
	AW_TRY(watch(pass_it, &barrier, &targets[5]));
	aw_lock_finish(&lock);
	aw_queue_finish(&queue);
	aw_event_finish(&event);
	aw_semaphore_finish(&semaphore);
	aw_barrier_finish(&barrier);
	return NULL;
}

static void sync__records_the_target_of_a_wait(void **state)
{
	uint64_t targets[6] = { 0 };

	run_ok(watch_all, targets);
	assert_true(agent_probe_in_order("wait 2 lock", "wait 3 lock", "wait 4 queue",
					 "wait 5 lock", "wait 6 event", "wait 7 condition", NULL));
	assert_int_not_equal(targets[0], 0);
	assert_int_equal(targets[0], targets[1]);
	for (int i = 1; i < 5; i++)
		for (int j = i + 1; j < 6; j++)
			assert_int_not_equal(targets[i], targets[j]);
}

/* A task waits for a lock that the caller holds and that `releaser` releases. */
static aw_error *hand_on(aw_lock *lock, aw_coro_fn *releaser)
{
	aw_task *waiter = aw_spawn(lock_it, lock), *task;

	AW_TRY(aw_yield());
	task = aw_spawn(releaser, lock);
	AW_TRY(aw_await(task, NULL));
	AW_TRY(aw_await(waiter, NULL));
	aw_task_unref(task);
	aw_task_unref(waiter);
	return aw_lock_release(lock);
}

static aw_error *release_it(void *arg, void **ret)
{
	return aw_lock_release(arg);
}

/* Not inlined, so that each round of a loop acquires the lock at the same address. */
__attribute__((noinline)) static aw_error *take_lock(aw_lock *lock)
{
	AW_TRY(aw_lock_acquire(lock));
	return NULL;
}

/* Task 1 takes the lock, and task 3 releases it; in the second round, task 5. */
static aw_error *release_elsewhere(void *arg, void **ret)
{
	aw_lock lock;

	aw_lock_init(&lock);
	for (int i = 0; i < 2; i++) {
		AW_TRY(take_lock(&lock));
		AW_TRY(hand_on(&lock, release_it));
	}
	aw_lock_finish(&lock);
	return NULL;
}

static void sync__records_no_owner_where_others_release(void **state)
{
	run_ok(release_elsewhere, NULL);
	assert_int_equal(agent_probe_count("held by 1"), 1);
}

static aw_error *release_here(void *arg, void **ret)
{
	aw_lock lock;

	aw_lock_init(&lock);
	for (int i = 0; i < 2; i++) {
		aw_task *waiter;

		AW_TRY(aw_lock_acquire(&lock));
		waiter = aw_spawn(lock_it, &lock);
		AW_TRY(aw_yield());
		AW_TRY(aw_lock_release(&lock));
		AW_TRY(aw_await(waiter, NULL));
		aw_task_unref(waiter);
		AW_TRY(aw_lock_release(&lock));
	}
	aw_lock_finish(&lock);
	return NULL;
}

static void sync__records_an_owner_that_releases(void **state)
{
	run_ok(release_here, NULL);
	assert_int_equal(agent_probe_count("held by 1"), 2);
}

static aw_error *wake_one(void *arg, void **ret)
{
	aw_task *task;
	aw_lock lock;

	aw_lock_init(&lock);
	AW_TRY(aw_lock_acquire(&lock));
	task = aw_spawn(lock_it, &lock);
	AW_TRY(aw_yield());
	AW_TRY(aw_lock_release(&lock));
	AW_TRY(aw_await(task, NULL));
	aw_task_unref(task);
	aw_lock_finish(&lock);
	return NULL;
}

static void sync__records_which_task_woke_another(void **state)
{
	run_ok(wake_one, NULL);
	assert_true(agent_probe_in_order("wait 2 lock", "wake 2 by 1", "step 2", "done 2 result",
					 NULL));
}

/* ------------------------------------------------------------------------------------------------
 * Loops that close
 */

static void sync__outlives_a_loop_that_closes(void **state)
{
	aw_loop *loop = NULL;
	aw_lock lock;
	uv_loop_t uv;

	runtime_case_real_clock();
	aw_lock_init(&lock);
	uv_loop_init(&uv);
	assert_null(aw_loop_from_uv(&uv, NULL, &loop));
	aw_task_unref(aw_spawn(lock_it, &lock));
	aw_task_unref(aw_spawn(lock_it, &lock));
	aw_task_unref(aw_spawn(lock_it, &lock));
	assert_int_equal(uv_run(&uv, UV_RUN_DEFAULT), 0);
	aw_loop_close(loop);
	uv_run(&uv, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&uv), 0);
	assert_int_equal(agent_probe_count("done 1 result"), 1);
	assert_int_equal(agent_probe_count("pending 2"), 1);
	assert_int_equal(agent_probe_count("pending 3"), 1);
	assert_null(aw_lock_release(&lock));
	assert_false(aw_lock_locked(&lock));
	aw_lock_finish(&lock);
}

/* ------------------------------------------------------------------------------------------------
 * Callbacks cannot wait, but may wake tasks
 */

static void set(void *arg)
{
	aw_event_set(arg);
}

static aw_error *woken_by_callback(void *arg, void **ret)
{
	aw_event event;

	aw_event_init(&event);
	aw_call_later(AW_SEC(1), set, &event);
	AW_TRY(aw_event_wait(&event));
	trace("%d", aw_event_is_set(&event));
	aw_event_finish(&event);
	return NULL;
}

static void event__is_set_by_a_callback(void **state)
{
	run_ok(woken_by_callback, NULL);
	assert_string_equal(trace_text(), "1");
}

/* ------------------------------------------------------------------------------------------------
 * Behaviour that CPython fixed after 3.11
 */

struct member {
	aw_condition *condition;
	const char *name;
};

static aw_error *notified(void *arg, void **ret)
{
	const struct member *me = arg;
	aw_error *err;

	AW_TRY(aw_condition_acquire(me->condition));
	err = aw_condition_wait(me->condition);
	trace("%s:%s:%d", me->name, aw_error_name(err), aw_condition_locked(me->condition));
	return aw_raise_in(err, aw_condition_release(me->condition));
}

/* Notify one of three; cancel two of them in the same step. */
static aw_error *notify_and_cancel(void *arg, void **ret)
{
	aw_condition condition;
	struct member members[3] = { { &condition, "a" },
				     { &condition, "b" },
				     { &condition, "c" } };
	aw_task *tasks[3];

	aw_condition_init(&condition, NULL);
	for (int i = 0; i < 3; i++)
		tasks[i] = aw_spawn(notified, &members[i]);
	AW_TRY(aw_yield());
	AW_TRY(aw_condition_acquire(&condition));
	AW_TRY(aw_condition_notify(&condition, 1));
	aw_task_cancel(tasks[0], NULL);
	aw_task_cancel(tasks[1], NULL);
	AW_TRY(aw_condition_release(&condition));
	for (int i = 0; i < 3; i++) {
		aw_error_unref(aw_await(tasks[i], NULL));
		aw_task_unref(tasks[i]);
	}
	trace("%d", aw_condition_locked(&condition));
	aw_condition_finish(&condition);
	return NULL;
}

static void condition__passes_a_notification_on(void **state)
{
	run_ok(notify_and_cancel, NULL);
	assert_string_equal(trace_text(), "a:CancelledError:1 b:CancelledError:1 c::1 0");
}

static aw_error *twice_cancelled(void *arg, void **ret)
{
	aw_condition *condition = arg;
	aw_error *err;

	AW_TRY(aw_condition_acquire(condition));
	err = aw_condition_wait(condition);
	trace("%s", aw_error_message(err));
	trace("%s", aw_error_message(aw_error_context(err)));
	return aw_raise_in(err, aw_condition_release(condition));
}

static aw_error *cancel_twice(void *arg, void **ret)
{
	aw_condition condition;
	aw_task *task;

	aw_condition_init(&condition, NULL);
	task = aw_spawn(twice_cancelled, &condition);
	AW_TRY(aw_yield());
	AW_TRY(aw_condition_acquire(&condition));
	aw_task_cancel(task, "first");
	AW_TRY(aw_yield());
	aw_task_cancel(task, "second");
	AW_TRY(aw_yield());
	trace("%d", aw_task_done(task));
	AW_TRY(aw_condition_release(&condition));
	trace_error(aw_await(task, NULL));
	aw_task_unref(task);
	aw_condition_finish(&condition);
	return NULL;
}

static void condition__raises_the_latest_cancellation(void **state)
{
	run_ok(cancel_twice, NULL);
	assert_string_equal(trace_text(), "0 second first CancelledError(second)");
}

struct taker {
	aw_semaphore *semaphore;
	const char *name;
};

static aw_error *taker(void *arg, void **ret)
{
	const struct taker *me = arg;

	AW_TRY(aw_semaphore_acquire(me->semaphore));
	trace("%s", me->name);
	return NULL;
}

/* Two tasks wait behind one that was woken, while there are permits for all. One iteration after
 * that one has run, both have theirs. */
static aw_error *release_many(void *arg, void **ret)
{
	aw_semaphore semaphore;
	struct taker takers[3] = { { &semaphore, "a" }, { &semaphore, "b" }, { &semaphore, "c" } };
	aw_task *tasks[3];

	AW_TRY(aw_semaphore_init(&semaphore, 0));
	tasks[0] = aw_spawn(taker, &takers[0]);
	AW_TRY(aw_yield());
	tasks[1] = aw_spawn(taker, &takers[1]);
	tasks[2] = aw_spawn(taker, &takers[2]);
	for (int i = 0; i < 3; i++)
		AW_TRY(aw_semaphore_release(&semaphore));
	trace("%d", aw_semaphore_locked(&semaphore));
	AW_TRY(aw_yield());
	trace("|");
	AW_TRY(aw_yield());
	trace("|");
	for (int i = 0; i < 3; i++) {
		AW_TRY(aw_await(tasks[i], NULL));
		aw_task_unref(tasks[i]);
	}
	trace("%d", aw_semaphore_locked(&semaphore));
	aw_semaphore_finish(&semaphore);
	return NULL;
}

static void semaphore__gives_all_shares_at_once(void **state)
{
	run_ok(release_many, NULL);
	assert_string_equal(trace_text(), "1 a | b c | 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case_recorded(sync__records_the_target_of_a_wait),
		runtime_case_recorded(sync__records_no_owner_where_others_release),
		runtime_case_recorded(sync__records_an_owner_that_releases),
		runtime_case_recorded(sync__records_which_task_woke_another),
		runtime_case_recorded(sync__outlives_a_loop_that_closes),
		runtime_case(event__is_set_by_a_callback),
		runtime_case(condition__passes_a_notification_on),
		runtime_case(condition__raises_the_latest_cancellation),
		runtime_case(semaphore__gives_all_shares_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
