/* SPDX-License-Identifier: MIT */
/* An exception handler that fails itself, and SystemExit or KeyboardInterrupt raised in callbacks. */
#include "tell.h"

static void boom(void *err)
{
	aw_callback_fail(err);
}

static void word(void *text)
{
	say("%s", (const char *)text);
}

static void failing(aw_loop *loop, const aw_unhandled *unhandled, void *arg)
{
	say("handler fails");
	aw_callback_fail(aw_raise(aw_KeyError, "'in the handler'"));
}

CORO(in_handler)
{
	aw_loop_set_exception_handler(aw_loop_current(), failing, NULL);
	aw_call_soon(boom, aw_raise(aw_ValueError, "one"));
	aw_call_soon(boom, aw_raise(aw_ValueError, "two"));
	AW_TRY(aw_sleep(AW_MS(10)));
	say("main goes on");
	return NULL;
}

CORO(exits)
{
	aw_error *err;

	aw_loop_set_exception_handler(aw_loop_current(), failing, NULL);
	aw_call_soon(boom, arg);
	aw_call_soon(word, "not run before the end begins");
	err = aw_sleep(AW_SEC(10));
	say("main cancelled %s", aw_error_message(err));
	return err;
}

static void end_run(aw_error *exit)
{
	aw_error *err = aw_run(exits, exit, NULL);

	if (aw_error_is(err, aw_SystemExit))
		say("%s %d", aw_error_name(err), (int)aw_error_int(err, "code", -1));
	else
		say("%s %s", aw_error_name(err), aw_error_message(err));
	aw_error_unref(err);
}

int main(void)
{
	aw_error *err = aw_run(in_handler, NULL, NULL);

	end_run(aw_error_with_int(aw_raise(aw_SystemExit, NULL), "code", 4));
	end_run(aw_raise(aw_KeyboardInterrupt, "by hand"));
	return aw_exit_status(err);
}
