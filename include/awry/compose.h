/* SPDX-License-Identifier: MIT */
/**
 * awry/compose.h - waiting for several things (gather, wait, task groups), timeouts and shields.
 *
 * Where a `void *` parameter takes "anything awaitable", pass an aw_coro *, aw_task * or aw_future *.
 * The object itself says which one it is; anything else is a bug, and ends the program. A coroutine
 * is made into a task, and consumed; tasks and futures are borrowed.
 *
 * Context: inside a task, on the loop's thread.
 */
#ifndef AWRY_COMPOSE_H
#define AWRY_COMPOSE_H

#include <awry/task.h>

#ifdef __cplusplus
extern "C" {
#endif

/* -------------------------------------------------------------------------------------------------
 * Gather
 */

/** The outcome of one of the items: a result, or an error that the caller owns. */
typedef struct aw_outcome {
	void *result;
	aw_error *error;
} aw_outcome;

/**
 * Run all items concurrently, and wait for all: aw_gather(results, aw_call(f, a), task, future).
 *
 * The first error is returned as soon as it occurs. The other items go on running, and their errors are
 * not retrieved here. Cancelling the waiting task cancels all items.
 *
 * @param results  void *[count]: set, in the order of the arguments, if there is no error; or NULL
 *
 * Errors:  the first one among them; CancelledError, also if one of them was cancelled; MemoryError
 * Source:  CPython Lib/asyncio/tasks.py, gather()
 * Since:   0.1
 */
#if !defined(__cplusplus)
#define aw_gather(results, ...)                                                                    \
	aw_gather_n((void *[]){ __VA_ARGS__ }, AW__COUNT(__VA_ARGS__), results)
#endif

/**
 * As aw_gather(), with return_exceptions: an item's error is an outcome, like a result.
 *
 * @param outcomes  aw_outcome[count]: set on success; the caller owns the errors in it. Or NULL
 *
 * Errors: CancelledError if the waiting task is cancelled; MemoryError
 */
#if !defined(__cplusplus)
#define aw_gather_all(outcomes, ...)                                                               \
	aw_gather_all_n((void *[]){ __VA_ARGS__ }, AW__COUNT(__VA_ARGS__), outcomes)
#endif

#define AW__COUNT(...) (sizeof((void *[]){ __VA_ARGS__ }) / sizeof(void *))

/** As aw_gather(), with the items in an array. */
AW_API AW_MUST_USE aw_error *aw_gather_n(void *const *items, size_t count, void **results);
/** As aw_gather_all(), with the items in an array. */
AW_API AW_MUST_USE aw_error *aw_gather_all_n(void *const *items, size_t count,
					     aw_outcome *outcomes);

/** What aw_wait() waits for. */
enum aw_wait_when {
	AW_ALL_COMPLETED,
	AW_FIRST_COMPLETED,
	AW_FIRST_EXCEPTION, /* the first item that failed; a cancelled one does not count */
};

/**
 * Wait for tasks or futures until a deadline; none of them is cancelled, and no error is retrieved.
 *
 * @param items     tasks or futures, no coroutines; at least one
 * @param deadline  AW_FOREVER for none. If it passes, that is not an error
 * @param ret_done  how many are done; NULL if not wanted
 *
 * Errors: ValueError if there are no items; CancelledError; MemoryError
 */
AW_API AW_MUST_USE aw_error *aw_wait(void *const *items, size_t count, enum aw_wait_when when,
				     aw_ns deadline, size_t *ret_done);

typedef struct aw_as_completed aw_as_completed;

/**
 * Begin to wait for several items, and get each one as soon as it is done:
 *
 *	aw_as_completed *all = aw_as_completed_open(items, count, AW_FOREVER);
 *	while (aw_as_completed_more(all))
 *		err = aw_as_completed_next(all, &index, &result);
 *	aw_as_completed_close(&all);
 *
 * If the task ends while it is open, it is closed then, and the recorder reports it: scope-left-open.
 *
 * @param items     anything awaitable; an item that is listed twice is given once
 * @param deadline  AW_FOREVER for none; after it, items that are not done go on, and are not waited for
 *
 * Owner:  the caller closes it with aw_as_completed_close() in the same task. NULL if there is no memory
 * Source: CPython Lib/asyncio/tasks.py, as_completed()
 * Since:  0.1
 */
AW_API aw_as_completed *aw_as_completed_open(void *const *items, size_t count, aw_ns deadline);
/** Tell whether there is an item that was not given yet. */
AW_API bool aw_as_completed_more(const aw_as_completed *all);
/**
 * Wait for the next item that is done.
 *
 * @param ret_index  set to the item's index, unless the deadline has passed. NULL if not wanted
 * @param ret        set to the item's result on success; NULL if not wanted
 *
 * Errors: the item's; TimeoutError for each item that is not done at the deadline; CancelledError; MemoryError
 */
AW_API AW_MUST_USE aw_error *aw_as_completed_next(aw_as_completed *all, size_t *ret_index,
						  void **ret);
/** Stop waiting; items that are not done go on running. Sets `*all` to NULL. */
AW_API void aw_as_completed_close(aw_as_completed **all);

/**
 * Wait for an item until a deadline; if it is not done then, cancel it and wait for its end.
 *
 * Cancelling the waiting task cancels the item, too.
 *
 * @param item      anything awaitable
 * @param deadline  AW_FOREVER for none
 *
 * Errors: TimeoutError, with the CancelledError as its cause; MemoryError; else as aw_await()
 */
AW_API AW_MUST_USE aw_error *aw_wait_for(void *item, aw_ns deadline, void **ret);

/**
 * Wait for an item, and protect it from cancellation of the waiting task: the item goes on running.
 *
 * @param item  anything awaitable. If it is a coroutine and the wait is cancelled, its outcome is lost;
 * to get the outcome, make a task first, and keep a reference
 *
 * Errors: MemoryError; else as aw_await()
 */
AW_API AW_MUST_USE aw_error *aw_shield(void *item, void **ret);

/* -------------------------------------------------------------------------------------------------
 * Task groups
 */

typedef struct aw_group aw_group;

/**
 * Open a task group, which waits for all its tasks when it is closed. AW_WITH_GROUP() of <awry/with.h> closes it automatically.
 *
 * When one task fails, the other tasks and the body (the code between opening and closing) are cancelled.
 *
 * If the task that opened the group ends while it is open, for example because AW_TRY() returned, the group is closed then, with that
 * task's error, or, if it returned a result, after the group's tasks were cancelled. The recorder reports it: scope-left-open.
 *
 * @param name  shown in the group's error; NULL for none
 *
 * Owner: the caller closes it with aw_group_close() in the same task. NULL if there is no memory; closing then gives a MemoryError
 * Since: 0.1
 */
AW_API aw_group *aw_group_open(const char *name);

/**
 * Start fn(arg) as a task of the group.
 *
 * If the group is shutting down, because a task has failed or the body was cancelled, nothing is
 * started: the returned task has failed, with a RuntimeError.
 *
 * Returns the task; borrowed: it may be freed as soon as it is done. To use it later, take a reference with aw_task_ref(). NULL if
 * there is no memory: then aw_group_close() cancels the other tasks, and its errors include a MemoryError.
 */
#define aw_group_spawn(group, fn, arg) aw__group_spawn(group, AW__SITE(fn), fn, arg)

/** As aw_group_spawn(), with a coroutine, which is consumed. */
AW_API aw_task *aw_group_create_task(aw_group *group, aw_coro *coro);
/** As aw_group_create_task(), with options: AW_TASK_OPTS(.name = "fetch"). */
AW_API aw_task *aw_group_create_task_with(aw_group *group, aw_coro *coro,
					  const struct aw_task_options *options);

AW_API aw_task *aw__group_spawn(aw_group *group, struct aw__site *site, aw_coro_fn *fn, void *arg);

/**
 * Wait for all tasks of the group, and close it: `err = aw_group_close(&group, err)`.
 *
 * @param group  set to NULL
 * @param err    the error with which the body ended, or NULL; consumed. If it is an error, the tasks
 * are cancelled
 *
 * Errors:  an ExceptionGroup of the tasks' errors, with the body's error last; CancelledError, if the
 *          body was cancelled and nothing failed; KeyboardInterrupt and SystemExit as they are;
 *          MemoryError if there was no memory for the group or a task. If there is none for the
 *          ExceptionGroup: the first error
 * Source:  CPython Lib/asyncio/taskgroups.py, of 3.13
 */
#define aw_group_close(group, err) aw__group_close(AW_HERE, group, err)

AW_API AW_MUST_USE aw_error *aw__group_close(const char *file, int line, const char *function,
					     aw_group **group, aw_error *err);

/* -------------------------------------------------------------------------------------------------
 * Timeouts
 */

typedef struct aw_timeout aw_timeout;

/**
 * Open a scope that is cancelled at a deadline: aw_timeout_open(aw_now() + AW_MS(500)). AW_WITH_TIMEOUT() of
 * <awry/with.h> closes it automatically.
 *
 * If its task ends while it is open, for example because AW_TRY() returned, it is closed then, with the task's error. The
 * recorder reports it: scope-left-open.
 *
 * @param deadline  AW_FOREVER for none, until aw_timeout_reschedule()
 *
 * Owner: the caller closes it with aw_timeout_close() in the same task. NULL if there is no memory; closing then gives a MemoryError
 * Since: 0.1
 */
AW_API aw_timeout *aw_timeout_open(aw_ns deadline);
/** Open a scope that has no deadline yet. */
#define aw_timeout_at_none() aw_timeout_open(AW_FOREVER)
/** Change the deadline. Errors: RuntimeError if it has passed; MemoryError, and there is no deadline then. */
AW_API AW_MUST_USE aw_error *aw_timeout_reschedule(aw_timeout *timeout, aw_ns deadline);
/** Get the deadline; AW_FOREVER for none. */
AW_API aw_ns aw_timeout_when(const aw_timeout *timeout);
/** Tell whether the deadline has passed, and the body was cancelled. */
AW_API bool aw_timeout_expired(const aw_timeout *timeout);
/**
 * Close the scope: `err = aw_timeout_close(&timeout, err)`.
 *
 * @param timeout  set to NULL
 * @param err      the error with which the body ended, or NULL; consumed
 *
 * Errors:  TimeoutError, with the CancelledError as its context, if this timeout and nothing else
 *          cancelled the body, and it ended by that; else `err`
 * Source:  CPython Lib/asyncio/timeouts.py
 */
#define aw_timeout_close(timeout, err) aw__timeout_close(AW_HERE, timeout, err)

AW_API AW_MUST_USE aw_error *aw__timeout_close(const char *file, int line, const char *function,
					       aw_timeout **timeout, aw_error *err);

#ifdef __cplusplus
}

template <typename... types> inline AW_MUST_USE aw_error *aw_gather(void **results, types... items)
{
	void *const all[] = { items..., nullptr };

	return aw_gather_n(all, sizeof...(items), results);
}

template <typename... types>
inline AW_MUST_USE aw_error *aw_gather_all(aw_outcome *outcomes, types... items)
{
	void *const all[] = { items..., nullptr };

	return aw_gather_all_n(all, sizeof...(items), outcomes);
}
#endif

#endif
