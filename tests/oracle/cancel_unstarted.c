/* SPDX-License-Identifier: MIT */
/*
 * Tasks that are cancelled before their first step never run: alone, in gather(), in a group, and while wait()
 * waits for them.
 */
#include "tell.h"

CORO(never)
{
	say("%s runs", (const char *)arg);
	*ret = arg;
	return NULL;
}

CORO(wait_one)
{
	return aw_wait(&arg, 1, AW_ALL_COMPLETED, AW_FOREVER, NULL);
}

CORO(amain)
{
	aw_task *task = aw_spawn(never, "alone"), *other, *waiter;
	bool first = aw_task_cancel(task, "a"), second = aw_task_cancel(task, "b");
	aw_group *group;

	say("%s %s %u", truth(first), truth(second), aw_task_cancelling(task));
	outcome("alone", task);
	task = aw_spawn(never, "gathered");
	aw_task_cancel(task, "c");
	other = aw_spawn(never, "other");
	tell("gather", aw_gather(NULL, other, task));
	state("other", other);
	aw_task_unref(other);
	aw_task_unref(task);
	group = aw_group_open(NULL);
	task = aw_task_ref(aw_group_spawn(group, never, "member"));
	aw_task_cancel(task, "d");
	aw_group_spawn(group, never, "sibling");
	AW_TRY(aw_group_close(&group, NULL));
	outcome("member", task);
	task = aw_spawn(never, "twice");
	aw_task_cancel(task, "e");
	waiter = aw_spawn(wait_one, task);
	aw_task_cancel(waiter, "f");
	outcome("waiter", waiter);
	outcome("twice", task);
	return NULL;
}

ORACLE_MAIN
