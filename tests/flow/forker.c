/* SPDX-License-Identifier: MIT */
/*
 * A program that forks while its loop runs: both go on, and each loses an error of its own.
 */
#include <awry.h>

#include <stdio.h>
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

int main(void)
{
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
