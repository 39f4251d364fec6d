/* SPDX-License-Identifier: MIT */
/*
 * aw_stream_sendfile(), by the kernel's sendfile(). When the socket is full, the task polls a copy of the stream's
 * descriptor, since libuv does not allow a second watcher on the original. stream_sendfile_fallback.c is used where
 * the kernel cannot copy.
 */
#include "agent/runtime/stream/stream_sendfile.h"

#include "agent/runtime/stream/filter.h"
#include "agent/runtime/stream/poll.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	PIECE_BYTES = 0x100000, /* after each piece other tasks run */
};

static aw_error *still_there(struct aw_stream *stream)
{
	AW_TRY(aw_error_ref(stream->error));
	if (stream->closing)
		return aw_raise(aw_ConnectionError, "Connection is closed by peer");
	return NULL;
}

static aw_error *wait_until_empty(struct aw_stream *stream)
{
	if (stream->writes > 0)
		AW_TRY(aw__waiter_wait(&stream->emptied, AW_WAIT_WRITE, stream->id));
	return still_there(stream);
}

static aw_error *not_available(const struct aw__sendfile *job, int errnum)
{
	if (job->sent == 0)
		return aw_raise(aw_SendfileNotAvailableError, "os.sendfile call failed");
	return aw_error_from_errno(errnum, NULL);
}

/* Send a piece, or as much of it as the kernel takes. */
static aw_error *send_piece(struct aw__sendfile *job, int fd, bool *ret_end)
{
	int64_t size = job->count < PIECE_BYTES ? job->count : PIECE_BYTES;
	off_t offset = job->offset;
	ssize_t sent = sendfile(fd, job->fd, &offset, (size_t)size);

	if (sent > 0) {
		job->offset += sent;
		job->count -= sent;
		job->sent += sent;
		AW_TRY(aw_yield());
	} else if (sent == 0) {
		*ret_end = true;
	} else if (errno == EAGAIN || errno == EINTR) {
		AW_TRY(aw__poll_wait(fd, UV_WRITABLE, AW_WAIT_WRITE, job->stream->id));
	} else {
		return not_available(job, errno);
	}
	return still_there(job->stream);
}

static aw_error *send_native(struct aw__sendfile *job)
{
	int fd = fcntl(aw_stream_fd(job->stream), F_DUPFD_CLOEXEC, 0);
	aw_error *err = NULL;
	bool end = false;

	if (fd < 0)
		return aw_error_from_errno(errno, NULL);
	while (err == NULL && !end && job->count > 0)
		err = send_piece(job, fd, &end);
	close(fd);
	return err;
}

static aw_error *check(const struct aw_stream *stream, int64_t offset, int64_t count)
{
	if (stream->closing)
		return aw_raise(aw_RuntimeError, "Transport is closing");
	if (stream->kind != AW__STREAM_TCP && stream->kind != AW__STREAM_UNIX)
		return aw_raise(aw_RuntimeError, "sendfile is not supported for this stream");
	if (stream->sending_file)
		return aw_raise(aw_RuntimeError, "Empty waiter is already set");
	if (stream->eof_written)
		return aw_raise(aw_RuntimeError, "Cannot call write() after write_eof()");
	if (count <= 0)
		return aw_raise(aw_ValueError, "count must be a positive integer (got %lld)",
				(long long)count);
	if (offset < 0)
		return aw_raise(aw_ValueError, "offset must be a non-negative integer (got %lld)",
				(long long)offset);
	return NULL;
}

/* If no count was given, a file of size 0 counts as empty, as in asyncio. */
static bool nothing_to_send(const struct aw__sendfile *job)
{
	struct stat status;

	return job->count == AW_SENDFILE_ALL && fstat(job->fd, &status) == 0 && status.st_size == 0;
}

/* The kernel cannot send the file, because the filter changes the bytes. */
static aw_error *send_filtered(struct aw__sendfile *job, unsigned int flags)
{
	if ((flags & AW_SENDFILE_FALLBACK) == 0)
		return aw_raise(aw_RuntimeError,
				"fallback is disabled and native sendfile is not "
				"supported for transport <%s>",
				aw__filter_kind(job->stream->filter));
	return aw__stream_sendfile_fallback(job);
}

static aw_error *send_all(struct aw__sendfile *job, unsigned int flags)
{
	aw_error *err;

	if (job->stream->filter != NULL)
		return send_filtered(job, flags);
	job->stream->sending_file = true;
	err = wait_until_empty(job->stream);
	if (err == NULL && !nothing_to_send(job))
		err = send_native(job);
	job->stream->sending_file = false;
	if (job->sent > 0)
		lseek(job->fd, job->offset, SEEK_SET);
	if ((flags & AW_SENDFILE_FALLBACK) == 0 || !aw_error_is(err, aw_SendfileNotAvailableError))
		return err;
	aw_error_unref(err);
	return aw__stream_sendfile_fallback(job);
}

aw_error *aw_stream_sendfile(aw_stream *stream, int fd, int64_t offset, int64_t count,
			     unsigned int flags, int64_t *ret_sent)
{
	struct aw__sendfile job = { .stream = stream, .fd = fd, .offset = offset, .count = count };
	aw_error *err;

	AW_TRY(check(stream, offset, count));
	aw_stream_ref(stream);
	err = send_all(&job, flags);
	aw_stream_unref(stream);
	if (err == NULL && ret_sent != NULL)
		*ret_sent = job.sent;
	return err;
}
