/* SPDX-License-Identifier: MIT */
/*
 * live [SECONDS]: a program for the viewer. One of its tasks fails, and the error is lost; two wait for each other;
 * the others sleep until the time is over (ten minutes).
 */
#include <stdlib.h>

#include <awry.h>

static aw_task *first, *second;

static aw_error *bug(void *arg, void **ret)
{
	return aw_raise(aw_ValueError, "not consumed");
}

static aw_error *wait_for_second(void *arg, void **ret)
{
	return aw_await(second, NULL);
}

static aw_error *wait_for_first(void *arg, void **ret)
{
	return aw_await(first, NULL);
}

static aw_error *amain(void *arg, void **ret)
{
	const int *seconds = arg;
	aw_error *error;

	first = aw_spawn(wait_for_second, NULL);
	second = aw_spawn(wait_for_first, NULL);
	aw_task_unref(aw_spawn(bug, NULL));
	error = aw_sleep(AW_MS(1000) * (aw_ns)*seconds);
	aw_task_cancel(first, NULL);
	first = aw_task_unref(first);
	second = aw_task_unref(second);
	return error;
}

int main(int argc, char **argv)
{
	int seconds = argc > 1 ? atoi(argv[1]) : 600;

	return aw_exit_status(aw_run(amain, &seconds, NULL));
}
