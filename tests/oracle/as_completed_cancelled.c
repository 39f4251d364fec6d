/* SPDX-License-Identifier: MIT */
/*
 * as_completed() that is closed after its first result: which tasks go on, and the result of cancelled tasks for
 * the task that iterates.
 */
#include "tell.h"

#include <stdlib.h>
#include <string.h>

struct work {
	const char *name;
	int ticks;
};

CORO(work)
{
	const struct work *self = arg;
	aw_error *err = NULL;

	for (int i = 0; err == NULL && i < self->ticks; i++)
		err = aw_yield();
	if (err != NULL)
		say("%s cancelled %s", self->name, aw_error_message(err));
	else
		say("%s done", self->name);
	*ret = (void *)self->name;
	return err;
}

static aw_error *first_of(aw_task **tasks, size_t count)
{
	aw_as_completed *all = aw_as_completed_open((void *const *)tasks, count, AW_FOREVER);
	void *result = NULL;
	aw_error *err = aw_as_completed_next(all, NULL, &result);

	aw_as_completed_close(&all);
	if (err == NULL)
		say("first %s", (const char *)result);
	return err;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sorted(aw_task **tasks)
{
	aw_as_completed *all = aw_as_completed_open((void *const *)tasks, 3, AW_FOREVER);
	char *names[3] = { "", "", "" };

	for (int i = 0; i < 3; i++)
		aw_error_unref(aw_as_completed_next(all, NULL, (void **)&names[i]));
	aw_as_completed_close(&all);
	qsort(names, 3, sizeof(names[0]), by_text);
	say("%s %s %s", names[0], names[1], names[2]);
}

static void each(const char *what, aw_task **tasks, size_t count)
{
	aw_as_completed *all = aw_as_completed_open((void *const *)tasks, count, AW_FOREVER);

	while (aw_as_completed_more(all)) {
		void *result = NULL;
		aw_error *err = aw_as_completed_next(all, NULL, &result);

		say("%s %s", what, err != NULL ? aw_error_name(err) : (const char *)result);
		aw_error_unref(err);
	}
	aw_as_completed_close(&all);
}

CORO(amain)
{
	struct work first[] = { { "slow", 9 }, { "fast", 2 }, { "middle", 5 } };
	struct work second[] = { { "one", 20 }, { "two", 3 } };
	aw_task *tasks[3];

	for (int i = 0; i < 3; i++)
		tasks[i] = aw_spawn(work, &first[i]);
	AW_TRY(first_of(tasks, 3));
	for (int i = 0; i < 3; i++)
		state("task", tasks[i]);
	sorted(tasks);
	for (int i = 0; i < 3; i++)
		aw_task_unref(tasks[i]);
	for (int i = 0; i < 2; i++)
		tasks[i] = aw_spawn(work, &second[i]);
	AW_TRY(aw_yield());
	aw_task_cancel(tasks[0], "in between");
	each("then", tasks, 2);
	for (int i = 0; i < 2; i++)
		aw_task_unref(tasks[i]);
	return NULL;
}

ORACLE_MAIN
