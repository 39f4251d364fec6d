/* SPDX-License-Identifier: MIT */
/* Timeouts after a task group has failed: the group leaves no cancellation request behind that would disturb them. */
#include "tell.h"

CORO(fails)
{
	return aw_raise(aw_ValueError, "in the group");
}

CORO(sleeps)
{
	return aw_sleep(AW_SEC(10));
}

static void tell_group(aw_error *err)
{
	say("%s %s (1 sub-exception)", aw_error_name(err), aw_error_message(err));
	aw_error_unref(err);
}

static void interrupted(void)
{
	aw_group *group = aw_group_open(NULL);

	aw_group_spawn(group, fails, NULL);
	tell_group(aw_group_close(&group, aw_sleep(AW_SEC(10))));
}

static aw_error *after_the_body(void)
{
	aw_group *group = aw_group_open(NULL);

	aw_group_spawn(group, fails, NULL);
	return aw_group_close(&group, NULL);
}

static void around(const char *label)
{
	aw_timeout *scope = aw_timeout_open(aw_now() + AW_MS(10));
	aw_group *group = aw_group_open(NULL);
	aw_error *err;
	bool expired;

	aw_group_spawn(group, sleeps, NULL);
	aw_group_spawn(group, sleeps, NULL);
	err = aw_group_close(&group, NULL);
	expired = aw_timeout_expired(scope);
	err = aw_timeout_close(&scope, err);
	say("%s %s %s", label, aw_error_name(err), truth(expired));
	aw_error_unref(err);
}

CORO(amain)
{
	aw_task *me = aw_task_current();
	aw_timeout *scope;
	aw_error *err;

	interrupted();
	say("the body was interrupted %u", aw_task_cancelling(me));
	around("around a group");
	tell_group(after_the_body());
	say("the body had ended %u", aw_task_cancelling(me));
	scope = aw_timeout_open(aw_now() + AW_MS(10));
	err = aw_sleep(AW_SEC(10));
	err = aw_timeout_close(&scope, err);
	say("timed out %s", aw_error_name(err));
	aw_error_unref(err);
	around("around another");
	scope = aw_timeout_open(aw_now() + AW_SEC(10));
	err = after_the_body();
	tell_group(aw_timeout_close(&scope, err));
	say("in a scope %u", aw_task_cancelling(me));
	return NULL;
}

ORACLE_MAIN
