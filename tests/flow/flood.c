/* SPDX-License-Identifier: MIT */
/*
 * Creates tasks as fast as possible.
 *
 *	flood [-d] [-e EVERY] [-k KEPT] [-s SECONDS] [-w] [-x] TASKS
 *
 * Each EVERYth task fails, and its error is lost; with -d one more fails at the end, in another way. KEPT more tasks
 * wait until the end. The program prints how long the tasks took, in microseconds; with -w it says "ready" before
 * they start and waits for a line on stdin; with -s it sleeps afterwards; with -x it kills itself instead.
 */
#include <awry.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct {
	long tasks, every, kept, seconds;
	bool different, waits, dies;
} flood;

static aw_error *little(void *arg, void **ret)
{
	const long number = (long)AW_INT(arg);

	if (flood.every > 0 && number % flood.every == 0)
		return aw_raise(aw_ValueError, "task %ld failed", number);
	return NULL;
}

static aw_error *different(void *arg, void **ret)
{
	return aw_raise(aw_KeyError, "the one that matters");
}

static aw_error *kept(void *arg, void **ret)
{
	return aw_sleep(AW_SEC(600));
}

static aw_error *amain(void *arg, void **ret)
{
	aw_ns start;

	for (long i = 0; i < flood.kept; i++)
		aw_task_unref(aw_spawn(kept, NULL));
	AW_TRY(aw_sleep(1));
	start = aw_now();
	for (long i = 1; i <= flood.tasks; i++) {
		aw_task_unref(aw_spawn(little, AW_PTR(i)));
		if (i % 100 == 0)
			AW_TRY(aw_yield());
	}
	if (flood.different)
		aw_task_unref(aw_spawn(different, NULL));
	AW_TRY(aw_sleep(1));
	printf("%llu\n", (unsigned long long)(aw_now() - start) / 1000);
	fflush(stdout);
	if (flood.dies)
		raise(SIGKILL);
	return aw_sleep(AW_SEC((aw_ns)flood.seconds));
}

static aw_error *begin(void *arg, void **ret)
{
	if (flood.waits) {
		AW_TRY(aw_sleep(1)); /* the agent starts */
		printf("ready\n");
		fflush(stdout);
		(void)getchar();
	}
	return aw_await(aw_call(amain, arg), ret);
}

int main(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "de:k:s:wx")) != -1) {
		if (option == 'e')
			flood.every = atol(optarg);
		else if (option == 'k')
			flood.kept = atol(optarg);
		else if (option == 's')
			flood.seconds = atol(optarg);
		else if (option == 'w')
			flood.waits = true;
		else if (option == 'd')
			flood.different = true;
		else if (option == 'x')
			flood.dies = true;
		else
			return 2;
	}
	flood.tasks = optind < argc ? atol(argv[optind]) : 100000;
	return aw_exit_status(aw_run(begin, NULL, NULL));
}
