/* SPDX-License-Identifier: MIT */
/* Cancelling gather(), with and without return_exceptions, over children that obey, swallow the cancellation or fail. */
#include "tell.h"

enum kind { OBEYS, SWALLOWS, FAILS };

struct child {
	const char *name;
	enum kind kind;
};

struct gathers {
	aw_task *children[2];
	aw_future *future; /* instead of the first child; NULL: none */
	bool collect;
};

CORO(child)
{
	const struct child *self = arg;
	aw_error *err = aw_sleep(AW_SEC(10));

	say("%s cancelled %s", self->name, aw_error_message(err));
	if (self->kind == OBEYS)
		return err;
	if (self->kind == FAILS)
		return aw_raise_in(err, aw_raise(aw_ValueError, "%s", self->name));
	aw_error_unref(err);
	*ret = (void *)self->name;
	return NULL;
}

CORO(too_late)
{
	aw_task_cancel(aw_task_current(), "too late");
	return NULL;
}

CORO(gathers)
{
	struct gathers *self = arg;
	aw_outcome outcomes[2];

	if (!self->collect)
		return aw_gather(NULL, self->children[0], self->children[1]);
	AW_TRY(aw_gather_all(outcomes,
			     self->future != NULL ? (void *)self->future : self->children[0],
			     self->children[1]));
	printf("gathered");
	for (int i = 0; i < 2; i++) {
		if (outcomes[i].error != NULL)
			printf(" %s:%s", aw_error_name(outcomes[i].error),
			       aw_error_message(outcomes[i].error));
		else
			printf(" str:%s", (const char *)outcomes[i].result);
		aw_error_unref(outcomes[i].error);
	}
	putchar('\n');
	return NULL;
}

static aw_error *cancel_all(const enum kind *kinds, bool collect)
{
	struct child one[2] = { { "child 0", kinds[0] }, { "child 1", kinds[1] } };
	struct gathers all = { .collect = collect };
	aw_task *task;

	for (int i = 0; i < 2; i++)
		all.children[i] = aw_spawn(child, &one[i]);
	task = aw_spawn(gathers, &all);
	AW_TRY(aw_yield());
	AW_TRY(aw_yield());
	aw_task_cancel(task, "all of you");
	outcome("task", task);
	AW_TRY(aw_yield());
	for (int i = 0; i < 2; i++) {
		state("child", all.children[i]);
		aw_error_unref(aw_task_exception(all.children[i]));
		aw_task_unref(all.children[i]);
	}
	return NULL;
}

CORO(amain)
{
	static const enum kind kinds[][2] = {
		{ OBEYS, OBEYS }, { SWALLOWS, OBEYS }, { FAILS, SWALLOWS }, { SWALLOWS, SWALLOWS }
	};
	struct child one[2] = { { "one 0", OBEYS }, { "one 1", OBEYS } };
	struct gathers all = { .collect = true };
	aw_task *task;

	for (int collect = 0; collect < 2; collect++) {
		for (int i = 0; i < 4; i++)
			AW_TRY(cancel_all(kinds[i], collect));
	}
	for (int i = 0; i < 2; i++)
		all.children[i] = aw_spawn(child, &one[i]);
	task = aw_spawn(gathers, &all);
	AW_TRY(aw_yield());
	aw_task_cancel(all.children[1], "you alone");
	AW_TRY(aw_yield());
	aw_task_cancel(all.children[0], "and you");
	outcome("task", task);
	for (int i = 0; i < 2; i++)
		aw_task_unref(all.children[i]);
	all.future = aw_future_create();
	all.children[1] = aw_spawn(too_late, NULL);
	aw_future_cancel(all.future, "not yet");
	task = aw_spawn(gathers, &all);
	outcome("task", task);
	aw_future_unref(all.future);
	aw_task_unref(all.children[1]);
	return NULL;
}

ORACLE_MAIN
