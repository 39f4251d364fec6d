/* SPDX-License-Identifier: MIT */
/*
 * Tasks that wait, and one that blocks the loop.
 *
 *	blocker SECONDS
 *
 * It says "waiting" when five tasks wait, blocks, says "over", and waits to be killed.
 */
#include <awry.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static aw_error *waiter(void *arg, void **ret)
{
	return aw_sleep(AW_SEC(600));
}

static aw_error *blocker(void *arg, void **ret)
{
	const struct timespec length = { .tv_sec = AW_INT(arg) };

	AW_TRY(aw_sleep(AW_MS(10)));
	printf("waiting\n");
	fflush(stdout);
	nanosleep(&length, NULL);
	printf("over\n");
	fflush(stdout);
	return aw_sleep(AW_SEC(600));
}

static aw_error *amain(void *arg, void **ret)
{
	aw_group *group = aw_group_open("waiters");

	for (int i = 0; i < 5; i++)
		aw_group_spawn(group, waiter, NULL);
	aw_group_spawn(group, blocker, arg);
	return aw_group_close(&group, NULL);
}

int main(int argc, char **argv)
{
	return aw_exit_status(aw_run(amain, AW_PTR(argc > 1 ? atoi(argv[1]) : 2), NULL));
}
