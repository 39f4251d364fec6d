/* SPDX-License-Identifier: MIT */
/**
 * awry/agent_start.h - when a process is recorded: because the environment asks for it, or because the program does.
 *
 * For runtimes, which start recording when they make a loop, and for programs that record themselves now and then. What is recorded is told by
 * <awry/agent.h>. Link with -lawry-agent, as it says.
 */
#ifndef AWRY_AGENT_START_H
#define AWRY_AGENT_START_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <awry/compiler.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define AW_AGENT_API __attribute__((visibility("default")))
#else
#define AW_AGENT_API
#endif

/**
 * Start recording, if the environment asks for it (AWRY_DEBUG=1).
 *
 * Idempotent, and cheap when called again: a runtime calls it whenever it makes a loop, but not while recording is off and aw_agent_epoch()
 * is not 0: then the program has stopped it, and it is the program's affair to start it again. Several runtimes may record in one process:
 * the viewer names them all.
 *
 * @param runtime  what kind of runtime speaks, for the viewer's eyes: "awry", "asyncio", "libuv"; up to 31 bytes, no comma
 * Returns true while recording is on.
 * Errors: none; what goes wrong is one line on stderr, and recording stays off.
 */
AW_AGENT_API bool aw_agent_start(const char *runtime);

/** Instead of a number of frames: no stacks. */
#define AW_AGENT_NO_STACKS UINT32_MAX

/**
 * What is recorded, and who is told: each as the environment variable of the same meaning (awry(7)). 0, NULL and false: the default.
 *
 * AW_AGENT_OPTS(.blocked_ms = 20) gives one.
 */
struct aw_agent_options {
	size_t size;	     /* sizeof(struct aw_agent_options): later versions may have more */
	const char *runtime; /* as in aw_agent_start(); NULL: "" */
	/* AWRY_TRACE: the path of a recording, in which %p is the process id, and %% a percent sign */
	const char *trace;
	const char *listen;    /* AWRY_LISTEN: "unix:/PATH", or "off"; NULL: where viewers look */
	const char *connect;   /* AWRY_CONNECT: "unix:/PATH" of a viewer that waits */
	uint64_t memory_bytes; /* AWRY_MEMORY_BYTES: 4 MiB to 64 GiB */
	uint64_t ring_bytes;   /* AWRY_RING_BYTES: 64 KiB to 1 GiB */
	uint64_t blocked_ms;   /* AWRY_BLOCKED_MS; this and the next ones: 1 to 86,400,000 ms */
	uint64_t cancel_ms;
	uint64_t deadlock_ms;
	uint64_t orphan_ms;
	uint64_t starved_ms;
	uint64_t busy_ms;
	uint64_t busy_percent; /* AWRY_BUSY_PERCENT: 1 to 100 */
	uint64_t leaked_s;     /* AWRY_LEAKED_S; this and the next one: 1 to 8,640,000 s */
	uint64_t held_s;
	uint32_t stack_depth; /* AWRY_STACK_DEPTH: 1 to 64 frames, or AW_AGENT_NO_STACKS */
	bool steps;	      /* AWRY_DETAIL=steps */
	bool no_wait_stacks;  /* AWRY_WAIT_STACKS=0 */
	bool no_stderr;	      /* AWRY_STDERR=none */
};

#define AW_AGENT_OPTS(...) AW__OPTS(aw_agent_options, __VA_ARGS__)

/**
 * Start recording because the program itself wants it, whatever AWRY_DEBUG says.
 *
 * Of the environment's variables only AWRY_RUNTIME_DIR counts. A recording that is not the first has a box at least as large as the one before;
 * a trace of the same path takes its place. Forked children are recorded by the same options. While recording is on it
 * changes nothing, whatever the options say, but names the runtime.
 *
 * @param options  borrowed, and copied; NULL: the defaults
 *
 * Returns true while recording is on. False: one line on stderr says why, and nothing changed. That is so, too, in a set-user-id or
 * set-group-id program: what it does would be told to the user who started it.
 *
 * Errors:  an option that is not allowed; what aw_agent_start() may meet
 * Context: any thread; not from a signal handler
 * Since:   0.1
 */
AW_AGENT_API bool aw_agent_start_with(const struct aw_agent_options *options);

/**
 * Stop recording in an orderly way, as exit() does: viewers and a trace get the rest, and the black box is removed.
 *
 * For processes that leave by _exit(), whose box would otherwise look like that of a crash, and for programs that record now and then.
 * Nothing is recorded afterwards until the program starts it again, by aw_agent_start() or aw_agent_start_with(): that is another recording,
 * with a box, a socket and a trace of its own. Link with -lawry-agent: -lawry does not do.
 * Without recording, in a child that has no box of its own, and in a second call, it does nothing.
 *
 * Context: any thread, also while others are in hooks; not from a signal handler; waits up to two seconds for viewers that are slow
 * Since:   0.1
 */
AW_AGENT_API void aw_agent_stop(void);

/**
 * Count the recordings of this process that have begun: 0 while there was none.
 *
 * It is one more when recording starts again, and when a forked child gets a box of its own, which it does when it first tells something. A
 * runtime that sees another number tells its loops anew by aw_agent_loop_opened(), and its pending tasks by aw_agent_task_created(), with
 * `before_recording`. Of what was told in an earlier recording nothing need be forgotten: in each hook a loop or task of that time is one that
 * is not listed, and the numbers of what was interned, so also `stack`, stay what they are.
 *
 * Context: any thread; one load
 * Since:   0.1
 */
AW_AGENT_API uint32_t aw_agent_epoch(void);

#ifdef __cplusplus
}
#endif

#endif
