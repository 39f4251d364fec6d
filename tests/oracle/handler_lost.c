/* SPDX-License-Identifier: MIT */
/*
 * When the exception handler is called for an error that was not retrieved: at the last reference, not before, and
 * not if it was retrieved.
 */
#include "tell.h"

static void handler(aw_loop *loop, const aw_unhandled *unhandled, void *arg)
{
	say("handler: %s %s %s", unhandled->message, aw_error_name(unhandled->error),
	    aw_error_message(unhandled->error));
}

CORO(fails)
{
	return aw_raise(aw_ValueError, "%s", (const char *)arg);
}

CORO(amain)
{
	aw_future *future;
	aw_error *err;
	aw_task *task;

	aw_loop_set_exception_handler(aw_loop_current(), handler, NULL);
	task = aw_spawn(fails, "lost");
	AW_TRY(aw_yield());
	AW_TRY(aw_yield());
	say("still held");
	aw_task_unref(task);
	task = aw_spawn(fails, "looked at");
	AW_TRY(aw_yield());
	AW_TRY(aw_yield());
	err = aw_task_exception(task);
	say("%s", aw_error_name(err));
	aw_error_unref(err);
	aw_task_unref(task);
	future = aw_future_create();
	AW_TRY(aw_future_set_error(future, aw_raise(aw_KeyError, "'of a future'")));
	aw_future_unref(future);
	future = aw_future_create();
	AW_TRY(aw_future_set_error(future, aw_raise(aw_KeyError, "'awaited'")));
	err = aw_await(future, NULL);
	say("awaited %s", aw_error_message(err));
	aw_error_unref(err);
	aw_future_unref(future);
	say("end");
	return NULL;
}

ORACLE_MAIN
