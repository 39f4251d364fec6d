/* SPDX-License-Identifier: MIT */
/*
 * Perfetto's trace format, for ui.perfetto.dev and trace_processor.
 *
 *	demo (pid 42)                        a process
 *	    main                             its threads: what was lost, and errors of no task
 *	        loop main                    | loop ------------- | blocked | ---
 *	            Task-1 amain             | Task-1 -------------------------------- |
 *	                                     | running | waiting: sleep | ready | …
 *	                Task-2 bug           \-> | Task-2 ----- |  ! ValueError: …
 *
 * A task's track lies below its creator's, or below its loop's. Arrows (flows) lead from the creator to the task, and
 * from who wakes a task to its "ready" slice, if steps were recorded. Errors and findings are instants with
 * arguments and, if there is one, a callstack. All time is the recording's monotonic clock, which a snapshot at the
 * beginning relates to the wall clock. Names, frames and stacks are interned, up to the bounds of export_intern.h.
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

/* What a track is of. */
enum aw__perfetto_track {
	AW__PERFETTO_PROCESS = 1,
	AW__PERFETTO_THREAD,
	AW__PERFETTO_LOOP,
	AW__PERFETTO_TASK,
	AW__PERFETTO_WAKE, /* no track: the number of a flow */
};

struct aw__perfetto {
	struct aw__follow follow;
	struct aw__intern categories, names, arg_names, functions, files, paths, build_ids, frames,
		callstacks;
	struct aw__map threads; /* index -> something, once the format was told of it */
	struct aw__map loops;	/* id -> the uuid of its thread's track, as a pointer; open ones */
	struct aw__modules modules;
	bool begun; /* a packet was written */
	uint32_t pid;
	uint64_t flows;
};

/* What a followed task has of its own. */
struct aw__perfetto_task {
	uint32_t depth;
	uint64_t waker; /* the flow that ends at the next "ready"; 0: none */
};

/** An event while it is made; its texts are freed when it is written. */
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
/** Nothing is written yet; `name` NULL: none (of the end of a slice). */
void aw__perfetto_event(struct aw__export *export, struct aw__perfetto_event *event,
			enum aw__perfetto_type type, uint64_t track, const char *category,
			const char *name, bool repeats);
void aw__perfetto_arg_number(struct aw__export *export, struct aw__perfetto_event *event,
			     const char *key, uint64_t number);
/** A text that is NULL or empty is left out. */
void aw__perfetto_arg_text(struct aw__export *export, struct aw__perfetto_event *event,
			   const char *key, const char *text, size_t length);
void aw__perfetto_arg_string(struct aw__export *export, struct aw__perfetto_event *event,
			     const char *key, const char *text);
void aw__perfetto_arg_place(struct aw__export *export, struct aw__perfetto_event *event,
			    const char *key, uint64_t place);
void aw__perfetto_event_write(struct aw__export *export, struct aw__perfetto_event *event,
			      uint64_t time_ns);
/** A whole slice without arguments; its time may lie in the past. */
void aw__perfetto_slice(struct aw__export *export, uint64_t track, const char *category,
			const char *name, uint64_t from_ns, uint64_t to_ns, uint64_t ending_flow);
void aw__perfetto_track(struct aw__export *export, uint64_t uuid, uint64_t parent,
			const char *name);
/** The number of a text in a column of InternedData, told of if it is new; 0 if there is no room. */
uint64_t aw__perfetto_name(struct aw__export *export, struct aw__intern *intern, const char *text);

/* ---- perfetto_stack.c ---- */

/** The number of a callstack; 0 if there is none, or no room. */
uint64_t aw__perfetto_callstack(struct aw__export *export, uint64_t stack);

/* ---- perfetto_task.c ---- */

extern const struct aw__follow_calls aw__perfetto_task_calls;
/** The track of a task; of a thread, if there is no such task. */
uint64_t aw__perfetto_task_track(struct aw__export *export, uint64_t task, uint32_t thread);
void aw__perfetto_woken(struct aw__export *export, const struct aw__event *event);

/* ---- perfetto.c ---- */

uint64_t aw__perfetto_thread_track(struct aw__export *export, uint32_t thread);
uint64_t aw__perfetto_loop_track(struct aw__export *export, uint64_t loop, uint32_t thread);
void aw__perfetto_loop_opened(struct aw__export *export, const struct aw__event *event);
/** LOOP_UNBLOCKED, and LOOP_CLOSED. */
void aw__perfetto_loop_event(struct aw__export *export, const struct aw__event *event);

#endif
