/* SPDX-License-Identifier: MIT */
/* A program for sourcing.py, compiled in several folders: a task fails, and its error is lost. */
#include <awry.h>

static aw_error *bug(void *arg, void **ret)
{
	return aw_raise(aw_Exception, "not consumed");
}

static aw_error *amain(void *arg, void **ret)
{
	aw_task *task = aw_spawn(bug, NULL);

	AW_TRY(aw_sleep(AW_MS(1)));
	aw_task_unref(task);
	return NULL;
}

int main(void)
{
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
