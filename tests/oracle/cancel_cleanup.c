/* SPDX-License-Identifier: MIT */
/*
 * Tasks that await in their clean-up, swallow their cancellation, or are cancelled before their first step; with
 * and without a message.
 */
#include "oracle.h"

#include <string.h>

/* e.args: the message that was given to cancel(), or nothing. */
static const char *args(const aw_error *err)
{
	static char text[2][80];
	static unsigned turn;
	const char *message = aw_error_message(err);

	turn ^= 1;
	if (message[0] == '\0')
		return "()";
	snprintf(text[turn], sizeof(text[turn]), "('%s',)", message);
	return text[turn];
}

static aw_error *work(void *arg, void **ret)
{
	aw_error *err, *again;

	printf("working\n");
	err = aw_sleep(AW_SEC(10));
	if (!aw_error_is(err, aw_CancelledError))
		return err;
	printf("cleaning up %s\n", args(err));
	again = aw_sleep(AW_MS(20));
	if (again == NULL) {
		printf("cleaned up\n");
		return err;
	}
	again = aw_raise_in(aw_error_ref(err), again);
	printf("a second cancel %s %s\n", args(again),
	       aw_error_context(again) == err ? "True" : "False");
	aw_error_unref(err);
	return again;
}

static aw_error *swallow(void *arg, void **ret)
{
	aw_error *err = aw_sleep(AW_SEC(10));

	if (aw_error_is(err, aw_CancelledError))
		printf("swallowed %u\n", aw_task_cancelling(aw_task_current()));
	aw_error_unref(err);
	AW_TRY(aw_yield());
	printf("uncancel %u\n", aw_task_uncancel(aw_task_current()));
	*ret = "alive";
	return NULL;
}

static aw_error *never(void *arg, void **ret)
{
	printf("this is not to be seen\n");
	return NULL;
}

static void finish(aw_task *task)
{
	void *result = NULL;
	aw_error *err = aw_await(task, &result);
	const char *cancelled = aw_task_cancelled(task) ? "True" : "False";

	if (err == NULL)
		printf("%s %s\n", (const char *)result, cancelled);
	else
		printf("%s %s %s\n", aw_error_typeof(err)->name, args(err), cancelled);
	aw_error_unref(err);
}

static const char *truth(bool is)
{
	return is ? "True" : "False";
}

static aw_error *amain(void *arg, void **ret)
{
	aw_task *task = aw_spawn(work, NULL);

	AW_TRY(aw_yield());
	printf("%s\n", truth(aw_task_cancel(task, "enough")));
	finish(task);
	printf("%s\n", truth(aw_task_cancel(task, "too late")));
	aw_task_unref(task);

	task = aw_spawn(work, NULL);
	AW_TRY(aw_yield());
	aw_task_cancel(task, "once");
	AW_TRY(aw_yield());
	aw_task_cancel(task, "twice");
	finish(task);
	aw_task_unref(task);

	task = aw_spawn(swallow, NULL);
	AW_TRY(aw_yield());
	aw_task_cancel(task, NULL);
	finish(task);
	aw_task_unref(task);

	task = aw_spawn(never, NULL);
	aw_task_cancel(task, "before it began");
	finish(task);
	aw_task_unref(task);
	return NULL;
}

ORACLE_MAIN
