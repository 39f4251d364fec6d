/* SPDX-License-Identifier: MIT */
#include "agent/runtime/sync.h"

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

aw_error *aw_lock_acquire(aw_lock *lock)
{
	aw_error *err;
	bool woken;

	check(lock);
	if (lock->locked || aw__sync_wanted(&lock->line)) {
		err = aw__sync_wait(&lock->line, AW_WAIT_LOCK, &lock->id, &woken);
		if (err != NULL)
			goto fail;
	}
	lock->locked = true;
	return NULL;
fail:
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
	aw__sync_wake_head(&lock->line);
	return NULL;
}

bool aw_lock_locked(const aw_lock *lock)
{
	check(lock);
	return lock->locked;
}
