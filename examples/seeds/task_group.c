/* SPDX-License-Identifier: MIT */
/* Structured concurrency: when the scope is closed, all of its tasks are done. */
#include <awry.h>

#include <stdio.h>

struct worker {
	const char *name;
	aw_ns delay;
	char result[32];
};

static aw_error *work(void *arg, void **ret)
{
	struct worker *worker = arg;

	printf("Worker %s: starting\n", worker->name);
	AW_TRY(aw_sleep(worker->delay));
	printf("Worker %s: done\n", worker->name);
	snprintf(worker->result, sizeof(worker->result), "Result from %s", worker->name);
	*ret = worker->result;
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	struct worker workers[] = { { "A", AW_MS(100), "" },
				    { "B", AW_MS(200), "" },
				    { "C", AW_MS(150), "" } };
	aw_group *group = aw_group_open(NULL);

	for (size_t i = 0; i < 3; i++)
		aw_group_spawn(group, work, &workers[i]);
	AW_TRY(aw_group_close(&group, NULL));
	printf("Results: %s, %s, %s\n", workers[0].result, workers[1].result, workers[2].result);
	return NULL;
}

int main(void)
{
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
