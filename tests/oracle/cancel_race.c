/* SPDX-License-Identifier: MIT */
/*
 * A future is done and its waiter is cancelled in the same iteration, in both orders: which of the two wins.
 */
#include "tell.h"

CORO(wait_for_it)
{
	return aw_await((aw_future *)arg, ret);
}

static aw_task *begin(aw_future **future)
{
	aw_task *task;

	*future = aw_future_create();
	task = aw_spawn(wait_for_it, *future);
	aw_error_unref(aw_yield());
	return task;
}

static void finish(const char *what, aw_task *task, aw_future *future, bool with_state)
{
	outcome(what, aw_task_ref(task));
	if (with_state)
		state(what, task);
	aw_task_unref(task);
	aw_future_unref(future);
}

CORO(amain)
{
	aw_future *future;
	aw_task *task = begin(&future);
	aw_error *err;
	bool asked;

	AW_TRY(aw_future_set_result(future, "the result"));
	say("%s", truth(aw_task_cancel(task, "late")));
	finish("result first", task, future, true);
	task = begin(&future);
	asked = aw_task_cancel(task, "early");
	say("%s %s", truth(asked), truth(aw_future_cancelled(future)));
	err = aw_future_set_result(future, "the result");
	if (aw_error_is(err, aw_InvalidStateError))
		say("the future is done");
	aw_error_unref(err);
	finish("cancel first", task, future, true);
	task = begin(&future);
	AW_TRY(aw_future_set_error(future, aw_raise(aw_ValueError, "the error")));
	aw_task_cancel(task, "over an error");
	finish("error first", task, future, false);
	task = begin(&future);
	aw_future_cancel(future, "of the future");
	aw_task_cancel(task, "of the task");
	finish("both", task, future, true);
	return NULL;
}

ORACLE_MAIN
