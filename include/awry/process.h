/* SPDX-License-Identifier: MIT */
/**
 * awry/process.h - subprocesses.
 *
 * A process is reaped even if no task waits for it, as long as the loop runs. Giving up the last
 * reference does not end the process.
 *
 * Context: the loop's thread; functions that may wait: inside a task.
 */
#ifndef AWRY_PROCESS_H
#define AWRY_PROCESS_H

#include <awry/stream.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aw_process aw_process;

/** What a process gets as a standard stream. */
enum {
	AW_STDIO_INHERIT = 0, /* that of this process */
	AW_STDIO_PIPE = -1,   /* a pipe: see aw_process_stdin() and the like */
	AW_STDIO_STDOUT = -2, /* for stderr: the same as stdout */
	AW_STDIO_NULL = -3,   /* /dev/null */
};
/** A descriptor of this process, which stays open here. */
#define AW_STDIO_FD(fd) ((fd) + 1)

/** How to start a process: AW_PROCESS_OPTS(.out = AW_STDIO_PIPE). */
struct aw_process_options {
	size_t size;			/* of this struct; AW_PROCESS_OPTS() sets it */
	int in, out, err;		/* AW_STDIO_… */
	const char *cwd;		/* NULL: inherit */
	const char *const *environment; /* "NAME=value", ended by NULL; NULL: inherit */
	size_t limit;			/* of its streams, in bytes; 0: AW_STREAM_LIMIT */
	bool new_session;		/* call setsid() */
};

#define AW_PROCESS_OPTS(...) AW__OPTS(aw_process_options, __VA_ARGS__)

/**
 * Start a program.
 *
 * @param options      NULL: the defaults
 * @param arguments    ended by NULL; the first is the program, which is searched in PATH
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
/** Start /bin/sh -c command; otherwise as aw_process_exec(). */
AW_API AW_MUST_USE aw_error *aw_process_shell(const struct aw_process_options *options,
					      const char *command, aw_process **ret_process);

/** Take one more reference. NULL is ignored. Returns: the process. */
AW_API aw_process *aw_process_ref(aw_process *process);
/** Give up a reference; returns NULL. The last one closes the streams, not the process. */
AW_API aw_process *aw_process_unref(aw_process *process);

/** Get its process id. After the process has ended, the kernel may reuse the id. */
AW_API int aw_process_pid(const aw_process *process);
/** Get the pipe to its standard input; borrowed. NULL if stdin is not a pipe. */
AW_API aw_stream *aw_process_stdin(aw_process *process);
/** Get the pipe from its standard output; borrowed. NULL if stdout is not a pipe. */
AW_API aw_stream *aw_process_stdout(aw_process *process);
/** Get the pipe from its standard error; borrowed. NULL if stderr is not a pipe. */
AW_API aw_stream *aw_process_stderr(aw_process *process);

/**
 * Tell whether the process has ended, and how.
 *
 * @param ret_code  set if it has ended: the exit status, or the negative number of the signal that ended it
 */
AW_API bool aw_process_returncode(const aw_process *process, int *ret_code);
/**
 * Wait until the process has ended. Read its output pipes, if it has any: it may block on a full pipe.
 *
 * @param ret_code  as in aw_process_returncode(); NULL if not wanted
 *
 * Errors: CancelledError
 */
AW_API AW_MUST_USE aw_error *aw_process_wait(aw_process *process, int *ret_code);

/** The output of a process; free it with aw_output_finish(). */
typedef struct aw_output {
	char *out; /* out_length bytes and a NUL; NULL: stdout is not a pipe */
	size_t out_length;
	char *err; /* err_length bytes and a NUL; NULL: stderr is not a pipe */
	size_t err_length;
	void *reserved[2]; /* 0: for later versions */
} aw_output;

/**
 * Write to its stdin and close it, read all its output, and wait until the process has ended.
 *
 * It is not an error if the process does not read all of its input.
 *
 * @param input       input_length bytes; NULL for none
 * @param ret_output  set on success; NULL if not wanted
 *
 * Errors: ValueError for an input without a pipe; the streams'; CancelledError; MemoryError
 * Source: CPython Lib/asyncio/subprocess.py, communicate()
 */
AW_API AW_MUST_USE aw_error *aw_process_communicate(aw_process *process, const void *input,
						    size_t input_length, aw_output *ret_output);
/** Free the texts of an output. */
AW_API void aw_output_finish(aw_output *output);

/** Send a signal. Errors: ProcessLookupError if it has ended; OSError. */
AW_API AW_MUST_USE aw_error *aw_process_send_signal(aw_process *process, int signal);
/** Send SIGTERM. Errors: as aw_process_send_signal(). */
AW_API AW_MUST_USE aw_error *aw_process_terminate(aw_process *process);
/** Send SIGKILL. Errors: as aw_process_send_signal(). */
AW_API AW_MUST_USE aw_error *aw_process_kill(aw_process *process);

#ifdef __cplusplus
}
#endif

#endif
