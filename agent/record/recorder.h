/* SPDX-License-Identifier: MIT */
/*
 * What the files of this folder share: the recorder, one a process, and the writers, one a thread.
 *
 * The recorder's own state is private memory of the process; what others may see is in the box (proto/blackbox.h).
 * The hot path is: the inline switch (agent.h) -> a hook (hooks_*.c) -> the thread's writer (writer.c) -> its ring
 * (ring.c) and the task's slot (slots.c). It takes no lock. The mutex is for what happens once: a new string or
 * stack, a new thread, a further piece of the box.
 */
#ifndef AW__RECORDER_H
#define AW__RECORDER_H

#include <awry/agent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "agent/record/now.h"
#include "agent/record/record.h"
#include "proto/blackbox.h"
#include "proto/finding.h"
#include "proto/item.h"

#define AW__LOAD(field)		atomic_load_explicit(&(field), memory_order_relaxed)
#define AW__LOAD_ACQUIRE(field) atomic_load_explicit(&(field), memory_order_acquire)
#define AW__STORE(field, value) atomic_store_explicit(&(field), (value), memory_order_relaxed)
#define AW__STORE_RELEASE(field, value)                                                            \
	atomic_store_explicit(&(field), (value), memory_order_release)

/* One of a thread's two rings, as its writer sees it. */
struct aw__ring {
	struct aw__box_ring *shared;
	_Atomic uint64_t *units;
	uint64_t mask;	/* capacity - 1, in units */
	uint64_t most;	/* what the capacity may still grow to */
	uint64_t head;	/* units */
	uint64_t limit; /* head does not pass it without aw__ring_make_room() */
};

enum { AW__EVENTS, AW__FINDINGS, AW__RINGS };

/*
 * The box of an earlier recording. A thread may have been in a hook while recording ended and began anew, and goes on with what it had: so the
 * address range stays as long as a thread has not come back for a new writer, or ended. Its memory is given back at once (retire.c).
 */
struct aw__retired {
	struct aw__retired *next;
	unsigned char *base;
	size_t bytes;
	unsigned users; /* threads */
};

/*
 * Each lies in memory that the kernel clears in a child process, however the child was made (_Fork(), raw clone()): such a
 * child shares its parent's box, and must not write there. `open` is what every hook looks at first.
 */
struct aw__writer {
	_Atomic bool open; /* false: of no thread, of the parent's, or of an earlier recording */
	struct aw__ring rings[AW__RINGS];
	struct aw__box_task *slots; /* the task table of its box, which its slots are of */
	uint32_t thread;    /* index */
	uint32_t free_slot; /* a list through the free slots of the task table; 0: none */
	uint32_t next_slot; /* a batch of slots never used: [next_slot, end_slot) */
	uint32_t end_slot;
	bool has_rings;		   /* false: there was no room for this thread's */
	bool is_small;		   /* the agent's own thread */
	uint64_t now_ns;	   /* the last time that was read: it never goes back */
	bool waited;		   /* for room in a ring, since then */
	uint64_t ended;		   /* the task that was done last, until another one runs */
	struct aw__box_loop *loop; /* the one that runs on this thread; NULL: none, or not listed */
	struct aw__writer *next_free; /* of the writers whose thread has ended */
	bool is_free;		      /* it is one of those */
	struct aw__writer *next;      /* of all writers of this recording */
	struct aw__retired *retired;  /* the box that it was of; NULL: it is of the present one */
};

enum aw__forked {
	AW__NOT_FORKED,
	AW__FORKED,	    /* a child that has no box of its own yet */
	AW__FORKED_WITHOUT, /* … and gets none */
};

struct aw__recorder {
	struct aw__record_options options;
	char path[256];
	/* Another box comes only with the mutex held. A hook that saw the one before may use that to its end. */
	unsigned char *_Atomic base;
	_Atomic size_t bytes;
	struct aw__box_header *_Atomic header;
	struct aw__box_ring *_Atomic rings;
	struct aw__box_loop *_Atomic loops;
	struct aw__box_hold *_Atomic holds;
	struct aw__box_task *_Atomic slots; /* [0] is never used */
	unsigned char *_Atomic arena;
	_Atomic uint32_t epoch; /* how many recordings there were */

	pthread_mutex_t mutex; /* guards what follows, up to the empty line */
	unsigned char *file; /* where that of `path` is mapped */
	size_t file_bytes;
	uint64_t
		arena_end; /* what header->arena_end says; a forked child must not ask its parent's box */
	uint64_t arena_backed; /* bytes of it that have memory */
	uint64_t area_used;    /* bytes */
	uint64_t slots_backed;
	_Atomic uint64_t slots_given; /* slots 1 to this one are backed; read without the mutex */
	uint32_t slot_misses, arena_misses; /* so often a piece was wanted, and not there */
	struct aw__writer *writers, *free_writers;
	struct aw__retired *retired;

	_Atomic uint64_t *intern_table; /* hash:32 | id:32; read without the mutex */
	uint64_t intern_mask;
	uint64_t intern_count;

	_Atomic int lossless;
	_Atomic int steps;
	_Atomic int forked;  /* enum aw__forked */
	_Atomic int room; /* enum aw__room: whether a piece of the box could not be backed */
	_Atomic int64_t *_Atomic owner; /* whose box it is; in memory that the kernel clears in a child */
	void (*first_use)(void);
	void (*_Atomic pressed)(void); /* a ring fills: whoever reads it should do so now */
};

extern struct aw__recorder aw__recorder;

/* Parts of the box, read once by whoever uses them: another thread may begin another recording, whose box is another one. */
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

/* An option that a hook reads: another recording may have others. */
#define AW__OPTION(name) __atomic_load_n(&aw__recorder.options.name, __ATOMIC_RELAXED)

/** Give memory to a part of the box, so that reading and writing it cannot fail. False if there is none. */
bool aw__box_back(const void *start, uint64_t bytes);
/** How much to back at once, where `backed` bytes are: little at first, so that a small program takes little. */
uint64_t aw__box_piece(uint64_t backed);
/** Whether to try to back a piece: once after so many misses, as a try costs microseconds. With the mutex held. */
bool aw__box_may_try(uint32_t *misses);

/* What a thread has that has no writer: never open. */
extern struct aw__writer aw__writer_none;
/* Initial-exec: one instruction to find it, also in a shared library. Never NULL. */
extern _Thread_local struct aw__writer *aw__writer_own __attribute__((tls_model("initial-exec")));

struct aw__writer *aw__writer_open(void);

/* ---- retire.c; all with the mutex held ---- */

/** What aw__retire() needs; NULL: there is no memory. */
struct aw__retired *aw__retire_prepare(void);
/** Another box took the place of this one: take it from all writers. @param retired_take  from aw__retire_prepare() */
void aw__retire(struct aw__retired *retired_take, unsigned char *base, size_t bytes);
/** A thread has come back from its last hook with a writer of an earlier recording, or has ended: the writer goes. */
void aw__retire_writer(struct aw__writer *writer_take);
/** In a forked child, whose other threads are gone: nobody uses these any more. */
void aw__retire_all(void);
/** Memory that the kernel clears in a child process. NULL: none is left. */
void *aw__wiped_alloc(size_t bytes);

/** The calling thread's writer. NULL if nothing can be recorded on this thread now. */
static inline struct aw__writer *aw__writer_get(void)
{
	struct aw__writer *writer = aw__writer_own;

	if (writer == NULL)
		__builtin_unreachable(); /* as far as the compiler can see it could be */
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

/** What is in `numbers` and `text`, as a definition: the id it has, or gets. 0: the arena is full. */
uint32_t aw__intern(enum aw__definition_kind kind, const uint64_t *numbers, uint32_t number_count,
		    const char *text, uint32_t text_length);
/** As aw__intern(), but 0 if it is not there yet. Takes no lock. */
uint32_t aw__intern_find(enum aw__definition_kind kind, const uint64_t *numbers,
			 uint32_t number_count);
uint32_t aw__intern_text(const char *text);

/**
 * Mark addresses of code that may be unloaded with the number of its module (proto/item.h), which is then in the arena. An address
 * that is left unmarked, since there is no number for its module, has no name in the viewer: better none than a wrong one.
 *
 * Context: takes the dynamic linker's lock
 */
void aw__modules_mark(uint64_t *frames, size_t count);
/** Make sure that the modules of these addresses, which are marked where need be, are in the arena. */
void aw__modules_know(const uint64_t *frames, size_t count);

/** Capture the native stack from the frame that returns to `from` on, and intern it. */
uint32_t aw__stack_capture(uint32_t link, const void *from);
/** Return addresses of functions on the stack; NULL, or none of the stack: no bound. */
struct aw__stack_bounds {
	const void *caller; /* of the hook that asks */
	const void *from;   /* the function that returns there, and what it called, are left out */
	const void *until;  /* likewise, with what called it */
};

/** Capture the native stack within these bounds, and intern it. No frame in between: the link, or else AW_STACK_NONE. */
uint32_t aw__stack_between(uint32_t link, const struct aw__stack_bounds *bounds);
/** Walk a stack that is suspended, and intern it. 0: its rules are not known. */
uint32_t aw__stack_suspended(uint32_t link, const struct aw_agent_registers *registers);
uint32_t aw__stack_intern(uint64_t *numbers, uint32_t frame_count, uint32_t link, uint64_t flags);
void aw__stack_warm_up(void);
/** The creation stack of a task that was created before recording began. `known`: where that was; AW_NONE, AW_STACK_NONE: not known. */
uint32_t aw__stack_before_recording(uint32_t known);
/** A stack that a runtime gave, or else the native one from the frame that returns to `from` on. */
static inline uint32_t aw__stack_given(aw_intern given, uint32_t link, const void *from)
{
	if (given == AW_STACK_NONE)
		return AW_NONE;
	return given != AW_NONE ? given : aw__stack_capture(link, from);
}

/** A slot of the writer's task table, 0 if there is none: the task is counted, not listed. */
uint32_t aw__slot_take(struct aw__writer *writer);
void aw__slot_give(struct aw__writer *writer, uint32_t slot);

/** Put the task that is in a slot into the ring of findings, so that they can name it when it is gone. */
void aw__task_tell(struct aw__writer *writer, const struct aw_agent_task *task);
/** Slots [1, end) are backed, and may be read. */
static inline uint64_t aw__slots_end(void)
{
	return AW__LOAD_ACQUIRE(aw__recorder.slots_given) + 1;
}

/** The slot of a task, NULL if it has none (any more). */
static inline struct aw__box_task *aw__task_slot(const struct aw_agent_task *task)
{
	struct aw__box_task *slot;
	uint64_t number;

	if (task == NULL)
		return NULL;
	/* After fork() the number is one of the parent's table: in the child's it may be another task's slot, or a hole. Likewise of an earlier recording. */
	number = task->slot;
	if (number - 1 >= AW__LOAD(aw__recorder.slots_given))
		return NULL;
	slot = &aw__slot_table()[number];
	return AW__LOAD(slot->id) == task->id ? slot : NULL;
}

/* The flags and the creator's place, in the upper half of a slot's status. */
#define AW__STATUS_FLAG(flag)  ((uint64_t)(flag) << 32)
#define AW__STATUS_CREATOR(at) ((uint64_t)(at) << 40)
#define AW__CREATOR_OF(status) ((uint32_t)((status) >> 40))
#define AW__STATUS_NAME_LENGTH(status) ((uint32_t)((status) >> 24 & 0xff))
#define AW__MOST_CREATOR_SLOT  ((1u << 24) - 1)

/** What there is to say of a task, beyond who it is. */
struct aw__task_found {
	enum aw__finding_kind kind;
	uint64_t error;
	uint64_t stack; /* 0: where it was created */
	uint64_t value;
	uint64_t by;
	const char *text; /* NULL: none */
};

/** Put a finding of a task, and before it what the finding names: the task, who made it, and who did it. */
void aw__task_finding(struct aw__writer *writer, const struct aw_agent_task *task,
		      const struct aw__task_found *found);
/** Put beside a finding of a task's error who asked the task to cancel, if somebody did: its errors may come of that. */
void aw__cancel_tell(struct aw__writer *writer, const struct aw_agent_task *task);

/** The place of a loop in the table; NULL: it has none. */
struct aw__box_loop *aw__loop_entry(const struct aw_agent_loop *loop);

/** Who has a resource that somebody waits for; 0: nobody, or not known. */
uint64_t aw__hold_of(uint64_t resource);

#define AW__MOST_SHARED_RESOURCES 64u
#define AW__MOST_SHARES		  64u

/** A semaphore for which tasks wait, and the tasks that have all of its permits. */
struct aw__shares {
	uint64_t resource;
	uint32_t count;
	uint64_t tasks[AW__MOST_SHARES];
};

/** Copy the semaphores whose owners are known. @param ret_list  of AW__MOST_SHARED_RESOURCES. Returns how many there are. */
unsigned aw__shares_copy(struct aw__shares *ret_list);
/** In the child of a fork, and in the next recording: nothing is known there. */
void aw__shares_reset(void);

/** What a slot said at one moment. */
struct aw__task_view {
	struct aw_agent_task task; /* its slot; cancellation is not known here */
	uint64_t creator;
	uint64_t created_ns;
	uint64_t changed_ns;
	uint64_t run_ns;
	uint64_t status;
	uint64_t wait_target;
	uint64_t scope;
	uint64_t loop;
	uint64_t coroutine_stack; /* as in the slot: of what, and where it was created */
};

#define AW__VIEW_STATE(view) ((view)->status & 0xff)
#define AW__VIEW_WAIT(view)  ((view)->status >> 8 & 0xff)

/** Copy a slot while its thread may write to it. False if it is free, or changes all the time. */
bool aw__slot_view(uint32_t slot, struct aw__task_view *ret);
/** Tell whether the task in a slot was created by one that has ended: NULL-safe about what is not known. */
bool aw__slot_creator_ended(const struct aw__task_view *view);

/* ---- hooks_kept.c ---- */

/** Tasks of one creation stack that have ended, are still referenced, and were created before the last tick. */
struct aw__kept {
	uint64_t place; /* coroutine and stack, as a slot has them */
	uint64_t count;
	struct aw_agent_task newest; /* the one that ended last; maybe it is gone */
};

/** What stands in aw_agent_task.kept of a task that is created now. */
uint32_t aw__kept_born(void);
void aw__kept_tick(void);
/** The next creation stack from that number on. Returns the number to go on with; 0: there is none. */
unsigned aw__kept_next(unsigned from, struct aw__kept *ret);
void aw__kept_reset(void);

/** Forget the cancellations that were delivered: this process was forked, or another recording begins. */
void aw__cancels_reset(void);
/** Of a task whose cancellation was delivered: it has ended. */
void aw__cancels_forget(const struct aw_agent_task *task);

/** A cancellation that was delivered to a task, which has neither taken it back nor ended since. */
struct aw__delivered {
	uint64_t task;
	uint64_t by; /* the task that asked for it */
	uint64_t stack;
	uint64_t since_ns;
	uint32_t slot, by_slot;
};

/** The next one from that number on that was not told as swallowed. Returns the number to go on with; 0: there is none. */
unsigned aw__cancels_next(unsigned from, struct aw__delivered *ret);
/** Note that the one was told that came with the number `next`. False: it is none any more. */
bool aw__cancels_note_told(unsigned next, const struct aw__delivered *delivered);

/** Put a finding: `event` has its args, list and text. */
void aw__finding_put(struct aw__writer *writer, struct aw__event *event);

/* ---- ring.c; the hot part is here ---- */

/** Put a record with a list or a text. `event`: its thread and time are ignored, its lengths are bounded. */
void aw__ring_put(struct aw__writer *writer, unsigned which, struct aw__event *event);
/**
 * The head has come to the limit, and `units` more are to be written: let the ring grow, wake its readers, wait for a
 * trace's writer (not for ever), and set the next limit.
 */
void aw__ring_make_room(struct aw__writer *writer, struct aw__ring *ring, uint64_t units);
/** Count a record of a thread that has no rings. */
void aw__ring_refuse(void);
bool aw__ring_open(struct aw__ring *ring, struct aw__box_ring *shared, unsigned char *units,
		   uint64_t bytes);

static inline _Atomic uint64_t *aw__ring_unit(const struct aw__ring *ring, uint64_t unit)
{
	return ring->units + (unit & ring->mask) * AW__UNIT_WORDS;
}

static inline void aw__ring_reserve(struct aw__writer *writer, struct aw__ring *ring,
				    uint64_t units)
{
	if (__builtin_expect(ring->head + units > ring->limit, 0))
		aw__ring_make_room(writer, ring, units);
	AW__STORE(ring->shared->reserved, ring->head + units);
	/* A reader that sees one of the words that are written now sees `reserved`, too. */
	atomic_thread_fence(memory_order_release);
}

static inline void aw__ring_publish(struct aw__ring *ring, uint64_t units)
{
	ring->head += units;
	AW__STORE_RELEASE(ring->shared->head, ring->head);
}

/** `shape`: word 0, without the unit's mark. */
static inline void aw__ring_put_first(struct aw__ring *ring, uint64_t time_ns, uint64_t subject,
				      uint64_t shape, const uint64_t args[AW__EVENT_ARGS])
{
	_Atomic uint64_t *unit = aw__ring_unit(ring, ring->head);

	AW__STORE(unit[0], shape | (uint64_t)AW__UNIT_FIRST << 8);
	AW__STORE(unit[1], time_ns);
	AW__STORE(unit[2], subject);
	for (unsigned i = 0; i < AW__EVENT_ARGS; i++)
		AW__STORE(unit[3 + i], args[i]);
}

/** Put a record without list and text among the events: one unit. */
static inline void aw__ring_put_short(struct aw__writer *writer, enum aw__event_kind kind,
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
