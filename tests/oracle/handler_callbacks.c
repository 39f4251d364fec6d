/* SPDX-License-Identifier: MIT */
/*
 * The loop's exception handler: which message and error it gets for failing callbacks and done callbacks, and by a
 * direct call.
 */
#include "tell.h"

#include <string.h>

static void handler(aw_loop *loop, const aw_unhandled *unhandled, void *arg)
{
	int length = (int)strcspn(unhandled->message, "(");

	say("handler: %.*s %s %s", length, unhandled->message, aw_error_name(unhandled->error),
	    aw_error_message(unhandled->error));
}

static void boom(void *arg)
{
	say("boom");
	aw_callback_fail(aw_raise(aw_ValueError, "in a callback"));
}

static void after(void *arg)
{
	say("after");
}

static void boom_done(aw_task *task, void *arg)
{
	aw_callback_fail(aw_raise(aw_KeyError, "'in a done callback'"));
}

static void next(aw_task *task, void *arg)
{
	say("the next one");
}

CORO(work)
{
	*ret = "result";
	return NULL;
}

CORO(amain)
{
	aw_loop *loop = aw_loop_current();
	aw_unhandled mine = { .message = "said by hand(" };
	aw_error *err = aw_raise(aw_ValueError, "mine");
	void *result;
	aw_task *task;

	say("%s", truth(aw_loop_exception_handler(loop, NULL) == NULL));
	aw_loop_set_exception_handler(loop, handler, NULL);
	say("%s", truth(aw_loop_exception_handler(loop, NULL) == handler));
	aw_call_soon(boom, NULL);
	aw_call_soon(after, NULL);
	aw_call_later(AW_MS(10), boom, NULL);
	AW_TRY(aw_yield());
	task = aw_spawn(work, NULL);
	AW_TRY(aw_task_add_done_callback(task, boom_done, NULL));
	AW_TRY(aw_task_add_done_callback(task, next, NULL));
	AW_TRY(aw_await(task, &result));
	aw_task_unref(task);
	say("%s", (const char *)result);
	AW_TRY(aw_sleep(AW_MS(50)));
	mine.error = err;
	aw_loop_call_exception_handler(loop, &mine);
	aw_error_unref(err);
	aw_loop_set_exception_handler(loop, NULL, NULL);
	aw_call_soon(boom, NULL);
	AW_TRY(aw_yield());
	AW_TRY(aw_yield());
	say("main goes on");
	return NULL;
}

ORACLE_MAIN
