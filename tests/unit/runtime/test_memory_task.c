/* SPDX-License-Identifier: MIT */
/* Failing allocations while tasks and futures are misused, and while callbacks fail. */
#include "tests/unit/runtime/memory_case.h"

#include <unistd.h>

/* Runs the walk with stderr discarded: these tests do not check it. */
static void walk_quietly(void (*story)(void), int at_least)
{
	int kept = dup(STDERR_FILENO);

	assert_non_null(freopen("/dev/null", "w", stderr));
	memory_walk(story, at_least);
	fflush(stderr);
	dup2(kept, STDERR_FILENO);
	close(kept);
}

/* ---- awaiting ---- */

static void set_it(void *arg)
{
	aw_error_unref(aw_future_set_result(arg, arg));
}

static aw_error *await_future(void)
{
	aw_future *future = aw_future_create();
	aw_callback *callback = future != NULL ? aw_call_soon(set_it, future) : NULL;
	aw_error *err;

	if (future != NULL && callback == NULL)
		set_it(future);
	err = aw_await_future(future, NULL);
	aw_future_unref(future);
	return err;
}

static aw_error *await_each(void *arg, void **ret)
{
	aw_task *task = aw_task_create(aw_call(memory_turn, NULL));
	aw_error *err = aw_await_coro(aw_call(memory_turn, NULL), NULL);

	err = aw_raise_in(err, aw_await_task(task, NULL));
	err = aw_raise_in(err, await_future());
	err = aw_raise_in(err, aw_sleep_until(aw_now() + AW_MS(1)));
	aw_task_unref(task);
	return err;
}

static void await_all(void)
{
	memory_run(await_each, aw_MemoryError);
}

static void memory__ends_in_awaiting(void **state)
{
	memory_walk(await_all, 6);
}

/* ---- queries ---- */

static void on_task(aw_task *task, void *arg)
{
}

static void on_future(aw_future *future, void *arg)
{
}

static aw_error *ask_task(aw_task *task)
{
	aw_error *err = aw_task_add_done_callback(task, on_task, NULL);

	memory_expect(aw_task_result(task, NULL), aw_InvalidStateError);
	memory_expect(aw_task_exception(task), aw_InvalidStateError);
	err = aw_raise_in(err, aw_await_task(task, NULL));
	aw_task_remove_done_callback(task, on_task, NULL);
	return aw_raise_in(err, aw_task_result(task, NULL));
}

static aw_error *ask_future(aw_future *future)
{
	aw_error *err = aw_future_add_done_callback(future, on_future, NULL);

	memory_expect(aw_future_result(future, NULL), aw_InvalidStateError);
	memory_expect(aw_future_exception(future), aw_InvalidStateError);
	aw_future_remove_done_callback(future, on_future, NULL);
	aw_future_cancel(future, "a message");
	memory_expect(aw_future_set_result(future, NULL), aw_InvalidStateError);
	memory_expect(aw_future_set_error(future, aw_raise(aw_KeyError, "root")),
		      aw_InvalidStateError);
	memory_expect(aw_future_exception(future), aw_CancelledError);
	memory_expect(aw_await_future(future, NULL), aw_CancelledError);
	return err;
}

static const aw_var required = AW_VAR("required", .required = true);

static aw_error *ask(void *arg, void **ret)
{
	aw_task *task = aw_spawn(memory_turn, NULL);
	aw_future *future = aw_future_create();
	void *value;
	aw_error *err = ask_task(task);

	err = aw_raise_in(err, ask_future(future));
	memory_expect(aw_var_lookup(&required, &value), aw_LookupError);
	aw_future_unref(future);
	aw_task_unref(task);
	return err;
}

static void ask_all(void)
{
	memory_run(ask, aw_MemoryError);
}

static void memory__ends_in_queries(void **state)
{
	memory_walk(ask_all, 15);
}

/* ---- failing callbacks ---- */

static int handled;
static bool forgotten; /* the handler was called without the error */

static void handle(aw_loop *loop, const aw_unhandled *unhandled, void *arg)
{
	handled++;
	forgotten |= !aw_error_is(unhandled->error, aw_KeyError) &&
		     !aw_error_is(unhandled->error, aw_MemoryError);
	aw_loop_default_exception_handler(loop, unhandled, NULL);
}

static void fall_over(void *arg)
{
	aw_callback_fail(aw_raise(aw_KeyError, "root"));
}

static aw_error *fail_once(void *arg, void **ret)
{
	aw_error *err = aw_raise(aw_KeyError, "handed over");
	const aw_unhandled unhandled = { .message = "a message", .error = err };

	aw_loop_set_exception_handler(aw_loop_current(), handle, NULL);
	aw_loop_call_exception_handler(aw_loop_current(), &unhandled);
	aw_error_unref(err);
	return aw_call_soon(fall_over, NULL) != NULL ? aw_yield() : aw_raise(aw_MemoryError, NULL);
}

static void fail_all(void)
{
	aw_error *err;

	handled = 0;
	err = aw_run(fail_once, NULL, NULL);
	/* every failure reaches the handler, even if there is no memory for it */
	assert_int_equal(handled, err == NULL ? 2 : handled);
	memory_expect(err, aw_MemoryError);
	assert_false(forgotten);
}

static void memory__ends_in_failing_callbacks(void **state)
{
	walk_quietly(fail_all, 8);
}

/* ---- the end of a program ---- */

static void exit_by_error(void)
{
	aw_error *err = aw_raise_from(aw_raise(aw_KeyError, "root"), aw_ValueError, "wrapped");

	assert_int_equal(aw_exit_status(err), 1);
}

static void memory__ends_at_the_end(void **state)
{
	walk_quietly(exit_by_error, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case(memory__ends_in_awaiting),
		runtime_case_recorded(memory__ends_in_awaiting),
		runtime_case(memory__ends_in_queries),
		runtime_case_recorded(memory__ends_in_queries),
		runtime_case(memory__ends_in_failing_callbacks),
		runtime_case_recorded(memory__ends_in_failing_callbacks),
		runtime_case(memory__ends_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
