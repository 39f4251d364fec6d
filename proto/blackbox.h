/* SPDX-License-Identifier: MIT */
/*
 * The black box: one file on tmpfs, mapped by its owner (the recorded process) and by its readers.
 *
 * Only the agent writes it; its records are read through blackbox_read.h. The layout is not a stable format: it changes
 * with the version, and a reader accepts only its own version.
 *
 *	+--------------------+ 0
 *	| header             | process, start time, offsets of the other parts, counters of refused records
 *	+--------------------+ rings_offset
 *	| ring directory     | two rings a thread: its events (even), its findings and what they name (odd)
 *	+--------------------+ loops_offset
 *	| loop table         | current state of each loop, and how long its iterations took
 *	+--------------------+ holds_offset
 *	| table of holds     | which task holds each lock that tasks wait for
 *	+--------------------+ arena_offset
 *	| intern arena       | append only; published by arena_end
 *	+--------------------+ tasks_offset
 *	| task table         | slots [1, task_used) are backed; slot 0 is never used
 *	+--------------------+ area_offset
 *	| ring area          | each ring has a fixed place; memory is added as it fills
 *	+--------------------+ total_bytes
 *
 * The file has its full size from the start, with holes where nothing was written yet. Reading a hole of a mapped
 * tmpfs file allocates memory, and raises SIGBUS if there is none. So every reader, including the owner, stays within
 * the parts that are published as backed: everything before arena_offset, the arena up to arena_end, the slots
 * [1, task_used), and each ring's first `capacity` units.
 *
 * Rings. A record is one or more units of 64 bytes. The writer (one thread) moves `reserved` past the new
 * record, writes the record, then moves `head` there with release order. A reader copies units below `head`, and
 * then loads `reserved`: units more than a capacity behind it may have been overwritten during the copy, so they are
 * dropped, and counted. Every shared word is read and written as a relaxed atomic, so that a reader that
 * was overtaken reads old or new words and drops them, without a data race.
 *
 * A ring begins with a few pages, and its capacity doubles each time it is full, up to the size of its
 * place. It does not wrap around before that, so a unit's place is the same for the old and the new capacity. If there
 * is no memory left, the capacity stays as it is, and the ring wraps around earlier. The writer stores `capacity` before
 * `reserved` and `head`, so a reader loads one of these first, and `capacity` second.
 *
 *	first unit  word 0    kind:8 | AW__UNIT_FIRST:8 | units that follow:16 | list length:16 | text length:16
 *	            word 1    time_ns
 *	            word 2    subject
 *	            word 3-7  args
 *	the others  word 0    0:8 | AW__UNIT_MORE:8 | …0
 *	            word 1-7  the list's words, then the text, padded with zeros
 *
 * Each unit is marked as a record's first or not, so that a reader that was overtaken finds the next record.
 *
 * Arena. An entry is a header and its payload (the numbers, then the text, padded to 8 bytes). Its id is its
 * offset divided by 8; offset 0 is not used. arena_end moves, with release order, when an entry is complete. A reader of
 * another process's box copies each entry, then checks and uses the copy: the owner is untrusted.
 *
 * Task table. A slot is a sequence lock: `sequence` is odd while the slot is being written.
 */
#ifndef AW__BLACKBOX_H
#define AW__BLACKBOX_H

#include <stdatomic.h>
#include <stdint.h>

#include <awry/interpreter.h>

#include "proto/item.h"
#include "proto/lags.h"

#define AW__BOX_MAGIC	UINT64_C(0x0a584f4259525741) /* "AWRYBOX\n" */
#define AW__BOX_VERSION 6u

#define AW__UNIT_BYTES	       64u
#define AW__UNIT_WORDS	       8u
#define AW__UNIT_PAYLOAD_WORDS 7u
#define AW__UNIT_FIRST	       0xa1u
#define AW__UNIT_MORE	       0xa2u

/* The longest text and list of one record. The recorder cuts longer ones; a cut text says so. */
#define AW__RECORD_TEXT_BYTES 1024u
#define AW__RECORD_LIST_WORDS 256u
#define AW__RECORD_MAX_UNITS                                                                       \
	(1u + (AW__RECORD_LIST_WORDS + AW__RECORD_TEXT_BYTES / 8u + AW__UNIT_PAYLOAD_WORDS) /      \
		      AW__UNIT_PAYLOAD_WORDS)

enum aw__box_state {
	AW__BOX_OPEN = 1,
	AW__BOX_CLOSED = 2, /* the owner has ended its recording */
};

enum aw__ring_state {
	AW__RING_FREE = 0,
	AW__RING_OWNED = 1,  /* a thread writes to it */
	AW__RING_ORPHAN = 2, /* its thread has ended; the next new thread continues the ring */
};

#define AW__THREAD_NAME_WORDS 2u

struct aw__box_ring {
	_Atomic uint32_t state;
	uint32_t reserved_for_later;
	uint64_t offset;	   /* of its units, from the box's start */
	_Atomic uint64_t capacity; /* units that are backed, a power of two; it may grow */
	_Atomic uint64_t tid;
	_Atomic uint64_t name[AW__THREAD_NAME_WORDS];
	_Atomic uint64_t refused; /* records that found no room in time (with AWRY_TRACE) */
	/* the writer's cache line */
	_Alignas(64) _Atomic uint64_t reserved;
	_Atomic uint64_t head;
	/* the cache line of the trace file's reader, the only one that the writer waits for */
	_Alignas(64) _Atomic uint64_t consumed;
};

#define AW__LOOP_LABEL_WORDS 8u

struct aw__box_loop {
	_Atomic uint64_t id; /* 0: free */
	_Atomic uint64_t tid;
	_Atomic uint64_t thread;	/* index */
	_Atomic uint64_t busy_since_ns; /* 0: in its poll */
	_Atomic uint64_t iterations;
	_Atomic uint64_t task;	    /* the running task; 0: none */
	_Atomic uint64_t finding;   /* the finding blocked-loop of this iteration; 0: none */
	_Atomic uint64_t task_slot; /* of the running task, in the task table */
	_Atomic uint64_t label[AW__LOOP_LABEL_WORDS]; /* text, padded with NULs */
	_Atomic uint64_t stuck;	      /* it sleeps, and nothing can wake it: aw__loop_stuck */
	_Atomic uint64_t longest_ns;  /* its longest iteration */
	_Atomic uint64_t interpreter; /* address of the thread's interpreter state; 0: none */
	uint64_t spare[5];
	_Atomic uint64_t
		lags[AW__LAG_BUCKETS]; /* histogram of its iterations' durations (lags.h) */
};

_Static_assert(sizeof(struct aw__box_loop) == 704,
	       "eleven lines of a cache, and the next loop in others");

/* A resource is in one of AW__HOLD_WINDOW places from its hash on. If all are taken, it is not listed. */
#define AW__HOLD_WINDOW 16u

struct aw__box_hold {
	_Atomic uint64_t resource; /* 0: free */
	_Atomic uint64_t task;	   /* the task that holds it */
};

static inline uint64_t aw__hold_hash(uint64_t resource)
{
	return resource * UINT64_C(0x9e3779b97f4a7c15) >> 32;
}

/* Whether a sleeping loop can be woken. */
enum aw__loop_stuck {
	AW__NOT_STUCK = 0,
	AW__STUCK = 1,		/* nothing can wake it */
	AW__STUCK_IF_ALONE = 2, /* only another thread can wake it, if there is one */
};

#define AW__TASK_NAME_BYTES 40u

enum aw__task_flags {
	AW__TASK_UNREFERENCED = 1, /* only its loop has a reference to it */
	AW__TASK_TIMED = 2,	   /* a timer may end its wait */
	AW__TASK_SHIELDS = 16,	   /* cancelling it does not cancel what it waits for */
	AW__TASK_QUEUED = 8,	   /* it is pending, and its loop should run it next */
	AW__TASK_FORSAKEN = 4,	   /* nothing can finish its wait, and a finding reported that */
};

/*
 * True if a task ended with an error that was not retrieved yet: it stays listed until then. The parameters come from its slot
 * (`status`, `wait_target`, `scope`) or from an event. A task with a scope does not count: its group or gather takes the error.
 */
static inline bool aw__row_is_held(uint64_t state, uint64_t outcome, uint64_t error, uint64_t scope)
{
	return state == AW__TASK_FINISHED && outcome == AW_OUTCOME_ERROR && error != 0 &&
	       scope == 0;
}

/** The task that a task awaits, or awaited until it was woken. 0: none. */
static inline uint64_t aw__row_awaits(uint64_t state, uint64_t wait_kind, uint64_t wait_target)
{
	return (state == AW__TASK_WAITING && wait_kind == AW_WAIT_TASK) || state == AW__TASK_READY
		       ? wait_target
		       : 0;
}

struct aw__box_task {
	_Atomic uint32_t sequence;
	_Atomic uint32_t wait_stack; /* where it waits, while its state is waiting; 0: unknown */
	_Atomic uint64_t id;	     /* 0: free */
	_Atomic uint64_t creator;
	_Atomic uint64_t created_ns;
	_Atomic uint64_t changed_ns;
	_Atomic uint64_t run_ns;
	_Atomic uint64_t wait_target;
	_Atomic uint64_t scope;
	_Atomic uint64_t coroutine_stack; /* coroutine << 32 | stack */
	_Atomic uint64_t loop_steps;	  /* loop << 32 | steps, which saturate */
	_Atomic uint64_t status; /* state:8 | wait kind:8 | outcome:8 | name length:8 | flags:8 |
					     creator's slot:24, 0 if unknown */
	_Atomic uint64_t name[AW__TASK_NAME_BYTES / 8];
};

_Static_assert(sizeof(struct aw__box_task) == 128, "a live task costs 128 bytes of the box");

/* The largest number count and text length of a definition. */
#define AW__ENTRY_NUMBERS    256u
#define AW__ENTRY_TEXT_BYTES 4096u

struct aw__box_entry {
	uint8_t kind; /* enum aw__definition_kind */
	uint8_t spare;
	uint16_t number_count;
	uint32_t text_length;
	uint64_t hash;
};

#define AW__INTERPRETER_WORDS (sizeof(struct aw_agent_interpreter) / sizeof(uint64_t))

struct aw__box_header {
	uint64_t magic;
	uint32_t version;
	uint32_t header_bytes;
	uint64_t total_bytes;
	uint64_t pid;
	uint64_t process_start_ticks;
	uint64_t monotonic_ns;
	uint64_t realtime_ns;
	_Atomic uint32_t state;
	uint32_t ring_capacity; /* entries of the directory */
	uint32_t ring_bytes;	/* size of one of its entries */
	uint32_t loop_capacity;
	uint64_t rings_offset;
	uint64_t loops_offset;
	uint64_t holds_offset;
	uint64_t hold_capacity; /* a power of two */
	uint64_t arena_offset;
	uint64_t arena_capacity; /* bytes */
	uint64_t tasks_offset;
	uint64_t task_capacity; /* slots */
	uint64_t area_offset;
	uint64_t area_capacity;		/* bytes */
	_Atomic uint64_t arena_end;	/* bytes, from arena_offset */
	_Atomic uint64_t task_used;	/* slots below this number were used; those beyond never */
	_Atomic uint64_t ring_used;	/* entries of the directory */
	_Atomic uint64_t arena_refused; /* definitions that found the arena full */
	_Atomic uint64_t task_refused;	/* live tasks that are not listed now */
	_Atomic uint64_t ring_refused;	/* records of threads that found no ring */
	_Atomic uint64_t loop_refused;	/* loops that found no place in their table */
	char runtime[32];
	char program[256];
	uint64_t pid_namespace;	   /* inode of /proc/self/ns/pid; 0: unknown */
	_Atomic uint64_t findings; /* number of findings, and id of the newest */
	_Atomic uint32_t ended;	   /* enum aw__ended; written by the process that found out */
	_Atomic uint64_t
		looked_ns; /* when the agent last looked at its tasks: the process ran then */
	/* struct aw_agent_interpreter; all 0: none */
	_Atomic uint64_t interpreter[AW__INTERPRETER_WORDS];
};

enum aw__ended {
	AW__ENDED_UNKNOWN = 0,
	AW__ENDED_BY_EXEC = 1, /* the process replaced its program with exec() */
};

#define AW__BOX_HEADER_BYTES 4096u

_Static_assert(sizeof(struct aw__box_header) <= AW__BOX_HEADER_BYTES, "the header is one page");

#endif
