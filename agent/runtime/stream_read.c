/* SPDX-License-Identifier: MIT */
#include "agent/runtime/stream.h"

#include "base/alloc.h"

#include <string.h>

enum {
	READ_BYTES_MIN = 4096,
	IN_BYTES_FIRST = 16384,
};

static size_t available(const struct aw_stream *stream)
{
	return stream->in_end - stream->in_start;
}

static const char *unread(const struct aw_stream *stream)
{
	return stream->in + stream->in_start;
}

/* Make room at the buffer's end: by moving what is unread to its beginning, or by growing. */
static bool reserve(struct aw_stream *stream)
{
	size_t size = stream->in_size;
	char *in;

	if (stream->in_start == stream->in_end)
		stream->in_start = stream->in_end = 0;
	if (size - stream->in_end >= READ_BYTES_MIN)
		return true;
	if (stream->in_start > 0 && size - available(stream) >= size / 2 &&
	    size - available(stream) >= READ_BYTES_MIN) {
		memmove(stream->in, unread(stream), available(stream));
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
	if (reserve(stream))
		*ret_buffer = uv_buf_init(stream->in + stream->in_end,
					  (unsigned int)(stream->in_size - stream->in_end));
}

static void read_stop(struct aw_stream *stream)
{
	uv_read_stop((uv_stream_t *)&stream->tcp);
	stream->reading = false;
}

static void on_read(uv_stream_t *handle, ssize_t count, const uv_buf_t *buffer)
{
	struct aw_stream *stream = handle->data;

	if (count == 0)
		return;
	if (count > 0) {
		stream->in_end += (size_t)count;
		if (available(stream) > 2 * stream->limit)
			read_stop(stream);
		aw__waiter_wake(&stream->reader);
		return;
	}
	read_stop(stream);
	if (count == UV_EOF) {
		stream->eof = true;
		aw__waiter_wake(&stream->reader);
	} else if (count == UV_ENOBUFS) {
		aw__stream_fail(stream, aw_raise(aw_MemoryError, NULL));
	} else {
		aw__stream_fail(stream, aw_error_from_uv((int)count, NULL));
	}
}

aw_error *aw__stream_read_start(struct aw_stream *stream)
{
	int status = uv_read_start((uv_stream_t *)&stream->tcp, on_alloc, on_read);

	if (status < 0)
		return aw_error_from_uv(status, NULL);
	stream->reading = true;
	return NULL;
}

/* After something was taken: read on if we had stopped for the buffer's sake. */
static void read_on(struct aw_stream *stream, size_t unread_max)
{
	if (stream->reading || stream->eof || stream->closing || stream->error != NULL)
		return;
	if (available(stream) > unread_max)
		return;
	aw_error *err = aw__stream_read_start(stream);

	if (err != NULL)
		aw__stream_fail(stream, err);
}

static void take(struct aw_stream *stream, size_t count)
{
	stream->in_start += count;
	read_on(stream, stream->limit);
}

/* Wait for more input, the stream's end, or an error. */
static aw_error *wait_for_data(struct aw_stream *stream)
{
	if (!aw__links_empty(&stream->reader))
		return aw_raise(aw_RuntimeError, "read() called while another coroutine is "
						 "already waiting for incoming data");
	/* whoever wants more than the limit must not wait for what is not read */
	read_on(stream, SIZE_MAX);
	AW_TRY(aw__waiter_wait(&stream->reader, AW_WAIT_READ, stream->id));
	return aw_error_ref(stream->error);
}

aw_error *aw_stream_read(aw_stream *stream, void *buffer, size_t size, size_t *ret_count)
{
	size_t count;

	if (stream->error != NULL)
		return aw_error_ref(stream->error);
	if (available(stream) == 0 && !stream->eof && size > 0)
		AW_TRY(wait_for_data(stream));
	count = available(stream) < size ? available(stream) : size;
	if (count > 0)
		memcpy(buffer, unread(stream), count);
	take(stream, count);
	if (ret_count != NULL)
		*ret_count = count;
	return NULL;
}

/* The stream ended too early: what there is goes into the error. */
static aw_error *incomplete(struct aw_stream *stream, size_t expected)
{
	size_t count = available(stream);
	aw_error *err;

	if (expected > 0)
		err = aw_raise(aw_IncompleteReadError,
			       "%zu bytes read on a total of %zu expected bytes", count, expected);
	else
		err = aw_raise(aw_IncompleteReadError,
			       "%zu bytes read on a total of undefined expected bytes", count);
	if (expected > 0)
		err = aw_error_with_int(err, "expected", (int64_t)expected);
	err = aw_error_with_bytes(err, "partial", count > 0 ? unread(stream) : NULL, count);
	stream->in_start = stream->in_end;
	return err;
}

aw_error *aw_stream_read_exactly(aw_stream *stream, void *buffer, size_t size)
{
	if (stream->error != NULL)
		return aw_error_ref(stream->error);
	while (available(stream) < size) {
		if (stream->eof)
			return incomplete(stream, size);
		AW_TRY(wait_for_data(stream));
	}
	if (size > 0)
		memcpy(buffer, unread(stream), size);
	take(stream, size);
	return NULL;
}

static aw_error *overrun(const char *message, size_t consumed)
{
	return aw_error_with_int(aw_raise(aw_LimitOverrunError, "%s", message), "consumed",
				 (int64_t)consumed);
}

/* Find where the separator begins, waiting for it; nothing is taken. */
static aw_error *find(struct aw_stream *stream, const void *separator, size_t length,
		      size_t *ret_at)
{
	size_t searched = 0; /* no separator begins in so many bytes */

	for (;;) {
		const char *at = NULL;

		if (available(stream) - searched >= length)
			at = memmem(unread(stream) + searched, available(stream) - searched,
				    separator, length);
		if (at != NULL) {
			*ret_at = (size_t)(at - unread(stream));
			break;
		}
		if (available(stream) - searched >= length)
			searched = available(stream) + 1 - length;
		if (searched > stream->limit)
			return overrun("Separator is not found, and chunk exceed the limit",
				       searched);
		if (stream->eof)
			return incomplete(stream, 0);
		AW_TRY(wait_for_data(stream));
	}
	if (*ret_at > stream->limit)
		return overrun("Separator is found, but chunk is longer than limit", *ret_at);
	return NULL;
}

aw_error *aw_stream_read_until(aw_stream *stream, const void *separator, size_t separator_length,
			       const char **ret_data, size_t *ret_length)
{
	size_t at = 0;

	if (separator_length == 0)
		return aw_raise(aw_ValueError, "Separator should be at least one-byte string");
	if (stream->error != NULL)
		return aw_error_ref(stream->error);
	AW_TRY(find(stream, separator, separator_length, &at));
	*ret_data = unread(stream);
	*ret_length = at + separator_length;
	take(stream, *ret_length);
	return NULL;
}

/* Drop a line that is too long: with its newline if that has come, else all there is. */
static aw_error *drop_line(struct aw_stream *stream, aw_error *err)
{
	size_t consumed = (size_t)aw_error_int(err, "consumed", 0);
	aw_error *value;

	if (consumed < available(stream) && unread(stream)[consumed] == '\n')
		take(stream, consumed + 1);
	else
		take(stream, available(stream));
	value = aw_raise(aw_ValueError, "%s", aw_error_message(err));
	return aw_raise_in(err, value);
}

aw_error *aw_stream_read_line(aw_stream *stream, const char **ret_line, size_t *ret_length)
{
	size_t at = 0, length;
	aw_error *err;

	if (stream->error != NULL)
		return aw_error_ref(stream->error);
	err = find(stream, "\n", 1, &at);
	if (aw_error_is(err, aw_LimitOverrunError))
		return drop_line(stream, err);
	if (aw_error_is(err, aw_IncompleteReadError)) {
		/* what is taken stays where it was, until somebody reads */
		aw_error_bytes(err, "partial", &length);
		*ret_line = length > 0 ? unread(stream) - length : "";
		*ret_length = length;
		aw_error_unref(err);
		return NULL;
	}
	if (err != NULL)
		return err;
	*ret_line = unread(stream);
	*ret_length = at + 1;
	take(stream, at + 1);
	return NULL;
}

bool aw_stream_at_eof(const aw_stream *stream)
{
	return stream->eof && available(stream) == 0;
}

void aw_stream_set_limit(aw_stream *stream, size_t limit)
{
	stream->limit = limit > 0 ? limit : 1;
}
