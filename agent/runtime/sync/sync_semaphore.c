/* SPDX-License-Identifier: MIT */
/*
 * aw_semaphore, as asyncio.Semaphore. The value is lowered when a waiter is woken, not when it runs:
 * so a waiter that is cancelled after it was woken gives its share back.
 */
#include "agent/runtime/sync/sync.h"

static void check(const aw_semaphore *semaphore)
{
	aw__must(semaphore->magic == AW__MAGIC_SEMAPHORE, "invalid or freed semaphore");
}

static aw_error *init(aw_semaphore *semaphore, int64_t value, int64_t bound)
{
	if (value < 0)
		return aw_raise(aw_ValueError, "Semaphore initial value must be >= 0");
	*semaphore = (aw_semaphore){ .magic = AW__MAGIC_SEMAPHORE, .value = value, .bound = bound };
	return NULL;
}

aw_error *aw_semaphore_init(aw_semaphore *semaphore, int64_t value)
{
	return init(semaphore, value, -1);
}

aw_error *aw_bounded_semaphore_init(aw_semaphore *semaphore, int64_t value)
{
	return init(semaphore, value, value);
}

void aw_semaphore_finish(aw_semaphore *semaphore)
{
	if (semaphore == NULL)
		return;
	check(semaphore);
	aw__must(aw__sync_nobody(&semaphore->line), "a task still waits for the semaphore");
	semaphore->magic = 0;
}

static bool wake_next(aw_semaphore *semaphore)
{
	if (!aw__sync_wake_next(&semaphore->line))
		return false;
	semaphore->value--;
	return true;
}

bool aw_semaphore_locked(const aw_semaphore *semaphore)
{
	check(semaphore);
	return semaphore->value == 0 || aw__sync_wanted(&semaphore->line);
}

aw_error *aw_semaphore_acquire(aw_semaphore *semaphore)
{
	aw_error *err;
	bool woken;

	if (!aw_semaphore_locked(semaphore)) {
		semaphore->value--;
		return NULL;
	}
	err = aw__sync_wait(&semaphore->line, AW_WAIT_LOCK, &semaphore->id, &woken);
	if (err != NULL && woken)
		semaphore->value++;
	/* others may wait in line behind this task although there is a share for them, too */
	while (semaphore->value > 0 && wake_next(semaphore))
		;
	return err;
}

aw_error *aw_semaphore_release(aw_semaphore *semaphore)
{
	check(semaphore);
	if (semaphore->bound >= 0 && semaphore->value >= semaphore->bound)
		return aw_raise(aw_ValueError, "BoundedSemaphore released too many times");
	semaphore->value++;
	wake_next(semaphore);
	return NULL;
}
