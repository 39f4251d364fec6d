/* SPDX-License-Identifier: MIT */
/*
 * cancelling() and uncancel(): how requests are counted, and how taking back the last one affects a cancellation
 * that was not delivered yet.
 */
#include "tell.h"

CORO(counted)
{
	aw_task *me = aw_task_current();
	unsigned int left[3];
	aw_error *err;

	aw_task_cancel(me, "one");
	aw_task_cancel(me, "two");
	say("asked %u", aw_task_cancelling(me));
	for (int i = 0; i < 3; i++)
		left[i] = aw_task_uncancel(me);
	say("taken back %u %u %u", left[0], left[1], left[2]);
	AW_TRY(aw_yield());
	say("not delivered");
	aw_task_cancel(me, "three");
	err = aw_yield();
	say("delivered %s %u", aw_error_message(err), aw_task_cancelling(me));
	aw_error_unref(err);
	AW_TRY(aw_yield());
	left[0] = aw_task_uncancel(me);
	say("goes on %u %u", left[0], aw_task_cancelling(me));
	aw_task_cancel(me, "four");
	*ret = "returned in spite of it";
	return NULL;
}

CORO(amain)
{
	aw_task *task = aw_spawn(counted, NULL);
	unsigned int left[2];

	outcome("end", aw_task_ref(task));
	state("task", task);
	left[0] = aw_task_uncancel(task);
	left[1] = aw_task_uncancel(task);
	say("%u %u", left[0], left[1]);
	aw_task_unref(task);
	return NULL;
}

ORACLE_MAIN
