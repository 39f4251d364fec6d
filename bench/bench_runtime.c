/* SPDX-License-Identifier: MIT */
/* One measurement of the runtime, with or without AWRY_DEBUG: prints nanoseconds per operation. */
#include <awry.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static long rounds;
static double best_ns = 1e18;

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static aw_error *nothing(void *arg, void **ret)
{
	return NULL;
}

static aw_error *spawn_and_join(void)
{
	for (long i = 0; i < rounds; i++) {
		aw_task *task = aw_spawn(nothing, NULL);
		aw_error *err = aw_await(task, NULL);

		aw_task_unref(task);
		AW_TRY(err);
	}
	return NULL;
}

static aw_error *yield(void)
{
	for (long i = 0; i < rounds; i++)
		AW_TRY(aw_yield());
	return NULL;
}

static aw_error *call_and_await(void)
{
	for (long i = 0; i < rounds; i++)
		AW_TRY(aw_await(aw_call(nothing, NULL), NULL));
	return NULL;
}

static const struct {
	const char *name;
	aw_error *(*run)(void);
} operations[] = {
	{ "spawn+join", spawn_and_join },
	{ "yield", yield },
	{ "call+await", call_and_await },
};

/* Takes the fastest of a few runs, because other load only adds time. */
static aw_error *amain(void *arg, void **ret)
{
	aw_error *(*run)(void) = *(aw_error * (**)(void)) arg;

	for (int i = 0; i < 7; i++) {
		const double start = now_ns();
		double ns;

		AW_TRY(run());
		ns = (now_ns() - start) / (double)rounds;
		if (ns < best_ns)
			best_ns = ns;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	int status;

	if (argc != 3)
		return 2;
	rounds = atol(argv[2]);
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
		if (strcmp(argv[1], operations[i].name) != 0)
			continue;
		status = aw_exit_status(aw_run(amain, (void *)&operations[i].run, NULL));
		printf("%.2f\n", best_ns);
		return status;
	}
	return 2;
}
