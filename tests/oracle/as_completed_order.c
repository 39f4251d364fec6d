/* SPDX-License-Identifier: MIT */
/*
 * The order in which as_completed() gives results: by end, not by position; with errors among them, an item listed
 * twice, items done before, and a deadline.
 */
#include "tell.h"

#include <string.h>

struct work {
	aw_ns after;
	const char *name;
};

CORO(work)
{
	const struct work *self = arg;

	AW_TRY(aw_sleep(self->after));
	if (strncmp(self->name, "bad", 3) == 0)
		return aw_raise(aw_ValueError, "%s", self->name);
	*ret = (void *)self->name;
	return NULL;
}

/* Ends with the first error that is not an Exception, as a loop without a handler does. */
static aw_error *run(const char *what, void *const *items, size_t count, aw_ns deadline)
{
	aw_as_completed *all = aw_as_completed_open(items, count, deadline);
	aw_error *err = NULL;
	void *result;

	while (err == NULL && aw_as_completed_more(all)) {
		err = aw_as_completed_next(all, NULL, &result);
		if (err == NULL) {
			say("%s %s", what, (const char *)result);
		} else if (aw_error_is(err, aw_Exception)) {
			tell(what, err);
			err = NULL;
		}
	}
	aw_as_completed_close(&all);
	return err;
}

CORO(run_one)
{
	return run("waiter", &arg, 1, AW_FOREVER);
}

CORO(amain)
{
	struct work ends[] = {
		{ AW_MS(60), "c" }, { AW_MS(20), "a" }, { AW_MS(40), "bad b" }, { AW_MS(80), "d" }
	};
	struct work others[] = { { 0, "done" }, { AW_MS(20), "late" }, { AW_MS(10), "only once" } };
	struct work slow[] = { { AW_MS(20), "0.02" }, { AW_SEC(5), "5" }, { AW_SEC(6), "6" } };
	void *items[4];
	aw_task *done, *tasks[3], *waiter;

	for (int i = 0; i < 4; i++)
		items[i] = aw_call(work, &ends[i]);
	AW_TRY(run("ends", items, 4, AW_FOREVER));
	done = aw_spawn(work, &others[0]);
	AW_TRY(aw_await(done, NULL));
	items[0] = aw_spawn(work, &others[1]);
	items[1] = done;
	AW_TRY(run("mixed", items, 2, AW_FOREVER));
	aw_task_unref(done);
	aw_task_unref(items[0]);
	items[0] = items[1] = items[2] = aw_spawn(work, &others[2]);
	AW_TRY(run("twice", items, 3, AW_FOREVER));
	aw_task_unref(items[0]);
	for (int i = 0; i < 3; i++)
		items[i] = tasks[i] = aw_spawn(work, &slow[i]);
	AW_TRY(run("timeout", items, 3, aw_now() + AW_MS(50)));
	say("%s %s %s %u %u %u", truth(aw_task_done(tasks[0])), truth(aw_task_done(tasks[1])),
	    truth(aw_task_done(tasks[2])), aw_task_cancelling(tasks[0]),
	    aw_task_cancelling(tasks[1]), aw_task_cancelling(tasks[2]));
	AW_TRY(run("nothing", NULL, 0, AW_FOREVER));
	items[0] = aw_spawn(work, &slow[1]);
	aw_task_cancel(items[0], "it alone");
	tell("out of the loop", run("cancelled", items, 1, AW_FOREVER));
	aw_task_unref(items[0]);
	waiter = aw_spawn(run_one, tasks[1]);
	AW_TRY(aw_yield());
	aw_task_cancel(waiter, "the waiter");
	outcome("waiter", waiter);
	state("slow", tasks[1]);
	for (int i = 0; i < 3; i++)
		aw_task_unref(tasks[i]);
	return NULL;
}

ORACLE_MAIN
