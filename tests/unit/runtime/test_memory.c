/* SPDX-License-Identifier: MIT */
/*
 * Runs of the runtime's functions with each allocation failing in turn: nothing leaks or crashes, every task ends,
 * and the result is a MemoryError or the usual one. tests/architecture/check_memory.py requires that each function
 * that allocates occurs here, in the other test_memory_*.c, test_error_memory.c, test_stream_memory.c,
 * test_tls_memory.c, or the tests of resilience.
 */
#include "tests/unit/runtime/memory_case.h"

#include <awry/with.h>

#include <pthread.h>
#include <uv.h>

static void nothing(void *arg)
{
}

/* ---- composition ---- */

static aw_error *compose(void *arg, void **ret)
{
	aw_context *context = aw_context_copy();
	aw_group *group = aw_group_open("group");
	aw_timeout *timeout = aw_timeout_open(AW_FOREVER);
	void *waited[2] = { aw_spawn(memory_turn, NULL), aw_spawn(memory_turn, NULL) };
	size_t done = 0;
	aw_error *err = aw_wait(waited, 2, AW_FIRST_COMPLETED, AW_FOREVER, &done);

	aw_group_create_task_with(group, aw_call(memory_turn, NULL),
				  AW_TASK_OPTS(.name = "named", .context = context));
	err = aw_raise_in(err, aw_shield(aw_call(memory_turn, NULL), NULL));
	err = aw_raise_in(err, aw_timeout_reschedule(timeout, aw_now() + AW_SEC(9)));
	err = aw_raise_in(err,
			  aw_gather(NULL, aw_call(memory_turn, NULL), aw_call(memory_turn, NULL)));
	for (int i = 0; i < 2; i++) {
		err = aw_raise_in(err, aw_await((aw_task *)waited[i], NULL));
		aw_task_unref(waited[i]);
	}
	err = aw_timeout_close(&timeout, err);
	aw_context_unref(context);
	return aw_group_close(&group, err);
}

static void compose_all(void)
{
	memory_run(compose, aw_MemoryError);
}

static void memory__ends_in_composition(void **state)
{
	memory_walk(compose_all, 15);
}

static aw_error *blocks(void *arg, void **ret)
{
	void *items[] = { aw_call(memory_turn, NULL), aw_call(memory_turn, NULL) };
	aw_lock lock;

	aw_lock_init(&lock);
	AW_WITH_TIMEOUT(limit, aw_now() + AW_SEC(9)) {
		AW_WITH_GROUP(group, "group") {
			aw_group_spawn(group, memory_turn, NULL);
			AW_WITH_LOCK(&lock)
				AW_TRY(aw_yield());
			AW_WITH_AS_COMPLETED(all, items, 2, AW_FOREVER)
				while (aw_as_completed_more(all))
					AW_TRY(aw_as_completed_next(all, NULL, NULL));
		}
	}
	AW_RETURN(NULL);
}

static void run_blocks(void)
{
	memory_run(blocks, aw_MemoryError);
}

static void memory__ends_in_blocks(void **state)
{
	memory_walk(run_blocks, 8);
}

/* Scopes that the task leaves open, and that are closed at its end. */
static aw_error *leave_open(void *arg, void **ret)
{
	aw_group *group = aw_group_open("group");

	aw_timeout_open(aw_now() + AW_SEC(9));
	aw_group_spawn(group, memory_turn, NULL);
	return aw_raise(aw_ValueError, "left");
}

static void run_leave_open(void)
{
	memory_run(leave_open, aw_ValueError);
}

static void memory__ends_in_scopes_left_open(void **state)
{
	memory_walk(run_leave_open, 4);
}

/* ---- callbacks ---- */

static void on_task(aw_task *task, void *arg)
{
}

static void on_future(aw_future *future, void *arg)
{
}

static aw_error *call_back(void *arg, void **ret)
{
	aw_context *context = aw_context_copy();
	aw_task *task = aw_spawn(memory_turn, NULL);
	aw_future *future = aw_future_create();
	aw_error *err = aw_task_add_done_callback(task, on_task, NULL);

	aw_task_set_name(task, "a name");
	err = aw_raise_in(err, aw_future_add_done_callback(future, on_future, NULL));
	aw_call_at(aw_now() + AW_MS(1), nothing, NULL);
	aw_call_soon_in(context, nothing, NULL);
	err = aw_raise_in(err, aw_call_soon_threadsafe(aw_loop_current(), nothing, NULL));
	if (future != NULL)
		err = aw_raise_in(err, aw_future_set_error(future, aw_raise(aw_KeyError, "%d", 1)));
	err = aw_raise_in(err, aw_await(future, NULL));
	err = aw_raise_in(err, aw_await(task, NULL));
	aw_future_unref(future);
	aw_task_unref(task);
	aw_context_unref(context);
	return err;
}

static void call_back_all(void)
{
	memory_run(call_back, aw_KeyError);
}

static void memory__ends_among_callbacks(void **state)
{
	memory_walk(call_back_all, 12);
}

/* ---- contexts ---- */

static const aw_var var = AW_VAR("var", .otherwise = NULL);
static aw_error *set_error;

static void set_inside(void *arg)
{
	set_error = aw_var_set(&var, text("inside"), NULL);
}

static aw_error *use_context(void *arg, void **ret)
{
	aw_token *token = NULL;
	aw_context *context;
	aw_error *err = aw_var_set(&var, text("outside"), &token);

	context = aw_context_copy();
	set_error = NULL;
	err = aw_raise_in(err, aw_context_run(context, set_inside, NULL));
	err = aw_raise_in(err, set_error);
	if (err == NULL && strcmp(aw_context_get(context, &var), "inside") != 0)
		err = aw_raise(aw_AssertionError, "what was set is not there");
	if (err == NULL)
		err = aw_var_reset(&var, &token);
	aw_token_destroy(token);
	aw_context_unref(context);
	return err;
}

static void use_contexts(void)
{
	memory_run(use_context, aw_MemoryError);
}

static void memory__ends_in_a_context(void **state)
{
	memory_walk(use_contexts, 10);
}

/* ---- locks and queues, with waiters ---- */

static aw_lock lock;
static aw_condition condition;
static aw_semaphore semaphore;
static aw_barrier barrier;
static aw_queue queue;
static aw_event event;

static aw_error *wait_for_all(void *arg, void **ret)
{
	void *item;

	AW_TRY(aw_event_wait(&event));
	AW_TRY(aw_semaphore_acquire(&semaphore));
	AW_TRY(aw_semaphore_release(&semaphore));
	AW_TRY(aw_queue_get(&queue, &item));
	AW_TRY(aw_queue_task_done(&queue));
	AW_TRY(aw_condition_acquire(&condition));
	AW_TRY(aw_condition_notify_all(&condition));
	AW_TRY(aw_condition_release(&condition));
	return aw_barrier_wait(&barrier, NULL);
}

static aw_error *synchronize(void *arg, void **ret)
{
	AW_TRY(aw_semaphore_acquire(&semaphore));
	aw_event_set(&event);
	AW_TRY(aw_yield());
	AW_TRY(aw_semaphore_release(&semaphore));
	AW_TRY(aw_condition_acquire(&condition));
	AW_TRY(aw_queue_put(&queue, NULL));
	AW_TRY(aw_queue_put(&queue, NULL));
	AW_TRY(aw_condition_wait(&condition));
	AW_TRY(aw_condition_release(&condition));
	return aw_barrier_wait(&barrier, NULL);
}

static aw_error *use_sync(void *arg, void **ret)
{
	aw_group *group;
	aw_error *err;

	aw_lock_init(&lock);
	aw_event_init(&event);
	aw_condition_init(&condition, &lock);
	aw_queue_init(&queue, 1);
	err = aw_semaphore_init(&semaphore, 1);
	err = aw_raise_in(err, aw_barrier_init(&barrier, 2));
	group = aw_group_open(NULL);
	aw_group_spawn(group, wait_for_all, NULL);
	aw_group_spawn(group, synchronize, NULL);
	err = aw_group_close(&group, err);
	aw_queue_finish(&queue);
	aw_barrier_finish(&barrier);
	aw_semaphore_finish(&semaphore);
	aw_condition_finish(&condition);
	aw_event_finish(&event);
	aw_lock_finish(&lock);
	return err;
}

static void use_all_sync(void)
{
	memory_run(use_sync, aw_MemoryError);
}

static void memory__ends_with_waiters(void **state)
{
	memory_walk(use_all_sync, 6);
}

/* ---- another thread ---- */

static void *from_outside(void *arg)
{
	aw_remote *remote = aw_run_threadsafe(arg, aw_call(memory_turn, NULL));
	aw_error *err = aw_remote_wait(remote, AW_FOREVER, NULL);

	aw_remote_unref(remote);
	return err;
}

static aw_error *join(void *arg, void **ret)
{
	pthread_t thread;
	void *err = NULL;

	if (pthread_create(&thread, NULL, from_outside, arg) != 0)
		return aw_raise(aw_RuntimeError, "no thread");
	pthread_join(thread, &err);
	return err;
}

static aw_error *be_remote(void *arg, void **ret)
{
	return aw_to_thread(join, aw_loop_current(), NULL);
}

static void be_remote_all(void)
{
	memory_run(be_remote, aw_MemoryError);
}

static void memory__ends_between_threads(void **state)
{
	runtime_case_real_clock();
	memory_walk(be_remote_all, 5);
}

/* ---- a program's own libuv loop ---- */

static void borrow_loop(void)
{
	aw_loop *loop = NULL;
	aw_error *err;
	uv_loop_t uv;

	assert_int_equal(uv_loop_init(&uv), 0);
	err = aw_loop_from_uv(&uv, NULL, &loop);
	if (err == NULL) {
		aw_task_unref(aw_spawn(memory_turn, NULL));
		uv_run(&uv, UV_RUN_DEFAULT);
		aw_loop_close(loop);
	}
	assert_true(err == NULL || aw_error_is(err, aw_MemoryError));
	aw_error_unref(err);
	uv_run(&uv, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&uv), 0);
}

static void memory__ends_in_a_foreign_loop(void **state)
{
	memory_walk(borrow_loop, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case(memory__ends_in_composition),
		runtime_case_recorded(memory__ends_in_composition),
		runtime_case_recorded(memory__ends_in_blocks),
		runtime_case_recorded(memory__ends_in_scopes_left_open),
		runtime_case(memory__ends_among_callbacks),
		runtime_case(memory__ends_in_a_context),
		runtime_case(memory__ends_with_waiters),
		runtime_case_recorded(memory__ends_with_waiters),
		runtime_case(memory__ends_between_threads),
		runtime_case(memory__ends_in_a_foreign_loop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
