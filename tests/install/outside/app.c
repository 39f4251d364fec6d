/* SPDX-License-Identifier: MIT */
/* Built against the installed libraries: a task fails, and its error is lost. */
#include <awry.h>

static aw_error *bug(void *arg, void **ret)
{
	return aw_raise(aw_Exception, "not consumed");
}

static aw_error *amain(void *arg, void **ret)
{
	aw_task_unref(aw_spawn(bug, NULL));
	return aw_sleep(AW_MS(10));
}

int main(void)
{
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
