/* SPDX-License-Identifier: MIT */
/* Writes to streams: at once what the kernel accepts, the rest when the socket is writable. */
#include "agent/runtime/stream/stream.h"

#include "agent/runtime/stream/filter.h"
#include "base/alloc.h"

#include <string.h>

struct request {
	uv_write_t write;
	struct aw_stream *stream;
	char data[];
};

static void on_sent(struct aw_stream *stream, int status)
{
	stream->writes--;
	if (stream->loop == NULL)
		return;
	if (status == UV_EPIPE && stream->kind == AW__STREAM_WRITE_PIPE)
		aw__stream_fail(stream, aw_raise(aw_BrokenPipeError, NULL)); /* see pipe_watch.c */
	else if (status < 0 && status != UV_ECANCELED)
		aw__stream_fail(stream, aw_error_from_uv(status, NULL));
	if (stream->write_paused && aw_stream_unsent(stream) <= stream->low) {
		stream->write_paused = false;
		aw__waiter_wake(&stream->drainers);
	}
	if (stream->writes == 0)
		aw__waiter_wake(&stream->emptied);
	aw__stream_close_if_idle(stream);
}

static void on_write(uv_write_t *write, int status)
{
	struct request *request = aw__container_of(write, struct request, write);
	struct aw_stream *stream = request->stream;

	aw__alloc_free(request);
	on_sent(stream, status);
}

static aw_error *unwritable(const struct aw_stream *stream)
{
	if (stream->kind == AW__STREAM_READ_PIPE)
		return aw_raise(aw_RuntimeError, "this stream is only for reading");
	if (stream->eof_written)
		return aw_raise(aw_RuntimeError, "Cannot call write() after write_eof()");
	if (stream->sending_file)
		return aw_raise(aw_RuntimeError, "unable to write; sendfile is in progress");
	if (stream->error != NULL)
		return aw_error_ref(stream->error);
	if (stream->closing)
		return aw_raise(aw_ConnectionResetError, "Connection lost");
	return NULL;
}

/* Fail the stream, and return the error. */
static aw_error *failed(struct aw_stream *stream, int status)
{
	aw_error *err = aw_error_from_uv(status, NULL);

	aw__stream_fail(stream, aw_error_ref(err));
	return err;
}

/* Concatenate the pieces, without the first `skip` bytes. */
static void copy(char *to, const struct iovec *pieces, size_t count, size_t skip)
{
	for (size_t i = 0; i < count; i++) {
		const struct iovec *piece = &pieces[i];

		if (skip >= piece->iov_len) {
			skip -= piece->iov_len;
			continue;
		}
		memcpy(to, (const char *)piece->iov_base + skip, piece->iov_len - skip);
		to += piece->iov_len - skip;
		skip = 0;
	}
}

/* Let libuv send the bytes when it can; they are copied. */
static aw_error *send_later(struct aw_stream *stream, const struct iovec *pieces, size_t count,
			    size_t skip, size_t size)
{
	struct request *request = aw__alloc(sizeof(*request) + size);
	uv_buf_t buffer;
	int status;

	if (request == NULL)
		return aw_raise(aw_MemoryError, NULL);
	copy(request->data, pieces, count, skip);
	request->stream = stream;
	buffer = (uv_buf_t){ .base = request->data, .len = size };
	status = uv_write(&request->write, &stream->uv.stream, &buffer, 1, on_write);
	if (status < 0)
		goto fail;
	stream->writes++;
	if (aw_stream_unsent(stream) > stream->high)
		stream->write_paused = true;
	return NULL;
fail:
	aw__alloc_free(request);
	return failed(stream, status);
}

/* Returns how many bytes the kernel has taken, or a libuv status. */
static int send_now(struct aw_stream *stream, const struct iovec *pieces, size_t count)
{
	/* on unix uv_buf_t is laid out like struct iovec */
	_Static_assert(sizeof(uv_buf_t) == sizeof(struct iovec), "uv_buf_t is no struct iovec");
	const uv_buf_t *buffers = (const uv_buf_t *)(const void *)pieces;
	int sent;

	if (stream->writes > 0)
		return 0;
	sent = uv_try_write(&stream->uv.stream, buffers,
			    count < IOV_MAX ? (unsigned int)count : IOV_MAX);
	return sent == UV_EAGAIN ? 0 : sent;
}

static inline aw_error *send_pieces(struct aw_stream *stream, const struct iovec *pieces,
				    size_t count, size_t size)
{
	int sent = send_now(stream, pieces, count);

	if (sent < 0)
		return failed(stream, sent);
	if ((size_t)sent == size)
		return NULL;
	return send_later(stream, pieces, count, (size_t)sent, size - (size_t)sent);
}

aw_error *aw__stream_send(struct aw_stream *stream, const struct iovec *pieces, size_t count,
			  size_t size)
{
	return send_pieces(stream, pieces, count, size);
}

aw_error *aw_stream_write_many(aw_stream *stream, const struct iovec *pieces, size_t count)
{
	size_t size = 0;

	AW_TRY(unwritable(stream));
	for (size_t i = 0; i < count; i++)
		size += pieces[i].iov_len;
	if (size == 0)
		return NULL;
	if (stream->filter != NULL)
		return aw__filter_write(stream->filter, pieces, count);
	return send_pieces(stream, pieces, count, size);
}

aw_error *aw_stream_write(aw_stream *stream, const void *data, size_t size)
{
	const struct iovec piece = { .iov_base = (void *)(uintptr_t)data, .iov_len = size };

	return aw_stream_write_many(stream, &piece, 1);
}

static void on_shutdown(uv_shutdown_t *shutdown, int status)
{
	struct aw_stream *stream = shutdown->data;

	aw__alloc_free(shutdown);
	/* the peer may have closed already, which says nothing about the bytes that were sent */
	on_sent(stream, status == UV_ENOTCONN ? 0 : status);
}

static aw_error *shut_down(struct aw_stream *stream)
{
	uv_shutdown_t *shutdown = aw__alloc(sizeof(*shutdown));
	int status;

	if (shutdown == NULL)
		return aw_raise(aw_MemoryError, NULL);
	shutdown->data = stream;
	status = uv_shutdown(shutdown, &stream->uv.stream, on_shutdown);
	if (status < 0)
		goto fail;
	stream->eof_written = true;
	stream->writes++;
	return NULL;
fail:
	aw__alloc_free(shutdown);
	return failed(stream, status);
}

aw_error *aw_stream_write_eof(aw_stream *stream)
{
	if (stream->kind == AW__STREAM_READ_PIPE)
		return aw_raise(aw_RuntimeError, "this stream is only for reading");
	if (stream->filter != NULL)
		return aw_raise(aw_NotImplementedError, NULL);
	AW_TRY(aw_error_ref(stream->error));
	if (stream->closing || stream->eof_written)
		return NULL;
	if (stream->kind != AW__STREAM_WRITE_PIPE)
		return shut_down(stream);
	aw_stream_close(stream);
	return NULL;
}

bool aw_stream_can_write_eof(const aw_stream *stream)
{
	return stream->kind != AW__STREAM_READ_PIPE && stream->filter == NULL;
}
