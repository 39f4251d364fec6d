/* SPDX-License-Identifier: MIT */
/* wait() with its three conditions and with a deadline, over tasks that return, fail or are cancelled. */
#include "tell.h"

enum kind { RETURNS, FAILS, CANCELS, STAYS };

struct work {
	int ticks;
	enum kind kind;
};

CORO(work)
{
	const struct work *self = arg;

	for (int i = 0; i < self->ticks; i++)
		AW_TRY(aw_yield());
	if (self->kind == FAILS)
		return aw_raise(aw_ValueError, "fails");
	if (self->kind == CANCELS) {
		aw_task_cancel(aw_task_current(), NULL);
		return aw_yield();
	}
	return self->kind == STAYS ? aw_sleep(AW_SEC(10)) : NULL;
}

static void report(const char *what, aw_task **tasks, size_t count, enum aw_wait_when when,
		   aw_ns deadline)
{
	size_t done = 0;

	aw_error_unref(aw_wait((void *const *)tasks, count, when, deadline, &done));
	printf("%s %zu %zu", what, done, count - done);
	for (size_t i = 0; i < count; i++)
		printf(" %s", truth(aw_task_done(tasks[i])));
	putchar('\n');
}

static void finish(aw_task **tasks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		aw_task_cancel(tasks[i], NULL);
		aw_error_unref(aw_await(tasks[i], NULL));
	}
}

static void spawn(aw_task **tasks, struct work *works, size_t count)
{
	for (size_t i = 0; i < count; i++)
		tasks[i] = aw_spawn(work, &works[i]);
}

static void drop(aw_task **tasks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		aw_task_unref(tasks[i]);
}

CORO(wait_both)
{
	return aw_wait(arg, 2, AW_ALL_COMPLETED, AW_FOREVER, NULL);
}

CORO(amain)
{
	struct work first[] = { { 3, RETURNS }, { 1, RETURNS }, { 1, FAILS }, { 5, STAYS } };
	struct work second[] = { { 1, CANCELS }, { 2, RETURNS }, { 3, FAILS }, { 1, STAYS } };
	struct work third[] = { { 1, STAYS }, { 1, STAYS } };
	aw_task *tasks[4], *waiter;

	spawn(tasks, first, 4);
	report("first", tasks, 4, AW_FIRST_COMPLETED, AW_FOREVER);
	report("again", tasks, 4, AW_FIRST_COMPLETED, AW_FOREVER);
	report("exception", tasks, 4, AW_FIRST_EXCEPTION, AW_FOREVER);
	report("timeout", tasks, 4, AW_ALL_COMPLETED, aw_now() + AW_MS(10));
	finish(tasks, 4);
	report("all", tasks, 4, AW_ALL_COMPLETED, AW_FOREVER);
	drop(tasks, 4);
	spawn(tasks, second, 4);
	report("a cancelled one is no exception", tasks, 4, AW_FIRST_EXCEPTION, AW_FOREVER);
	report("no time", tasks, 4, AW_ALL_COMPLETED, aw_now());
	finish(tasks, 4);
	drop(tasks, 4);
	spawn(tasks, third, 2);
	waiter = aw_spawn(wait_both, tasks);
	AW_TRY(aw_yield());
	AW_TRY(aw_yield());
	aw_task_cancel(waiter, "the waiter");
	outcome("waiter", waiter);
	say("tasks go on %s %s", truth(aw_task_done(tasks[0])), truth(aw_task_done(tasks[1])));
	finish(tasks, 2);
	drop(tasks, 2);
	tell("nothing", aw_wait(NULL, 0, AW_ALL_COMPLETED, AW_FOREVER, NULL));
	return NULL;
}

ORACLE_MAIN
