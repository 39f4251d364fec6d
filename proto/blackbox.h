/* SPDX-License-Identifier: MIT */
/*
 * The black box: one file on tmpfs, mapped by its owner and by whoever looks.
 *
 * Only agent/record writes it, and only blackbox_read.c reads it. Its bytes are no contract: the
 * version says which reader fits.
 *
 *	+--------------------+ 0
 *	| header             | who, when, where the rest is, what was refused
 *	+--------------------+ rings_offset
 *	| ring directory     | two a thread: its events (even), its findings and what they name (odd)
 *	+--------------------+ loops_offset
 *	| loop table         | what each does now, and how long all its iterations took
 *	+--------------------+ holds_offset
 *	| table of holds     | who has the locks that somebody waits for
 *	+--------------------+ arena_offset
 *	| intern arena       | append only; published by arena_end
 *	+--------------------+ tasks_offset
 *	| task table         | slots [1, task_used) are backed; slot 0 is never used
 *	+--------------------+ area_offset
 *	| ring area          | each ring has its place from the start, and memory as it fills
 *	+--------------------+ total_bytes
 *
 * The file has its full size from the start, and holes where nothing is yet. Reading a hole of a mapped tmpfs file
 * takes memory, and is a SIGBUS where there is none: so every reader, the owner included, stays within
 * what is published as backed, which is what lies before arena_offset, the arena up to arena_end, the slots
 * [1, task_used), and each ring's first `capacity` units.
 *
 * Rings. A record is one or more units of 64 bytes. The writer (one thread) moves `reserved` past the new
 * record, writes it, then moves `head` there with release order. A reader copies units below `head`, and
 * then looks at `reserved`: what lies more than a capacity behind it may have been overwritten while it
 * was copied; it is dropped, and counted. Every shared word is read and written as a relaxed atomic, so
 * that a reader that comes too late sees old or new words, throws both away, and has no data race.
 *
 * A ring begins with a few pages, and its capacity doubles each time that it has become full, up to the size of its
 * place. It does not wrap around before: so a unit's place is the same for the old and the new capacity. If no
 * memory is left, it stays as it is, and wraps around earlier. The writer moves `capacity` before
 * `reserved` and `head`; so a reader loads one of these first, and `capacity` second.
 *
 *	first unit  word 0    kind:8 | AW__UNIT_FIRST:8 | units that follow:16 | list length:16 | text length:16
 *	            word 1    time_ns
 *	            word 2    subject
 *	            word 3-7  args
 *	the others  word 0    0:8 | AW__UNIT_MORE:8 | …0
 *	            word 1-7  the list's words, then the text, padded with zeros
 *
 * Each unit says whether it is a record's first, so that a reader that was lapped finds the next one.
 *
 * Arena. An entry is a header and its payload (the numbers, then the text, padded to 8 bytes). Its id is its
 * offset divided by 8; offset 0 is left free. arena_end moves, with release order, when an entry is whole. A reader of
 * another process's box copies each entry, and then checks and uses the copy: the owner may be hostile.
 *
 * Task table. A slot is guarded by `sequence`, odd while it is being written.
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

/* The longest text and list of one record. The recorder cuts what is longer, and says so in the text. */
#define AW__RECORD_TEXT_BYTES 1024u
#define AW__RECORD_LIST_WORDS 256u
#define AW__RECORD_MAX_UNITS                                                                       \
	(1u + (AW__RECORD_LIST_WORDS + AW__RECORD_TEXT_BYTES / 8u + AW__UNIT_PAYLOAD_WORDS) /      \
		      AW__UNIT_PAYLOAD_WORDS)

enum aw__box_state {
	AW__BOX_OPEN = 1,
	AW__BOX_CLOSED = 2, /* the owner said goodbye */
};

enum aw__ring_state {
	AW__RING_FREE = 0,
	AW__RING_OWNED = 1, /* a thread writes to it */
	AW__RING_ORPHAN =
		2, /* its thread has ended; the next new thread goes on where it stopped */
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
	/* the writer's line */
	_Alignas(64) _Atomic uint64_t reserved;
	_Atomic uint64_t head;
	/* the line of the one reader that the writer waits for: the trace file's */
	_Alignas(64) _Atomic uint64_t consumed;
};

#define AW__LOOP_LABEL_WORDS 8u

struct aw__box_loop {
	_Atomic uint64_t id; /* 0: free */
	_Atomic uint64_t tid;
	_Atomic uint64_t thread;	/* index */
	_Atomic uint64_t busy_since_ns; /* 0: in its poll */
	_Atomic uint64_t iterations;
	_Atomic uint64_t task;	  /* the one that runs now; 0 for none */
	_Atomic uint64_t finding; /* the blocked-loop that was told of this iteration; 0 for none */
	_Atomic uint64_t task_slot;		      /* its place in the task table */
	_Atomic uint64_t label[AW__LOOP_LABEL_WORDS]; /* text, padded with NULs */
	_Atomic uint64_t stuck;	      /* it sleeps, and nothing can wake it: aw__loop_stuck */
	_Atomic uint64_t longest_ns;  /* of its iterations */
	_Atomic uint64_t interpreter; /* the thread's interpreter state, an address; 0: none */
	uint64_t spare[5];
	_Atomic uint64_t lags[AW__LAG_BUCKETS]; /* how many iterations took how long (lags.h) */
};

_Static_assert(sizeof(struct aw__box_loop) == 704,
	       "eleven lines of a cache, and the next loop in others");

/* A resource is in one of AW__HOLD_WINDOW places from its hash on. One that finds no room is not listed. */
#define AW__HOLD_WINDOW 16u

struct aw__box_hold {
	_Atomic uint64_t resource; /* 0: free */
	_Atomic uint64_t task;	   /* who has it */
};

static inline uint64_t aw__hold_hash(uint64_t resource)
{
	return resource * UINT64_C(0x9e3779b97f4a7c15) >> 32;
}

/* Of a loop that sleeps. */
enum aw__loop_stuck {
	AW__NOT_STUCK = 0,
	AW__STUCK = 1,		/* nothing that it knows of can wake it */
	AW__STUCK_IF_ALONE = 2, /* … but for another thread, as long as there is one */
};

#define AW__TASK_NAME_BYTES 40u

enum aw__task_flags {
	AW__TASK_UNREFERENCED = 1, /* nobody but its loop has a reference to it */
	AW__TASK_TIMED = 2,	   /* a timer may end its wait */
	AW__TASK_SHIELDS = 16,	   /* what it waits for is not cancelled with it */
	AW__TASK_QUEUED = 8,	   /* it is pending, and its loop is to run it next */
	AW__TASK_FORSAKEN = 4,	   /* nobody can finish what it waits for, and that was told */
};

/*
 * Of a task's row, whoever reads it: `status` and `wait_target` of its slot, or the like of an event.
 *
 * It ended with an error that nobody has retrieved: it is listed until somebody does. A group or gather takes the errors of its
 * members when it is done, and a task that awaits it gets its error as soon as it runs.
 */
static inline bool aw__row_is_held(uint64_t state, uint64_t outcome, uint64_t error, uint64_t scope)
{
	return state == AW__TASK_FINISHED && outcome == AW_OUTCOME_ERROR && error != 0 &&
	       scope == 0;
}

/** The task that this one awaits, or awaited until it was woken. 0: none. */
static inline uint64_t aw__row_awaits(uint64_t state, uint64_t wait_kind, uint64_t wait_target)
{
	return (state == AW__TASK_WAITING && wait_kind == AW_WAIT_TASK) || state == AW__TASK_READY
		       ? wait_target
		       : 0;
}

struct aw__box_task {
	_Atomic uint32_t sequence;
	_Atomic uint32_t wait_stack; /* where it waits, while its state is waiting; 0: not told */
	_Atomic uint64_t id;	     /* 0: free */
	_Atomic uint64_t creator;
	_Atomic uint64_t created_ns;
	_Atomic uint64_t changed_ns;
	_Atomic uint64_t run_ns;
	_Atomic uint64_t wait_target;
	_Atomic uint64_t scope;
	_Atomic uint64_t coroutine_stack; /* coroutine << 32 | stack */
	_Atomic uint64_t loop_steps;	  /* loop << 32 | steps, which stop at their maximum */
	_Atomic uint64_t status; /* state:8 | wait kind:8 | outcome:8 | name length:8 | flags:8 |
					     creator's slot:24, 0 if that is not known */
	_Atomic uint64_t name[AW__TASK_NAME_BYTES / 8];
};

_Static_assert(sizeof(struct aw__box_task) == 128, "a live task costs 128 bytes of the box");

/* The most numbers and the longest text of a definition. */
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
	_Atomic uint64_t task_used;	/* slots ever handed out: none beyond */
	_Atomic uint64_t ring_used;	/* entries of the directory */
	_Atomic uint64_t arena_refused; /* definitions that found the arena full */
	_Atomic uint64_t task_refused;	/* live tasks that are not listed, now */
	_Atomic uint64_t ring_refused;	/* records of threads that found no ring */
	_Atomic uint64_t loop_refused;	/* loops that found no place in their table */
	char runtime[32];
	char program[256];
	uint64_t pid_namespace;	    /* inode of /proc/self/ns/pid; 0: not known */
	_Atomic uint64_t findings;  /* how many were told: the newest one's id */
	_Atomic uint32_t ended;	    /* enum aw__ended; whoever found it out wrote it */
	_Atomic uint64_t looked_ns; /* when it was last known to run (a look at its tasks) */
	/* struct aw_agent_interpreter; all 0: none */
	_Atomic uint64_t interpreter[AW__INTERPRETER_WORDS];
};

enum aw__ended {
	AW__ENDED_UNKNOWN = 0,
	AW__ENDED_BY_EXEC = 1, /* the process went on with another program */
};

#define AW__BOX_HEADER_BYTES 4096u

_Static_assert(sizeof(struct aw__box_header) <= AW__BOX_HEADER_BYTES, "the header is one page");

#endif
