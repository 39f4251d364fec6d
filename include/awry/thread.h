/* SPDX-License-Identifier: MIT */
/**
 * awry/thread.h - between loops and threads: calls that block, in a thread; and tasks that another thread
 * starts and waits for.
 */
#ifndef AWRY_THREAD_H
#define AWRY_THREAD_H

#include <awry/task.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Run fn(arg) in a thread of libuv's pool, and wait for it.
 *
 * It may block; it is no task, and cannot await. It runs in a copy of the caller's context. A thread
 * cannot be interrupted: if the waiting task is cancelled it leaves at once; fn goes on if it has begun,
 * and what comes of it is nobody's. aw_run() waits for it at its end.
 *
 * @param ret  set on success; NULL if not wanted
 *
 * Errors:  what fn returns; CancelledError; MemoryError
 * Context: inside of a task
 * Source:  CPython Lib/asyncio/threads.py
 * Since:   0.1
 */
AW_API AW_MUST_USE aw_error *aw_to_thread(aw_coro_fn *fn, void *arg, void **ret);

/** What a thread holds of a task on another thread's loop. All functions take NULL: as one that has
 * failed with a MemoryError. */
typedef struct aw_remote aw_remote;

/**
 * Make a task of a coroutine on the thread of `loop`: aw_run_threadsafe(loop, aw_call(fn, arg)).
 *
 * The caller sees to it that the loop is not closed before this returns. If it closes before the task is
 * done, what is waited for is a RuntimeError.
 *
 * @param coro  consumed; of this thread
 *
 * Owner:   the caller has a reference. NULL if there is no memory; waiting tells
 * Context: any thread
 * Source:  CPython Lib/asyncio/tasks.py, run_coroutine_threadsafe()
 * Since:   0.1
 */
AW_API aw_remote *aw_run_threadsafe(aw_loop *loop, aw_coro *coro);

/**
 * Block until the task is done, or until a time.
 *
 * @param deadline  AW_FOREVER for none
 * @param ret       set on success; NULL if not wanted
 *
 * Errors:  the task's; TimeoutError if the time came first, and the task goes on; CancelledError
 * Context: any thread but the loop's, unless it is done
 */
AW_API AW_MUST_USE aw_error *aw_remote_wait(aw_remote *remote, aw_ns deadline, void **ret);
/** Cancel it. It counts as cancelled at once; the task is asked. False if it has ended otherwise. Any thread. */
AW_API bool aw_remote_cancel(aw_remote *remote);
/** True if it returned, failed or was cancelled. Any thread. */
AW_API bool aw_remote_done(aw_remote *remote);
/** True if it was cancelled. Any thread. */
AW_API bool aw_remote_cancelled(aw_remote *remote);
/** Take one more reference; returns `remote`. */
AW_API aw_remote *aw_remote_ref(aw_remote *remote);
/** Give up a reference; returns NULL. An error that nobody was handed is lost with the last one. */
AW_API aw_remote *aw_remote_unref(aw_remote *remote);

#ifdef __cplusplus
}
#endif

#endif
