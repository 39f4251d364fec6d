/* SPDX-License-Identifier: MIT */
/**
 * awry/compose.h - waiting for many: gather, wait, task groups; and for not too long: timeouts,
 * shields.
 *
 * Where a function takes "anything awaitable" by `void *`, it takes an aw_coro *, aw_task * or
 * aw_future *. Which one is known by the object itself; anything else is a bug, and ends the
 * program. A coroutine is made into a task, and consumed; tasks and futures are borrowed.
 *
 * Context: inside of a task, on the loop's thread.
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

/** What became of one of many: a result, or an error that the holder owns. */
typedef struct aw_outcome {
	void *result;
	aw_error *error;
} aw_outcome;

/**
 * Run all at once, and wait for all: aw_gather(results, aw_call(f, a), task, future).
 *
 * The first error is returned as soon as it is there; the others go on running, and their errors,
 * should they have any, are nobody's. Cancelling the waiting task cancels all of them.
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
 * As aw_gather(), with return_exceptions: errors are outcomes like results.
 *
 * @param outcomes  aw_outcome[count]: set if there is no error; the errors in it are owned. Or NULL
 *
 * Errors: CancelledError if the waiting task is cancelled; MemoryError
 */
#if !defined(__cplusplus)
#define aw_gather_all(outcomes, ...)                                                               \
	aw_gather_all_n((void *[]){ __VA_ARGS__ }, AW__COUNT(__VA_ARGS__), outcomes)
#endif

#define AW__COUNT(...) (sizeof((void *[]){ __VA_ARGS__ }) / sizeof(void *))

/** As aw_gather(), of an array. */
AW_API AW_MUST_USE aw_error *aw_gather_n(void *const *items, size_t count, void **results);
/** As aw_gather_all(), of an array. */
AW_API AW_MUST_USE aw_error *aw_gather_all_n(void *const *items, size_t count,
					     aw_outcome *outcomes);

/** What aw_wait() waits for. */
enum aw_wait_when {
	AW_ALL_COMPLETED,
	AW_FIRST_COMPLETED,
	AW_FIRST_EXCEPTION, /* of a task that was not cancelled */
};

/**
 * Wait for tasks or futures, until a time; nothing is cancelled, and nothing retrieved.
 *
 * @param items     tasks or futures, no coroutines; at least one
 * @param deadline  AW_FOREVER for none. That it passed is no error
 * @param ret_done  how many are done; NULL if not wanted
 *
 * Errors: ValueError if there are no items; CancelledError; MemoryError
 */
AW_API AW_MUST_USE aw_error *aw_wait(void *const *items, size_t count, enum aw_wait_when when,
				     aw_ns deadline, size_t *ret_done);

typedef struct aw_as_completed aw_as_completed;

/**
 * Begin to wait for many, and to be given each when it is done:
 *
 *	aw_as_completed *all = aw_as_completed_open(items, count, AW_FOREVER);
 *	while (aw_as_completed_more(all))
 *		err = aw_as_completed_next(all, &index, &result);
 *	aw_as_completed_close(&all);
 *
 * If its task ends while it is open, it is closed then, and that is told to the recorder: scope-left-open.
 *
 * @param items     anything awaitable; what is listed twice is given once
 * @param deadline  AW_FOREVER for none; when it has passed, what is not done yet is left alone
 *
 * Owner:  closed by aw_as_completed_close() in the same task. NULL if there is no memory
 * Source: CPython Lib/asyncio/tasks.py, as_completed()
 * Since:  0.1
 */
AW_API aw_as_completed *aw_as_completed_open(void *const *items, size_t count, aw_ns deadline);
/** Tell whether there is one that was not given yet. */
AW_API bool aw_as_completed_more(const aw_as_completed *all);
/**
 * Wait for the next one that is done.
 *
 * @param ret_index  set, unless it is late: which of the items it is. NULL if not wanted
 * @param ret        set to its result on success; NULL if not wanted
 *
 * Errors: its error; TimeoutError for each one that is late; CancelledError; MemoryError
 */
AW_API AW_MUST_USE aw_error *aw_as_completed_next(aw_as_completed *all, size_t *ret_index,
						  void **ret);
/** Stop waiting; what is not done goes on. Sets `*all` to NULL. */
AW_API void aw_as_completed_close(aw_as_completed **all);

/**
 * Wait for something until a time; if it is not done then, cancel it and wait for that.
 *
 * Cancelling the waiting task cancels it, too.
 *
 * @param item      anything awaitable
 * @param deadline  AW_FOREVER for none
 *
 * Errors: TimeoutError, with the CancelledError as its cause; MemoryError; else as aw_await()
 */
AW_API AW_MUST_USE aw_error *aw_wait_for(void *item, aw_ns deadline, void **ret);

/**
 * Wait for something without letting a cancellation of the waiting task reach it: it goes on
 * running.
 *
 * @param item  anything awaitable. What becomes of a coroutine after a cancellation nobody learns;
 * to learn it, make a task first, and keep a reference
 *
 * Errors: MemoryError; else as aw_await()
 */
AW_API AW_MUST_USE aw_error *aw_shield(void *item, void **ret);

/* -------------------------------------------------------------------------------------------------
 * Task groups
 */

typedef struct aw_group aw_group;

/**
 * Open a group, which waits at its end for all the tasks in it. AW_WITH_GROUP() of <awry/with.h> closes it by itself.
 *
 * When the first of them fails, the others and the body are cancelled.
 *
 * If its task ends while it is open, for example because AW_TRY() returned, it is closed then with the task's error, or, if the
 * task returned a result, after its tasks were cancelled; and that is told to the recorder: scope-left-open.
 *
 * @param name  shown in the group's error; NULL for none
 *
 * Owner: closed by aw_group_close() in the same task. NULL if there is no memory; closing tells
 * Since: 0.1
 */
AW_API aw_group *aw_group_open(const char *name);

/**
 * Start fn(arg) as a task of the group.
 *
 * If the group is shutting down, because one has failed or the body was cancelled, nothing is
 * started: the task has failed then, with a RuntimeError.
 *
 * Returns the task; borrowed: it may be gone as soon as it is done. aw_task_ref() to use it later. NULL if there is no
 * memory: then aw_group_close() cancels the others, and has a MemoryError among its errors.
 */
#define aw_group_spawn(group, fn, arg) aw__group_spawn(group, AW__SITE(fn), fn, arg)

/** The same with a coroutine, which is consumed. */
AW_API aw_task *aw_group_create_task(aw_group *group, aw_coro *coro);
/** The same with options: AW_TASK_OPTS(.name = "fetch"). */
AW_API aw_task *aw_group_create_task_with(aw_group *group, aw_coro *coro,
					  const struct aw_task_options *options);

AW_API aw_task *aw__group_spawn(aw_group *group, struct aw__site *site, aw_coro_fn *fn, void *arg);

/**
 * Wait for all tasks of the group, and close it: `err = aw_group_close(&group, err)`.
 *
 * @param group  set to NULL
 * @param err    with which the body ended, or NULL; consumed. If it is an error, the tasks are
 * cancelled
 *
 * Errors:  an ExceptionGroup of what failed, the body's error last; CancelledError, if the body was
 *          cancelled and nothing failed; KeyboardInterrupt and SystemExit as they are; MemoryError
 *          if there was none for the group or a task. Out of memory for the ExceptionGroup, what
 *          failed first
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
 * Open a scope that is cancelled at a time: aw_timeout_open(aw_now() + AW_MS(500)). AW_WITH_TIMEOUT() of
 * <awry/with.h> closes it by itself.
 *
 * If its task ends while it is open, for example because AW_TRY() returned, it is closed then with the task's error, and
 * that is told to the recorder: scope-left-open.
 *
 * @param deadline  AW_FOREVER for none, until aw_timeout_reschedule()
 *
 * Owner: closed by aw_timeout_close() in the same task. NULL if there is no memory; closing tells
 * Since: 0.1
 */
AW_API aw_timeout *aw_timeout_open(aw_ns deadline);
/** A scope without a deadline, as yet. */
#define aw_timeout_at_none() aw_timeout_open(AW_FOREVER)
/** Change the deadline. Errors: RuntimeError if it has passed; MemoryError: there is none then. */
AW_API AW_MUST_USE aw_error *aw_timeout_reschedule(aw_timeout *timeout, aw_ns deadline);
/** The deadline; AW_FOREVER for none. */
AW_API aw_ns aw_timeout_when(const aw_timeout *timeout);
/** Tell whether the deadline has passed, and the body was cancelled. */
AW_API bool aw_timeout_expired(const aw_timeout *timeout);
/**
 * Close the scope: `err = aw_timeout_close(&timeout, err)`.
 *
 * @param timeout  set to NULL
 * @param err      with which the body ended, or NULL; consumed
 *
 * Errors:  TimeoutError, with the CancelledError as its context, if the body ended by our
 *          cancelling it and by no other; else `err`
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
