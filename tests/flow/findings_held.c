/* SPDX-License-Identifier: MIT */
/* Cases of flow-findings: tasks that failed and are kept, whose errors are retrieved in time, late, or never. */
#include "findings.h"

#include <awry/compose.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static aw_error *fail(void *arg, void **ret)
{
	AW_TRY(aw_sleep(AW_MS(1)));
	return aw_raise(aw_ValueError, "bad reply '%s'", "?");
}

static aw_error *keep_one(aw_ns wait)
{
	kept = aw_spawn(fail, NULL);
	return aw_sleep(wait);
}

static void look_at_it(void)
{
	drop(aw_await(kept, NULL));
	aw_task_unref(kept);
}

/* Exits within the task, because closing the loop would drop the reference. */
static aw_error *exit_after(aw_ns wait)
{
	AW_TRY(keep_one(wait));
	exit(0);
}

aw_error *case_held(void)
{
	return exit_after(NOT_FOR_LONG);
}

aw_error *case_held_until_the_end(void)
{
	return exit_after(AW_MS(20));
}

aw_error *case_held_late(void)
{
	AW_TRY(keep_one(NOT_FOR_LONG));
	look_at_it();
	return NULL;
}

aw_error *case_held_and_lost(void)
{
	AW_TRY(keep_one(NOT_FOR_LONG));
	aw_task_unref(kept);
	return NULL;
}

aw_error *case_held_for_ever(void)
{
	AW_TRY(keep_one(AW_MS(300)));
	printf("held\n");
	fflush(stdout);
	return aw_queue_get(&queue, NULL);
}

/* Wakes the blocking task first; its own end then wakes the task that awaits it. */
static aw_error *wake_and_fail(void *arg, void **ret)
{
	AW_TRY(aw_sleep(AW_MS(1)));
	aw_event_set(arg);
	return aw_raise(aw_ValueError, "bad reply '%s'", "?");
}

static aw_error *block_for_ever(void *arg, void **ret)
{
	AW_TRY(aw_event_wait(arg));
	printf("blocked\n");
	fflush(stdout);
	for (;;)
		sleep(1);
}

/* The task that awaits the failed one is ready to run, but the loop is blocked. */
aw_error *case_held_but_awaited(void)
{
	aw_event failing;
	aw_task *blocks;
	aw_error *err;

	aw_event_init(&failing);
	kept = aw_spawn(wake_and_fail, &failing);
	blocks = aw_spawn(block_for_ever, &failing);
	err = aw_await(kept, NULL);
	aw_task_unref(blocks);
	aw_event_finish(&failing);
	return err;
}

aw_error *case_fine_looked_at(void)
{
	AW_TRY(keep_one(AW_MS(700)));
	look_at_it();
	return NULL;
}

/* The gather holds the error until its other member is done. */
aw_error *case_fine_held_by_gather(void)
{
	aw_outcome outcomes[2];
	aw_error *err = aw_gather_all(outcomes, aw_call(fail, NULL), aw_call(sleep_long, NULL));

	if (err == NULL)
		drop(outcomes[0].error);
	return err;
}
