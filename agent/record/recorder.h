/* SPDX-License-Identifier: MIT */
/*
 * The state of the recorder, one per process, in private memory. Other processes see only the box (proto/blackbox.h).
 *
 * The hot path is: the inline switch (agent.h) -> a hook (hooks_*.c) -> the thread's writer (writer.h) -> its ring
 * (ring.h) and the task's slot (box_tables.h). It takes no lock. The mutex is for what happens once: a new string or
 * stack, a new thread, a further piece of the box.
 */
#ifndef AW__RECORDER_H
#define AW__RECORDER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "agent/record/atomics.h"
#include "agent/record/record.h"
#include "proto/blackbox.h"

struct aw__retired;
struct aw__writer;

enum aw__forked {
	AW__NOT_FORKED,
	AW__FORKED,	    /* a child that has no box of its own yet */
	AW__FORKED_WITHOUT, /* … and gets none */
};

struct aw__recorder {
	struct aw__record_options options;
	char path[256];
	/* These change only with the mutex held, for another box. A hook that read them before may use the old box until it returns. */
	unsigned char *_Atomic base;
	_Atomic size_t bytes;
	struct aw__box_header *_Atomic header;
	struct aw__box_ring *_Atomic rings;
	struct aw__box_loop *_Atomic loops;
	struct aw__box_hold *_Atomic holds;
	struct aw__box_task *_Atomic slots; /* [0] is never used */
	unsigned char *_Atomic arena;
	_Atomic uint32_t epoch; /* number of recordings so far */

	pthread_mutex_t mutex; /* guards what follows, up to the empty line */
	unsigned char *file;   /* where the file at `path` is mapped */
	size_t file_bytes;
	/* as header->arena_end; a forked child must not read its parent's box */
	uint64_t arena_end;
	uint64_t arena_backed; /* bytes of it that have memory */
	uint64_t area_used;    /* bytes */
	uint64_t slots_backed;
	_Atomic uint64_t slots_given; /* slots 1 to this one are backed; read without the mutex */
	uint32_t slot_misses, arena_misses; /* how often a piece was needed that was not there */
	struct aw__writer *writers, *free_writers;
	struct aw__retired *retired;

	_Atomic uint64_t *intern_table; /* hash:32 | id:32; read without the mutex */
	uint64_t intern_mask;
	uint64_t intern_count;

	_Atomic int lossless;
	_Atomic int steps;
	_Atomic int forked; /* enum aw__forked */
	_Atomic int room;   /* enum aw__room: whether a piece of the box could not be backed */
	/* the process that opened the box; in memory that the kernel clears in a child */
	_Atomic int64_t *_Atomic owner;
	void (*first_use)(void);
	void (*_Atomic pressed)(void); /* called when a ring fills, so that it is read now */
};

extern struct aw__recorder aw__recorder;

/* Parts of the box. Get each only once for one use: another thread may begin the next recording, which has another box. */
static inline struct aw__box_header *aw__header(void)
{
	return AW__LOAD_ACQUIRE(aw__recorder.header);
}

static inline struct aw__box_loop *aw__loop_table(void)
{
	return AW__LOAD_ACQUIRE(aw__recorder.loops);
}

static inline struct aw__box_task *aw__slot_table(void)
{
	return AW__LOAD_ACQUIRE(aw__recorder.slots);
}

static inline unsigned char *aw__arena(void)
{
	return AW__LOAD_ACQUIRE(aw__recorder.arena);
}

/* An option that a hook reads: the next recording may change it meanwhile. */
#define AW__OPTION(name) __atomic_load_n(&aw__recorder.options.name, __ATOMIC_RELAXED)

#endif
