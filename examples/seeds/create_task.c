/* SPDX-License-Identifier: MIT */
/* A task fails in the background; its error is raised where the task is awaited. */
#include <awry.h>

#include <stdio.h>

static aw_error *background_task(void *arg, void **ret)
{
	AW_TRY(aw_sleep(AW_MS(100)));
	return aw_raise(aw_RuntimeError, "Background task failed!");
}

static aw_error *amain(void *arg, void **ret)
{
	aw_task *task = aw_spawn(background_task, NULL);
	aw_error *err = aw_sleep(AW_MS(50)); /* do other work */

	if (err == NULL) {
		printf("Main: still working...\n");
		err = aw_await(task, NULL);
	}
	if (aw_error_is(err, aw_RuntimeError)) {
		printf("Main: caught - %s\n", aw_error_message(err));
		err = aw_error_unref(err);
	}
	aw_task_unref(task);
	return err;
}

int main(void)
{
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
