/* SPDX-License-Identifier: MIT */
/*
 * Several children of gather() that end in the same iteration: which error counts, and the results of cancelled
 * children.
 */
#include "tell.h"

struct work {
	const char *name;
	int ticks;
};

CORO(fails)
{
	const struct work *self = arg;

	for (int i = 0; i < self->ticks; i++)
		AW_TRY(aw_yield());
	say("%s fails", self->name);
	return aw_raise(aw_ValueError, "%s", self->name);
}

CORO(returns)
{
	const struct work *self = arg;

	for (int i = 0; i < self->ticks; i++)
		AW_TRY(aw_yield());
	say("%s returns", self->name);
	*ret = (void *)self->name;
	return NULL;
}

CORO(amain)
{
	static const int ticks[][2] = { { 1, 1 }, { 2, 1 }, { 1, 2 } };
	struct work third = { "third", 1 }, cancelled = { "cancelled", 9 },
		    beside = { "beside", 0 };
	struct work x = { "x", 1 }, y = { "y", 0 }, z = { "z", 0 };
	aw_outcome outcomes[3];
	aw_task *task;

	for (int i = 0; i < 3; i++) {
		struct work first = { "first", ticks[i][0] }, second = { "second", ticks[i][1] };

		tell("gather", aw_gather(NULL, aw_call(fails, &first), aw_call(fails, &second),
					 aw_call(returns, &third)));
		for (int j = 0; j < 3; j++)
			AW_TRY(aw_yield());
		say("--");
	}
	task = aw_spawn(returns, &cancelled);
	AW_TRY(aw_yield());
	aw_task_cancel(task, "it alone");
	tell("gather", aw_gather(NULL, aw_call(fails, &beside), task));
	aw_task_unref(task);
	AW_TRY(aw_gather_all(outcomes, aw_call(fails, &x), aw_call(returns, &y),
			     aw_call(fails, &z)));
	say("ValueError:%s str:%s ValueError:%s", aw_error_message(outcomes[0].error),
	    (const char *)outcomes[1].result, aw_error_message(outcomes[2].error));
	aw_error_unref(outcomes[0].error);
	aw_error_unref(outcomes[2].error);
	return NULL;
}

ORACLE_MAIN
