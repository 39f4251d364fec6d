/* SPDX-License-Identifier: MIT */
/* A task that is cancelled cleans up, with more awaits, and passes the cancellation on. */
#include <awry.h>

#include <stdio.h>

static aw_error *cancellable_task(void *arg, void **ret)
{
	aw_error *err;

	printf("Task: Starting work...\n");
	err = aw_sleep(AW_SEC(1));
	if (err == NULL)
		printf("Task: Work complete\n");
	if (aw_error_is(err, aw_CancelledError)) {
		aw_error *late;

		printf("Task: Cancelled! Cleaning up...\n");
		late = aw_sleep(AW_MS(10));
		if (late != NULL)
			return aw_raise_in(err, late);
		printf("Task: Cleanup done\n");
	}
	return err; /* `raise`: passes the cancellation on */
}

static aw_error *amain(void *arg, void **ret)
{
	aw_task *task = aw_spawn(cancellable_task, NULL);
	aw_error *err = aw_sleep(AW_MS(100));

	if (err == NULL) {
		printf("Main: Cancelling task...\n");
		aw_task_cancel(task, NULL);
		err = aw_await(task, NULL);
	}
	if (aw_error_is(err, aw_CancelledError)) {
		printf("Main: Task was cancelled\n");
		err = aw_error_unref(err);
	}
	aw_task_unref(task);
	return err;
}

int main(void)
{
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
