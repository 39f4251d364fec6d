/* SPDX-License-Identifier: MIT */
/* Reads from the kernel into a stream's buffer, and pauses while the buffer is full. */
#include "agent/runtime/stream/stream_buffer.h"

#include "agent/runtime/stream/filter.h"
#include "base/alloc.h"

#include <string.h>

enum {
	READ_BYTES_MIN = 4096,
	IN_BYTES_FIRST = 16384,
};

/* By moving what is unread to the buffer's beginning, or by growing. */
bool aw__stream_reserve(struct aw_stream *stream)
{
	size_t size = stream->in_size, available = aw__stream_available(stream);
	char *in;

	if (available == 0)
		stream->in_start = stream->in_end = 0;
	if (size - stream->in_end >= READ_BYTES_MIN)
		return true;
	if (stream->in_start > 0 && size - available >= size / 2 &&
	    size - available >= READ_BYTES_MIN) {
		memmove(stream->in, aw__stream_unread(stream), available);
		stream->in_end -= stream->in_start;
		stream->in_start = 0;
		return true;
	}
	size = size > 0 ? size * 2 : IN_BYTES_FIRST;
	in = aw__alloc_resize(stream->in, size);
	if (in == NULL)
		return false;
	stream->in = in;
	stream->in_size = size;
	return true;
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buffer)
{
	struct aw_stream *stream = handle->data;

	*ret_buffer = uv_buf_init(NULL, 0);
	if (aw__stream_reserve(stream))
		*ret_buffer = uv_buf_init(stream->in + stream->in_end,
					  (unsigned int)(stream->in_size - stream->in_end));
}

/* libuv calls a connection that was reset its end, if both came together. The kernel knows. */
static int why_ended(struct aw_stream *stream)
{
	socklen_t length = sizeof(int);
	int errnum = 0;

	if (getsockopt(aw_stream_fd(stream), SOL_SOCKET, SO_ERROR, &errnum, &length) < 0)
		return 0;
	return errnum;
}

static void on_end(struct aw_stream *stream)
{
	int errnum = why_ended(stream);

	if (errnum != 0) {
		aw__stream_fail(stream, aw_error_from_errno(errnum, NULL));
		return;
	}
	if (stream->filter != NULL) {
		stream->filter->ops->ended(stream->filter->state);
		return;
	}
	stream->eof = true;
	/* of a pipe nothing is left to do; a connection can still be written */
	if (stream->kind == AW__STREAM_READ_PIPE)
		aw_stream_close(stream);
	aw__waiter_wake(&stream->reader);
}

void aw__stream_read_over(struct aw_stream *stream, ssize_t status)
{
	aw__stream_read_stop(stream);
	if (status == UV_EOF)
		on_end(stream);
	else if (status == UV_ENOBUFS)
		aw__stream_fail(stream, aw_raise(aw_MemoryError, NULL));
	else
		aw__stream_fail(stream, aw_error_from_uv((int)status, NULL));
}

static void on_read(uv_stream_t *handle, ssize_t count, const uv_buf_t *buffer)
{
	struct aw_stream *stream = handle->data;

	if (count == 0)
		return;
	if (count > 0) {
		stream->in_end += (size_t)count;
		if (aw__stream_available(stream) > 2 * stream->limit)
			aw__stream_read_stop(stream);
		aw__waiter_wake(&stream->reader);
		return;
	}
	aw__stream_read_over(stream, count);
}

aw_error *aw__stream_read_start(struct aw_stream *stream)
{
	int status = uv_read_start(&stream->uv.stream, on_alloc, on_read);

	if (status < 0)
		return aw_error_from_uv(status, NULL);
	stream->reading = true;
	return NULL;
}

void aw__stream_read_stop(struct aw_stream *stream)
{
	if (stream->reading)
		uv_read_stop(&stream->uv.stream);
	stream->reading = false;
}

/* If we had stopped for the buffer's sake. */
static void read_on(struct aw_stream *stream, size_t unread_max)
{
	if (stream->reading || stream->eof || stream->closing || stream->error != NULL ||
	    stream->kind == AW__STREAM_WRITE_PIPE)
		return;
	if (aw__stream_available(stream) > unread_max)
		return;
	if (stream->filter != NULL) {
		aw__filter_resume(stream);
		return;
	}
	aw_error *err = aw__stream_read_start(stream);

	if (err != NULL)
		aw__stream_fail(stream, err);
}

void aw__stream_take(struct aw_stream *stream, size_t count)
{
	stream->in_start += count;
	read_on(stream, stream->limit);
}

aw_error *aw__stream_wait_for_data(struct aw_stream *stream, const char *caller)
{
	if (!aw__links_empty(&stream->reader))
		return aw_raise(aw_RuntimeError,
				"%s() called while another coroutine is "
				"already waiting for incoming data",
				caller);
	/* whoever wants more than the limit must not wait for what is not read */
	read_on(stream, SIZE_MAX);
	AW_TRY(aw_error_ref(stream->error));
	AW_TRY(aw__waiter_wait(&stream->reader, AW_WAIT_READ, stream->id));
	return aw_error_ref(stream->error);
}

aw_error *aw__stream_unreadable(const struct aw_stream *stream)
{
	if (stream->kind == AW__STREAM_WRITE_PIPE)
		return aw_raise(aw_RuntimeError, "this stream is only for writing");
	return aw_error_ref(stream->error);
}

void aw_stream_set_limit(aw_stream *stream, size_t limit)
{
	stream->limit = limit > 0 ? limit : 1;
}
