/* SPDX-License-Identifier: MIT */
/**
 * awry/process.h - subprocesses.
 *
 * A process that nobody waits for is reaped all the same, as long as the loop runs. Giving up the
 * last reference does not end it.
 *
 * Context: the loop's thread; what may wait, inside of a task.
 */
#ifndef AWRY_PROCESS_H
#define AWRY_PROCESS_H

#include <awry/stream.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aw_process aw_process;

/** What a standard stream of a process is. */
enum {
	AW_STDIO_INHERIT = 0, /* ours */
	AW_STDIO_PIPE = -1,   /* a stream: aw_process_stdin() and the like */
	AW_STDIO_STDOUT = -2, /* of stderr: what stdout is */
	AW_STDIO_NULL = -3,   /* /dev/null */
};
/** A descriptor of ours, which stays ours. */
#define AW_STDIO_FD(fd) ((fd) + 1)

/** How a process is to be started: AW_PROCESS_OPTS(.out = AW_STDIO_PIPE). */
struct aw_process_options {
	size_t size;			/* of this struct; AW_PROCESS_OPTS() sets it */
	int in, out, err;		/* AW_STDIO_… */
	const char *cwd;		/* NULL: ours */
	const char *const *environment; /* "NAME=value", ended by NULL; NULL: ours */
	size_t limit;			/* bytes, of its streams; 0 for AW_STREAM_LIMIT */
	bool new_session;		/* setsid() */
};

#define AW_PROCESS_OPTS(...) AW__OPTS(aw_process_options, __VA_ARGS__)

/**
 * Start a program.
 *
 * @param options      NULL: the defaults
 * @param arguments    ended by NULL; the first is the program, which is looked for in PATH
 * @param ret_process  set on success; the caller has a reference
 *
 * Errors: the OSError of fork, chdir or exec {str filename}; ValueError without a program;
 * MemoryError
 * Source: CPython Lib/asyncio/subprocess.py, Lib/subprocess.py
 * Since:  0.1
 */
AW_API AW_MUST_USE aw_error *aw_process_exec(const struct aw_process_options *options,
					     const char *const *arguments,
					     aw_process **ret_process);
/** Start /bin/sh -c command. The rest: as aw_process_exec(). */
AW_API AW_MUST_USE aw_error *aw_process_shell(const struct aw_process_options *options,
					      const char *command, aw_process **ret_process);

/** Take one more reference. NULL is ignored. Returns: the process. */
AW_API aw_process *aw_process_ref(aw_process *process);
/** Give up a reference; returns NULL. The last one closes the streams, not the process. */
AW_API aw_process *aw_process_unref(aw_process *process);

/** Get its number, which the kernel may give to another once it has ended. */
AW_API int aw_process_pid(const aw_process *process);
/** Get the stream that it reads from; borrowed. NULL if that is no pipe. */
AW_API aw_stream *aw_process_stdin(aw_process *process);
/** Get the stream that it writes to; borrowed. NULL if that is no pipe. */
AW_API aw_stream *aw_process_stdout(aw_process *process);
/** Get the stream of its errors; borrowed. NULL if that is no pipe. */
AW_API aw_stream *aw_process_stderr(aw_process *process);

/**
 * Tell whether it has ended, and how.
 *
 * @param ret_code  set if so: the exit status, or the negative number of the signal that ended it
 */
AW_API bool aw_process_returncode(const aw_process *process, int *ret_code);
/**
 * Wait until it has ended. Whoever has pipes should read them, or it may never.
 *
 * @param ret_code  as above; NULL if not wanted
 *
 * Errors: CancelledError
 */
AW_API AW_MUST_USE aw_error *aw_process_wait(aw_process *process, int *ret_code);

/** What a process has written; to be freed by aw_output_finish(). */
typedef struct aw_output {
	char *out; /* of out_length bytes and a NUL; NULL: stdout is no pipe */
	size_t out_length;
	char *err; /* of err_length bytes and a NUL; NULL: stderr is no pipe */
	size_t err_length;
	void *reserved[2]; /* 0: for later versions */
} aw_output;

/**
 * Write to its stdin and close that, read all that it writes, and wait until it has ended.
 *
 * That it does not read its input to the end is no error.
 *
 * @param input       of input_length bytes; NULL for none
 * @param ret_output  set on success; NULL if not wanted
 *
 * Errors: ValueError for an input without a pipe; the streams'; CancelledError; MemoryError
 * Source: CPython Lib/asyncio/subprocess.py, communicate()
 */
AW_API AW_MUST_USE aw_error *aw_process_communicate(aw_process *process, const void *input,
						    size_t input_length, aw_output *ret_output);
/** Free what was written. */
AW_API void aw_output_finish(aw_output *output);

/** Send a signal. Errors: ProcessLookupError if it has ended; OSError. */
AW_API AW_MUST_USE aw_error *aw_process_send_signal(aw_process *process, int signal);
/** SIGTERM. Errors: as aw_process_send_signal(). */
AW_API AW_MUST_USE aw_error *aw_process_terminate(aw_process *process);
/** SIGKILL. Errors: as aw_process_send_signal(). */
AW_API AW_MUST_USE aw_error *aw_process_kill(aw_process *process);

#ifdef __cplusplus
}
#endif

#endif
