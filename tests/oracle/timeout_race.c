/* SPDX-License-Identifier: MIT */
/* A result and a timeout in the same iteration, in both orders, and with equal deadlines. */
#include "tell.h"

CORO(waits)
{
	aw_timeout *scope = aw_timeout_open(aw_now());
	void *result = NULL;
	aw_error *err = aw_await((aw_future *)arg, &result);
	bool expired;

	if (err == NULL)
		say("completed %s %s", (const char *)result, truth(aw_timeout_expired(scope)));
	expired = aw_timeout_expired(scope);
	err = aw_timeout_close(&scope, err);
	if (err == NULL) {
		say("left %s", truth(expired));
		*ret = "in time";
	} else if (aw_error_is(err, aw_TimeoutError)) {
		say("timed out %s %u", truth(expired), aw_task_cancelling(aw_task_current()));
	}
	return err;
}

static void set_result(void *arg)
{
	if (!aw_future_done(arg))
		aw_error_unref(aw_future_set_result(arg, "result"));
}

static void by_a_timer(void *arg)
{
	if (!aw_future_done(arg))
		aw_error_unref(aw_future_set_result(arg, "by a timer"));
}

struct at {
	aw_future *future;
	aw_ns when;
};

CORO(at)
{
	const struct at *self = arg;
	aw_timeout *scope = aw_timeout_open(self->when);
	void *result = NULL;
	aw_error *err = aw_await(self->future, &result);
	bool expired;

	if (err == NULL)
		say("%s", (const char *)result);
	expired = aw_timeout_expired(scope);
	AW_TRY(aw_timeout_close(&scope, err));
	say("not late %s", truth(expired));
	return NULL;
}

CORO(amain)
{
	struct at same;
	aw_task *task;

	for (int timeout_first = 0; timeout_first < 2; timeout_first++) {
		const char *name = timeout_first ? "timeout" : "result";
		aw_future *future = aw_future_create();

		if (!timeout_first)
			aw_call_soon(set_result, future);
		task = aw_spawn(waits, future);
		AW_TRY(aw_yield());
		if (timeout_first)
			aw_call_soon(set_result, future);
		outcome(name, aw_task_ref(task));
		state(name, task);
		aw_task_unref(task);
		aw_future_unref(future);
	}
	same.future = aw_future_create();
	same.when = aw_now() + AW_MS(20);
	aw_call_at(same.when, by_a_timer, same.future);
	task = aw_spawn(at, &same);
	outcome("same time", aw_task_ref(task));
	state("same time", task);
	aw_task_unref(task);
	aw_future_unref(same.future);
	return NULL;
}

ORACLE_MAIN
