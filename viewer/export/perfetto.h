/* SPDX-License-Identifier: MIT */
/*
 * Perfetto's trace format, for ui.perfetto.dev and trace_processor.
 *
 *	demo (pid 42)                        a process
 *	    main                             its threads: losses, and errors without a task
 *	        loop main                    | loop ------------- | blocked | ---
 *	            Task-1 amain             | Task-1 -------------------------------- |
 *	                                     | running | waiting: sleep | ready | …
 *	                Task-2 bug           \-> | Task-2 ----- |  ! ValueError: …
 *
 * A task's track is below its creator's track, or below its loop's. Arrows (flows) lead from the creator to the task
 * and, if steps were recorded, from the task that wakes another to the other's "ready" slice. Errors and findings are
 * instants with arguments and, if known, a callstack. Times are those of the recording's monotonic clock; a clock
 * snapshot at the beginning relates it to the wall clock. Names, frames and stacks are interned, up to the bounds of
 * export_intern.h.
 */
#ifndef AW__EXPORT_PERFETTO_H
#define AW__EXPORT_PERFETTO_H

#include "perfetto.pb-c.h"
#include "viewer/export/follow.h"
#include "viewer/export/frames.h"
#include "viewer/export/export_intern.h"
#include "viewer/export/export_modules.h"

#define AW__PERFETTO_MOST_ARGS	24
#define AW__PERFETTO_MOST_DEPTH 64u

enum aw__perfetto_type {
	AW__PERFETTO_BEGIN = 1,
	AW__PERFETTO_END = 2,
	AW__PERFETTO_INSTANT = 3,
};

/* The kind of a track. */
enum aw__perfetto_track {
	AW__PERFETTO_PROCESS = 1,
	AW__PERFETTO_THREAD,
	AW__PERFETTO_LOOP,
	AW__PERFETTO_TASK,
	AW__PERFETTO_WAKE, /* not a track: the id of a flow */
};

struct aw__perfetto {
	struct aw__follow follow;
	struct aw__intern categories, names, arg_names, functions, files, paths, build_ids, frames,
		callstacks;
	struct aw__map threads; /* indexes of the threads whose tracks were written */
	struct aw__map loops;	/* ids of open loops */
	struct aw__modules modules;
	bool begun; /* at least one packet was written */
	uint32_t pid;
	uint64_t flows;
};

/* The exporter's state of a followed task. */
struct aw__perfetto_task {
	uint32_t depth;
	uint64_t waker; /* the flow that ends at the next "ready"; 0: none */
};

/** An event under construction; its texts are freed when it is written. */
struct aw__perfetto_event {
	Perfetto__TrackEvent message;
	Perfetto__DebugAnnotation args[AW__PERFETTO_MOST_ARGS],
		*arg_pointers[AW__PERFETTO_MOST_ARGS];
	char *texts[AW__PERFETTO_MOST_ARGS + 1];
	size_t text_count;
	uint64_t category, flow, ending_flow;
};

/* ---- perfetto_write.c ---- */

uint64_t aw__perfetto_uuid(enum aw__perfetto_track kind, uint64_t id);
void aw__perfetto_packet(struct aw__export *export, Perfetto__Packet *packet);
/** Begin an event; it is not written yet. `name` NULL: none (the end of a slice). */
void aw__perfetto_event(struct aw__export *export, struct aw__perfetto_event *event,
			enum aw__perfetto_type type, uint64_t track, const char *category,
			const char *name, bool repeats);
void aw__perfetto_arg_number(struct aw__export *export, struct aw__perfetto_event *event,
			     const char *key, uint64_t number);
/** Add a text; nothing if it is NULL or empty. */
void aw__perfetto_arg_text(struct aw__export *export, struct aw__perfetto_event *event,
			   const char *key, const char *text, size_t length);
void aw__perfetto_arg_string(struct aw__export *export, struct aw__perfetto_event *event,
			     const char *key, const char *text);
void aw__perfetto_arg_place(struct aw__export *export, struct aw__perfetto_event *event,
			    const char *key, uint64_t place);
void aw__perfetto_event_write(struct aw__export *export, struct aw__perfetto_event *event,
			      uint64_t time_ns);
/** Write a whole slice without arguments; it may be in the past. */
void aw__perfetto_slice(struct aw__export *export, uint64_t track, const char *category,
			const char *name, uint64_t from_ns, uint64_t to_ns, uint64_t ending_flow);
void aw__perfetto_track(struct aw__export *export, uint64_t uuid, uint64_t parent,
			const char *name);
/** The number of a text in a column of InternedData; a new text is written first. 0 if there is no room. */
uint64_t aw__perfetto_name(struct aw__export *export, struct aw__intern *intern, const char *text);

/* ---- perfetto_stack.c ---- */

/** The number of a callstack; 0 if there is none, or no room. */
uint64_t aw__perfetto_callstack(struct aw__export *export, uint64_t stack);

/* ---- perfetto_task.c ---- */

extern const struct aw__follow_calls aw__perfetto_task_calls;
/** The track of a task; the thread's track if the task is unknown. */
uint64_t aw__perfetto_task_track(struct aw__export *export, uint64_t task, uint32_t thread);
void aw__perfetto_woken(struct aw__export *export, const struct aw__event *event);

/* ---- perfetto.c ---- */

uint64_t aw__perfetto_thread_track(struct aw__export *export, uint32_t thread);
uint64_t aw__perfetto_loop_track(struct aw__export *export, uint64_t loop, uint32_t thread);
void aw__perfetto_loop_opened(struct aw__export *export, const struct aw__event *event);
/** Take LOOP_UNBLOCKED or LOOP_CLOSED. */
void aw__perfetto_loop_event(struct aw__export *export, const struct aw__event *event);

#endif
