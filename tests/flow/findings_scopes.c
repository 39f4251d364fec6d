/* SPDX-License-Identifier: MIT */
/* Cases of flow-findings: scopes and locks that a task leaves open, and similar correct code. */
#include "findings.h"

static aw_error *early(void)
{
	return aw_raise(aw_ValueError, "early");
}

/* Run it as a task; a scope that it left open must not interrupt the sleep afterwards. */
static aw_error *and_sleep(aw_coro_fn *fn)
{
	aw_task *task = aw_spawn(fn, NULL);

	drop(aw_await(task, NULL));
	aw_task_unref(task);
	return aw_sleep(AW_MS(200));
}

static aw_error *leave_timeout(void *arg, void **ret)
{
	aw_timeout *timeout = aw_timeout_open(aw_now() + AW_MS(50));

	AW_TRY(early());
	return aw_timeout_close(&timeout, NULL);
}

static aw_error *leave_group(void *arg, void **ret)
{
	aw_group *group = aw_group_open("crew");

	aw_group_spawn(group, sleep_long, NULL);
	AW_TRY(early());
	return aw_group_close(&group, NULL);
}

static aw_error *leave_all(void *arg, void **ret)
{
	void *items[] = { aw_call(sleep_long, NULL) };
	aw_as_completed *all = aw_as_completed_open(items, 1, aw_now() + AW_MS(50));

	while (aw_as_completed_more(all))
		AW_TRY(aw_as_completed_next(all, NULL, NULL));
	aw_as_completed_close(&all);
	return NULL;
}

static aw_error *leave_lock(void *arg, void **ret)
{
	AW_TRY(aw_lock_acquire(arg != NULL ? arg : &first));
	AW_TRY(early());
	return aw_lock_release(&first);
}

aw_error *case_left_timeout(void)
{
	return and_sleep(leave_timeout);
}
aw_error *case_left_group(void)
{
	return and_sleep(leave_group);
}
aw_error *case_left_all(void)
{
	return and_sleep(leave_all);
}
/* amain() destroys the lock. */
aw_error *case_left_lock(void)
{
	return and_sleep(leave_lock);
}

/* Another task may release the lock: locks have no owner. */
aw_error *case_fine_handed_over(void)
{
	AW_TRY(and_sleep(leave_lock));
	return aw_lock_release(&first);
}

static aw_error *leave_blocks(void *arg, void **ret)
{
	AW_WITH_TIMEOUT(limit, aw_now() + AW_MS(50)) {
		AW_WITH_GROUP(group, "crew") {
			aw_group_spawn(group, sleep_long, NULL);
			AW_WITH_LOCK(&first) {
				AW_TRY(early());
			}
		}
	}
	return NULL;
}

aw_error *case_fine_blocks(void)
{
	return and_sleep(leave_blocks);
}

static aw_error *close_by_hand(void *arg, void **ret)
{
	aw_timeout *outer = aw_timeout_open(aw_now() + AW_MS(50));
	aw_timeout *inner = aw_timeout_open(aw_now() + AW_MS(40));
	aw_error *err = aw_timeout_close(&outer, early());

	return aw_timeout_close(&inner, err);
}

aw_error *case_fine_by_hand(void)
{
	return and_sleep(close_by_hand);
}

/* The run ends first: the task is cancelled, and closes its scope. */
static aw_error *still_open(void *arg, void **ret)
{
	aw_timeout *timeout = aw_timeout_open(AW_FOREVER);

	return aw_timeout_close(&timeout, aw_sleep(NOT_FOR_LONG));
}

aw_error *case_fine_still_open(void)
{
	kept = aw_spawn(still_open, NULL);
	aw_task_unref(kept);
	return aw_yield();
}
