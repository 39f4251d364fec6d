/* SPDX-License-Identifier: MIT */
/*
 * The recorder, for the rest of the agent: it opens and closes the black box, and serves traces, viewers and
 * the watchdog. Runtimes call <awry/agent.h>.
 */
#ifndef AW__RECORD_H
#define AW__RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/record/walk_interpreter.h"
#include "base/problem.h"
#include "proto/item.h"

/* Loops that are watched at once; others are only counted. */
#define AW__MOST_LOOPS 64u

/* What must remain of a limited address space beside a box: some for the program, and what the C library reserves as the heap
 * of the agent's thread, for a moment twice. */
#define AW__RECORD_LEFT_BYTES (UINT64_C(192) << 20)

struct aw__record_options {
	uint32_t stack_depth;  /* frames; 0: no stacks */
	bool steps;	       /* AWRY_DETAIL=steps */
	bool wait_stacks;      /* record where tasks wait */
	bool lossless;	       /* a trace is written: wait for room, up to a bounded time */
	uint64_t ring_bytes;   /* a thread's ring of events; that of its findings has half of it */
	uint64_t memory_bytes; /* the whole box */
	uint64_t held_ns; /* after that time an error that nobody has retrieved may be a finding */
	uint64_t starved_ns; /* of a task whose loop is not run: the threshold of the same name */
};

/**
 * Open the box of this process. A forked child, and a process that had a box before, gets a new one, which keeps what was interned.
 * Nothing is recorded until aw_agent_switch is set. Threads may still be in hooks that use the box before (retire.c).
 *
 * Context: the box before is closed, and no thread reads it
 */
bool aw__record_open(const struct aw__record_options *options, const char *runtime,
		     struct aw__problem *problem);

/** Prepare the capture of stacks, before a box is opened. It takes locks of the dynamic linker. */
void aw__stack_load(void);

/** Mark the box as closed, and remove its file. Its memory stays: threads may still be in a hook. */
void aw__record_close(void);

/** Remove the file (its name), whether or not the box was closed. */
void aw__record_unlink(void);

/** The box in memory; NULL while there is none. */
const void *aw__record_base(size_t *ret_bytes);
const char *aw__record_path(void);

/** In the child, right after fork(): drop this thread's writer, as the box is the parent's. */
void aw__record_forked(void);
/** Record the name of a runtime; that of the first one is in the box's header. Cheap for the name in the header. */
void aw__record_runtime(const char *name);

/** Whether this process opened the box. False in a child, however it was made, until it has opened its own. Takes no lock. */
bool aw__record_is_own(void);
/** True in a child that was made without the handlers of fork(): by _Fork(), clone() or vfork(). Takes no lock. */
bool aw__record_is_parents(void);
/** True in a child of fork() that has no box of its own. */
bool aw__record_is_forked(void);
/** Around fork(): hold the mutex, so that no change is incomplete in the child. */
void aw__record_lock(void);
void aw__record_unlock(void);

/** Record every suspend and resume from now on, or no longer. Any thread. */
void aw__record_steps(bool steps);

/** The trace's writer has read ring `index` up to `position` (units): the ring may be overwritten up to there. */
void aw__record_consumed(uint32_t index, uint64_t position);
/** Call `call` whenever a ring has filled by a quarter, on the thread that fills it; NULL: do not. */
void aw__record_on_pressure(void (*call)(void));
/** Whether pieces of the box could be backed: if not, records that do not fit are lost, and counted. */
enum aw__room {
	AW__ROOM,
	AW__ROOM_FULL,	  /* the file system has no more, or there is no memory */
	AW__ROOM_REFUSED, /* a seccomp filter refuses the request */
};
enum aw__room aw__record_room(void);
/** No trace is written any longer: hooks must not wait for room. */
void aw__record_lossy(void);

/** Keep the hooks' clock true to CLOCK_MONOTONIC. Call it often, from one thread. */
void aw__record_calibrate(void);

/** This thread records little: give it small rings. Call it before anything else on the thread. */
void aw__record_small_thread(void);

/** The stack of a blocked thread. */
struct aw__blocked_stack {
	/* innermost first: return addresses, and places (AW__FRAME_IS_PLACE) */
	uint64_t frames[AW__STACK_MOST_FRAMES];
	uint32_t count;
	bool whole; /* false: outer frames are missing that could not be walked */
	bool cut;   /* there are more frames */
};

/** Copy the interpreter's layout. Returns the address of its state of the thread that runs the loop; 0: it runs no interpreter. */
uint64_t aw__record_interpreter(uint32_t loop, struct aw_agent_interpreter *ret);
/** Replace the native frames of the interpreter's evaluation function in `stack` by the frames that it runs, and name these. */
void aw__record_put_interpreted(const struct aw_agent_interpreter *layout,
				const struct aw__interpreted *read,
				struct aw__blocked_stack *stack);
/** How much the recorder has left out so far, because there was no room. */
struct aw__refused {
	uint64_t definitions; /* the arena was full */
	uint64_t records;     /* of threads that found no room for rings */
	uint64_t tasks;	      /* alive, and not listed */
	uint64_t loops;	      /* not watched */
};

void aw__record_refused(struct aw__refused *ret);
/** Record the finding lost-events: how many, and a text that says what was lost. */
void aw__record_lost_finding(uint64_t count, const char *what);

/** Call `call` when a forked child records something for the first time. */
void aw__record_on_first_use(void (*call)(void));

#endif
