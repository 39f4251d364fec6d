/* SPDX-License-Identifier: MIT */
/*
 * Tasks that are cancelled in a condition's wait: they hold the lock again afterwards, also if they are cancelled
 * once more while they wait for it.
 */
#include "line.h"

static aw_error *waiter(void *arg, void **ret)
{
	struct one me = *(struct one *)arg;
	aw_error *err;

	AW_TRY(aw_condition_acquire(me.of));
	err = aw_condition_wait(me.of);
	if (err != NULL)
		printf("%s cancelled, and has the lock %s %u\n", me.name,
		       truth(aw_condition_locked(me.of)), aw_task_cancelling(aw_task_current()));
	else
		printf("%s goes on\n", me.name);
	return aw_raise_in(err, aw_condition_release(me.of));
}

static aw_error *quiet(void *arg, void **ret)
{
	aw_error *err;

	AW_TRY(aw_condition_acquire(arg));
	err = aw_condition_wait(arg);
	return aw_raise_in(err, aw_condition_release(arg));
}

static aw_error *while_waiting(aw_condition *condition, aw_lock *lock)
{
	aw_task *a, *b;

	puts("while it waits, and the lock is free");
	a = named(waiter, "a", condition);
	b = named(waiter, "b", condition);
	AW_TRY(aw_yield());
	aw_task_cancel(a, NULL);
	ended(a);

	puts("while it waits, and the lock is held");
	AW_TRY(aw_lock_acquire(lock));
	aw_task_cancel(b, NULL);
	AW_TRY(aw_yield());
	AW_TRY(aw_yield());
	printf("not yet %s\n", truth(aw_task_done(b)));
	AW_TRY(aw_lock_release(lock));
	ended(b);
	return NULL;
}

static aw_error *while_locking(aw_condition *condition, aw_lock *lock)
{
	aw_error *err;
	aw_task *a;

	puts("while it takes the lock again");
	a = named(waiter, "a", condition);
	AW_TRY(aw_yield());
	AW_TRY(aw_lock_acquire(lock));
	AW_TRY(aw_condition_notify(condition, 1));
	AW_TRY(aw_yield());
	aw_task_cancel(a, "one");
	AW_TRY(aw_yield());
	aw_task_cancel(a, "two");
	AW_TRY(aw_yield());
	printf("not yet %s\n", truth(aw_task_done(a)));
	AW_TRY(aw_lock_release(lock));
	err = aw_await(a, NULL);
	printf("%s\n", aw_error_name(err));
	aw_error_unref(err);
	aw_task_unref(a);
	return NULL;
}

static aw_error *with_another(aw_condition *condition, aw_lock *lock)
{
	aw_task *a, *b;

	puts("another waits meanwhile");
	a = named(waiter, "a", condition);
	b = named(waiter, "b", condition);
	AW_TRY(aw_yield());
	AW_TRY(aw_lock_acquire(lock));
	aw_task_cancel(a, NULL);
	AW_TRY(aw_condition_notify(condition, 1));
	AW_TRY(aw_lock_release(lock));
	ended(a);
	ended(b);

	puts("notified, and cancelled before it runs");
	a = aw_spawn(quiet, condition);
	b = aw_spawn(quiet, condition);
	AW_TRY(aw_yield());
	AW_TRY(aw_lock_acquire(lock));
	AW_TRY(aw_condition_notify(condition, 1));
	aw_task_cancel(a, NULL);
	AW_TRY(aw_lock_release(lock));
	ended(a);
	AW_TRY(aw_sleep(AW_MS(1)));
	printf("the other was woken %s\n", truth(aw_task_done(b)));
	ended(b);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	aw_condition condition;
	aw_lock lock;

	aw_lock_init(&lock);
	aw_condition_init(&condition, &lock);
	AW_TRY(while_waiting(&condition, &lock));
	AW_TRY(while_locking(&condition, &lock));
	AW_TRY(with_another(&condition, &lock));
	aw_condition_finish(&condition);
	aw_lock_finish(&lock);
	return NULL;
}

ORACLE_MAIN
