/* SPDX-License-Identifier: MIT */
/*
 * An error that is never retrieved: the program prints nothing, and exits with 0.
 *
 *	awry run -- ./lost_error
 */
#include <awry.h>

static aw_error *bug(void *arg, void **ret)
{
	return aw_raise(aw_Exception, "not consumed");
}

static aw_error *amain(void *arg, void **ret)
{
	aw_task *task = aw_spawn(bug, NULL); /* = aw_task_create(aw_call(bug, NULL)) */
	aw_task_unref(task);		     /* nobody will ever ask for its result */
	return aw_sleep(AW_MS(10));
}

int main(void)
{
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
