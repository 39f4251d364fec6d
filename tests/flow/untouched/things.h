/* SPDX-License-Identifier: MIT */
/*
 * Things that a program may do, each of which prints what it saw. A debugger must not show in it: the text is compared
 * with that of a run without debug mode. So nothing is printed that is not the same in each run (addresses, ids, times).
 */
#ifndef UNTOUCHED_THINGS_H
#define UNTOUCHED_THINGS_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct thing {
	const char *name;
	void (*do_it)(void);
};

/* Of each file; NULL ends. */
extern const struct thing signal_things[], blocking_things[], descriptor_things[];
extern const struct thing process_things[], limit_things[], library_things[];

/** What the thing at hand saw, a word or more. */
__attribute__((format(printf, 1, 2))) void saw(const char *format, ...);
/** A result of a system call, and errno if it is -1. */
void saw_result(const char *call, long result);
/** Milliseconds of CLOCK_MONOTONIC. */
long now_ms(void);
/** Says whether so long has passed since then, and not twice as long and more than a second. */
void saw_duration(long since_ms, long expected_ms);
/** fork(), run `child` in the child, exit with what it returns; says how it ended. */
void in_child(int (*child)(void));
/**
 * In a child: run a loop with tasks that fail, on a thread of its own (this one's loop is the parent's). Returns `well`, or
 * another number if something went wrong.
 */
int use_a_loop(int well);
/** How a child ended, as waitpid() told. */
void saw_status(int status);
/** Call `act(arg)` on a thread of its own, after so many milliseconds. */
void later(int ms, void (*act)(void *arg), void *arg);
/** Wait until all of those have acted. */
void join_later(void);

#endif
