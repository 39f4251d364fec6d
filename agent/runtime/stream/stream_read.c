/* SPDX-License-Identifier: MIT */
/* aw_stream_read(), aw_stream_read_exactly() and aw_stream_read_all(): read some, exactly n, or all bytes, and wait for them. */
#include "agent/runtime/stream/stream_buffer.h"

#include "base/alloc.h"
#include "base/buffer.h"

#include <string.h>

static aw_error *wait_for_any(struct aw_stream *stream)
{
	AW_TRY(aw__stream_unreadable(stream));
	if (aw__stream_available(stream) == 0 && !stream->eof)
		return aw__stream_wait_for_data(stream, "read");
	return NULL;
}

aw_error *aw_stream_read(aw_stream *stream, void *buffer, size_t size, size_t *ret_count)
{
	size_t count;

	if (size > 0)
		AW_TRY(wait_for_any(stream));
	else
		AW_TRY(aw__stream_unreadable(stream));
	count = aw__stream_available(stream) < size ? aw__stream_available(stream) : size;
	if (count > 0)
		memcpy(buffer, aw__stream_unread(stream), count);
	aw__stream_take(stream, count);
	if (ret_count != NULL)
		*ret_count = count;
	return NULL;
}

static aw_error *gather_all(struct aw_stream *stream, struct aw__buffer *all)
{
	size_t count;

	for (;;) {
		AW_TRY(wait_for_any(stream));
		count = aw__stream_available(stream);
		if (count == 0)
			return NULL;
		aw__buffer_append(all, aw__stream_unread(stream), count);
		if (all->failed)
			return aw_raise(aw_MemoryError, NULL);
		aw__stream_take(stream, count);
	}
}

aw_error *aw_stream_read_all(aw_stream *stream, char **ret_data, size_t *ret_length)
{
	struct aw__buffer all = AW__BUFFER_EMPTY;
	aw_error *err = gather_all(stream, &all);

	if (err == NULL && all.data == NULL) {
		all.data = aw__alloc_copy("", 0);
		if (all.data == NULL)
			err = aw_raise(aw_MemoryError, NULL);
	}
	if (err != NULL) {
		aw__buffer_finish(&all);
		return err;
	}
	*ret_data = aw__alloc_give(all.data);
	if (ret_length != NULL)
		*ret_length = all.length;
	return NULL;
}

aw_error *aw__stream_incomplete(struct aw_stream *stream, int64_t expected)
{
	aw_error *err = aw_raise_incomplete_read(aw__stream_unread(stream),
						 aw__stream_available(stream), expected);

	stream->in_start = stream->in_end;
	return err;
}

aw_error *aw_stream_read_exactly(aw_stream *stream, void *buffer, size_t size)
{
	AW_TRY(aw__stream_unreadable(stream));
	while (aw__stream_available(stream) < size) {
		if (stream->eof)
			return aw__stream_incomplete(stream, (int64_t)size);
		AW_TRY(aw__stream_wait_for_data(stream, "readexactly"));
	}
	if (size > 0)
		memcpy(buffer, aw__stream_unread(stream), size);
	aw__stream_take(stream, size);
	return NULL;
}

bool aw_stream_at_eof(const aw_stream *stream)
{
	return stream->eof && aw__stream_available(stream) == 0;
}
