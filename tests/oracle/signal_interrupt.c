/* SPDX-License-Identifier: MIT */
/*
 * Ctrl-C during a run: the main task is cancelled, cleans up or swallows the cancellation; a second Ctrl-C ends the
 * run; and the previous signal handler is restored.
 */
#include "tell.h"

#include <signal.h>
#include <unistd.h>

CORO(other)
{
	aw_error *err = aw_sleep(AW_SEC(10));

	say("the other leaves");
	return err;
}

static void interrupt(void *arg)
{
	kill(getpid(), SIGINT);
}

CORO(interrupted)
{
	aw_error *err;

	aw_task_unref(aw_spawn(other, NULL));
	AW_TRY(aw_yield());
	aw_call_soon(interrupt, NULL);
	err = aw_sleep(AW_SEC(10));
	say("main cancelled %s %u", aw_error_message(err), aw_task_cancelling(aw_task_current()));
	err = aw_raise_in(err, aw_sleep(AW_MS(10)));
	say("main has cleaned up");
	return err;
}

CORO(swallows)
{
	aw_error *err;

	aw_call_soon(interrupt, NULL);
	err = aw_sleep(AW_SEC(10));
	if (aw_error_is(err, aw_CancelledError))
		say("swallowed %u", aw_task_cancelling(aw_task_current()));
	aw_error_unref(err);
	*ret = "result";
	return NULL;
}

CORO(twice)
{
	aw_error *err, *again;

	aw_call_soon(interrupt, NULL);
	err = aw_sleep(AW_SEC(10));
	say("first");
	aw_call_soon(interrupt, NULL);
	again = aw_sleep(AW_SEC(10));
	say("the run is ending already %s", aw_error_message(again));
	return aw_raise_in(err, again);
}

CORO(itself)
{
	kill(getpid(), SIGINT);
	AW_TRY(aw_yield());
	say("this is not to be seen");
	return NULL;
}

static void run(const char *name, aw_coro_fn *fn)
{
	void *result = NULL;
	aw_error *err = aw_run(fn, NULL, &result);
	struct sigaction now;

	if (err == NULL)
		say("%s", (const char *)result);
	else
		say("%s %s %s", name, aw_error_name(err),
		    aw_error_context(err) != NULL ? aw_error_name(aw_error_context(err))
						  : "NoneType");
	aw_error_unref(err);
	sigaction(SIGINT, NULL, &now);
	say("%s", truth(now.sa_handler == SIG_DFL));
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	run("interrupted", interrupted);
	run("swallows", swallows);
	run("twice", twice);
	run("itself", itself);
	return aw_exit_status(aw_run(interrupted, NULL, NULL));
}
