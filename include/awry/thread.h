/* SPDX-License-Identifier: MIT */
/**
 * awry/thread.h - loops and threads: running blocking calls in a thread, and starting tasks from other
 * threads.
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
 * fn may block, but it is not a task, and cannot await. It runs in a copy of the caller's context. A
 * thread cannot be interrupted: if the waiting task is cancelled, its wait ends at once; fn goes on if it
 * has begun, and its outcome is dropped. aw_run() waits for it at its end.
 *
 * @param ret  set on success; NULL if not wanted
 *
 * Errors:  the one that fn returns; CancelledError; MemoryError
 * Context: inside a task
 * Source:  CPython Lib/asyncio/threads.py
 * Since:   0.1
 */
AW_API AW_MUST_USE aw_error *aw_to_thread(aw_coro_fn *fn, void *arg, void **ret);

/** A thread's handle of a task on another thread's loop. All functions accept NULL, and treat it as a
 * task that has failed with a MemoryError. */
typedef struct aw_remote aw_remote;

/**
 * Make a task of a coroutine on the thread of `loop`: aw_run_threadsafe(loop, aw_call(fn, arg)).
 *
 * The caller must make sure that the loop is not closed before this returns. If the loop closes before the
 * task is done, aw_remote_wait() returns a RuntimeError.
 *
 * @param coro  consumed; made on the calling thread
 *
 * Owner:   the caller has a reference. NULL if there is no memory; aw_remote_wait() then returns a MemoryError
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
 * Errors:  the task's; TimeoutError if the deadline passes first, and the task goes on; CancelledError
 * Context: any thread; on the loop's own thread only if the task is done
 */
AW_API AW_MUST_USE aw_error *aw_remote_wait(aw_remote *remote, aw_ns deadline, void **ret);
/**
 * Cancel the handle at once, and request the task's cancellation. False if the task has ended in another way. Any thread.
 */
AW_API bool aw_remote_cancel(aw_remote *remote);
/** Tell whether the task returned, failed or was cancelled. Any thread. */
AW_API bool aw_remote_done(aw_remote *remote);
/** Tell whether the handle was cancelled. Any thread. */
AW_API bool aw_remote_cancelled(aw_remote *remote);
/** Take one more reference; returns `remote`. */
AW_API aw_remote *aw_remote_ref(aw_remote *remote);
/** Give up a reference; returns NULL. With the last reference, an error that was not retrieved is lost. */
AW_API aw_remote *aw_remote_unref(aw_remote *remote);

#ifdef __cplusplus
}
#endif

#endif
