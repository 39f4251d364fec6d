/* SPDX-License-Identifier: MIT */
/* Shared by the files of the program blocking: tables of calls that block, and threads that end a wait. */
#ifndef BLOCKING_H
#define BLOCKING_H

#include <pthread.h>
#include <stddef.h>
#include <time.h>

struct blocking_call {
	const char *name;
	long (*call)(void); /* sets errno if it gives -1 */
};

/* The last entry of each table has no name. */
extern const struct blocking_call blocking_sockets[]; /* sockets and pipes */
extern const struct blocking_call blocking_calls[];   /* all others */

#define LONG_MS	    300 /* a call's timeout, or when another thread ends its wait */
#define LATER_BYTES (1 << 20)

extern const struct timespec later_length; /* LONG_MS */
extern char later_buffer[LATER_BYTES];

struct later {
	int fd;
	size_t bytes;
};

/* Threads that wait for LONG_MS, and then write to a descriptor, or read from it. */
void *later_write(void *later);
void *later_read(void *later);
pthread_t later_start(void *(*function)(void *), struct later *later);
void later_close_both(int ends[2]);

#endif
