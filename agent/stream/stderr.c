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
#include <string.h>
#include <unistd.h>

#include "agent/stream/internal.h"
#include "base/text.h"

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

/* Values of the environment and paths are in it: what a terminal would obey is written as an escape. */
void aw__complain(const char *format, ...)
{
	struct aw__buffer line = AW__BUFFER_EMPTY;
	char text[1024];
	va_list arguments;

	va_start(arguments, format);
	if (vsnprintf(text, sizeof(text), format, arguments) < 0)
		text[0] = '\0';
	va_end(arguments);
	aw__text_escape(&line, text, strlen(text), false);
	aw__buffer_char(&line, '\n');
	(void)aw__stderr_write(aw__buffer_string(&line), line.length);
	aw__buffer_finish(&line);
}
