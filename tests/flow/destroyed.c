/* SPDX-License-Identifier: MIT */
/*
 * Tasks that wait for a future that nobody can finish, and their end: destroyed CASE.
 *
 *	lives     there is no reference to the task or its future; it is cancelled after a line on stdin
 *	shutdown  the same, and the end of the run cancels the task
 *	timed     the same, inside a timeout, which ends the task
 *	kept      there is a reference to the task
 *	closed    its loop is closed while it waits
 */
#include <awry.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static aw_future *future;
static const char *what;

static aw_error *wait_for_it(void *arg, void **ret)
{
	return aw_await(future, NULL);
}

static aw_error *wait_in_time(void *arg, void **ret)
{
	AW_WITH_TIMEOUT(limit, aw_now() + AW_MS(20))
		AW_TRY(aw_await(future, NULL));
	return NULL;
}

static aw_error *read_line(void *arg, void **ret)
{
	(void)getchar();
	return NULL;
}

static aw_error *await_line(void)
{
	printf("waiting\n");
	fflush(stdout);
	return aw_to_thread(read_line, NULL, NULL);
}

static aw_error *amain(void *arg, void **ret)
{
	const bool timed = strcmp(what, "timed") == 0, kept = strcmp(what, "kept") == 0;
	aw_task *task;

	future = aw_future_create();
	task = aw_spawn(timed ? wait_in_time : wait_for_it, NULL);
	if (kept)
		aw_task_ref(task);
	aw_task_unref(task);
	AW_TRY(aw_yield());
	aw_future_unref(future);
	if (strcmp(what, "lives") == 0) {
		AW_TRY(await_line());
		aw_task_cancel(task, NULL); /* the loop still refers to the task */
	}
	AW_TRY(aw_sleep(AW_MS(timed ? 40 : 1)));
	if (kept)
		aw_task_cancel(task, NULL);
	if (kept)
		aw_task_unref(task);
	return aw_yield();
}

/* Closes the loop, and keeps the process alive until a line comes. */
static int close_early(void)
{
	aw_loop *loop = NULL;
	uv_loop_t uv;

	if (uv_loop_init(&uv) != 0 || aw_loop_from_uv(&uv, NULL, &loop) != NULL)
		return 2;
	future = aw_future_create();
	aw_task_unref(aw_spawn(wait_for_it, NULL));
	for (int i = 0; i < 3; i++)
		uv_run(&uv, UV_RUN_NOWAIT);
	aw_loop_close(loop);
	aw_future_unref(future);
	uv_run(&uv, UV_RUN_DEFAULT);
	printf("waiting\n");
	fflush(stdout);
	(void)getchar();
	return uv_loop_close(&uv) != 0;
}

int main(int argc, char **argv)
{
	what = argc > 1 ? argv[1] : "";
	return strcmp(what, "closed") == 0 ? close_early()
					   : aw_exit_status(aw_run(amain, NULL, NULL));
}
