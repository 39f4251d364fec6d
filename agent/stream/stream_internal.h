/* SPDX-License-Identifier: MIT */
/* The parts of the stream thread; each is in the file of its name. */
#ifndef AW__STREAM_INTERNAL_H
#define AW__STREAM_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent/record/record.h"
#include "agent/stream/descriptor.h"
#include "agent/stream/feed.h"
#include "agent/stream/stream_thread.h"
#include "agent/watch/detectors.h"
#include "proto/frame.h"

/* Whether a process that shares this one's memory may be cloned: not under ThreadSanitizer, which keeps a thread's state there. */
#if defined(__SANITIZE_THREAD__)
#define AW__CAN_SHARE_MEMORY 0
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define AW__CAN_SHARE_MEMORY 0
#endif
#endif
#ifndef AW__CAN_SHARE_MEMORY
#define AW__CAN_SHARE_MEMORY 1
#endif

/*
 * Valgrind runs one thread at a time, on stacks that the kernel does not know, and ends the program at a clone() that it does not
 * support. It is detected by the library that it preloads, since its header may have been missing when the agent was built.
 */
static inline bool aw__under_valgrind(void)
{
	const char *preloaded = getenv("LD_PRELOAD");

	return preloaded != NULL && strstr(preloaded, "/vgpreload_") != NULL;
}

/*
 * Functions of a cloned process that never returned leave marks of AddressSanitizer on that process's stack. They must be removed
 * before the stack is unmapped, or they apply to the memory that is mapped there next.
 */
#if defined(__SANITIZE_ADDRESS__)
void __asan_unpoison_memory_region(void const volatile *start, size_t bytes);
#define AW__FORGET_STACK(start, bytes) __asan_unpoison_memory_region(start, bytes)
#else
#define AW__FORGET_STACK(start, bytes) ((void)0)
#endif

/** Move a descriptor to a high number in the program's table: the program may rely on low ones. */
int aw__high_fd(int fd);

/* ---- own_table.c: the descriptor table of the agent's thread ---- */

/** Give this thread a table of its own, in which nothing of the program is open. If that fails, it shares the program's. */
void aw__own_table_make(void);
/** Whether this thread has a table of its own. */
bool aw__own_table_is_used(void);
/** If a copy of the program's stderr is kept, close it when the program itself has another file there, or none. */
void aw__own_table_check(void);
/** The descriptor of the program's stderr for this thread, until it is returned. -1: there is none. */
int aw__own_table_borrow_stderr(void);
void aw__own_table_return_stderr(int fd);
/** Close all descriptors in this thread's own table. */
void aw__own_table_finish(void);

/* ---- stderr.c ---- */

#define AW__STDERR_WAIT_MS 200 /* for room, at most */

/** Remember the file at descriptor 2: it is written to only while it is the same file. The first call counts. */
void aw__stderr_remember(void);
enum aw__stderr_result {
	AW__STDERR_WRITTEN,
	AW__STDERR_NO_ROOM, /* it did not take all of it within a bounded time */
	AW__STDERR_ANOTHER, /* descriptor 2 is closed, or another file */
	AW__STDERR_FAILED,  /* nobody reads it, or an error */
	AW__STDERR_RESULTS
};

/** Write to stderr. What it does not take is left out. */
enum aw__stderr_result aw__stderr_write(const char *text, size_t length);
/** One line on stderr: "awry: …". */
__attribute__((format(printf, 1, 2))) void aw__complain(const char *format, ...);

/* ---- viewers.c ---- */

struct aw__viewer {
	struct aw__descriptor socket; /* none: free */
	struct aw__feed feed;
	size_t sent; /* of feed.out */
	bool paused;
	bool steps;
	unsigned char in[256]; /* control frames, as they come */
	size_t in_length;
	bool begun;	   /* its preamble was seen */
	uint64_t moved_ns; /* when it last sent or took something */
	bool parting;	   /* GOODBYE is part of what is being sent */
};

struct aw__viewers {
	const struct aw__box *box;
	struct aw__descriptor listener;
	char path[AW__LOCATION_PATH_BYTES];
	bool own_steps;
	struct aw__viewer list[AW__MOST_VIEWERS];
};

void aw__viewers_init(struct aw__viewers *viewers, const struct aw__box *box, bool own_steps);
bool aw__viewers_listen(struct aw__viewers *viewers, const char *path, struct aw__problem *problem);
/** Whether this is a socket of this user that no process has open any longer: its process was killed. */
bool aw__viewers_is_leftover(const char *path);
bool aw__viewers_connect(struct aw__viewers *viewers, const char *path,
			 struct aw__problem *problem);
/** Whether a viewer has not yet taken all of its data, but took some a moment ago. */
bool aw__viewers_are_taking(const struct aw__viewers *viewers);
/** Accept viewers, read what they ask for, and send them new items. Returns how many items. */
uint64_t aw__viewers_serve(struct aw__viewers *viewers);
/** Send the rest and GOODBYE. Returns true when all viewers have everything: call it again until then. */
bool aw__viewers_part(struct aw__viewers *viewers);
void aw__viewers_finish(struct aw__viewers *viewers);
bool aw__viewers_any(const struct aw__viewers *viewers);

/* ---- trace.c ---- */

struct aw__trace {
	struct aw__descriptor file;
	char path[4096 + 16];
	struct aw__feed feed;
};

bool aw__trace_open(struct aw__trace *trace, const struct aw__box *box, const char *path,
		    struct aw__problem *problem);
/** Write all new items. A full disk ends the trace, with one line. */
void aw__trace_write(struct aw__trace *trace);
void aw__trace_close(struct aw__trace *trace, bool goodbye);

/* ---- printer.c ---- */

struct aw__printer;

struct aw__printer *aw__printer_create(const struct aw__box *box);
void aw__printer_print(struct aw__printer *printer);
/** Say on stderr how much was not printed, and why. */
void aw__printer_tell_losses(const struct aw__printer *printer);
/** Say on stderr how many findings were not printed because they were like one that was; then destroy the printer. Takes NULL. */
void aw__printer_destroy(struct aw__printer *printer);

/* ---- print_losses.c ---- */

/*
 * What the recorder or the trace lost. Events that a slow viewer missed do not count: that is no fault of the program, and the
 * viewer itself gets EVENTS_LOST.
 */
enum aw__loss {
	AW__LOSS_DEFINITIONS,
	AW__LOSS_RECORDS,
	AW__LOSS_TASKS,
	AW__LOSS_LOOPS,
	AW__LOSS_TRACE,
	AW__LOSSES
};

struct aw__losses {
	uint64_t told[AW__LOSSES];
	uint64_t told_ns; /* when a finding was recorded last */
	bool told_room;	  /* the line on stderr was written */
};

/** Record findings about what was lost since the last ones; at most one of each kind a second. */
void aw__losses_tell(struct aw__losses *losses, const uint64_t counts[AW__LOSSES], bool at_once);

/* ---- wake.c: the stream thread's sleep, and what ends it ---- */

/** Wait while the word has the value, for at most `longest_ns`; it may return earlier. */
void aw__wake_wait(_Atomic uint32_t *word, uint32_t value, uint64_t longest_ns);
/** End all waits for the word. */
void aw__wake_futex(_Atomic uint32_t *word);
/** End the stream thread's sleep. Any thread. */
void aw__wake(void);
/** Set whether a ring that has filled by a quarter wakes the stream thread: true while a trace or a viewer reads the rings of events. */
void aw__wake_on_pressure(bool on);
/** Sleep for a tick, or until aw__wake() or a ring ends it. */
void aw__wake_sleep(int tick_ms);

/* ---- watchdog.c ---- */

void aw__watchdog_look(const struct aw__thresholds *thresholds, const struct aw__box *box);

/* ---- held.c ---- */

/** Record the errors again and, if they are due, their findings. */
void aw__held_tell(const struct aw__box *box, const struct aw__held_list *held);
/** When the program ends: do the same for all held errors, in portions, between which `give` is called. */
void aw__held_tell_at_end(const struct aw__box *box, void (*give)(void *arg), void *arg);

/* ---- sampler.c ---- */

/** When an iteration has lasted for a while: remember what the loop's thread has done so far. */
void aw__sampler_note(const struct aw__blocked *busy);
/** The stack of a thread whose loop is blocked, with an interpreter's frames. No frames if it could not be taken. */
void aw__sampler_stack(const struct aw__blocked *blocked, struct aw__blocked_stack *ret);

/* ---- stale_boxes.c ---- */

/** Remove the boxes and sockets that processes of this user left in the runtime folder, except for the few most useful ones. */
void aw__stale_boxes_remove(void);
/** Whether there are so many boxes that they should be removed at once: the thread of a short-lived process may not get to it. */
bool aw__stale_boxes_are_many(void);

#endif
