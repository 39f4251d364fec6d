/* SPDX-License-Identifier: MIT */
/*
 * Nested task groups: an error in an inner one cancels its siblings in the outer one; the order of events and the
 * resulting tree.
 */
#include "tell.h"

static void tree(const aw_error *err, int depth)
{
	size_t count = aw_error_child_count(err);

	printf("%*s%s %s", 2 * depth, "", aw_error_name(err), aw_error_message(err));
	if (count > 0)
		printf(" (%zu sub-exception%s)", count, count == 1 ? "" : "s");
	putchar('\n');
	for (size_t i = 0; i < count; i++)
		tree(aw_error_child(err, i), depth + 1);
}

struct fails {
	const char *name;
	int ticks;
};

CORO(fails)
{
	const struct fails *self = arg;

	for (int i = 0; i < self->ticks; i++)
		AW_TRY(aw_yield());
	return aw_raise(aw_ValueError, "%s", self->name);
}

struct waits {
	const char *name, *error;
};

CORO(waits)
{
	const struct waits *self = arg;
	aw_error *err = aw_sleep(AW_SEC(10));

	say("%s cancelled", self->name);
	if (self->error != NULL)
		return aw_raise_in(err, aw_raise(aw_KeyError, "'%s'", self->error));
	return err;
}

struct inner {
	const char *name;
	aw_coro *child;
};

CORO(inner)
{
	const struct inner *self = arg;
	aw_group *group = aw_group_open(NULL);
	aw_error *err;

	aw_group_create_task(group, self->child);
	err = aw_group_close(&group, NULL);
	say("%s ends with %s", self->name, aw_error_name(err));
	return err;
}

CORO(run)
{
	aw_coro **children = arg;
	aw_group *group = aw_group_open(NULL);
	aw_error *err;

	aw_group_create_task(group, children[0]);
	aw_group_create_task(group, children[1]);
	err = aw_group_close(&group, NULL);
	tree(err, 0);
	aw_error_unref(err);
	return NULL;
}

CORO(amain)
{
	struct fails deep = { "deep", 2 }, outer = { "outer", 1 }, x = { "x", 1 }, y = { "y", 1 };
	struct waits b1 = { "b1", NULL }, a1 = { "a1", NULL }, a2 = { "a1", "cleanup" };
	struct inner a = { "a", aw_call(fails, &deep) }, b = { "b", aw_call(waits, &b1) };
	aw_coro *children[] = { aw_call(inner, &a), aw_call(inner, &b) };
	aw_task *task;

	AW_TRY(aw_await(aw_call(run, children), NULL));
	a.child = aw_call(waits, &a1);
	children[0] = aw_call(inner, &a);
	children[1] = aw_call(fails, &outer);
	task = aw_spawn(run, children);
	AW_TRY(aw_await(task, NULL));
	aw_task_unref(task);
	a.child = aw_call(waits, &a2);
	children[0] = aw_call(inner, &a);
	children[1] = aw_call(fails, &outer);
	task = aw_spawn(run, children);
	AW_TRY(aw_await(task, NULL));
	aw_task_unref(task);
	a.child = aw_call(fails, &x);
	b.child = aw_call(fails, &y);
	children[0] = aw_call(inner, &a);
	children[1] = aw_call(inner, &b);
	task = aw_spawn(run, children);
	AW_TRY(aw_await(task, NULL));
	aw_task_unref(task);
	return NULL;
}

ORACLE_MAIN
