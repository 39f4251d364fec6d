/* SPDX-License-Identifier: MIT */
/*
 * A program that ends in one of the ways that leave its box behind: "leaver HOW". If HOW is crash, it loses an error.
 */
#include <awry.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static aw_error *lose(void *arg, void **ret)
{
	return aw_raise(aw_ValueError, "lost before the crash");
}

static aw_error *wait_long(void *arg, void **ret)
{
	return aw_sleep(AW_SEC(60));
}

static aw_error *amain(void *arg, void **ret)
{
	const char *how = arg;
	aw_task *task = aw_spawn(wait_long, NULL);

	AW_TRY(aw_yield());
	if (strcmp(how, "crash") == 0) {
		aw_task_unref(aw_spawn(lose, NULL));
		AW_TRY(aw_sleep(AW_MS(1)));
		kill(getpid(), SIGKILL);
	}
	if (strcmp(how, "exit-inside") == 0)
		_exit(0);
	if (strcmp(how, "exec") == 0)
		execl("/bin/true", "true", (char *)NULL);
	if (strcmp(how, "sleep") == 0)
		execl("/bin/sleep", "sleep", "60", (char *)NULL);
	if (strcmp(how, "wait") == 0) {
		puts("ready");
		fflush(stdout);
		AW_TRY(aw_sleep(AW_SEC(60)));
	}
	aw_task_cancel(task, NULL);
	aw_task_unref(task);
	return NULL;
}

int main(int argc, char **argv)
{
	aw_error *error = aw_run(amain, argc > 1 ? argv[1] : (void *)"", NULL);

	if (argc > 1 && strcmp(argv[1], "exit") == 0)
		_exit(0);
	if (argc > 1 && strcmp(argv[1], "quick") == 0)
		quick_exit(0);
	return aw_exit_status(error);
}
