/* SPDX-License-Identifier: MIT */
/*
 * A task that is cancelled again while it handles its first CancelledError: messages, contexts and the count of
 * requests.
 */
#include "tell.h"

CORO(inner)
{
	aw_error *err = aw_sleep(AW_SEC(10));

	say("inner leaves");
	return err;
}

CORO(worker)
{
	aw_error *first = aw_await(aw_call(inner, NULL), NULL), *second, *third;

	say("first %s", aw_error_message(first));
	second = aw_raise_in(aw_error_ref(first), aw_sleep(AW_SEC(10)));
	say("second %s %s", aw_error_message(second), truth(aw_error_context(second) == first));
	aw_error_unref(first);
	third = aw_raise_in(aw_error_ref(second), aw_sleep(AW_SEC(10)));
	say("third %s %s %u", aw_error_message(third), truth(aw_error_context(third) == second),
	    aw_task_cancelling(aw_task_current()));
	aw_error_unref(second);
	return third;
}

CORO(amain)
{
	static const char *const words[] = { "one", "two", "three" };
	aw_task *task = aw_spawn(worker, NULL);
	bool asked;

	for (int i = 0; i < 3; i++) {
		AW_TRY(aw_yield());
		asked = aw_task_cancel(task, words[i]);
		say("%s %u", truth(asked), aw_task_cancelling(task));
	}
	tell_chain("end", aw_await(task, NULL));
	state("task", task);
	asked = aw_task_cancel(task, "four");
	say("%s %u", truth(asked), aw_task_cancelling(task));
	aw_task_unref(task);
	return NULL;
}

ORACLE_MAIN
