/* SPDX-License-Identifier: MIT */
/*
 * wait_for() over tasks that obey a cancellation, swallow it or fail: on timeout, on cancellation, and when the
 * result is there already.
 */
#include "tell.h"

#include <string.h>

CORO(work)
{
	const char *kind = arg;
	aw_error *err = aw_sleep(AW_SEC(10));

	say("%s cancelled %s", kind, aw_error_message(err));
	if (strcmp(kind, "fails") == 0)
		return aw_raise_in(err, aw_raise(aw_ValueError, "instead"));
	if (strcmp(kind, "swallows") != 0)
		return err;
	aw_error_unref(err);
	*ret = "kept";
	return NULL;
}

CORO(waiter)
{
	return aw_wait_for(arg, aw_now() + AW_SEC(10), ret);
}

static aw_error *done_already(void)
{
	aw_future *done = aw_future_create(), *failed = aw_future_create();
	void *results[3];

	AW_TRY(aw_future_set_result(done, "done already"));
	AW_TRY(aw_wait_for(done, aw_now(), &results[0]));
	AW_TRY(aw_wait_for(done, 0, &results[1]));
	AW_TRY(aw_wait_for(done, AW_FOREVER, &results[2]));
	say("%s %s %s", (char *)results[0], (char *)results[1], (char *)results[2]);
	AW_TRY(aw_future_set_error(failed, aw_raise(aw_ValueError, "failed already")));
	tell("failed", aw_wait_for(failed, aw_now(), NULL));
	tell("failed", aw_wait_for(failed, aw_now() + AW_SEC(1), NULL));
	tell("failed", aw_wait_for(failed, AW_FOREVER, NULL));
	aw_future_unref(done);
	aw_future_unref(failed);
	return NULL;
}

static aw_error *time_out(const char *kind, aw_ns after)
{
	aw_task *task = aw_spawn(work, (void *)kind);
	void *result = NULL;
	aw_error *err;

	if (after > 0)
		AW_TRY(aw_yield());
	err = aw_wait_for(task, aw_now() + after, &result);
	if (err == NULL) {
		say("result %s", (const char *)result);
	} else {
		const aw_error *cause = aw_error_cause(err);

		tell(kind, aw_error_ref(err));
		say("%s", cause != NULL ? aw_error_name(cause) : "NoneType");
		aw_error_unref(err);
	}
	state(kind, task);
	aw_task_unref(task);
	return NULL;
}

static aw_error *cancel(const char *kind)
{
	aw_task *task = aw_spawn(work, (void *)kind), *one = aw_spawn(waiter, task);

	AW_TRY(aw_yield());
	AW_TRY(aw_yield());
	aw_task_cancel(one, "the waiter");
	outcome("waiter", one);
	state("task", task);
	aw_error_unref(aw_task_exception(task));
	aw_task_unref(task);
	return NULL;
}

CORO(amain)
{
	static const char *const kinds[] = { "obeys", "swallows", "fails" };
	aw_task *task, *one;

	AW_TRY(done_already());
	for (int i = 0; i < 3; i++) {
		AW_TRY(time_out(kinds[i], AW_MS(10)));
		AW_TRY(time_out(kinds[i], 0));
	}
	task = aw_spawn(work, "obeys");
	one = aw_spawn(waiter, task);
	AW_TRY(aw_yield());
	AW_TRY(aw_yield());
	aw_task_cancel(task, "by another");
	outcome("one", aw_task_ref(one));
	state("one", one);
	aw_task_unref(one);
	aw_task_unref(task);
	for (int i = 0; i < 3; i++)
		AW_TRY(cancel(kinds[i]));
	return NULL;
}

ORACLE_MAIN
