/* SPDX-License-Identifier: MIT */
/* The writer of a thread: its rings and task slots in the box, opened at its first record. Every hook begins with aw__writer_get(). */
#ifndef AW__WRITER_H
#define AW__WRITER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "agent/record/atomics.h"
#include "agent/record/now.h"
#include "agent/record/ring.h"
#include "proto/blackbox.h"
#include "proto/item.h"

struct aw__retired;

/*
 * Each is in memory that the kernel clears in a child process, however the child was made (_Fork(), raw clone()): such a
 * child shares its parent's box, and must not write there. Every hook tests `open` first.
 */
struct aw__writer {
	_Atomic bool
		open; /* false: it belongs to no thread, to the parent, or to an earlier recording */
	struct aw__ring rings[AW__RINGS];
	struct aw__box_task *slots; /* the task table of its box */
	uint32_t thread;	    /* index */
	uint32_t free_slot;	    /* the first of a list of its free slots; 0: none */
	uint32_t next_slot;	    /* a batch of slots never used: [next_slot, end_slot) */
	uint32_t end_slot;
	bool has_rings;		   /* false: there was no room for them */
	bool is_small;		   /* the agent's own thread */
	uint64_t now_ns;	   /* the time that was read last: it never goes back */
	bool waited;		   /* for room in a ring, since now_ns was read */
	uint64_t ended;		   /* the task that ended last, until another one runs */
	struct aw__box_loop *loop; /* that runs on this thread; NULL: none, or not in the table */
	struct aw__writer *next_free; /* of the writers whose thread has ended */
	bool is_free;		      /* it is in that list */
	struct aw__writer *next;      /* of all writers of this recording */
	struct aw__retired
		*retired; /* the earlier box to which it belongs; NULL: the present one */
};

/* The writer of a thread that has none of its own: never open. */
extern struct aw__writer aw__writer_none;
/* Initial-exec: one instruction to find it, also in a shared library. Never NULL. */
extern _Thread_local struct aw__writer *aw__writer_own __attribute__((tls_model("initial-exec")));

struct aw__writer *aw__writer_open(void);

/** The calling thread's writer. NULL if nothing can be recorded on this thread now. */
static inline struct aw__writer *aw__writer_get(void)
{
	struct aw__writer *writer = aw__writer_own;

	if (writer == NULL)
		__builtin_unreachable(); /* the compiler cannot know that it never is */
	return __builtin_expect(AW__LOAD(writer->open), 1) ? writer : aw__writer_open();
}

/** Read the clock for the records that follow. It never goes back on one thread. */
static inline uint64_t aw__writer_now(struct aw__writer *writer)
{
	const uint64_t now = aw__now_ns();

	if (now > writer->now_ns)
		writer->now_ns = now;
	return writer->now_ns;
}

/** Put a record without list and text among the events: one unit. */
static inline void aw__writer_put_short(struct aw__writer *writer, enum aw__event_kind kind,
					uint64_t subject, const uint64_t args[AW__EVENT_ARGS])
{
	struct aw__ring *ring = &writer->rings[AW__EVENTS];

	if (__builtin_expect(!writer->has_rings, 0)) {
		aw__ring_refuse();
		return;
	}
	aw__ring_reserve(writer, ring, 1);
	aw__ring_put_first(ring, writer->now_ns, subject, kind, args);
	aw__ring_publish(ring, 1);
}

#endif
