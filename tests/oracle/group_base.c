/* SPDX-License-Identifier: MIT */
/*
 * SystemExit and KeyboardInterrupt in a task group, from its body and from a member: the group passes them on, and
 * they end the run.
 */
#include "tell.h"

CORO(child)
{
	aw_error *err = aw_sleep(AW_SEC(10));

	if (aw_error_is(err, aw_CancelledError))
		say("child cancelled");
	return aw_raise_in(err, aw_raise(aw_ValueError, "not seen"));
}

static aw_error *body_exits(aw_error *exit)
{
	aw_group *group = aw_group_open(NULL);

	aw_group_spawn(group, child, NULL);
	aw_error_unref(aw_yield());
	return aw_group_close(&group, exit);
}

CORO(fails)
{
	return aw_raise(aw_ValueError, "first");
}

static aw_error *exit_of(int code)
{
	return aw_error_with_int(aw_raise(aw_SystemExit, NULL), "code", code);
}

static aw_error *body_exits_after_an_error(void)
{
	aw_group *group = aw_group_open(NULL);
	aw_error *err;

	aw_group_spawn(group, fails, NULL);
	err = aw_sleep(AW_SEC(10));
	return aw_group_close(&group, aw_raise_in(err, exit_of(7)));
}

CORO(first)
{
	aw_error *err = body_exits(aw_raise(aw_KeyboardInterrupt, "from the body"));

	say("%s 1", aw_error_name(err));
	aw_error_unref(err);
	err = body_exits(exit_of(5));
	say("%s 1", aw_error_name(err));
	aw_error_unref(err);
	err = body_exits_after_an_error();
	say("%s %d", aw_error_name(err), (int)aw_error_int(err, "code", -1));
	aw_error_unref(err);
	say("main goes on");
	return NULL;
}

CORO(exits)
{
	return exit_of(3);
}

CORO(grouped)
{
	aw_group *group = aw_group_open(NULL);
	aw_error *err;

	aw_group_spawn(group, exits, NULL);
	aw_group_spawn(group, child, NULL);
	err = aw_group_close(&group, NULL);
	if (err != NULL)
		say("group %s", aw_error_name(err));
	return err;
}

int main(void)
{
	aw_error *err = aw_run(first, NULL, NULL);

	if (err == NULL)
		err = aw_run(grouped, NULL, NULL);
	if (aw_error_is(err, aw_SystemExit)) {
		say("run %d", (int)aw_error_int(err, "code", -1));
		err = aw_error_unref(err);
	}
	return aw_exit_status(err);
}
