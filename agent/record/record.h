/* SPDX-License-Identifier: MIT */
/*
 * The recorder, for the rest of the agent: opening and closing the black box, and what a trace, a viewer
 * or the watchdog asks of it. What runtimes call is <awry/agent.h>.
 */
#ifndef AW__RECORD_H
#define AW__RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/record/walk_interpreter.h"
#include "base/problem.h"
#include "proto/item.h"

/* Loops that are watched at once; more are counted. */
#define AW__MOST_LOOPS 64u

struct aw__record_options {
	uint32_t stack_depth;  /* frames; 0: no stacks */
	bool steps;	       /* AWRY_DETAIL=steps */
	bool wait_stacks;      /* where tasks wait, while they do */
	bool lossless;	       /* a trace is written: wait for room, up to a bounded time */
	uint64_t ring_bytes;   /* a thread's ring of events; that of its findings has half of it */
	uint64_t memory_bytes; /* the whole box */
	uint64_t held_ns;    /* from when on an error that nobody has retrieved may be a finding */
	uint64_t starved_ns; /* of a task whose loop is not run: the threshold of the same name */
};

/**
 * Make the box of this process. In a forked child, and of a process that had one: a new one, which takes over what was interned.
 * Nothing is recorded until aw_agent_switch is set. Threads may be in hooks meanwhile that use the one before (retire.c).
 *
 * Context: the one before is closed, and nobody reads it
 */
bool aw__record_open(const struct aw__record_options *options, const char *runtime,
		     struct aw__problem *problem);

/** Find what walks stacks, before a box is opened. It takes locks of the dynamic linker. */
void aw__stack_load(void);

/** Say goodbye in the box, and remove its file. Its memory stays: threads may still be in a hook. */
void aw__record_close(void);

/** Remove the file (its name), whether or not anybody said goodbye. */
void aw__record_unlink(void);

/** The box in memory; NULL while there is none. */
const void *aw__record_base(size_t *ret_bytes);
const char *aw__record_path(void);

/** In the child, right after fork(): this thread has no writer, and the box is the parent's. */
void aw__record_forked(void);
/** A runtime says who it is; the first one stands in the box's header. Cheap for one that is known. */
void aw__record_runtime(const char *name);

/** Whether this process opened the box. False in a child, however it was made, until it has opened its own. Takes no lock. */
bool aw__record_is_own(void);
/** In a child whose making no handler saw: made by _Fork(), clone() or vfork(). Takes no lock. */
bool aw__record_is_parents(void);
/** True in a forked child that has recorded nothing yet. */
bool aw__record_is_forked(void);
/** Around fork(), in the parent: hold what must not be half done in the child. */
void aw__record_lock(void);
void aw__record_unlock(void);

/** Record every suspend and resume from now on, or no longer. Any thread. */
void aw__record_steps(bool steps);

/** The trace's writer has read ring `index` up to `position` (units): it may be overwritten so far. */
void aw__record_consumed(uint32_t index, uint64_t position);
/** Call `call` whenever a ring has filled by a quarter, on the thread that fills it; NULL: do not. */
void aw__record_on_pressure(void (*call)(void));
/** Whether pieces of the box could be backed: if not, what does not fit is lost, and counted. */
enum aw__room {
	AW__ROOM,
	AW__ROOM_FULL,	  /* the file system has no more, or there is no memory */
	AW__ROOM_REFUSED, /* the kernel did not let us ask: a seccomp filter */
};
enum aw__room aw__record_room(void);
/** There is no trace any more: nobody waits for room. */
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
	bool whole; /* no outer frames are missing that could not be walked */
	bool cut;   /* there are more */
};

/** The interpreter whose frames a loop's thread runs: the address of its state of the thread, or 0: none. */
uint64_t aw__record_interpreter(uint32_t loop, struct aw_agent_interpreter *ret);
/** Put an interpreter's frames where the native ones of its function stand in `stack`, and name them. */
void aw__record_put_interpreted(const struct aw_agent_interpreter *layout,
				const struct aw__interpreted *read,
				struct aw__blocked_stack *stack);
/** What the recorder itself had to leave out so far, and counted. */
struct aw__refused {
	uint64_t definitions; /* the arena was full */
	uint64_t records;     /* of threads that found no room for rings */
	uint64_t tasks;	      /* alive, and not listed */
	uint64_t loops;	      /* not watched */
};

void aw__record_refused(struct aw__refused *ret);
/** Record the finding lost-events: how many, and in which words. */
void aw__record_lost_finding(uint64_t count, const char *what);

/** Call `call` when a forked child first has something to record. */
void aw__record_on_first_use(void (*call)(void));

#endif
