/* SPDX-License-Identifier: MIT */
/* Streams on descriptors that the program opened itself, such as pipes and terminals. */
#include "agent/runtime/stream/pipe_watch.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

/* Not every device can be polled, and libuv ends the program if epoll refuses a descriptor. */
static aw_error *can_poll(int fd)
{
	struct epoll_event event = { .events = 0 };
	int epoll = epoll_create1(EPOLL_CLOEXEC), errnum = 0;

	if (epoll < 0)
		return aw_error_from_errno(errno, NULL);
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		errnum = errno;
	close(epoll);
	return errnum != 0 ? aw_error_from_errno(errnum, NULL) : NULL;
}

static aw_error *check(int fd, int wrong_mode, const char *otherwise)
{
	int flags = fcntl(fd, F_GETFL);
	struct stat status;

	if (flags < 0 || fstat(fd, &status) < 0)
		return aw_error_from_errno(errno, NULL);
	if ((flags & O_ACCMODE) == wrong_mode)
		return aw_error_from_errno(EBADF, NULL);
	if (S_ISCHR(status.st_mode))
		return can_poll(fd);
	if (!S_ISFIFO(status.st_mode) && !S_ISSOCK(status.st_mode))
		return aw_raise(aw_ValueError, "%s", otherwise);
	return NULL;
}

static aw_error *open_pipe(enum aw__stream_kind kind, int fd, struct aw_stream **ret_stream)
{
	struct aw_stream *stream = NULL;
	aw_error *err = NULL;

	AW_TRY(aw__stream_create(aw__loop_must(), kind, &stream));
	if (kind == AW__STREAM_WRITE_PIPE)
		err = aw__pipe_watch_start(stream, fd);
	if (err == NULL)
		err = aw__stream_adopt(stream, fd);
	if (err != NULL)
		goto fail;
	/* the stream owns the descriptor now: an error from here on is the stream's */
	err = aw__stream_connected(stream);
	if (err != NULL)
		aw__stream_fail(stream, err);
	*ret_stream = stream;
	return NULL;
fail:
	aw__stream_discard(stream);
	return err;
}

aw_error *aw_stream_connect_read_pipe(int fd, aw_stream **ret_stream)
{
	AW_TRY(check(fd, O_WRONLY, "Pipe transport is for pipes/sockets only."));
	return open_pipe(AW__STREAM_READ_PIPE, fd, ret_stream);
}

aw_error *aw_stream_connect_write_pipe(int fd, aw_stream **ret_stream)
{
	AW_TRY(check(fd, O_RDONLY,
		     "Pipe transport is only for pipes, sockets and character devices"));
	return open_pipe(AW__STREAM_WRITE_PIPE, fd, ret_stream);
}
