/* SPDX-License-Identifier: MIT */
/*
 * Chrome's JSON trace events, for chrome://tracing and ui.perfetto.dev.
 *
 * The format has processes that contain threads. Here a "process" is an operating system thread of the recorded
 * program, by its kernel id; its first track is the loop (and what runs in it), the others are its tasks, one each:
 *
 *	demo (pid 42), thread 42 main
 *	    loop            | loop ------------------------------------------------------ |
 *	                            | bug |        | blocked for 340 ms |
 *	    Task-1 amain      | Task-1 amain --------------------------------------- |
 *	                      | running |  waiting: sleep  | ready | running |
 *	    Task-2 bug            \-> | Task-2 bug | ! ValueError: …
 *
 * A task has inner slices if steps were recorded. An arrow leads from the creator to the task. Errors and findings are
 * instants; their details are in `args`.
 *
 * A task that never finished is a slice without an end, as the format requires. The latest AW__CHROME_KEPT finished
 * tasks are remembered, so that later events (usually findings) get on their track.
 */
#ifndef AW__EXPORT_CHROME_H
#define AW__EXPORT_CHROME_H

#include "base/map.h"
#include "viewer/export/frames.h"
#include "viewer/export/export_internal.h"
#include "viewer/export/running.h"

#define AW__CHROME_KEPT	     65536u
#define AW__CHROME_MAX_TASKS (1u << 20)
#define AW__CHROME_MAX_LOOPS 4096u /* and threads */

/* The track of an event. */
struct aw__track {
	uint64_t pid, tid;
};

enum aw__chrome_phase {
	AW__CHROME_UNKNOWN,
	AW__CHROME_RUNNING,
	AW__CHROME_WAITING,
	AW__CHROME_READY,
};

struct aw__chrome_task {
	uint64_t id;
	struct aw__track track;
	char *name;
	bool open;	      /* its slice has begun but not ended */
	struct aw__step step; /* interrupted: its phase is UNKNOWN */
	enum aw__chrome_phase phase;
	uint64_t since_ns;
	uint64_t wait_kind;
};

struct aw__chrome_loop {
	uint64_t pid;
	bool open;
};

struct aw__chrome_thread {
	uint64_t pid;
	char *name;
	bool named; /* its name was written */
};

struct aw__chrome {
	struct aw__export *export;
	bool any; /* at least one event was written */
	bool has_base;
	uint64_t base_ns, last_ns;
	uint32_t process;
	char program[256];
	struct aw__map tasks, loops, threads;
	struct aw__running running;
	uint64_t *finished; /* a ring of task ids */
	size_t finished_count, finished_next;
	uint64_t tasks_left_out, events_lost;
};

/** Begin an event, with an open "args". */
void aw__chrome_begin(struct aw__chrome *chrome, const char *phase, const char *category,
		      struct aw__track track, uint64_t time_ns, const char *name);
/** The same for a slice with a beginning and an end. */
void aw__chrome_begin_slice(struct aw__chrome *chrome, const char *category, struct aw__track track,
			    uint64_t from_ns, uint64_t to_ns, const char *name);
void aw__chrome_end(struct aw__chrome *chrome);
/** Name a track or, with "process_name", a group of tracks. */
void aw__chrome_name(struct aw__chrome *chrome, const char *what, struct aw__track track,
		     const char *name);
/** Write a place: "bug at demo.c:3"; nothing if there is none. */
void aw__chrome_place(struct aw__chrome *chrome, const char *key, uint64_t place);
/** Write a stack up to main, one string for each frame; nothing if there is none. */
void aw__chrome_stack(struct aw__chrome *chrome, const char *key, uint64_t stack);
/** Write the stack's first frame that is not of awry, libuv or libc. */
void aw__chrome_top(struct aw__chrome *chrome, const char *key, uint64_t stack);

/** The track of a thread's loop. */
struct aw__track aw__chrome_thread_track(struct aw__chrome *chrome, uint32_t thread);
void aw__chrome_thread_event(struct aw__chrome *chrome, const struct aw__event *event);
void aw__chrome_threads_finish(struct aw__chrome *chrome);

/** The track of a task; the thread's track if the task is unknown. */
struct aw__track aw__chrome_task_track(struct aw__chrome *chrome, uint64_t task, uint32_t thread);
void aw__chrome_task_event(struct aw__chrome *chrome, const struct aw__event *event);
/** Write the slices that are still open, and free everything. */
void aw__chrome_tasks_finish(struct aw__chrome *chrome);

#endif
