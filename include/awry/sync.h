/* SPDX-License-Identifier: MIT */
/**
 * awry/sync.h - locks, events, conditions, semaphores, barriers and queues, between tasks.
 *
 * They work like asyncio's: tasks are served in the order in which they began to wait, and a task that is
 * cancelled just when it is served passes its turn on. A call that need not wait does not suspend.
 *
 * These objects live in the caller's memory, and must not be moved. A woken task counts as waiting until
 * it has run. Finishing an object while a task waits for it is a bug, and ends the program with a line
 * that says so.
 *
 * Errors:  each wait may end with a CancelledError; the task no longer waits then
 * Context: the thread of one loop; functions that wait: inside a task; all others also in callbacks
 */
#ifndef AWRY_SYNC_H
#define AWRY_SYNC_H

#include <awry/loop.h>

#ifdef __cplusplus
extern "C" {
#endif

struct aw__sync_waiter;

/** Waiting tasks, in the order in which they came. Private. */
struct aw__sync_line {
	struct aw__sync_waiter *first, *last;
	struct aw__sync_waiter *pending; /* all before it are woken or cancelled; NULL: all are */
};

/* -------------------------------------------------------------------------------------------------
 * Locks
 */

/** A lock. The fields of all objects in this header are private. */
typedef struct aw_lock {
	uint32_t magic;
	bool locked;
	uint64_t id;		   /* for the recorder; 0: none yet */
	uint64_t holder;	   /* the task that took it, for the recorder; 0: none */
	uint32_t holder_stack;	   /* where that task was created, for the recorder */
	uint32_t holder_coroutine; /* that task's function, for the recorder */
	const void *taken_at;	   /* the code that took it, for the recorder */
	struct aw__sync_line line;
	void *reserved[4]; /* for later versions */
} aw_lock;

/** Make a lock that is free. Never fails. */
AW_API void aw_lock_init(aw_lock *lock);
/**
 * Finish a lock that no task waits for. NULL is ignored.
 *
 * If it is still taken, and the task that took it has ended, the recorder reports that it was never released:
 * scope-left-open.
 */
AW_API void aw_lock_finish(aw_lock *lock);

/**
 * Wait until the lock is free, and take it.
 *
 * A lock has no owner: any task may release it, and a task that takes it twice waits for itself. A task that ends does not
 * release the locks that it took; AW_WITH_LOCK() releases its lock on every path.
 *
 * For the finding deadlock, the recorder treats the task that took the lock as its owner. As soon as a lock that was taken by the same code is
 * released by another task or by a callback, locks taken there no longer have an owner.
 *
 * Errors: CancelledError, and the lock is not taken
 * Source: CPython Lib/asyncio/locks.py, Lock
 * Since:  0.1
 */
AW_API AW_MUST_USE aw_error *aw_lock_acquire(aw_lock *lock);
/** Release the lock; the first waiting task gets it next. Errors: RuntimeError if it is not taken. */
AW_API AW_MUST_USE aw_error *aw_lock_release(aw_lock *lock);
/** Tell whether the lock is taken. */
AW_API bool aw_lock_locked(const aw_lock *lock);

/* -------------------------------------------------------------------------------------------------
 * Events
 */

/** An event: tasks wait until it is set. */
typedef struct aw_event {
	uint32_t magic;
	bool set;
	uint64_t id;
	struct aw__sync_line line;
	void *reserved[4]; /* for later versions */
} aw_event;

/** Make an event that is not set. Never fails. */
AW_API void aw_event_init(aw_event *event);
/** Finish an event that no task waits for. NULL is ignored. */
AW_API void aw_event_finish(aw_event *event);

/** Set the event, and wake all waiting tasks. They resume even if it is cleared before they run. */
AW_API void aw_event_set(aw_event *event);
/** Reset the event: a wait that begins now lasts until the next aw_event_set(). */
AW_API void aw_event_clear(aw_event *event);
/** Tell whether the event is set. */
AW_API bool aw_event_is_set(const aw_event *event);
/** Wait until the event is set. Errors: CancelledError. */
AW_API AW_MUST_USE aw_error *aw_event_wait(aw_event *event);

/* -------------------------------------------------------------------------------------------------
 * Conditions
 */

/** A condition variable: a task takes its lock, checks a condition, and waits until it is notified. */
typedef struct aw_condition {
	uint32_t magic;
	uint64_t id;
	aw_lock *lock;
	aw_lock own;
	struct aw__sync_line line;
	void *reserved[4]; /* for later versions */
} aw_condition;

/** Tells whether a task may stop waiting; called with the lock taken. */
typedef bool aw_predicate_fn(void *arg);

/**
 * Make a condition. Never fails.
 *
 * @param lock  borrowed, must outlive the condition; NULL: the condition gets its own lock
 */
AW_API void aw_condition_init(aw_condition *condition, aw_lock *lock);
/** Finish a condition, if no task waits for it or for its own lock. NULL is ignored. */
AW_API void aw_condition_finish(aw_condition *condition);

/** Take the condition's lock, as aw_lock_acquire(). */
AW_API AW_MUST_USE aw_error *aw_condition_acquire(aw_condition *condition);
/** Release the condition's lock, as aw_lock_release(). */
AW_API AW_MUST_USE aw_error *aw_condition_release(aw_condition *condition);
/** Tell whether the condition's lock is taken. */
AW_API bool aw_condition_locked(const aw_condition *condition);

/**
 * Release the lock, wait for a notification, and take the lock again.
 *
 * The lock is taken on return, even after a CancelledError. A cancellation that arrives while the lock is
 * being taken again is delivered afterwards. A task that is both notified and cancelled passes the notification on.
 *
 * Errors: CancelledError; RuntimeError if the lock is not taken
 * Source: CPython Lib/asyncio/locks.py, Condition, of 3.13
 * Since:  0.1
 */
AW_API AW_MUST_USE aw_error *aw_condition_wait(aw_condition *condition);
/** Wait until predicate(arg) is true; it is checked first, and after each notification. Errors: as aw_condition_wait(). */
AW_API AW_MUST_USE aw_error *aw_condition_wait_for(aw_condition *condition,
						   aw_predicate_fn *predicate, void *arg);
/** Wake the first `count` waiting tasks. Errors: RuntimeError if the lock is not taken. */
AW_API AW_MUST_USE aw_error *aw_condition_notify(aw_condition *condition, size_t count);
/** Wake all waiting tasks. Errors: RuntimeError if the lock is not taken. */
AW_API AW_MUST_USE aw_error *aw_condition_notify_all(aw_condition *condition);

/* -------------------------------------------------------------------------------------------------
 * Semaphores
 */

/** A semaphore: at most `value` tasks hold it at once. */
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
/** As aw_semaphore_init(), but it cannot be released more often than it was acquired. */
AW_API AW_MUST_USE aw_error *aw_bounded_semaphore_init(aw_semaphore *semaphore, int64_t value);
/** Finish a semaphore that no task waits for. NULL is ignored. */
AW_API void aw_semaphore_finish(aw_semaphore *semaphore);

/**
 * Wait until the value is above 0 and no other task waits before this one, and subtract 1 from it.
 *
 * Errors: CancelledError, and nothing is taken
 * Source: CPython Lib/asyncio/locks.py, Semaphore, of 3.13
 * Since:  0.1
 */
AW_API AW_MUST_USE aw_error *aw_semaphore_acquire(aw_semaphore *semaphore);
/** Add 1 to the value; the first waiting task takes it. Errors: ValueError if that exceeds the bound. */
AW_API AW_MUST_USE aw_error *aw_semaphore_release(aw_semaphore *semaphore);
/** Tell whether aw_semaphore_acquire() would wait. */
AW_API bool aw_semaphore_locked(const aw_semaphore *semaphore);

/* -------------------------------------------------------------------------------------------------
 * Barriers
 */

/** A barrier: tasks wait until a given number of them have arrived. */
typedef struct aw_barrier {
	uint32_t magic;
	uint8_t state;
	size_t parties;
	size_t count; /* tasks in aw_barrier_wait() */
	aw_condition condition;
	void *reserved[4]; /* for later versions */
} aw_barrier;

/**
 * Make a barrier for `parties` tasks.
 *
 * Errors: ValueError if `parties` is 0; there is no barrier then
 */
AW_API AW_MUST_USE aw_error *aw_barrier_init(aw_barrier *barrier, size_t parties);
/** Finish a barrier that no task waits for. NULL is ignored. */
AW_API void aw_barrier_finish(aw_barrier *barrier);

/**
 * Wait until all parties wait; then all of them resume, and the barrier can be used again.
 *
 * A task that is cancelled while it waits no longer counts: the others wait for one more.
 *
 * @param ret_index  set on success to the task's place in the order of arrival, from 0. NULL if
 *                   not wanted
 *
 * Errors: BrokenBarrierError if the barrier is or was aborted, or is reset meanwhile; CancelledError
 * Source: CPython Lib/asyncio/locks.py, Barrier
 * Since:  0.1
 */
AW_API AW_MUST_USE aw_error *aw_barrier_wait(aw_barrier *barrier, size_t *ret_index);
/** Return the barrier to its initial state; waiting tasks get a BrokenBarrierError. Errors: CancelledError. */
AW_API AW_MUST_USE aw_error *aw_barrier_reset(aw_barrier *barrier);
/**
 * Break the barrier until aw_barrier_reset(); waiting tasks get a BrokenBarrierError.
 *
 * Errors: CancelledError
 */
AW_API AW_MUST_USE aw_error *aw_barrier_abort(aw_barrier *barrier);
/** Get the number of tasks for which the barrier was made. */
AW_API size_t aw_barrier_parties(const aw_barrier *barrier);
/** Count the tasks that wait for the other parties now. */
AW_API size_t aw_barrier_n_waiting(const aw_barrier *barrier);
/** Tell whether the barrier is broken. */
AW_API bool aw_barrier_broken(const aw_barrier *barrier);

/* -------------------------------------------------------------------------------------------------
 * Queues
 */

struct aw__queue_order;

/** Compare two items: negative if `a` should come out before `b`. */
typedef int aw_queue_compare_fn(void *a, void *b, void *arg);

/** A queue of pointers, with or without a bound. */
typedef struct aw_queue {
	uint32_t magic;
	uint64_t id;
	size_t maxsize; /* 0: no bound */
	const struct aw__queue_order *order;
	aw_queue_compare_fn *compare;
	void *compare_arg;
	void **items; /* a ring of `room` items, of which `count` from `head` on are in use */
	size_t head, count, room;
	size_t unfinished; /* items put, but not yet reported by aw_queue_task_done() */
	struct aw__sync_line getters, putters;
	aw_event finished;
	void *reserved[4]; /* for later versions */
} aw_queue;

/**
 * Make a queue: first in, first out. Never fails.
 *
 * @param maxsize  the most items; 0 for no bound
 */
AW_API void aw_queue_init(aw_queue *queue, size_t maxsize);
/** Make a queue that gives the newest item first. Never fails. */
AW_API void aw_lifo_queue_init(aw_queue *queue, size_t maxsize);
/**
 * Make a queue that gives the smallest item first. Never fails.
 *
 * @param compare  called with two items and `arg`; equal items come in any order
 */
AW_API void aw_priority_queue_init(aw_queue *queue, size_t maxsize, aw_queue_compare_fn *compare,
				   void *arg);
/** Finish a queue that no task waits for. Remaining items are the caller's. NULL is ignored. */
AW_API void aw_queue_finish(aw_queue *queue);

/**
 * Put an item; wait while the queue is full.
 *
 * @param item  the queue keeps the pointer, and never dereferences it
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
/** Put an item without waiting. Errors: QueueFull; MemoryError. */
AW_API AW_MUST_USE aw_error *aw_queue_put_nowait(aw_queue *queue, void *item);
/** Get an item without waiting. Errors: QueueEmpty. */
AW_API AW_MUST_USE aw_error *aw_queue_get_nowait(aw_queue *queue, void **ret_item);

/** Report that one item was processed. Errors: ValueError if called more often than items were put. */
AW_API AW_MUST_USE aw_error *aw_queue_task_done(aw_queue *queue);
/** Wait until aw_queue_task_done() was called for every item. Errors: CancelledError. */
AW_API AW_MUST_USE aw_error *aw_queue_join(aw_queue *queue);

/** Count the items in the queue. */
AW_API size_t aw_queue_qsize(const aw_queue *queue);
/** Get the bound; 0 if there is none. */
AW_API size_t aw_queue_maxsize(const aw_queue *queue);
/** Tell whether the queue is empty. */
AW_API bool aw_queue_empty(const aw_queue *queue);
/** Tell whether aw_queue_put() would wait. Never true without a bound. */
AW_API bool aw_queue_full(const aw_queue *queue);

#ifdef __cplusplus
}
#endif

#endif
