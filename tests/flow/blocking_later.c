/* SPDX-License-Identifier: MIT */
/* Threads that end the waits of blocking.c's calls after a delay. */
#include "blocking.h"

#include <sys/types.h>
#include <unistd.h>

const struct timespec later_length = { .tv_nsec = LONG_MS * 1000000L };
char later_buffer[LATER_BYTES];

void *later_write(void *arg)
{
	const struct later *later = arg;
	ssize_t ignored;

	nanosleep(&later_length, NULL);
	ignored = write(later->fd, later_buffer, later->bytes);
	(void)ignored;
	return NULL;
}

void *later_read(void *arg)
{
	const struct later *later = arg;
	size_t left = later->bytes;

	nanosleep(&later_length, NULL);
	while (left > 0) {
		const ssize_t got = read(later->fd, later_buffer + sizeof(later_buffer) / 2, 65536);

		if (got <= 0)
			break;
		left -= (size_t)got;
	}
	return NULL;
}

pthread_t later_start(void *(*function)(void *), struct later *later)
{
	pthread_t thread;

	pthread_create(&thread, NULL, function, later);
	return thread;
}

void later_close_both(int ends[2])
{
	close(ends[0]);
	close(ends[1]);
}
