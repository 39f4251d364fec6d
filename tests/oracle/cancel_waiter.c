/* SPDX-License-Identifier: MIT */
/* Cancelling a waiter, and the effect on the task, gather() or shield() that it awaits. */
#include "oracle.h"

static const char *truth(bool is)
{
	return is ? "True" : "False";
}

static aw_error *leaf(void *arg, void **ret)
{
	aw_error *err = aw_sleep(AW_SEC(10));

	if (aw_error_is(err, aw_CancelledError))
		printf("%s cancelled\n", (const char *)arg);
	return err;
}

static aw_error *waiter(void *arg, void **ret)
{
	aw_task *task = arg;
	aw_error *err = aw_await(task, NULL);

	if (aw_error_is(err, aw_CancelledError))
		printf("the waiter, too %s %u\n", truth(aw_task_cancelled(task)),
		       aw_task_cancelling(aw_task_current()));
	return err;
}

static aw_error *gatherer(void *arg, void **ret)
{
	void *results[2];
	aw_error *err = aw_gather(results, aw_call(leaf, "a"), aw_call(leaf, "b"));

	if (aw_error_is(err, aw_CancelledError))
		printf("gather, too\n");
	return err;
}

static aw_error *shielder(void *arg, void **ret)
{
	aw_task *inner = arg;
	aw_error *err = aw_shield(inner, NULL);

	if (aw_error_is(err, aw_CancelledError))
		printf("shielded: %s\n", truth(aw_task_done(inner)));
	return err;
}

static aw_error *keep(void *arg, void **ret)
{
	*ret = "kept";
	return aw_sleep(AW_MS(50));
}

static void finish(aw_task *task)
{
	aw_error *err = aw_await(task, NULL);

	if (aw_error_is(err, aw_CancelledError))
		printf("cancelled %s\n", truth(aw_task_cancelled(task)));
	aw_error_unref(err);
	aw_task_unref(task);
}

static aw_error *amain(void *arg, void **ret)
{
	aw_task *inner = aw_spawn(leaf, "leaf"), *outer = aw_spawn(waiter, inner);
	void *result = NULL;

	AW_TRY(aw_sleep(AW_MS(10)));
	aw_task_cancel(outer, NULL);
	finish(outer);
	aw_task_unref(inner);

	outer = aw_spawn(gatherer, NULL);
	AW_TRY(aw_sleep(AW_MS(10)));
	aw_task_cancel(outer, NULL);
	finish(outer);

	inner = aw_spawn(keep, NULL);
	outer = aw_spawn(shielder, inner);
	AW_TRY(aw_sleep(AW_MS(10)));
	aw_task_cancel(outer, NULL);
	finish(outer);
	AW_TRY(aw_await(inner, &result));
	printf("%s\n", (const char *)result);
	aw_task_unref(inner);

	inner = aw_spawn(leaf, "inner");
	outer = aw_spawn(waiter, inner);
	AW_TRY(aw_sleep(AW_MS(10)));
	aw_task_cancel(inner, NULL);
	finish(outer);
	aw_task_unref(inner);
	return NULL;
}

ORACLE_MAIN
