/* SPDX-License-Identifier: MIT */
/*
 * Writes to the program's stderr, for the rest of the agent: only to the file that it was when the agent started. Another file at
 * descriptor 2 may be a data file of the program, and is not written to.
 *
 * Stderr may be a pipe that nobody reads, or a terminal that was stopped: the program must not hang because of the agent's text.
 * So each portion waits for room, for a bounded time, and is so small that a pipe with any room takes all of it. If the pipe's
 * reader is gone, the SIGPIPE of the write is taken back.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "agent/stream/stream_internal.h"
#include "base/text.h"

/* There was no room in AW__STDERR_WAIT_MS: writes do not wait again until there is some. */
static bool stalled;

/* The file at descriptor 2 when the agent started. */
static struct {
	bool known; /* whether it was looked at */
	bool open;
	struct stat status;
} original;

void aw__stderr_remember(void)
{
	if (original.known)
		return;
	original.known = true;
	original.open = fstat(STDERR_FILENO, &original.status) == 0;
}

static bool is_original(int fd)
{
	struct stat now;

	aw__stderr_remember();
	return original.open && fstat(fd, &now) == 0 && now.st_dev == original.status.st_dev &&
	       now.st_ino == original.status.st_ino && now.st_rdev == original.status.st_rdev &&
	       (now.st_mode & S_IFMT) == (original.status.st_mode & S_IFMT);
}

static bool has_room(int fd)
{
	struct pollfd stderr_now = { .fd = fd, .events = POLLOUT };

	stalled = poll(&stderr_now, 1, stalled ? 0 : (int)AW__STDERR_WAIT_MS) == 0;
	return !stalled;
}

/* One portion. Returns the length that was written, or -1 with errno; EBADF: descriptor 2 is closed, or another file. */
static ssize_t write_some(const char *text, size_t length)
{
	const int fd = aw__own_table_borrow_stderr();
	ssize_t written = -1;
	int saved;

	errno = EBADF;
	if (fd >= 0 && is_original(fd)) {
		errno = EAGAIN;
		if (has_room(fd))
			written = write(fd, text, length < PIPE_BUF ? length : PIPE_BUF);
	}
	saved = errno;
	aw__own_table_return_stderr(fd);
	errno = saved;
	return written;
}

static enum aw__stderr_result write_all(const char *text, size_t length)
{
	size_t done = 0;

	while (done < length) {
		const ssize_t written = write_some(text + done, length - done);

		if (written > 0)
			done += (size_t)written;
		else if (written < 0 && errno == EBADF)
			return AW__STDERR_ANOTHER;
		else if (stalled)
			return AW__STDERR_NO_ROOM;
		else if (written < 0 && errno != EINTR && errno != EAGAIN)
			return AW__STDERR_FAILED;
	}
	return AW__STDERR_WRITTEN;
}

enum aw__stderr_result aw__stderr_write(const char *text, size_t length)
{
	const struct timespec none = { 0 };
	sigset_t pipe, before, pending;
	enum aw__stderr_result result;

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	sigpending(&pending);
	pthread_sigmask(SIG_BLOCK, &pipe, &before);
	result = write_all(text, length);
	if (result != AW__STDERR_WRITTEN && !sigismember(&pending, SIGPIPE))
		(void)sigtimedwait(&pipe, NULL, &none);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return result;
}

/* The text may have values of the environment and paths: characters that a terminal would obey are escaped. */
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
