/* SPDX-License-Identifier: MIT */
/* aw_condition: a waiter releases the lock while it waits, and holds it again when it goes on, as asyncio.Condition. */
#include "agent/runtime/sync/sync.h"

static void check(const aw_condition *condition)
{
	aw__must(condition->magic == AW__MAGIC_CONDITION, "invalid or freed condition");
}

void aw_condition_init(aw_condition *condition, aw_lock *lock)
{
	*condition = (aw_condition){ .magic = AW__MAGIC_CONDITION };
	aw_lock_init(&condition->own);
	condition->lock = lock != NULL ? lock : &condition->own;
}

void aw_condition_finish(aw_condition *condition)
{
	if (condition == NULL)
		return;
	check(condition);
	aw__must(aw__sync_nobody(&condition->line), "a task still waits for the condition");
	aw_lock_finish(&condition->own);
	condition->magic = 0;
}

aw_error *aw_condition_acquire(aw_condition *condition)
{
	check(condition);
	return aw__lock_take(condition->lock, __builtin_return_address(0));
}

aw_error *aw_condition_release(aw_condition *condition)
{
	check(condition);
	return aw_lock_release(condition->lock);
}

bool aw_condition_locked(const aw_condition *condition)
{
	check(condition);
	return aw_lock_locked(condition->lock);
}

/* Take the lock, however often the task is cancelled. Consumes `err`; returns the latest error. */
static aw_error *reacquire(aw_lock *lock, const void *from, aw_error *err)
{
	aw_error *latest;

	while ((latest = aw__lock_take(lock, from)) != NULL)
		err = aw_raise_in(err, latest);
	return err;
}

aw_error *aw_condition_wait(aw_condition *condition)
{
	aw_error *err;
	bool woken;

	check(condition);
	if (!aw_lock_locked(condition->lock))
		return aw_raise(aw_RuntimeError, "cannot wait on un-acquired lock");
	AW_TRY(aw_lock_release(condition->lock));
	err = aw__sync_wait(&condition->line, AW_WAIT_CONDITION, &condition->id, &woken);
	err = reacquire(condition->lock, __builtin_return_address(0), err);
	if (err != NULL && woken)
		aw__sync_wake_next(&condition->line);
	return err;
}

aw_error *aw_condition_wait_for(aw_condition *condition, aw_predicate_fn *predicate, void *arg)
{
	while (!predicate(arg))
		AW_TRY(aw_condition_wait(condition));
	return NULL;
}

aw_error *aw_condition_notify(aw_condition *condition, size_t count)
{
	check(condition);
	if (!aw_lock_locked(condition->lock))
		return aw_raise(aw_RuntimeError, "cannot notify on un-acquired lock");
	while (count > 0 && aw__sync_wake_next(&condition->line))
		count--;
	return NULL;
}

aw_error *aw_condition_notify_all(aw_condition *condition)
{
	return aw_condition_notify(condition, SIZE_MAX);
}
