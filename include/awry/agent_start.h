/* SPDX-License-Identifier: MIT */
/**
 * awry/agent_start.h - starting and stopping the recording of a process, on request of the environment or of the program.
 *
 * For runtimes, which start recording when they make a loop, and for programs that record themselves now and then. <awry/agent.h> reports what
 * is recorded. Link with -lawry-agent.
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
 * Idempotent, and cheap when called again: a runtime calls it whenever it makes a loop. Exception: do not call it while recording is off and
 * aw_agent_epoch() is not 0, since the program has stopped recording, and only the program decides to start it again. Several runtimes may
 * record in one process: the viewer names them all.
 *
 * @param runtime  the runtime's name, for the viewer: "awry", "asyncio", "libuv"; up to 31 bytes, no comma
 * Returns true while recording is on.
 * Errors: none; a failure is reported in one line on stderr, and recording stays off.
 */
AW_AGENT_API bool aw_agent_start(const char *runtime);

/** Instead of a number of frames: no stacks. */
#define AW_AGENT_NO_STACKS UINT32_MAX

/**
 * What is recorded, and where it goes: each option has an environment variable of the same meaning (awry(7)). 0, NULL and false: the default.
 *
 * AW_AGENT_OPTS(.blocked_ms = 20) makes one.
 */
struct aw_agent_options {
	size_t size;	     /* sizeof(struct aw_agent_options): later versions may add options */
	const char *runtime; /* as in aw_agent_start(); NULL: "" */
	/* AWRY_TRACE: the path of a recording, in which %p is the process id, and %% a percent sign */
	const char *trace;
	const char *listen;    /* AWRY_LISTEN: "unix:/PATH", or "off"; NULL: where viewers look */
	const char *connect;   /* AWRY_CONNECT: "unix:/PATH" of a waiting viewer */
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
 * Start recording on request of the program, regardless of AWRY_DEBUG.
 *
 * Of the environment variables only AWRY_RUNTIME_DIR is used. The black box of a later recording is at least as large as that of the one before;
 * a trace with the same path replaces the earlier one. Forked children are recorded with the same options. If recording is already on, the
 * options are ignored; only the runtime's name is added.
 *
 * @param options  borrowed, and copied; NULL: the defaults
 *
 * Returns true while recording is on. False: one line on stderr says why, and nothing changed. A set-user-id or set-group-id program
 * always gets false: a recording would show its data to the user who started it.
 *
 * Errors:  an option that is not allowed; those of aw_agent_start()
 * Context: any thread; not from a signal handler
 * Since:   0.1
 */
AW_AGENT_API bool aw_agent_start_with(const struct aw_agent_options *options);

/**
 * Stop recording, as exit() does: viewers and the trace get the remaining events, and the black box is removed.
 *
 * For processes that end with _exit(), whose box would otherwise look like that of a crash, and for programs that record now and then.
 * Nothing is recorded afterwards until the program starts another recording with aw_agent_start() or aw_agent_start_with(): it has its own
 * box, socket and trace. Link with -lawry-agent; -lawry is not enough.
 * If recording is off, in a child that has no box of its own, and in a second call, it does nothing.
 *
 * Context: any thread, also while others are in hooks; not from a signal handler; waits up to two seconds for slow viewers
 * Since:   0.1
 */
AW_AGENT_API void aw_agent_stop(void);

/**
 * Count the recordings that have begun in this process; 0: none yet.
 *
 * The count rises when recording starts again, and when a forked child gets its own box, with the first event that it records. When a runtime
 * sees the count change, it reports its loops again with aw_agent_loop_opened(), and its pending tasks with aw_agent_task_created() and
 * `before_recording`. It need not reset anything: hooks treat a loop or task of an earlier recording as not listed, and interned numbers,
 * including stacks, stay valid.
 *
 * Context: any thread; one load
 * Since:   0.1
 */
AW_AGENT_API uint32_t aw_agent_epoch(void);

/**
 * Count the findings of the present recording: a cheap way to learn that there is a new one.
 *
 * Findings have the numbers 1, 2, …, which reports show as their ids; each recording counts anew.
 *
 * Returns 0 if recording is off, and in a forked child until it has a box of its own.
 *
 * Context: any thread, also while another stops or starts recording, for which it may wait; not from a signal handler
 * Since:   0.1
 */
AW_AGENT_API uint64_t aw_agent_finding_count(void);

/**
 * Say that the calling thread only waits for findings, until it ends or says otherwise.
 *
 * A deadlock that another thread could end is reported if there is no other thread: this one does not count. One thread of a process may
 * say so; the last call counts. A forked child does not have the thread.
 *
 * Context: any thread
 * Since:   0.1
 */
AW_AGENT_API void aw_agent_thread_waits_for_findings(bool waits);

#ifdef __cplusplus
}
#endif

#endif
