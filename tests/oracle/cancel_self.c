/* SPDX-License-Identifier: MIT */
/*
 * Tasks that cancel themselves: the next await raises, a future that is done already does not, and a request in
 * the last step still cancels.
 */
#include "tell.h"

CORO(deep)
{
	intptr_t levels = AW_INT(arg);
	aw_error *err;

	if (levels == 0) {
		aw_task_cancel(aw_task_current(), "from below");
		say("still here");
		AW_TRY(aw_yield());
		say("this is not to be seen");
	}
	err = aw_await(aw_call(deep, AW_PTR(levels - 1)), NULL);
	say("level %d", (int)levels);
	return err;
}

CORO(at_the_end)
{
	aw_task_cancel(aw_task_current(), "too late to be delivered");
	*ret = "result";
	return NULL;
}

CORO(raises_at_the_end)
{
	aw_task_cancel(aw_task_current(), "too late");
	return aw_raise(aw_ValueError, "instead");
}

CORO(waits_for_done_things)
{
	aw_future *done = aw_future_create();
	void *result = NULL;

	AW_TRY(aw_future_set_result(done, AW_PTR(1)));
	aw_task_cancel(aw_task_current(), "at a done future");
	AW_TRY(aw_await(done, &result));
	say("%d", (int)AW_INT(result));
	aw_future_unref(done);
	tell("then", aw_yield());
	return NULL;
}

CORO(amain)
{
	aw_coro *workers[] = { aw_call(deep, AW_PTR(2)), aw_call(at_the_end, NULL),
			       aw_call(raises_at_the_end, NULL),
			       aw_call(waits_for_done_things, NULL) };

	for (int i = 0; i < 4; i++) {
		aw_task *task = aw_task_create(workers[i]);

		outcome("end", aw_task_ref(task));
		state("task", task);
		aw_task_unref(task);
	}
	return NULL;
}

ORACLE_MAIN
