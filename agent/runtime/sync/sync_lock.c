/* SPDX-License-Identifier: MIT */
#include "agent/runtime/sync/sync.h"

static void check(const aw_lock *lock)
{
	aw__must(lock->magic == AW__MAGIC_LOCK, "this is no lock, or not any more");
}

void aw_lock_init(aw_lock *lock)
{
	*lock = (aw_lock){ .magic = AW__MAGIC_LOCK };
}

void aw_lock_finish(aw_lock *lock)
{
	if (lock == NULL)
		return;
	check(lock);
	aw__must(aw__sync_nobody(&lock->line), "a task still waits for the lock");
	lock->magic = 0;
}

/* The recorder wants to know who has a lock as long as somebody waits for it. */
AW__HOOK_ONLY static void tell_holder(aw_lock *lock, bool waiting)
{
	if (lock->id == 0 && waiting)
		lock->id = aw_agent_new_id();
	if (lock->id != 0)
		aw_agent_resource_held(lock->id, lock->locked && waiting ? lock->holder : 0);
}

static bool is_wanted(const aw_lock *lock)
{
	return !aw__sync_nobody(&lock->line);
}

aw_error *aw_lock_acquire(aw_lock *lock)
{
	struct aw_task *task = aw__task_current();
	aw_error *err;
	bool woken;

	check(lock);
	if (lock->locked || aw__sync_wanted(&lock->line)) {
		if (AW__HOOKED())
			tell_holder(lock, true);
		err = aw__sync_wait(&lock->line, AW_WAIT_LOCK, &lock->id, &woken);
		if (err != NULL)
			goto fail;
	}
	lock->locked = true;
	lock->holder = aw_task_id(task);
	if (AW__HOOKED() && lock->id != 0)
		tell_holder(lock, is_wanted(lock));
	return NULL;
fail:
	if (AW__HOOKED() && !is_wanted(lock))
		tell_holder(lock, false);
	/* whether it was our turn or we stood before the one whose turn it is */
	if (!lock->locked)
		aw__sync_wake_head(&lock->line);
	return err;
}

aw_error *aw_lock_release(aw_lock *lock)
{
	check(lock);
	if (!lock->locked)
		return aw_raise(aw_RuntimeError, "Lock is not acquired.");
	lock->locked = false;
	lock->holder = 0;
	if (AW__HOOKED() && lock->id != 0)
		tell_holder(lock, false);
	aw__sync_wake_head(&lock->line);
	return NULL;
}

bool aw_lock_locked(const aw_lock *lock)
{
	check(lock);
	return lock->locked;
}
