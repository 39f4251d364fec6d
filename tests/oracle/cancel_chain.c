/* SPDX-License-Identifier: MIT */
/*
 * Cancelling a task that awaits a task that awaits a task: which tasks see the CancelledError, and what happens when
 * the last one ignores it.
 */
#include "tell.h"

struct leaf {
	const char *name;
	bool stubborn;
};

CORO(leaf)
{
	const struct leaf *self = arg;
	aw_error *err = aw_sleep(AW_SEC(10));

	say("%s leaf %s %u", self->name, aw_error_message(err),
	    aw_task_cancelling(aw_task_current()));
	if (!self->stubborn)
		return err;
	aw_error_unref(err);
	*ret = "leaf stays";
	return NULL;
}

CORO(middle)
{
	aw_error *err = aw_await((aw_task *)arg, ret);

	if (aw_error_is(err, aw_CancelledError))
		say("middle %s %u", aw_error_message(err), aw_task_cancelling(aw_task_current()));
	return err;
}

CORO(amain)
{
	struct leaf leaves[] = { { "chain", false }, { "chain", true }, { "other", false } };
	aw_task *waiters[2], *bottom;

	for (int i = 0; i < 2; i++) {
		aw_task *between, *top;

		bottom = aw_spawn(leaf, &leaves[i]);
		between = aw_spawn(middle, bottom);
		top = aw_spawn(middle, between);
		AW_TRY(aw_yield());
		AW_TRY(aw_yield());
		aw_task_cancel(top, "from the top");
		outcome("top", aw_task_ref(top));
		state("bottom", bottom);
		state("between", between);
		state("top", top);
		aw_task_unref(bottom);
		aw_task_unref(between);
		aw_task_unref(top);
	}
	bottom = aw_spawn(leaf, &leaves[2]);
	for (int i = 0; i < 2; i++)
		waiters[i] = aw_spawn(middle, bottom);
	AW_TRY(aw_yield());
	aw_task_cancel(waiters[0], "one waiter");
	for (int i = 0; i < 2; i++) {
		outcome("waiter", aw_task_ref(waiters[i]));
		state("waiter", waiters[i]);
		aw_task_unref(waiters[i]);
	}
	aw_task_unref(bottom);
	return NULL;
}

ORACLE_MAIN
