/* SPDX-License-Identifier: MIT */
/*
 * A program that forks while its loop runs. Parent and child both go on, and each loses an error.
 *
 *	forker [TIMES]
 *
 * With TIMES it forks so often, right while the agent's thread starts, and prints how many children exited with 0.
 */
#include <awry.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static aw_error *lose(void *arg, void **ret)
{
	return aw_raise(aw_ValueError, "lost by the %s", (const char *)arg);
}

static aw_error *amain(void *arg, void **ret)
{
	static char names[2][8] = { "parent", "child" };
	pid_t child;

	AW_TRY(aw_sleep(AW_MS(5)));
	child = fork();
	aw_task_unref(aw_spawn(lose, names[child == 0]));
	AW_TRY(aw_sleep(AW_MS(20)));
	if (child > 0)
		waitpid(child, NULL, 0);
	printf("%s %d\n", names[child == 0], (int)getpid());
	return NULL;
}

static aw_error *fork_often(void *arg, void **ret)
{
	static char parent[] = "parent", child_name[] = "child";
	const int times = atoi(arg);
	int well = 0;

	for (int i = 0; i < times; i++) {
		int status = 0;
		pid_t child;

		aw_task_unref(aw_spawn(lose, parent));
		AW_TRY(aw_sleep(AW_US(100 * i)));
		child = fork();
		if (child == 0) {
			aw_task_unref(aw_spawn(lose, child_name));
			return aw_sleep(AW_MS(1));
		}
		waitpid(child, &status, 0);
		well += status == 0;
	}
	printf("%d\n", well);
	return NULL;
}

int main(int argc, char **argv)
{
	return aw_exit_status(aw_run(argc > 1 ? fork_often : amain, argv[1], NULL));
}
