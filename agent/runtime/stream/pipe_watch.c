/* SPDX-License-Identifier: MIT */
/*
 * Notices that the reader of a pipe or socket pair has closed it while nothing is being written, by polling a copy
 * of the descriptor; libuv alone would notice only at the next write.
 */
#include "agent/runtime/stream/pipe_watch.h"

#include "base/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct aw__pipe_watch {
	uv_poll_t poll;
	struct aw_stream *stream; /* not freed before the watch is stopped */
	int fd;			  /* our own copy */
};

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct aw__pipe_watch *watch = aw__container_of(poll, struct aw__pipe_watch, poll);
	struct aw_stream *stream = watch->stream;

	if (stream->writes > 0)
		aw__stream_fail(stream, aw_raise(aw_BrokenPipeError, NULL));
	else
		aw__stream_abort(stream);
}

static void on_closed(uv_handle_t *poll)
{
	aw__alloc_free(aw__container_of(poll, struct aw__pipe_watch, poll));
}

/* True for pipes and sockets; a terminal always has a reader. */
static bool can_lose_its_reader(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

aw_error *aw__pipe_watch_start(struct aw_stream *stream, int fd)
{
	struct aw__pipe_watch *watch;
	int status;

	if (!can_lose_its_reader(fd))
		return NULL;
	watch = aw__alloc_zeroed(1, sizeof(*watch));
	if (watch == NULL)
		return aw_raise(aw_MemoryError, NULL);
	watch->stream = stream;
	watch->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	status = watch->fd < 0 ? -errno : uv_poll_init(stream->loop->uv, &watch->poll, watch->fd);
	if (status < 0)
		goto fail;
	uv_poll_start(&watch->poll, UV_DISCONNECT, on_poll);
	/* the pipe's own handle decides whether the loop stays alive */
	uv_unref((uv_handle_t *)&watch->poll);
	stream->watch = watch;
	return NULL;
fail:
	if (watch->fd >= 0)
		close(watch->fd);
	aw__alloc_free(watch);
	return aw_error_from_uv(status, NULL);
}

void aw__pipe_watch_stop(struct aw_stream *stream)
{
	struct aw__pipe_watch *watch = stream->watch;

	if (watch == NULL)
		return;
	stream->watch = NULL;
	uv_close((uv_handle_t *)&watch->poll, on_closed);
	/* libuv no longer uses it; while it is open, the reader does not see the pipe's end */
	close(watch->fd);
}
