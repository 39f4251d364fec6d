/* SPDX-License-Identifier: MIT */
/* aw_lock: one owner at a time; the others wait in order of arrival, as asyncio.Lock. */
#include <stdatomic.h>

#include "agent/runtime/sync/sync.h"

static void check(const aw_lock *lock)
{
	aw__must(lock->magic == AW__MAGIC_LOCK, "invalid or freed lock");
}

void aw_lock_init(aw_lock *lock)
{
	*lock = (aw_lock){ .magic = AW__MAGIC_LOCK };
}

static bool is_alive(uint64_t task)
{
	struct aw_loop *loop = aw__loop_here;

	if (loop == NULL)
		return false;
	for (struct aw__link *at = loop->tasks.next; at != &loop->tasks; at = at->next) {
		struct aw_future *future = aw__container_of(at, struct aw_future, link);

		if (aw__task_of(future)->agent.id == task)
			return !aw__future_done(future);
	}
	return false;
}

/*
 * Report a lock that is destroyed while locked by a task that has ended. It is not reported earlier, because any task
 * may release a lock.
 */
AW__HOOK_ONLY static void tell_never_released(const aw_lock *lock)
{
	const struct aw_agent_task task = { .id = lock->holder,
					    .stack = lock->holder_stack,
					    .coroutine = lock->holder_coroutine };
	struct aw_agent_left left = { .kind = AW_SCOPE_LOCK };

	if (lock->holder == 0 || is_alive(lock->holder))
		return;
	left.opened = aw_agent_stack_at(lock->taken_at, lock->holder_stack);
	aw_agent_scope_left(&task, &left);
}

void aw_lock_finish(aw_lock *lock)
{
	if (lock == NULL)
		return;
	check(lock);
	if (lock->locked && AW__HOOKED())
		tell_never_released(lock);
	aw__must(aw__sync_nobody(&lock->line), "a task still waits for the lock");
	lock->magic = 0;
}

/*
 * The code whose locks were once released by another task than the one that took them, by a hash of its address: it is
 * unknown which task will release the next one, so these locks are reported without an owner. Other code with the same
 * hash is treated alike, and deadlocks by its locks are missed.
 */
#define HANDED_ON_BITS 4096u

static _Atomic uint64_t handed_on[HANDED_ON_BITS / 64];

static _Atomic uint64_t *handed_on_word(const void *taken_at, uint64_t *ret_bit)
{
	const uint64_t hash = (uint64_t)(uintptr_t)taken_at * UINT64_C(0x9e3779b97f4a7c15) >> 52;

	*ret_bit = UINT64_C(1) << hash % 64;
	return &handed_on[hash / 64];
}

AW__HOOK_ONLY static void note_release(const aw_lock *lock)
{
	_Atomic uint64_t *word;
	uint64_t bit;

	if (lock->holder == aw_task_id(aw__task_current()))
		return;
	word = handed_on_word(lock->taken_at, &bit);
	atomic_fetch_or_explicit(word, bit, memory_order_relaxed);
}

static uint64_t owner_of(const aw_lock *lock)
{
	uint64_t bit;
	const _Atomic uint64_t *word = handed_on_word(lock->taken_at, &bit);

	return (atomic_load_explicit(word, memory_order_relaxed) & bit) == 0 ? lock->holder : 0;
}

/* Report the owner of a lock as long as a task waits for it. */
AW__HOOK_ONLY static void tell_holder(aw_lock *lock, bool waiting)
{
	if (lock->id == 0 && waiting)
		lock->id = aw_agent_new_id();
	if (lock->id != 0)
		aw_agent_resource_held(lock->id, lock->locked && waiting ? owner_of(lock) : 0);
}

static bool is_wanted(const aw_lock *lock)
{
	return !aw__sync_nobody(&lock->line);
}

aw_error *aw__lock_take(aw_lock *lock, const void *from)
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
	lock->holder_stack = task != NULL ? task->agent.stack : AW_NONE;
	lock->holder_coroutine = task != NULL ? task->agent.coroutine : AW_NONE;
	lock->taken_at = from;
	if (AW__HOOKED() && lock->id != 0)
		tell_holder(lock, is_wanted(lock));
	return NULL;
fail:
	if (AW__HOOKED() && !is_wanted(lock))
		tell_holder(lock, false);
	/* pass the turn on: it was ours, or we stood before the waiter whose turn it is */
	if (!lock->locked)
		aw__sync_wake_head(&lock->line);
	return err;
}

aw_error *aw_lock_acquire(aw_lock *lock)
{
	return aw__lock_take(lock, __builtin_return_address(0));
}

aw_error *aw_lock_release(aw_lock *lock)
{
	check(lock);
	if (!lock->locked)
		return aw_raise(aw_RuntimeError, "Lock is not acquired.");
	if (AW__HOOKED())
		note_release(lock);
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
