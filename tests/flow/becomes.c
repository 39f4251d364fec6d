/* SPDX-License-Identifier: MIT */
/*
 * A debugged program that execs another one: "becomes PROGRAM ARGS…". Its box must be shown as replaced.
 */
#include <awry.h>

#include <unistd.h>

static aw_error *lose(void *arg, void **ret)
{
	return aw_raise(aw_ValueError, "lost by what was before");
}

static aw_error *amain(void *arg, void **ret)
{
	char **argv = arg;

	aw_task_unref(aw_spawn(lose, NULL));
	AW_TRY(aw_sleep(AW_MS(150)));
	execv(argv[1], argv + 1);
	return aw_raise(aw_OSError, "exec failed");
}

int main(int argc, char **argv)
{
	return argc > 1 ? aw_exit_status(aw_run(amain, argv, NULL)) : 2;
}
