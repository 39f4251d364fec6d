/* SPDX-License-Identifier: MIT */
/* burst [TASKS [ROUNDS]]: a correct program. In each round it spawns and joins that number of tasks, as fast as it can. */
#include <awry.h>

#include <stdlib.h>

static long tasks, rounds;

static aw_error *little(void *arg, void **ret)
{
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	for (long round = 0; round < rounds; round++) {
		for (long i = 0; i < tasks; i++) {
			aw_task *task = aw_spawn(little, NULL);
			aw_error *error = aw_await(task, NULL);

			aw_task_unref(task);
			AW_TRY(error);
		}
	}
	return NULL;
}

int main(int argc, char **argv)
{
	tasks = argc > 1 ? atol(argv[1]) : 40000;
	rounds = argc > 2 ? atol(argv[2]) : 1;
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
