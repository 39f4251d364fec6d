/* SPDX-License-Identifier: MIT */
/*
 * A shielded task goes on when its waiter is cancelled.
 *
 * The document passes the future of asyncio.shield() to create_task(), which is a TypeError: "a coroutine was
 * expected". Its twins create a task that awaits the shield. In the document, the loop ends before the operation does;
 * here main waits until it completes.
 */
#include <awry.h>

#include <stdio.h>

static aw_error *critical_operation(void *arg, void **ret)
{
	printf("Critical: Starting (cannot be cancelled)\n");
	AW_TRY(aw_sleep(AW_MS(200)));
	printf("Critical: Complete\n");
	*ret = "important result";
	return NULL;
}

static aw_error *shielded(void *arg, void **ret)
{
	return aw_shield((aw_task *)arg, ret);
}

static aw_error *amain(void *arg, void **ret)
{
	aw_task *critical = aw_spawn(critical_operation, NULL);
	aw_task *task = aw_spawn(shielded, critical);
	void *result = NULL;
	aw_error *err = aw_sleep(AW_MS(50));

	if (err == NULL) {
		printf("Main: Attempting to cancel...\n");
		aw_task_cancel(task, NULL);
		err = aw_await(task, &result);
	}
	if (aw_error_is(err, aw_CancelledError)) {
		printf("Main: Task was cancelled (but operation continued)\n");
		aw_error_unref(err);
		err = aw_await(critical, &result);
	}
	if (err == NULL)
		printf("Result: %s\n", (const char *)result);
	aw_task_unref(task);
	aw_task_unref(critical);
	return err;
}

int main(void)
{
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
