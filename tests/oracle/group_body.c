/* SPDX-License-Identifier: MIT */
/*
 * Errors of a task group's body: members are cancelled, and the body's error is in the group; and spawning into a
 * group that shuts down.
 */
#include "tell.h"

#include <string.h>

struct child {
	const char *name;
	bool fails;
};

CORO(child)
{
	const struct child *self = arg;
	aw_error *err = aw_sleep(AW_SEC(10));

	if (strcmp(self->name, "two") != 0)
		say("%s cancelled", self->name);
	if (self->fails)
		return aw_raise_in(err, aw_raise(aw_ValueError, "%s", self->name));
	return err;
}

CORO(fails_at_once)
{
	return aw_raise(aw_KeyError, "%s", (const char *)arg);
}

static void members(aw_error *err)
{
	size_t count = aw_error_child_count(err);

	printf("%s %s (%zu sub-exception%s)", aw_error_name(err), aw_error_message(err), count,
	       count == 1 ? "" : "s");
	for (size_t i = 0; i < count; i++)
		printf(" %s:%s", aw_error_name(aw_error_child(err, i)),
		       aw_error_message(aw_error_child(err, i)));
	putchar('\n');
	aw_error_unref(err);
}

static aw_error *body_raises(struct child *children, size_t count)
{
	aw_group *group = aw_group_open(NULL);

	for (size_t i = 0; i < count; i++)
		aw_group_spawn(group, child, &children[i]);
	AW_TRY(aw_yield());
	members(aw_group_close(&group, aw_raise(aw_RuntimeError, "the body")));
	return NULL;
}

static aw_error *too_late(void)
{
	struct child late = { "late", false };
	aw_group *group = aw_group_open(NULL);
	aw_error *err, *refused;

	aw_group_spawn(group, fails_at_once, "swallowed by the body");
	err = aw_sleep(AW_SEC(10));
	if (aw_error_is(err, aw_CancelledError)) {
		say("the body goes on");
		refused = aw_task_exception(aw_group_spawn(group, child, &late));
		say("%s %s", aw_error_name(refused),
		    strstr(aw_error_message(refused), "is shutting"));
		aw_error_unref(refused);
	}
	aw_error_unref(err);
	err = aw_yield();
	members(aw_group_close(&group, err));
	return NULL;
}

CORO(amain)
{
	struct child one = { "one", false }, two[] = { { "one", true }, { "two", false } };
	aw_group *group;
	aw_error *err;

	AW_TRY(body_raises(&one, 1));
	AW_TRY(body_raises(two, 2));
	group = aw_group_open(NULL);
	aw_group_spawn(group, fails_at_once, "early");
	err = aw_sleep(AW_SEC(10));
	members(aw_group_close(&group,
			       aw_raise_in(err, aw_raise(aw_RuntimeError, "while cancelled"))));
	return too_late();
}

ORACLE_MAIN
