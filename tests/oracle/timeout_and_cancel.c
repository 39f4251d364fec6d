/* SPDX-License-Identifier: MIT */
/* A timeout and a cancellation from outside at once, in both orders: which of the two the task ends with. */
#include "tell.h"

struct limited {
	aw_ns after;
	const char *name;
};

CORO(limited)
{
	const struct limited *self = arg;
	aw_timeout *scope = aw_timeout_open(aw_now() + self->after);
	aw_error *err = aw_sleep(AW_SEC(10));
	bool expired = aw_timeout_expired(scope);

	err = aw_timeout_close(&scope, err);
	say("%s leaves %s %u", self->name, truth(expired), aw_task_cancelling(aw_task_current()));
	return err;
}

CORO(stubborn)
{
	aw_timeout *scope = aw_timeout_open(aw_now() + AW_MS(10));
	aw_error *err = aw_sleep(AW_SEC(10));

	if (aw_error_is(err, aw_CancelledError))
		say("swallowed");
	aw_error_unref(err);
	*ret = "in spite of the timeout";
	return aw_timeout_close(&scope, NULL);
}

CORO(fails)
{
	aw_timeout *scope = aw_timeout_open(aw_now() + AW_MS(10));
	aw_error *err = aw_sleep(AW_SEC(10));

	err = aw_raise_in(err, aw_raise(aw_ValueError, "instead"));
	return aw_timeout_close(&scope, err);
}

static void cancel_second(void *task)
{
	aw_task_cancel(task, "second");
}

CORO(amain)
{
	struct limited late = { AW_SEC(10), "cancelled" }, both = { 0, "both" };
	struct limited first = { 0, "timeout first" };
	aw_task *task = aw_spawn(limited, &late);

	AW_TRY(aw_yield());
	aw_task_cancel(task, "outside");
	outcome("cancelled", task);

	task = aw_spawn(limited, &both);
	AW_TRY(aw_yield());
	aw_task_cancel(task, "first");
	outcome("both", aw_task_ref(task));
	state("both", task);
	aw_task_unref(task);

	task = aw_spawn(limited, &first);
	AW_TRY(aw_yield());
	aw_call_soon(cancel_second, task);
	outcome("timeout first", aw_task_ref(task));
	state("timeout first", task);
	aw_task_unref(task);

	outcome("stubborn", aw_spawn(stubborn, NULL));
	task = aw_spawn(fails, NULL);
	outcome("fails", aw_task_ref(task));
	state("fails", task);
	aw_task_unref(task);
	return NULL;
}

ORACLE_MAIN
