/* SPDX-License-Identifier: MIT */
/* Nested shields, groups and gathers: which layer a cancellation reaches, and what goes on behind the shield. */
#include "tell.h"

struct leaf {
	const char *name;
	int ticks;
};

CORO(leaf)
{
	const struct leaf *self = arg;
	aw_error *err = NULL;

	for (int i = 0; err == NULL && i < self->ticks; i++)
		err = aw_yield();
	say("%s %s", self->name, err != NULL ? "cancelled" : "done");
	*ret = (void *)self->name;
	return err;
}

static struct leaf x = { "x", 4 }, y = { "y", 6 }, beside = { "beside", 20 }, own = { "own", 5 };
static struct leaf before = { "done before", 0 };

CORO(grouped)
{
	aw_group *group = aw_group_open(NULL);

	aw_group_spawn(group, leaf, &x);
	aw_group_spawn(group, leaf, &y);
	*ret = "group done";
	return aw_group_close(&group, NULL);
}

CORO(shields)
{
	return aw_shield((aw_task *)arg, ret);
}

CORO(gathers)
{
	return aw_gather(NULL, aw_call(shields, arg), aw_call(leaf, &beside));
}

CORO(fails)
{
	for (int i = 0; i < 4; i++)
		AW_TRY(aw_yield());
	return aw_raise(aw_ValueError, "inner");
}

CORO(amain)
{
	aw_task *inner = aw_spawn(grouped, NULL), *outer = aw_spawn(gathers, inner);
	void *result;

	for (int i = 0; i < 3; i++)
		AW_TRY(aw_yield());
	aw_task_cancel(outer, "the gather");
	outcome("outer", outer);
	state("inner", inner);
	outcome("inner", inner);

	inner = aw_spawn(leaf, &own);
	outer = aw_spawn(shields, inner);
	AW_TRY(aw_yield());
	AW_TRY(aw_yield());
	aw_task_cancel(inner, "itself");
	outcome("outer", aw_task_ref(outer));
	state("outer", outer);
	aw_task_unref(outer);
	aw_task_unref(inner);

	inner = aw_spawn(fails, NULL);
	outer = aw_spawn(shields, inner);
	AW_TRY(aw_yield());
	aw_task_cancel(outer, "left alone");
	outcome("outer", outer);
	outcome("inner", inner);

	inner = aw_spawn(leaf, &before);
	AW_TRY(aw_await(inner, NULL));
	aw_task_cancel(aw_task_current(), "at a done shield");
	AW_TRY(aw_shield(inner, &result));
	say("%s", (const char *)result);
	tell("then", aw_yield());
	aw_task_unref(inner);
	return NULL;
}

ORACLE_MAIN
