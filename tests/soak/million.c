/* SPDX-License-Identifier: MIT */
/* A million live tasks in bounded memory; half of them are cancelled; all are joined. */
#include <awry.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

enum {
	TASKS = 1000000,
	MOST_KB = 4718592, /* 4.5 GB */
};

static size_t alive, most_alive;

static aw_error *wait_for_it(void *arg, void **ret)
{
	aw_error *err;

	if (++alive > most_alive)
		most_alive = alive;
	err = aw_await((aw_future *)arg, ret);
	alive--;
	return err;
}

static aw_error *amain(void *arg, void **ret)
{
	aw_task **tasks = malloc(TASKS * sizeof(tasks[0]));
	aw_future *future = aw_future_create();
	size_t cancelled = 0, results = 0;

	for (size_t i = 0; i < TASKS; i++)
		tasks[i] = aw_spawn(wait_for_it, future);
	AW_TRY(aw_yield());
	for (size_t i = 0; i < TASKS; i += 2)
		aw_task_cancel(tasks[i], NULL);
	/* a cancelled waiter cancels the task that it awaits, so all tasks end cancelled, and none with a result */
	for (size_t i = 0; i < TASKS; i++) {
		aw_error *err = aw_await(tasks[i], NULL);

		cancelled += aw_error_is(err, aw_CancelledError);
		results += err == NULL;
		aw_error_unref(err);
		aw_task_unref(tasks[i]);
	}
	aw_future_unref(future);
	free(tasks);
	if (most_alive != TASKS || cancelled != TASKS || results != 0)
		return aw_raise(aw_RuntimeError, "%zu alive, %zu cancelled, %zu results",
				most_alive, cancelled, results);
	return NULL;
}

int main(void)
{
	int status = aw_exit_status(aw_run(amain, NULL, NULL));
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	printf("%zu tasks, %ld MB at most\n", most_alive, usage.ru_maxrss / 1024);
	return status != 0 || usage.ru_maxrss > MOST_KB;
}
