/* SPDX-License-Identifier: MIT */
/*
 * A process for tests of the viewer's commands: looks CASE.
 *
 *	states   tasks that wait for a group, for a thread, for a time; one that was cancelled before its first step
 *	blocked  the same, and a task that keeps the processor
 *	flood    many short tasks, more than are kept, and a few that sleep
 *	hung     a task waits for a future that is never finished
 */
#include <awry.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ROUNDS = 100, TASKS = 1000, LONG_S = 60 };

static void say(const char *text)
{
	puts(text);
	fflush(stdout);
}

static aw_error *block(void *arg, void **ret)
{
	sleep(LONG_S);
	return NULL;
}

static aw_error *wait_for_thread(void *arg, void **ret)
{
	return aw_to_thread(block, NULL, NULL);
}

static aw_error *sleep_long(void *arg, void **ret)
{
	return aw_sleep(AW_SEC(LONG_S));
}

static aw_error *keep_processor(void *arg, void **ret)
{
	AW_TRY(aw_sleep(AW_MS(10)));
	say("ready");
	return block(NULL, NULL);
}

static aw_error *tell_ready(void *arg, void **ret)
{
	AW_TRY(aw_sleep(AW_MS(10)));
	say("ready");
	return NULL;
}

static aw_error *be_in_states(bool blocked)
{
	AW_WITH_GROUP(group, "all") {
		aw_task *task = aw_group_create_task_with(group, aw_call(sleep_long, NULL),
							  AW_TASK_OPTS(.name = "never-started"));

		aw_task_cancel(task, NULL);
		aw_group_create_task_with(group, aw_call(wait_for_thread, NULL),
					  AW_TASK_OPTS(.name = "thread"));
		aw_group_create_task_with(group, aw_call(sleep_long, NULL),
					  AW_TASK_OPTS(.name = "sleeper"));
		aw_group_create_task_with(group,
					  aw_call(blocked ? keep_processor : tell_ready, NULL),
					  AW_TASK_OPTS(.name = "last"));
	}
	return NULL;
}

static aw_error *nothing(void *arg, void **ret)
{
	return aw_yield();
}

static aw_error *flood(void)
{
	aw_task *tasks[TASKS];

	for (int i = 0; i < 3; i++)
		aw_task_unref(aw_spawn(sleep_long, NULL));
	for (int i = 0; i < ROUNDS; i++) {
		for (int j = 0; j < TASKS; j++)
			tasks[j] = aw_spawn(nothing, NULL);
		for (int j = 0; j < TASKS; j++) {
			AW_TRY(aw_await(tasks[j], NULL));
			aw_task_unref(tasks[j]);
		}
	}
	say("ready");
	return aw_sleep(AW_SEC(LONG_S));
}

static aw_error *await(void *arg, void **ret)
{
	return aw_await((aw_future *)arg, NULL);
}

static aw_error *hang(void)
{
	aw_task *task = aw_spawn(await, aw_future_create());

	AW_TRY(aw_sleep(AW_MS(10)));
	say("ready");
	return aw_await(task, NULL);
}

static aw_error *amain(void *arg, void **ret)
{
	const char *what = arg;

	if (strcmp(what, "flood") == 0)
		return flood();
	if (strcmp(what, "hung") == 0)
		return hang();
	return be_in_states(strcmp(what, "blocked") == 0);
}

int main(int argc, char **argv)
{
	return aw_exit_status(aw_run(amain, argc > 1 ? argv[1] : (char *)"states", NULL));
}
