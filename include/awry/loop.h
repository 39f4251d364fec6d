/* SPDX-License-Identifier: MIT */
/**
 * awry/loop.h - event loops: each belongs to one thread, runs what is ready, and polls for input, output and timers.
 *
 * The order is asyncio's: what becomes ready is appended to a queue, and one iteration runs exactly
 * what was ready when it began. Input, output and timers are handled between iterations.
 *
 * A program may be started with descriptor 0, 1 or 2 closed. Before a loop is made, closed ones among them are opened on
 * /dev/null: libuv ends a program that closes a handle with such a number, and the next file that the program opens would
 * become its standard output.
 *
 * Context: unless stated otherwise, a function is called on its loop's thread, and never from a
 * signal handler. Calling one on the wrong thread, or without a loop where one is needed, is a bug,
 * and ends the program with a line that says so.
 */
#ifndef AWRY_LOOP_H
#define AWRY_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <awry/compiler.h>
#include <awry/context.h>
#include <awry/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct uv_loop_s;

typedef struct aw_loop aw_loop;

/** Nanoseconds. Deadlines are absolute, on the monotonic clock that aw_now() reads. */
typedef uint64_t aw_ns;

/** A duration in microseconds, milliseconds or seconds; fractions are allowed: AW_SEC(0.5). */
#define AW_US(count)  ((aw_ns)((count)*1000ll))
#define AW_MS(count)  ((aw_ns)((count)*1000000ll))
#define AW_SEC(count) ((aw_ns)((count)*1000000000ll))
/** As a deadline: none. */
#define AW_FOREVER UINT64_MAX

/** A coroutine: an ordinary C function that may await. It sets *ret (NULL at first), or returns an
 * error. */
typedef aw_error *aw_coro_fn(void *arg, void **ret);

/** Convert an integer to an argument or result, and back. */
#define AW_PTR(number)	((void *)(intptr_t)(number))
#define AW_INT(pointer) ((intptr_t)(pointer))

/** A place in the source that names a coroutine; AW__SITE() makes it. Private. */
struct aw__site {
	const char *function; /* NULL: called through a pointer, whose name is not the function's */
	uint32_t place;
};

#if defined(__cplusplus)
} /* a template cannot have C linkage */
template <typename type> struct aw__is_function {
	static const bool value = false;
};
template <> struct aw__is_function<aw_coro_fn> {
	static const bool value = true;
};
extern "C" {
#define AW__IS_FUNCTION(fn, type) aw__is_function<decltype(fn)>::value
#else
#define AW__IS_FUNCTION(fn, type) __builtin_types_compatible_p(__typeof__(fn), type)
#endif

#define AW__SITE_OF(fn, type)                                                                      \
	__extension__({                                                                            \
		static struct aw__site aw__here = { AW__IS_FUNCTION(fn, type) ? #fn : 0, 0 };      \
		&aw__here;                                                                         \
	})
#define AW__SITE(fn) AW__SITE_OF(fn, aw_coro_fn)

/* -------------------------------------------------------------------------------------------------
 * Running
 */

/** Options of a loop; all of them may be zero. */
struct aw_run_options {
	size_t size;	    /* of this struct; AW_RUN_OPTS() sets it */
	const char *label;  /* the loop's name in viewers; NULL for none */
	size_t stack_bytes; /* size of each task's stack, with one page of its guard; 0: 64 KiB */
};

#define AW_RUN_OPTS(...) AW__OPTS(aw_run_options, __VA_ARGS__)

/**
 * Run fn(arg) as the main task of a new loop, until it is done.
 *
 * At the end, all remaining tasks are cancelled and waited for, as asyncio.run() does. Then the loop
 * closes, and errors that were not retrieved, coroutines that were not awaited and handles that were
 * not closed are reported to the recorder. A task that raises KeyboardInterrupt or SystemExit ends the
 * run at once, with that error.
 *
 * On the main thread, if SIGINT has its default action: the first SIGINT cancels the main task, and if
 * the task ends by that, the error is KeyboardInterrupt; the second ends the run at once. If the loop
 * is blocked, the third ends the program.
 *
 * @param ret  set on success; NULL if not wanted
 *
 * Errors:  the main task's; RuntimeError if a loop runs on this thread already; MemoryError;
 *          OSError if the loop could not be opened
 * Context: any thread, outside of any loop; blocks
 * Source:  CPython Lib/asyncio/runners.py
 * Since:   0.1
 */
#define aw_run(fn, arg, ret) aw__run(AW__SITE(fn), (struct aw_run_options *)0, fn, arg, ret)

/** As aw_run(), with options: aw_run_with(AW_RUN_OPTS(.label = "worker"), fn, arg, ret). */
#define aw_run_with(options, fn, arg, ret) aw__run(AW__SITE(fn), options, fn, arg, ret)

AW_API AW_MUST_USE aw_error *aw__run(struct aw__site *site, const struct aw_run_options *options,
				     aw_coro_fn *fn, void *arg, void **ret);

/**
 * Open a loop inside a libuv loop that the program runs itself.
 *
 * It becomes this thread's current loop. Ready tasks, timers and connections keep the libuv loop
 * alive; tasks that wait for something else do not.
 *
 * A loop that is still open when its thread ends, or when the program ends on its thread and outside
 * the loop, is reported to the recorder: unclosed-handle. Register exit handlers that close it after this call.
 *
 * @param uv        borrowed; must outlive the loop
 * @param options   NULL for the defaults
 * @param ret_loop  set on success; close it with aw_loop_close()
 *
 * Errors:  RuntimeError if this thread has a current loop already; MemoryError; OSError
 * Context: the thread that runs `uv`
 * Since:   0.1
 */
AW_API AW_MUST_USE aw_error *
aw_loop_from_uv(struct uv_loop_s *uv, const struct aw_run_options *options, aw_loop **ret_loop);

/**
 * Close a loop that aw_loop_from_uv() opened, from outside its tasks.
 *
 * Tasks that are not done are never run again: they are reported as destroyed while pending, and
 * memory that only their stacks refer to is leaked. So cancel them first, and let the loop run. The
 * loop's memory is freed when the libuv loop has run once more. NULL is ignored.
 */
AW_API void aw_loop_close(aw_loop *loop);

/** Get the current thread's loop; NULL if it has none. */
AW_API aw_loop *aw_loop_current(void);

/**
 * Get the libuv loop on which the loop runs.
 *
 * If the loop was made by aw_run(), handles of the program that are still open at its end are closed, without a close callback.
 */
AW_API struct uv_loop_s *aw_loop_uv(aw_loop *loop);

/** Read the monotonic clock. Context: any thread. */
AW_API aw_ns aw_now(void);

/* -------------------------------------------------------------------------------------------------
 * Callbacks: run by the loop, on its own stack. They cannot await.
 */

/** A callback function. */
typedef void aw_callback_fn(void *arg);

/** A scheduled callback. Valid until it begins to run or is cancelled. */
typedef struct aw_callback aw_callback;

/*
 * A callback runs in a copy of the context in which it was made. These are macros, so that reports can
 * show the function's name.
 */

/** Run fn(arg) in the next iteration of the current loop. NULL if there is no memory. */
#define aw_call_soon(fn, ...) aw__call_soon(#fn, (aw_context *)0, fn, __VA_ARGS__)
/** As aw_call_soon(), in the given context itself (no copy); borrowed. */
#define aw_call_soon_in(context, fn, ...) aw__call_soon(#fn, context, fn, __VA_ARGS__)
/** Run fn(arg) after a delay: aw_call_later(delay, fn, arg). NULL if there is no memory. */
#define aw_call_later(delay, fn, ...) aw__call_later(#fn, delay, fn, __VA_ARGS__)
/** Run fn(arg) at a time, aw_call_at(deadline, fn, arg): never earlier, and up to a millisecond
 * later. NULL if there is no memory. */
#define aw_call_at(deadline, fn, ...) aw__call_at(#fn, deadline, fn, __VA_ARGS__)
/** Cancel a callback before it has begun to run. NULL is ignored. */
AW_API void aw_callback_cancel(aw_callback *callback);

/**
 * Report that the running callback has failed, as an exception that leaves a callback does in Python.
 *
 * The loop's exception handler is called. KeyboardInterrupt and SystemExit end aw_run() instead.
 *
 * @param err  consumed; NULL is ignored
 *
 * Context: a callback of a loop, a task or a signal; or other code on the loop's thread
 */
AW_API void aw_callback_fail(aw_error *err);

/**
 * Run fn(arg) on the thread of `loop`, and wake the loop: aw_call_soon_threadsafe(loop, fn, arg).
 *
 * Calls from one thread run in order. The caller must make sure that the loop is not closed during this
 * call. Callbacks that have not run when the loop closes are dropped.
 *
 * Errors:  MemoryError
 * Context: any thread; takes a lock briefly; not from a signal handler
 */
#define aw_call_soon_threadsafe(loop, fn, ...) aw__call_soon_threadsafe(#fn, loop, fn, __VA_ARGS__)

AW_API aw_callback *aw__call_soon(const char *name, aw_context *context, aw_callback_fn *fn,
				  void *arg);
AW_API aw_callback *aw__call_later(const char *name, aw_ns delay, aw_callback_fn *fn, void *arg);
AW_API aw_callback *aw__call_at(const char *name, aw_ns deadline, aw_callback_fn *fn, void *arg);
AW_API AW_MUST_USE aw_error *aw__call_soon_threadsafe(const char *name, aw_loop *loop,
						      aw_callback_fn *fn, void *arg);

/* -------------------------------------------------------------------------------------------------
 * Signals
 */

/**
 * Run fn(arg) as a callback for each signal: aw_loop_add_signal_handler(loop, SIGTERM, fn, arg).
 *
 * A second call for the same signal replaces the first. The previous signal handler is restored when
 * this one is removed, or when the loop closes.
 *
 * Errors:  ValueError if there is no such signal; RuntimeError if it cannot be caught; MemoryError; OSError
 * Context: the loop's thread
 * Source:  CPython Lib/asyncio/unix_events.py
 */
#define aw_loop_add_signal_handler(loop, number, fn, ...)                                          \
	aw__loop_add_signal_handler(#fn, loop, number, fn, __VA_ARGS__)
/** Remove the handler of a signal. Returns: false if there was none. */
AW_API bool aw_loop_remove_signal_handler(aw_loop *loop, int number);

AW_API AW_MUST_USE aw_error *aw__loop_add_signal_handler(const char *name, aw_loop *loop,
							 int number, aw_callback_fn *fn, void *arg);

/* -------------------------------------------------------------------------------------------------
 * Unhandled errors
 */

/** The argument of a loop's exception handler. Everything in it is borrowed, and valid during the call. */
typedef struct aw_unhandled {
	const char *message;	  /* asyncio's text; NULL: an exception in the loop */
	const aw_error *error;	  /* NULL: none */
	struct aw_task *task;	  /* the task concerned; NULL: none */
	struct aw_future *future; /* the future concerned; NULL: none */
	const char *callback;	  /* the name of the callback that failed; NULL: none */
	void *reserved[4];	  /* 0: for later versions */
} aw_unhandled;

/** An exception handler: it is called for errors that no other code can handle. */
typedef void aw_exception_handler_fn(aw_loop *loop, const aw_unhandled *unhandled, void *arg);

/**
 * Set the loop's exception handler.
 *
 * It is called for a callback that failed (aw_callback_fail()), for a task that failed while the run
 * was ending, for an error that was never retrieved, and for a task that was destroyed while it was
 * pending. The default handler is not called for the last two, which are always recorded as findings.
 *
 * @param fn  NULL for aw_loop_default_exception_handler()
 *
 * Source: CPython Lib/asyncio/base_events.py, set_exception_handler()
 */
AW_API void aw_loop_set_exception_handler(aw_loop *loop, aw_exception_handler_fn *fn, void *arg);
/** Get the loop's exception handler; NULL for the default. `ret_arg` may be NULL. */
AW_API aw_exception_handler_fn *aw_loop_exception_handler(const aw_loop *loop, void **ret_arg);
/** Call the loop's exception handler. An error in the handler itself goes to the default handler. */
AW_API void aw_loop_call_exception_handler(aw_loop *loop, const aw_unhandled *unhandled);
/** Print the error to stderr, as asyncio does; another handler may call this function. `arg` is ignored. */
AW_API void aw_loop_default_exception_handler(aw_loop *loop, const aw_unhandled *unhandled,
					      void *arg);

#ifdef __cplusplus
}
#endif

#endif
