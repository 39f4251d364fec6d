/* SPDX-License-Identifier: MIT */
/*
 * Tasks that wait in nested functions: waits_at. It prints a line, and ends when stdin ends. When a line comes instead,
 * two tasks wait for each other's lock.
 */
#include <awry.h>

#include <stdio.h>
#include <unistd.h>

static aw_lock first, second;

__attribute__((noinline)) static aw_error *inner_call(aw_future *future)
{
	aw_error *err = aw_await(future, NULL);

	return err != NULL ? err : NULL;
}

__attribute__((noinline)) static aw_error *outer_call(aw_future *future)
{
	aw_error *err = inner_call(future);

	return err != NULL ? err : NULL;
}

static aw_error *reader(void *arg, void **ret)
{
	aw_error *err = outer_call(arg);

	return err != NULL ? err : NULL;
}

/* Always ready, so that no poll sleeps while it runs. */
static aw_error *spinner(void *arg, void **ret)
{
	for (;;)
		AW_TRY(aw_yield());
}

static aw_error *read_line(void *arg, void **ret)
{
	*ret = getchar() == EOF ? NULL : (void *)&first;
	return NULL;
}

struct pair {
	aw_lock *mine, *other;
};

static aw_error *take_both(void *arg, void **ret)
{
	const struct pair *pair = arg;

	AW_TRY(aw_lock_acquire(pair->mine));
	AW_TRY(aw_sleep(AW_MS(10)));
	return aw_lock_acquire(pair->other);
}

static aw_error *lock_each_other(void)
{
	struct pair one = { &first, &second }, other = { &second, &first };
	aw_task *tasks[] = { aw_spawn(take_both, &one), aw_spawn(take_both, &other) };

	return aw_await(tasks[0], NULL);
}

static aw_error *amain(void *arg, void **ret)
{
	aw_future *future = aw_future_create();
	const char *spins = arg;
	void *more = NULL;

	aw_lock_init(&first);
	aw_lock_init(&second);
	aw_task_set_name(aw_spawn(reader, future), "reader");
	if (spins != NULL)
		aw_spawn(spinner, NULL);
	AW_TRY(aw_sleep(AW_MS(20)));
	printf("waiting\n");
	fflush(stdout);
	AW_TRY(aw_to_thread(read_line, NULL, &more));
	return more != NULL ? lock_each_other() : NULL;
}

int main(int argc, char **argv)
{
	return aw_exit_status(aw_run(amain, argc > 1 ? argv[1] : NULL, NULL));
}
