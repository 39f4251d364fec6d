/* SPDX-License-Identifier: MIT */
/* Reads from the kernel into a stream's buffer, or its filter's, and pauses while too much is unread. */
#include "agent/runtime/stream/stream_buffer.h"

#include "agent/runtime/stream/filter.h"
#include "base/alloc.h"

#include <string.h>

enum {
	READ_BYTES_MIN = 4096,
	IN_BYTES_FIRST = 16384,
};

/* Make room by moving the unread bytes to the buffer's beginning, or by growing. */
static bool reserve(struct aw_stream *stream)
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

char *aw__stream_room(struct aw_stream *stream, size_t *ret_size)
{
	*ret_size = 0;
	if (!reserve(stream))
		return NULL;
	*ret_size = stream->in_size - stream->in_end;
	return stream->in + stream->in_end;
}

void aw__stream_filled(struct aw_stream *stream, size_t count)
{
	stream->in_end += count;
	aw__waiter_wake(&stream->reader);
}

void aw__stream_ended(struct aw_stream *stream)
{
	stream->eof = true;
	aw__waiter_wake(&stream->reader);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buffer)
{
	struct aw_stream *stream = handle->data;
	size_t size;
	char *room = stream->filter != NULL ? aw__filter_raw(stream->filter, &size)
					    : aw__stream_room(stream, &size);

	*ret_buffer = uv_buf_init(room, (unsigned int)size);
}

/* libuv reports a reset as an end, if both came together. The kernel knows the difference. */
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
		aw__filter_ended(stream->filter);
		return;
	}
	aw__stream_ended(stream);
	/* nothing is left to do with a pipe; a connection can still be written to */
	if (stream->kind == AW__STREAM_READ_PIPE)
		aw_stream_close(stream);
}

static void read_over(struct aw_stream *stream, ssize_t status)
{
	aw__stream_read_stop(stream);
	if (status == UV_EOF)
		on_end(stream);
	else if (status == UV_ENOBUFS)
		aw__stream_fail(stream, aw_raise(aw_MemoryError, NULL));
	else
		aw__stream_fail(stream, aw_error_from_uv((int)status, NULL));
}

/*
 * Do not pause while a task waits: it needs more than is unread, and a filter may hold only a part of that. Nor while a
 * filter shuts down, since it may wait for the peer to do so.
 */
static bool may_pause(const struct aw_stream *stream)
{
	return !aw__stream_lost(stream) && !stream->closing && aw__links_empty(&stream->reader);
}

static void on_read(uv_stream_t *handle, ssize_t count, const uv_buf_t *buffer)
{
	struct aw_stream *stream = handle->data;

	if (count < 0)
		read_over(stream, count);
	if (count <= 0)
		return;
	if (stream->filter != NULL)
		aw__filter_received(stream->filter, (size_t)count);
	else
		aw__stream_filled(stream, (size_t)count);
	if (aw__stream_available(stream) > 2 * stream->limit && may_pause(stream))
		aw__stream_read_stop(stream);
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

bool aw__stream_needs_input(const struct aw_stream *stream)
{
	return !aw__stream_lost(stream) && !stream->reading &&
	       (stream->closing || !aw__links_empty(&stream->reader) ||
		aw__stream_has_room(stream));
}

void aw__stream_take_early(struct aw_stream *stream, struct aw__stream_early *ret)
{
	aw__stream_read_stop(stream);
	*ret = (struct aw__stream_early){
		.buffer = stream->in,
		.start = stream->in_start,
		.length = aw__stream_available(stream),
		.eof = stream->eof,
	};
	stream->in = NULL;
	stream->in_start = stream->in_end = stream->in_size = 0;
	stream->eof = false;
}

/* Resume reading if it was stopped for lack of room, and at most `unread_max` bytes are unread. */
static void read_on(struct aw_stream *stream, size_t unread_max)
{
	aw_error *err;

	if (stream->reading || stream->eof || stream->closing || stream->error != NULL ||
	    stream->kind == AW__STREAM_WRITE_PIPE)
		return;
	if (aw__stream_available(stream) > unread_max)
		return;
	if (stream->filter != NULL) {
		aw__filter_resume(stream->filter);
		return;
	}
	err = aw__stream_read_start(stream);
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
	/* a task that needs more than the limit would otherwise wait for ever */
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
