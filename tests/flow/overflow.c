/* SPDX-License-Identifier: MIT */
/*
 * A task that recurses until its stack is full, or that faults otherwise:
 *
 *	overflow deep|array|thread|null|closed [before|after]
 *
 * before, after: the program installs its own SIGSEGV handler before or after the loop is opened. The handler exits with 7.
 */
#include <awry.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *how, *whose = "";

static void own(int number)
{
	static const char text[] = "own handler\n";
	ssize_t written = write(STDOUT_FILENO, text, sizeof(text) - 1);

	(void)written;
	_exit(7);
}

static void take_signal(void)
{
	struct sigaction action = { .sa_handler = own, .sa_flags = SA_ONSTACK };

	sigaction(SIGSEGV, &action, NULL);
}

static int dig(volatile int *depth)
{
	volatile char load[100];

	if (*depth < 0)
		return 0;
	load[*depth % 100] = (char)++*depth;
	return dig(depth) + load[*depth % 100];
}

static aw_error *recurse(void *arg, void **ret)
{
	volatile int depth = 0;

	*ret = AW_PTR(dig(&depth));
	return NULL;
}

/* Overflows the stack by one array, but not beyond the guard page. */
static aw_error *array(void *arg, void **ret)
{
	volatile char large[61200];

	for (size_t i = sizeof(large); i > 0; i--)
		large[i - 1] = 1;
	return NULL;
}

/* An array much larger than the stack, of which only the far end is written: that memory is another stack. */
static aw_error *wide(void *arg, void **ret)
{
	volatile char large[100000];

	for (size_t i = 0; i < 3000; i++)
		large[i] = 1;
	return large[0] == 1 ? NULL : aw_raise(aw_RuntimeError, NULL);
}

static aw_error *null(void *arg, void **ret)
{
	*(volatile int *)arg = 1;
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	aw_coro_fn *fn = strcmp(how, "null") == 0 ? null : recurse;
	aw_task *task;
	aw_error *err;

	AW_TRY(aw_sleep(AW_MS(1)));
	if (strcmp(whose, "after") == 0)
		take_signal();
	task = fn == null		   ? aw_spawn(null, NULL)
	       : strcmp(how, "array") == 0 ? aw_spawn(array, NULL)
	       : strcmp(how, "wide") == 0  ? aw_spawn(wide, NULL)
					   : aw_spawn(recurse, NULL);
	if (strcmp(how, "deep") == 0)
		aw_task_set_name(task, "the deep one");
	err = aw_await(task, NULL);
	aw_task_unref(task);
	return err;
}

static void *run(void *arg)
{
	*(int *)arg = aw_exit_status(aw_run(amain, NULL, NULL));
	return NULL;
}

static aw_error *nothing(void *arg, void **ret)
{
	return NULL;
}

/* When the last loop is closed, the earlier signal handler is restored. */
static int is_given_back(void)
{
	struct sigaction action;

	if (aw_exit_status(aw_run(nothing, NULL, NULL)) != 0)
		return 1;
	sigaction(SIGSEGV, NULL, &action);
	return strcmp(whose, "before") == 0 ? action.sa_handler != own
					    : action.sa_handler != SIG_DFL;
}

int main(int argc, char **argv)
{
	int status = 1;
	pthread_t thread;

	how = argv[1];
	if (argc > 2)
		whose = argv[2];
	if (strcmp(whose, "before") == 0)
		take_signal();
	if (strcmp(how, "closed") == 0)
		return is_given_back();
	if (strcmp(how, "thread") != 0)
		run(&status);
	else if (pthread_create(&thread, NULL, run, &status) == 0)
		pthread_join(thread, NULL);
	return status;
}
