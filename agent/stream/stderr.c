/* SPDX-License-Identifier: MIT */
/*
 * The program's stderr, which may be a pipe that nobody reads, or a terminal that was stopped: a debugged program
 * must not hang at its end for what is written there. So each portion waits for room, for a bounded time, and
 * is so small that a pipe with any room takes it whole.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "agent/stream/internal.h"

#define LONGEST_WAIT_MS 200

static bool
	stalled; /* it had no room for that long: until it has some, nobody waits for it again */

static bool has_room(void)
{
	struct pollfd stderr_now = { .fd = STDERR_FILENO, .events = POLLOUT };

	stalled = poll(&stderr_now, 1, stalled ? 0 : LONGEST_WAIT_MS) == 0;
	return !stalled;
}

bool aw__stderr_write(const char *text, size_t length)
{
	size_t done = 0;

	while (done < length) {
		const size_t left = length - done;
		ssize_t written;

		if (!has_room())
			return false;
		written = write(STDERR_FILENO, text + done, left < PIPE_BUF ? left : PIPE_BUF);
		if (written < 0 && errno != EINTR && errno != EAGAIN)
			return false;
		if (written > 0)
			done += (size_t)written;
	}
	return true;
}

void aw__complain(const char *format, ...)
{
	char line[1024];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(line, sizeof(line) - 1, format, arguments);
	va_end(arguments);
	if (length < 0)
		return;
	if ((size_t)length > sizeof(line) - 2)
		length = sizeof(line) - 2;
	line[length++] = '\n';
	(void)aw__stderr_write(line, (size_t)length);
}
