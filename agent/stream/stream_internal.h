/* SPDX-License-Identifier: MIT */
/* What the stream thread's parts offer it; each lives in a file of its name. */
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

/* Whether a process may be cloned that shares this one's memory: ThreadSanitizer keeps its state of a thread there. */
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
 * know. It is known by what it preloads, since its header need not have been there when this was built.
 */
static inline bool aw__under_valgrind(void)
{
	const char *preloaded = getenv("LD_PRELOAD");

	return preloaded != NULL && strstr(preloaded, "/vgpreload_") != NULL;
}

/*
 * Functions that ran on a stack of another process, and never returned, leave marks for AddressSanitizer: before the stack is
 * unmapped they must go, or they are taken for marks of what is mapped there next.
 */
#if defined(__SANITIZE_ADDRESS__)
void __asan_unpoison_memory_region(void const volatile *start, size_t bytes);
#define AW__FORGET_STACK(start, bytes) __asan_unpoison_memory_region(start, bytes)
#else
#define AW__FORGET_STACK(start, bytes) ((void)0)
#endif

/** Move a descriptor far up in the program's table, where a program that counts on low ones will not meet it. */
int aw__high_fd(int fd);

/* ---- own_table.c: the descriptor table of the agent's thread ---- */

/** Give this thread a table of its own, in which nothing of the program is open. Where that cannot be it shares the program's. */
void aw__own_table_make(void);
/** Whether this thread has one. */
bool aw__own_table_is_used(void);
/** If a copy of the program's stderr is kept, close it when the program itself has something else there, or nothing. */
void aw__own_table_check(void);
/** The descriptor of the program's stderr for this thread, until it is returned. -1: there is none. */
int aw__own_table_borrow_stderr(void);
void aw__own_table_return_stderr(int fd);
/** Close all that is in this thread's own table. */
void aw__own_table_finish(void);

/* ---- stderr.c ---- */

#define AW__STDERR_WAIT_MS 200u /* for room, at most */

/** Remember what descriptor 2 is: from then on it is written to only while it is that. The first call counts. */
void aw__stderr_remember(void);
/** Write to stderr. False if it did not take all of it within a bounded time: the rest is left out. */
bool aw__stderr_write(const char *text, size_t length);
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
	uint64_t moved_ns; /* when it last said or took something */
	bool parting;	   /* the goodbye is among what is being sent */
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
/** A socket of this user's that nobody has open any more, of a process that was killed. */
bool aw__viewers_is_leftover(const char *path);
bool aw__viewers_connect(struct aw__viewers *viewers, const char *path,
			 struct aw__problem *problem);
/** Whether some viewer has not yet taken all that is there for it, but took some a moment ago. */
bool aw__viewers_are_taking(const struct aw__viewers *viewers);
/** Accept, hear, send. Returns how many items were given. */
uint64_t aw__viewers_serve(struct aw__viewers *viewers);
/** Send the rest and the goodbyes; returns true when everybody has everything. Call it again until then. */
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
/** Write what is new. Returns true if it reached the present. A full disk ends the trace, with one line. */
bool aw__trace_write(struct aw__trace *trace);
void aw__trace_close(struct aw__trace *trace, bool goodbye);

/* ---- printer.c ---- */

struct aw__printer;

struct aw__printer *aw__printer_create(const struct aw__box *box);
void aw__printer_print(struct aw__printer *printer);
/** Say how much was not printed, and why. */
void aw__printer_tell_losses(const struct aw__printer *printer);
/** Say how many were not printed because they were like one that was. */
void aw__printer_destroy(struct aw__printer *printer);

/* ---- print_losses.c ---- */

/*
 * What the recorder or the recording lost. What a slow viewer missed is none of it: that is no fault of the program, and the
 * viewer itself is told (EVENTS_LOST).
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
	uint64_t told_ns; /* when that was */
	bool told_room;	  /* the line on stderr */
};

/** Make a finding of what was lost since the last one; at most one of each kind a second. */
void aw__losses_tell(struct aw__losses *losses, const uint64_t counts[AW__LOSSES], bool at_once);

/* ---- wake.c: the stream thread's sleep, and what ends it ---- */

/** Wait while the word has the value, for at most so long; it may return earlier. */
void aw__wake_wait(_Atomic uint32_t *word, uint32_t value, uint64_t longest_ns);
/** End all waits for the word. */
void aw__wake_futex(_Atomic uint32_t *word);
/** End the stream thread's sleep. Any thread. */
void aw__wake(void);
/** Whether it is woken when a ring has filled by a quarter: true while somebody reads the rings of events. */
void aw__wake_on_pressure(bool on);
/** Sleep for a tick, or until aw__wake() or a ring ends it. */
void aw__wake_sleep(int tick_ms);

/* ---- watchdog.c ---- */

void aw__watchdog_look(const struct aw__thresholds *thresholds, const struct aw__box *box);

/* ---- held.c ---- */

/** Tell the findings that are due, and keep the errors of those that may become due. */
void aw__held_tell(const struct aw__box *box, const struct aw__held_list *held);
/** The program ends: tell all that is held, in portions, between which `give` is called. */
void aw__held_tell_at_end(const struct aw__box *box, void (*give)(void *arg), void *arg);

/* ---- sampler.c ---- */

/** The iteration of a loop has lasted for a while: remember what its thread had done by now. */
void aw__sampler_note(const struct aw__blocked *busy);
/** The stack of a thread whose loop is blocked, with an interpreter's frames. No frames if it cannot be had. */
void aw__sampler_stack(const struct aw__blocked *blocked, struct aw__blocked_stack *ret);

/* ---- stale_boxes.c ---- */

/** Remove the boxes and sockets that processes of this user left in the runtime folder, but for the few that are worth most. */
void aw__stale_boxes_remove(void);
/** Whether there are so many boxes that a short-lived process should not leave it to its thread, which may not get to it. */
bool aw__stale_boxes_are_many(void);

#endif
