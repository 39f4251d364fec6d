/* SPDX-License-Identifier: MIT */
/**
 * awry/task.h - coroutines, tasks and futures.
 *
 * A coroutine object is a call that has not been made yet. Awaiting it runs it immediately, on the
 * caller's stack; making a task of it lets the loop run it on its own stack. Both consume it.
 *
 * If there is no memory, a coroutine, task or future is NULL. All functions accept NULL, and treat it
 * as one that has failed with a MemoryError. So callers need not check for NULL: awaiting it returns
 * the error.
 *
 * Context: the loop's thread; functions that may wait: inside a task.
 */
#ifndef AWRY_TASK_H
#define AWRY_TASK_H

#include <awry/context.h>
#include <awry/loop.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aw_coro aw_coro;
typedef struct aw_task aw_task;
typedef struct aw_future aw_future;

/* -------------------------------------------------------------------------------------------------
 * Coroutine objects
 */

/**
 * Make a coroutine object: fn(arg), not called yet.
 *
 * It belongs to the task that makes it, or else to the loop. If its owner ends and the coroutine was not
 * awaited, the recorder reports it: never-awaited. It is freed when the loop closes, at the latest.
 *
 * Owner: the caller; awaiting it or making a task of it consumes it, aw_coro_close() drops it
 * Since: 0.1
 */
#define aw_call(fn, arg) aw__call(AW__SITE(fn), fn, arg)

/** Drop a coroutine object, without the finding never-awaited. NULL is ignored. */
AW_API void aw_coro_close(aw_coro *coro);

AW_API aw_coro *aw__call(struct aw__site *site, aw_coro_fn *fn, void *arg);

/* -------------------------------------------------------------------------------------------------
 * Awaiting
 */

/**
 * Wait for a coroutine, task or future; a coroutine is run, and consumed.
 *
 * If it is done already, the call does not suspend. Cancelling the waiting task cancels the awaited task
 * or future, too.
 *
 * @param x    an aw_coro *, aw_task * or aw_future *; a task or future is borrowed
 * @param ret  set to the result on success; NULL if not wanted
 *
 * Errors:  that of the coroutine, task or future, which counts as retrieved; CancelledError;
 *          RuntimeError if it belongs to another loop, or if a task awaits itself
 * Context: inside a task
 * Since:   0.1
 */
#if !defined(__cplusplus)
/* clang-format off */
#define aw_await(x, ret)                                                                           \
	_Generic((x),                                                                              \
		aw_coro *: aw_await_coro,                                                          \
		aw_task *: aw_await_task,                                                          \
		aw_future *: aw_await_future)((x), (ret))
/* clang-format on */
#endif

/** As aw_await(), for a coroutine. */
AW_API AW_MUST_USE aw_error *aw_await_coro(aw_coro *coro, void **ret);
/** As aw_await(), for a task. */
AW_API AW_MUST_USE aw_error *aw_await_task(aw_task *task, void **ret);
/** As aw_await(), for a future. */
AW_API AW_MUST_USE aw_error *aw_await_future(aw_future *future, void **ret);

/** Wait for a duration; 0 lets one iteration pass. Errors: CancelledError, MemoryError. */
AW_API AW_MUST_USE aw_error *aw_sleep(aw_ns duration);
/** Wait until a time. Errors: CancelledError, MemoryError. */
AW_API AW_MUST_USE aw_error *aw_sleep_until(aw_ns deadline);
/** Let other tasks run: sleep(0). Errors: CancelledError. */
AW_API AW_MUST_USE aw_error *aw_yield(void);

/* -------------------------------------------------------------------------------------------------
 * Tasks
 */

/** Options of a task; all of them may be zero. */
struct aw_task_options {
	size_t size;	     /* of this struct; AW_TASK_OPTS() sets it */
	const char *name;    /* copied; NULL for "Task-<id>" */
	bool eager;	     /* run it at once, up to its first suspension */
	aw_context *context; /* the context to run in; borrowed. NULL: a copy of the current one */
};

/** Make task options by name: AW_TASK_OPTS(.name = "fetch"). */
#define AW_TASK_OPTS(...) AW__OPTS(aw_task_options, __VA_ARGS__)

/**
 * Make a task of a coroutine: the loop runs it, from the next iteration on.
 *
 * @param coro  consumed
 *
 * Owner:   the caller has a reference to the task; the loop has one until the task is done
 * Context: the loop's thread: in a task, in a callback, or while the loop does not run
 * Since:   0.1
 */
AW_API aw_task *aw_task_create(aw_coro *coro);
/** As aw_task_create(), with options: AW_TASK_OPTS(.name = "fetch", .eager = true). */
AW_API aw_task *aw_task_create_with(aw_coro *coro, const struct aw_task_options *options);

/** Make a task of fn(arg): aw_task_create(aw_call(fn, arg)), without the coroutine object. */
#define aw_spawn(fn, arg) aw__spawn(AW__SITE(fn), fn, arg)

AW_API aw_task *aw__spawn(struct aw__site *site, aw_coro_fn *fn, void *arg);

/** Take one more reference. NULL is ignored. Returns: the task. */
AW_API aw_task *aw_task_ref(aw_task *task);
/** Give up a reference; returns NULL. With the last reference, an error that was not retrieved is lost. */
AW_API aw_task *aw_task_unref(aw_task *task);

/** Get the running task; borrowed. NULL outside of any task. */
AW_API aw_task *aw_task_current(void);
/** Get the task's id, which viewers show: unique within the process. */
AW_API uint64_t aw_task_id(const aw_task *task);
/** Get the task's name; valid until the name is set again. */
AW_API const char *aw_task_name(aw_task *task);
/** Set the task's name; out of memory, the old name stays. */
AW_API void aw_task_set_name(aw_task *task, const char *name);

/** Tell whether the task returned, failed or was cancelled. */
AW_API bool aw_task_done(const aw_task *task);
/** Tell whether the task ended by a CancelledError. */
AW_API bool aw_task_cancelled(const aw_task *task);

/**
 * Take the result of a task that is done.
 *
 * @param ret  set on success; NULL if not wanted
 *
 * Errors: the task's, which counts as retrieved; InvalidStateError if it is not done
 */
AW_API AW_MUST_USE aw_error *aw_task_result(aw_task *task, void **ret);
/** Take the error of a task that is done; NULL if it returned. Errors: as aw_task_result(). */
AW_API AW_MUST_USE aw_error *aw_task_exception(aw_task *task);

/**
 * Request a task's cancellation: its current or next await returns CancelledError.
 *
 * The task may clean up, with more awaits, and may even continue. Requests are counted; see
 * aw_task_uncancel().
 *
 * @param message  the CancelledError's; NULL for none
 *
 * Returns false if the task is done already.
 * Source: CPython Lib/asyncio/tasks.py
 */
AW_API bool aw_task_cancel(aw_task *task, const char *message);
/** Take back one request to cancel; returns how many are left. At 0, a request that was not delivered yet is dropped.
 */
AW_API unsigned int aw_task_uncancel(aw_task *task);
/** Count the requests to cancel the task. */
AW_API unsigned int aw_task_cancelling(const aw_task *task);

/** A callback for the end of a task. */
typedef void aw_task_done_fn(aw_task *task, void *arg);

/**
 * Call fn(task, arg) in the iteration after the task is done, in a copy of the current context:
 * aw_task_add_done_callback(task, fn, arg).
 *
 * Errors: MemoryError
 */
#define aw_task_add_done_callback(task, fn, ...)                                                   \
	aw__task_add_done_callback(#fn, task, fn, __VA_ARGS__)
/** Remove the callbacks with this fn and arg; returns how many there were. 0 if the task is done. */
AW_API size_t aw_task_remove_done_callback(aw_task *task, aw_task_done_fn *fn, void *arg);

AW_API AW_MUST_USE aw_error *aw__task_add_done_callback(const char *name, aw_task *task,
							aw_task_done_fn *fn, void *arg);

/* -------------------------------------------------------------------------------------------------
 * Futures: results that are set later
 */

/** Make a pending future of the current loop. Owner: the caller has a reference. */
AW_API aw_future *aw_future_create(void);
/** Take one more reference. NULL is ignored. Returns: the future. */
AW_API aw_future *aw_future_ref(aw_future *future);
/** Give up a reference; returns NULL. With the last reference, an error that was not retrieved is lost. */
AW_API aw_future *aw_future_unref(aw_future *future);

/** Finish the future with a result. Errors: InvalidStateError if it is done already. */
AW_API AW_MUST_USE aw_error *aw_future_set_result(aw_future *future, void *result);
/** Finish the future with an error. `err` is always consumed. Errors: as aw_future_set_result(). */
AW_API AW_MUST_USE aw_error *aw_future_set_error(aw_future *future, aw_error *err);
/** Cancel the future; false if it is done already. `message` may be NULL. */
AW_API bool aw_future_cancel(aw_future *future, const char *message);

/** Tell whether the future has a result or an error, or was cancelled. */
AW_API bool aw_future_done(const aw_future *future);
/** Tell whether the future was cancelled. */
AW_API bool aw_future_cancelled(const aw_future *future);
/** Take the result of a future that is done. Errors: as aw_task_result(). */
AW_API AW_MUST_USE aw_error *aw_future_result(aw_future *future, void **ret);
/** Take the error of a future that is done; NULL if it has a result. Errors: as aw_task_result(). */
AW_API AW_MUST_USE aw_error *aw_future_exception(aw_future *future);

/** A callback for the end of a future. */
typedef void aw_future_done_fn(aw_future *future, void *arg);

/** As aw_task_add_done_callback(). Errors: MemoryError. */
#define aw_future_add_done_callback(future, fn, ...)                                               \
	aw__future_add_done_callback(#fn, future, fn, __VA_ARGS__)
/** As aw_task_remove_done_callback(). */
AW_API size_t aw_future_remove_done_callback(aw_future *future, aw_future_done_fn *fn, void *arg);

AW_API AW_MUST_USE aw_error *aw__future_add_done_callback(const char *name, aw_future *future,
							  aw_future_done_fn *fn, void *arg);

#ifdef __cplusplus
}

static inline AW_MUST_USE aw_error *aw_await(aw_coro *coro, void **ret)
{
	return aw_await_coro(coro, ret);
}

static inline AW_MUST_USE aw_error *aw_await(aw_task *task, void **ret)
{
	return aw_await_task(task, ret);
}

static inline AW_MUST_USE aw_error *aw_await(aw_future *future, void **ret)
{
	return aw_await_future(future, ret);
}
#endif

#endif
