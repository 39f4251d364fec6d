/* SPDX-License-Identifier: MIT */
#include "tell.h"

CORO(fails)
{
	return aw_raise(aw_ValueError, "in the group");
}

CORO(sleeps)
{
	return aw_sleep(AW_SEC(10));
}

CORO(amain)
{
	aw_group *group = aw_group_open(NULL);
	aw_timeout *scope;
	aw_error *err;
	bool expired;

	aw_group_spawn(group, fails, NULL);
	err = aw_sleep(AW_SEC(10));
	err = aw_group_close(&group, err);
	say("%s %s (1 sub-exception)", aw_error_name(err), aw_error_message(err));
	aw_error_unref(err);
	say("cancelling %u", aw_task_cancelling(aw_task_current()));
	scope = aw_timeout_open(aw_now() + AW_MS(10));
	err = aw_sleep(AW_SEC(10));
	err = aw_timeout_close(&scope, err);
	say("timed out %s", aw_error_name(err));
	aw_error_unref(err);
	scope = aw_timeout_open(aw_now() + AW_MS(10));
	group = aw_group_open(NULL);
	aw_group_spawn(group, sleeps, NULL);
	aw_group_spawn(group, sleeps, NULL);
	err = aw_group_close(&group, NULL);
	expired = aw_timeout_expired(scope);
	err = aw_timeout_close(&scope, err);
	say("around a group %s %s", aw_error_name(err), truth(expired));
	aw_error_unref(err);
	return NULL;
}

ORACLE_MAIN
