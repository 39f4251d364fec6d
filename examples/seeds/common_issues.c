/* SPDX-License-Identifier: MIT */
/*
 * Three common issues, made on purpose. awry reports each of them:
 *
 *	awry run -- ./common_issues
 *
 * The document says that issue 3 "can't run" the coroutine. It is issue 1 again: a coroutine object that is created
 * and dropped is reported as never awaited, inside a coroutine or outside.
 */
#include <awry.h>

#include <stdio.h>
#include <unistd.h>

static aw_error *some_coroutine(void *arg, void **ret)
{
	printf("this is not to be seen\n");
	return NULL;
}

static aw_error *async_function(void *arg, void **ret)
{
	printf("nor is this\n");
	return NULL;
}

/* Issue 1: forgetting await. */
static aw_error *bad_example(void *arg, void **ret)
{
	aw_call(some_coroutine, NULL); /* aw_await() is missing */
	return NULL;
}

/* Issue 2: blocking in async. */
static aw_error *blocking_example(void *arg, void **ret)
{
	usleep(250 * 1000); /* blocks the entire loop; it should be aw_sleep(AW_MS(250)) */
	return NULL;
}

/* Issue 3: creating a coroutine outside of async. */
static void sync_function(void)
{
	aw_call(async_function, NULL); /* an object that is never awaited */
}

static aw_error *amain(void *arg, void **ret)
{
	AW_TRY(aw_await(aw_call(bad_example, NULL), NULL));
	AW_TRY(aw_await(aw_call(blocking_example, NULL), NULL));
	sync_function();
	printf("done, and nothing was said\n");
	return NULL;
}

int main(void)
{
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
