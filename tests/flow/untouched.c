/* SPDX-License-Identifier: MIT */
/*
 * A program that a debugger must not disturb: "untouched close" closes every descriptor above 2 and prints the processor
 * time of an idle second (in milliseconds); "untouched lose" loses an error, and says "done".
 */
#include <awry.h>

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static aw_error *lose(void *arg, void **ret)
{
	return aw_raise(aw_ValueError, "lost");
}

static long spent_ms(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (long)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
	       (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

static aw_error *amain(void *arg, void **ret)
{
	const bool closes = strcmp(arg, "close") == 0;
	const long before = spent_ms();

	/* The loop's own descriptors are lower; the agent's would be in this range. */
	for (int fd = 400; closes && fd < 1024; fd++)
		close(fd);
	aw_task_unref(aw_spawn(lose, NULL));
	AW_TRY(aw_sleep(AW_MS(closes ? 1000 : 10)));
	if (closes)
		printf("%ld\n", spent_ms() - before);
	else
		printf("done\n");
	return NULL;
}

int main(int argc, char **argv)
{
	return argc > 1 ? aw_exit_status(aw_run(amain, argv[1], NULL)) : 2;
}
