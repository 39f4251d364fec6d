/* SPDX-License-Identifier: MIT */
/**
 * awry/sync.h - locks, events, conditions, semaphores, barriers and queues, between tasks.
 *
 * They are asyncio's: the first task in line is served first, and a task that is cancelled just
 * when its turn has come passes the turn on. What can be had at once does not suspend.
 *
 * All of them live in the caller's memory and stay where they are. Tasks that were woken are still
 * in line until they have run: to finish what a task is in line for is a bug, and ends the program
 * with a line that says so.
 *
 * Errors:  each wait may end with a CancelledError; the task has left the line then
 * Context: the thread of one loop; what waits, inside of a task; the rest from callbacks, too
 */
#ifndef AWRY_SYNC_H
#define AWRY_SYNC_H

#include <awry/loop.h>

#ifdef __cplusplus
extern "C" {
#endif

struct aw__sync_waiter;

/** Tasks that wait, the first come first. Private. */
struct aw__sync_line {
	struct aw__sync_waiter *first, *last;
	struct aw__sync_waiter *pending; /* all before it are woken or cancelled; NULL: all are */
};

/* -------------------------------------------------------------------------------------------------
 * Locks
 */

/** The fields of all objects here are private. */
typedef struct aw_lock {
	uint32_t magic;
	bool locked;
	uint64_t id;		   /* the recorder's; 0: not asked for yet */
	uint64_t holder;	   /* the task that took it, for the recorder; 0: none */
	uint32_t holder_stack;	   /* where that task was created, for the recorder */
	uint32_t holder_coroutine; /* what it runs */
	const void *taken_at;	   /* the code that took it, for the recorder */
	struct aw__sync_line line;
	void *reserved[4]; /* for later versions */
} aw_lock;

/** Make a lock that nobody holds. Never fails. */
AW_API void aw_lock_init(aw_lock *lock);
/**
 * End a lock that nobody waits for. NULL is ignored.
 *
 * If it is taken, and the task that took it has ended, nobody released it: that is told to the recorder, as
 * scope-left-open.
 */
AW_API void aw_lock_finish(aw_lock *lock);

/**
 * Wait until the lock is free, and take it.
 *
 * It belongs to no task: any may release it, and taking it twice waits for oneself. A task that ends does not release
 * the locks that it took; AW_WITH_LOCK() does, on every path.
 *
 * While recording, the task that took it counts as its owner (the finding deadlock), until a lock that was taken by the same code is released by
 * another task or by a callback: from then on locks taken there have no owner.
 *
 * Errors: CancelledError, and the lock is not taken
 * Source: CPython Lib/asyncio/locks.py, Lock
 * Since:  0.1
 */
AW_API AW_MUST_USE aw_error *aw_lock_acquire(aw_lock *lock);
/** Free the lock; the first in line has it next. Errors: RuntimeError if it is not taken. */
AW_API AW_MUST_USE aw_error *aw_lock_release(aw_lock *lock);
/** Tell whether somebody holds the lock. */
AW_API bool aw_lock_locked(const aw_lock *lock);

/* -------------------------------------------------------------------------------------------------
 * Events
 */

/** An event, which tasks wait for until it is set. */
typedef struct aw_event {
	uint32_t magic;
	bool set;
	uint64_t id;
	struct aw__sync_line line;
	void *reserved[4]; /* for later versions */
} aw_event;

/** Make an event that is not set. Never fails. */
AW_API void aw_event_init(aw_event *event);
/** End an event that nobody waits for. NULL is ignored. */
AW_API void aw_event_finish(aw_event *event);

/** Set the event, and wake all that wait. They go on even if it is cleared before they run. */
AW_API void aw_event_set(aw_event *event);
/** Reset the event: who waits from now on, waits for the next aw_event_set(). */
AW_API void aw_event_clear(aw_event *event);
/** Tell whether the event is set. */
AW_API bool aw_event_is_set(const aw_event *event);
/** Wait until the event is set. Errors: CancelledError. */
AW_API AW_MUST_USE aw_error *aw_event_wait(aw_event *event);

/* -------------------------------------------------------------------------------------------------
 * Conditions
 */

/** A condition: tasks hold its lock, look, and wait until somebody notifies them. */
typedef struct aw_condition {
	uint32_t magic;
	uint64_t id;
	aw_lock *lock;
	aw_lock own;
	struct aw__sync_line line;
	void *reserved[4]; /* for later versions */
} aw_condition;

/** What a task waits for; called with the lock held. */
typedef bool aw_predicate_fn(void *arg);

/**
 * Make a condition. Never fails.
 *
 * @param lock  borrowed, outlives the condition; NULL for one of its own
 */
AW_API void aw_condition_init(aw_condition *condition, aw_lock *lock);
/** End a condition that nobody waits for, nor for its own lock. NULL is ignored. */
AW_API void aw_condition_finish(aw_condition *condition);

/** Take the condition's lock, as aw_lock_acquire(). */
AW_API AW_MUST_USE aw_error *aw_condition_acquire(aw_condition *condition);
/** Free the condition's lock, as aw_lock_release(). */
AW_API AW_MUST_USE aw_error *aw_condition_release(aw_condition *condition);
/** Tell whether somebody holds the condition's lock. */
AW_API bool aw_condition_locked(const aw_condition *condition);

/**
 * Free the lock, wait until somebody notifies, and take the lock again.
 *
 * The lock is held on return, after a CancelledError, too. One that comes while the lock is taken
 * again is told once it is. A task that is both notified and cancelled passes the notification on.
 *
 * Errors: CancelledError; RuntimeError if the lock is not taken
 * Source: CPython Lib/asyncio/locks.py, Condition, of 3.13
 * Since:  0.1
 */
AW_API AW_MUST_USE aw_error *aw_condition_wait(aw_condition *condition);
/** Wait again and again until predicate(arg) is true. Errors: as aw_condition_wait(). */
AW_API AW_MUST_USE aw_error *aw_condition_wait_for(aw_condition *condition,
						   aw_predicate_fn *predicate, void *arg);
/** Wake the first `count` that wait. Errors: RuntimeError if the lock is not taken. */
AW_API AW_MUST_USE aw_error *aw_condition_notify(aw_condition *condition, size_t count);
/** Wake all that wait. Errors: RuntimeError if the lock is not taken. */
AW_API AW_MUST_USE aw_error *aw_condition_notify_all(aw_condition *condition);

/* -------------------------------------------------------------------------------------------------
 * Semaphores
 */

/** A semaphore: so many tasks at once, and no more. */
typedef struct aw_semaphore {
	uint32_t magic;
	int64_t value;
	int64_t bound; /* negative: none */
	uint64_t id;
	struct aw__sync_line line;
	void *reserved[4]; /* for later versions */
} aw_semaphore;

/**
 * Make a semaphore that `value` tasks can acquire at once.
 *
 * Errors: ValueError if the value is negative; there is no semaphore then
 */
AW_API AW_MUST_USE aw_error *aw_semaphore_init(aw_semaphore *semaphore, int64_t value);
/** As aw_semaphore_init(), of one of which no more can be released than were acquired. */
AW_API AW_MUST_USE aw_error *aw_bounded_semaphore_init(aw_semaphore *semaphore, int64_t value);
/** End a semaphore that nobody waits for. NULL is ignored. */
AW_API void aw_semaphore_finish(aw_semaphore *semaphore);

/**
 * Wait until the value is above 0 and nobody is before us in line, and take 1 off it.
 *
 * Errors: CancelledError, and nothing is taken
 * Source: CPython Lib/asyncio/locks.py, Semaphore, of 3.13
 * Since:  0.1
 */
AW_API AW_MUST_USE aw_error *aw_semaphore_acquire(aw_semaphore *semaphore);
/** Add 1 to the value; the first in line takes it. Errors: ValueError if that exceeds the bound. */
AW_API AW_MUST_USE aw_error *aw_semaphore_release(aw_semaphore *semaphore);
/** Tell whether aw_semaphore_acquire() would wait. */
AW_API bool aw_semaphore_locked(const aw_semaphore *semaphore);

/* -------------------------------------------------------------------------------------------------
 * Barriers
 */

/** A barrier: nobody goes on before all are there. */
typedef struct aw_barrier {
	uint32_t magic;
	uint8_t state;
	size_t parties;
	size_t count; /* tasks inside of aw_barrier_wait() */
	aw_condition condition;
	void *reserved[4]; /* for later versions */
} aw_barrier;

/**
 * Make a barrier for so many tasks.
 *
 * Errors: ValueError if that is 0; there is no barrier then
 */
AW_API AW_MUST_USE aw_error *aw_barrier_init(aw_barrier *barrier, size_t parties);
/** End a barrier that nobody waits for. NULL is ignored. */
AW_API void aw_barrier_finish(aw_barrier *barrier);

/**
 * Wait until all parties do; then all go on, and the barrier is as new.
 *
 * A task that is cancelled while it waits leaves: the others wait for one more then.
 *
 * @param ret_index  set on success: in which order they came, from 0; each gets another. NULL if
 *                   not wanted
 *
 * Errors: BrokenBarrierError if the barrier is or was aborted, or reset meanwhile; CancelledError
 * Source: CPython Lib/asyncio/locks.py, Barrier
 * Since:  0.1
 */
AW_API AW_MUST_USE aw_error *aw_barrier_wait(aw_barrier *barrier, size_t *ret_index);
/** Make it as new; tasks that wait get a BrokenBarrierError. Errors: CancelledError. */
AW_API AW_MUST_USE aw_error *aw_barrier_reset(aw_barrier *barrier);
/**
 * Break it, until aw_barrier_reset(); tasks that wait get a BrokenBarrierError.
 *
 * Errors: CancelledError
 */
AW_API AW_MUST_USE aw_error *aw_barrier_abort(aw_barrier *barrier);
/** Get how many tasks it waits for. */
AW_API size_t aw_barrier_parties(const aw_barrier *barrier);
/** Count the tasks that wait for the others now. */
AW_API size_t aw_barrier_n_waiting(const aw_barrier *barrier);
/** Tell whether it was broken. */
AW_API bool aw_barrier_broken(const aw_barrier *barrier);

/* -------------------------------------------------------------------------------------------------
 * Queues
 */

struct aw__queue_order;

/** Compare two items: negative if `a` is to come out before `b`. */
typedef int aw_queue_compare_fn(void *a, void *b, void *arg);

/** A queue of pointers, with or without a bound. */
typedef struct aw_queue {
	uint32_t magic;
	uint64_t id;
	size_t maxsize; /* 0: no bound */
	const struct aw__queue_order *order;
	aw_queue_compare_fn *compare;
	void *compare_arg;
	void **items; /* a ring of `room`, of which `count` from `head` on are in use */
	size_t head, count, room;
	size_t unfinished; /* put, and not told to be done */
	struct aw__sync_line getters, putters;
	aw_event finished;
	void *reserved[4]; /* for later versions */
} aw_queue;

/**
 * Make a queue: first in, first out. Never fails.
 *
 * @param maxsize  so many items at most; 0 for no bound
 */
AW_API void aw_queue_init(aw_queue *queue, size_t maxsize);
/** Make a queue that gives what was put last. Never fails. */
AW_API void aw_lifo_queue_init(aw_queue *queue, size_t maxsize);
/**
 * Make a queue that gives the least item. Never fails.
 *
 * @param compare  called with two items and `arg`; of equal ones any may come first
 */
AW_API void aw_priority_queue_init(aw_queue *queue, size_t maxsize, aw_queue_compare_fn *compare,
				   void *arg);
/** End a queue that nobody waits for. Items that are left are the caller's. NULL is ignored. */
AW_API void aw_queue_finish(aw_queue *queue);

/**
 * Put an item; wait while the queue is full.
 *
 * @param item  the queue keeps the pointer, and never looks at what it points to
 *
 * Errors: CancelledError, MemoryError; the item is not in the queue then
 * Source: CPython Lib/asyncio/queues.py
 * Since:  0.1
 */
AW_API AW_MUST_USE aw_error *aw_queue_put(aw_queue *queue, void *item);
/**
 * Get an item; wait while the queue is empty.
 *
 * @param ret_item  set on success; NULL if not wanted
 *
 * Errors: CancelledError, and no item is taken
 */
AW_API AW_MUST_USE aw_error *aw_queue_get(aw_queue *queue, void **ret_item);
/** Put an item now. Errors: QueueFull; MemoryError. */
AW_API AW_MUST_USE aw_error *aw_queue_put_nowait(aw_queue *queue, void *item);
/** Get an item now. Errors: QueueEmpty. */
AW_API AW_MUST_USE aw_error *aw_queue_get_nowait(aw_queue *queue, void **ret_item);

/** Tell that an item is dealt with. Errors: ValueError if it is told more often than was put. */
AW_API AW_MUST_USE aw_error *aw_queue_task_done(aw_queue *queue);
/** Wait until all that was put is told to be done. Errors: CancelledError. */
AW_API AW_MUST_USE aw_error *aw_queue_join(aw_queue *queue);

/** Count the items in the queue. */
AW_API size_t aw_queue_qsize(const aw_queue *queue);
/** Get the bound; 0 if there is none. */
AW_API size_t aw_queue_maxsize(const aw_queue *queue);
/** Tell whether the queue has no item. */
AW_API bool aw_queue_empty(const aw_queue *queue);
/** Tell whether aw_queue_put() would wait. Never true without a bound. */
AW_API bool aw_queue_full(const aw_queue *queue);

#ifdef __cplusplus
}
#endif

#endif
