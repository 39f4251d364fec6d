/* SPDX-License-Identifier: MIT */
/*
 * gather() with the same coroutine, task or future listed twice: it runs once, and its result appears in each
 * place.
 */
#include "tell.h"

CORO(work)
{
	say("%s runs", (const char *)arg);
	AW_TRY(aw_yield());
	*ret = arg;
	return NULL;
}

CORO(fails)
{
	AW_TRY(aw_yield());
	return aw_raise(aw_ValueError, "once");
}

static void set(void *future)
{
	aw_error_unref(aw_future_set_result(future, "set"));
}

CORO(amain)
{
	aw_coro *coro = aw_call(work, "coroutine");
	char *results[4];
	aw_outcome outcomes[2];
	aw_future *future;
	aw_task *task;

	AW_TRY(aw_gather((void **)results, coro, coro, aw_call(work, "other"), coro));
	say("%s %s %s %s", results[0], results[1], results[2], results[3]);
	task = aw_spawn(work, "task");
	AW_TRY(aw_gather((void **)results, task, aw_call(work, "between"), task));
	say("%s %s %s", results[0], results[1], results[2]);
	AW_TRY(aw_gather((void **)results, task, task));
	say("%s %s", results[0], results[1]);
	aw_task_unref(task);
	AW_TRY(aw_gather_n(NULL, 0, NULL));
	say("0");
	coro = aw_call(fails, NULL);
	AW_TRY(aw_gather_all(outcomes, coro, coro));
	say("%s %s %s", truth(outcomes[0].error == outcomes[1].error),
	    aw_error_message(outcomes[0].error), aw_error_message(outcomes[1].error));
	aw_error_unref(outcomes[0].error);
	aw_error_unref(outcomes[1].error);
	future = aw_future_create();
	aw_call_soon(set, future);
	AW_TRY(aw_gather((void **)results, future, future));
	say("%s %s", results[0], results[1]);
	aw_future_unref(future);
	return NULL;
}

ORACLE_MAIN
