/* SPDX-License-Identifier: MIT */
/*
 * Waiting for a lock with a timeout and with wait_for(): the late waiter gets a TimeoutError, and the lock still
 * goes to the next waiter.
 */
#include "line.h"

static aw_error *holder(void *arg, void **ret)
{
	AW_TRY(aw_lock_acquire(arg));
	AW_TRY(aw_sleep(AW_MS(500)));
	AW_TRY(aw_lock_release(arg));
	printf("holder is through\n");
	return NULL;
}

static aw_error *acquire(void *arg, void **ret)
{
	return aw_lock_acquire(arg);
}

static aw_error *amain(void *arg, void **ret)
{
	aw_timeout *timeout;
	aw_error *err;
	aw_task *task;
	aw_lock lock;

	aw_lock_init(&lock);
	task = aw_spawn(holder, &lock);
	AW_TRY(aw_yield());
	timeout = aw_timeout_open(aw_now() + AW_MS(10));
	err = aw_timeout_close(&timeout, aw_lock_acquire(&lock));
	if (aw_error_is(err, aw_TimeoutError))
		printf("too late %s %s\n", aw_error_name(aw_error_context(err)),
		       truth(aw_lock_locked(&lock)));
	aw_error_unref(err);
	err = aw_wait_for(aw_call(acquire, &lock), aw_now() + AW_MS(10), NULL);
	if (aw_error_is(err, aw_TimeoutError))
		printf("too late again %s %s\n", aw_error_name(aw_error_cause(err)),
		       truth(aw_lock_locked(&lock)));
	aw_error_unref(err);
	timeout = aw_timeout_open(aw_now() + AW_SEC(5));
	AW_TRY(aw_timeout_close(&timeout, aw_lock_acquire(&lock)));
	printf("in time %s %s\n", truth(aw_task_done(task)), truth(aw_lock_locked(&lock)));
	AW_TRY(aw_lock_release(&lock));
	ended(task);
	aw_lock_finish(&lock);
	return NULL;
}

ORACLE_MAIN
