/* SPDX-License-Identifier: MIT */
/* The order of a small program's steps: callbacks, tasks, futures and done callbacks in one loop. */
#include "oracle.h"

static void say(void *word)
{
	printf("%s\n", (const char *)word);
}

static aw_error *child(void *arg, void **ret)
{
	const char *name = arg;

	printf("%s 1\n", name);
	AW_TRY(aw_yield());
	printf("%s 2\n", name);
	AW_TRY(aw_yield());
	printf("%s 3\n", name);
	*ret = arg;
	return NULL;
}

static void task_done(aw_task *task, void *arg)
{
	void *result = NULL;
	aw_error *err = aw_task_result(task, &result);

	printf("%s is done %s\n", (const char *)arg, err == NULL ? (const char *)result : "?");
	aw_error_unref(err);
}

static void future_done(aw_future *future, void *arg)
{
	say(arg);
}

static aw_error *amain(void *arg, void **ret)
{
	aw_task *a, *b;
	aw_future *future;

	aw_call_soon(say, "soon 1");
	a = aw_spawn(child, "a");
	aw_call_soon(say, "soon 2");
	b = aw_spawn(child, "b");
	AW_TRY(aw_task_add_done_callback(a, task_done, "a"));
	AW_TRY(aw_task_add_done_callback(b, task_done, "b"));
	aw_call_later(AW_MS(400), say, "later 400");
	aw_call_later(AW_MS(200), say, "later 200");
	printf("main goes on\n");
	AW_TRY(aw_await(b, NULL));
	printf("main again\n");
	aw_call_soon(say, "soon 3");
	AW_TRY(aw_yield());
	printf("main third\n");
	AW_TRY(aw_sleep(AW_MS(600)));
	aw_task_unref(a);
	aw_task_unref(b);

	future = aw_future_create();
	AW_TRY(aw_future_add_done_callback(future, future_done, "first callback"));
	AW_TRY(aw_future_add_done_callback(future, future_done, "second callback"));
	AW_TRY(aw_future_set_result(future, NULL));
	printf("set\n");
	AW_TRY(aw_await(future, NULL));
	printf("after the future\n");
	aw_future_unref(future);
	return aw_yield();
}

ORACLE_MAIN
