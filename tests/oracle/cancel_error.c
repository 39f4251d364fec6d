/* SPDX-License-Identifier: MIT */
/*
 * Other errors raised while a CancelledError is handled: the task's outcome, its cause and context, and `from
 * None`.
 */
#include "tell.h"

CORO(raises)
{
	return aw_raise_in(aw_sleep(AW_SEC(10)), aw_raise(aw_ValueError, "while handling"));
}

CORO(from_none)
{
	aw_error *err = aw_sleep(AW_SEC(10));

	return aw_error_from_none(aw_raise_in(err, aw_raise(aw_KeyError, "'from none'")));
}

CORO(waits_and_raises)
{
	aw_error *err = aw_sleep(AW_SEC(10));

	AW_TRY(aw_yield());
	return aw_raise_in(err, aw_raise(aw_RuntimeError, "late"));
}

CORO(replaces)
{
	return aw_raise_from(aw_sleep(AW_SEC(10)), aw_CancelledError, "another");
}

static void end_of(const char *name, aw_coro *coro)
{
	aw_task *task = aw_task_create(coro);
	aw_error *err;

	aw_error_unref(aw_yield());
	aw_task_cancel(task, "stop");
	err = aw_await(task, NULL);
	tell_chain(name, aw_error_ref(err));
	say("%s %s", aw_error_cause(err) != NULL ? aw_error_name(aw_error_cause(err)) : "NoneType",
	    truth(aw_error_suppresses_context(err)));
	aw_error_unref(err);
	state("task", task);
	aw_task_unref(task);
}

CORO(amain)
{
	end_of("raises", aw_call(raises, NULL));
	end_of("from_none", aw_call(from_none, NULL));
	end_of("waits_and_raises", aw_call(waits_and_raises, NULL));
	end_of("replaces", aw_call(replaces, NULL));
	return NULL;
}

ORACLE_MAIN
