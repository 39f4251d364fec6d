/* SPDX-License-Identifier: MIT */
/*
 * result(), exception() and setting a result in each state of a future and of a task, and the errors of
 * misuse.
 */
#include "tell.h"

static void ask(const char *what, aw_error *err, const char *result)
{
	if (err != NULL)
		tell(what, err);
	else
		say("%s %s", what, result != NULL ? result : "None");
}

static void ask_all(const char *name, aw_future *future)
{
	void *result = NULL;
	aw_error *err;

	say("%s %s %s", name, truth(aw_future_done(future)), truth(aw_future_cancelled(future)));
	err = aw_future_result(future, &result);
	ask("result", err, result);
	ask("exception", aw_future_exception(future), NULL);
}

static void ask_task(const char *name, aw_task *task)
{
	void *result = NULL;
	aw_error *err;

	say("%s %s %s", name, truth(aw_task_done(task)), truth(aw_task_cancelled(task)));
	err = aw_task_result(task, &result);
	ask("result", err, result);
	ask("exception", aw_task_exception(task), NULL);
}

CORO(nothing)
{
	*ret = "task";
	return aw_yield();
}

CORO(amain)
{
	aw_future *future = aw_future_create();
	aw_task *task;
	aw_error *err;
	bool first;

	ask_all("pending", future);
	AW_TRY(aw_future_set_result(future, "result"));
	ask_all("result", future);
	ask("set_result", aw_future_set_result(future, NULL), NULL);
	ask("set_exception", aw_future_set_error(future, aw_raise(aw_ValueError, NULL)), NULL);
	say("%s", truth(aw_future_cancel(future, NULL)));
	aw_future_unref(future);
	future = aw_future_create();
	AW_TRY(aw_future_set_error(future, aw_raise(aw_ValueError, "error")));
	say("error %s %s", truth(aw_future_done(future)), truth(aw_future_cancelled(future)));
	ask("result", aw_future_result(future, NULL), NULL);
	err = aw_future_exception(future);
	say("%s", aw_error_name(err));
	aw_error_unref(err);
	ask("set_result", aw_future_set_result(future, NULL), NULL);
	aw_future_unref(future);
	future = aw_future_create();
	first = aw_future_cancel(future, "message");
	say("%s %s", truth(first), truth(aw_future_cancel(future, "again")));
	ask_all("cancelled", future);
	ask("set_result", aw_future_set_result(future, NULL), NULL);
	aw_future_unref(future);
	task = aw_spawn(nothing, NULL);
	ask_task("pending task", task);
	AW_TRY(aw_await(task, NULL));
	ask_task("task", task);
	aw_task_unref(task);
	return NULL;
}

ORACLE_MAIN
