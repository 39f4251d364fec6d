/* SPDX-License-Identifier: MIT */
/* Cancelling aw_retry() during an attempt and during a delay, and a timeout around it. */
#include "resilience_story.h"

static aw_error *never(void *arg, void **ret)
{
	printf("in the attempt\n");
	return aw_sleep(AW_SEC(1000));
}

struct of {
	aw_coro_fn *fn;
	void *arg;
};

static aw_error *run(void *arg, void **ret)
{
	const struct of *of = arg;
	aw_error *err = aw_retry(AW_RETRY_OPTS(.base_ns = AW_SEC(1000)), of->fn, of->arg, NULL);

	if (err != NULL)
		parts(err);
	return err;
}

static aw_error *story(aw_coro_fn *fn, void *arg, int steps)
{
	struct of of = { fn, arg };
	aw_task *task = aw_spawn(run, &of);
	aw_error *err;

	for (int i = 0; i < steps; i++)
		AW_TRY(aw_yield());
	aw_task_cancel(task, "stop");
	err = aw_await(task, NULL);
	if (aw_error_is(err, aw_CancelledError))
		printf("cancelled %s %s\n", aw_error_message(err), truth(aw_task_cancelled(task)));
	aw_error_unref(err);
	aw_task_unref(task);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	struct script script = { ".", 0 };
	aw_timeout *timeout;
	aw_error *err;

	AW_TRY(story(scripted, &script, 3));
	AW_TRY(story(never, NULL, 3));
	timeout = aw_timeout_open(aw_now() + AW_MS(10));
	err = aw_timeout_close(&timeout, aw_retry(NULL, never, NULL, NULL));
	printf("%s %u\n", aw_error_name(err), aw_task_cancelling(aw_task_current()));
	aw_error_unref(err);
	return NULL;
}

ORACLE_MAIN
