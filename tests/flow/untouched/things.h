/* SPDX-License-Identifier: MIT */
/*
 * Things that a program may do, each of which prints its results. Debug mode must not change them: the output is compared
 * with that of a run without debug mode. So nothing that varies between runs is printed (addresses, ids, times).
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

/* The things of each file; an entry with NULL ends each table. */
extern const struct thing signal_things[], blocking_things[], descriptor_things[];
extern const struct thing process_things[], limit_things[], library_things[];

/** Print a result of the current thing. */
__attribute__((format(printf, 1, 2))) void saw(const char *format, ...);
/** Print the result of a system call, and errno if it is -1. */
void saw_result(const char *call, long result);
/** Milliseconds of CLOCK_MONOTONIC. */
long now_ms(void);
/** Print whether `expected_ms` have passed since then, and at most a second more or twice as much. */
void saw_duration(long since_ms, long expected_ms);
/** Fork, run `child` in the child, which exits with its result, and print how the child ended. */
void in_child(int (*child)(void));
/**
 * In a child: run a loop with failing tasks on a new thread (the current thread's loop is the parent's). Returns `well`, or
 * another number if something went wrong.
 */
int use_a_loop(int well);
/** Print how a child ended, by its status of waitpid(). */
void saw_status(int status);
/** Call `act(arg)` on another thread after `ms` milliseconds. */
void later(int ms, void (*act)(void *arg), void *arg);
/** Wait until all calls of later() are done. */
void join_later(void);

#endif
