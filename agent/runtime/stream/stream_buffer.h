/* SPDX-License-Identifier: MIT */
/* What was read and not taken yet; between stream_input.c and stream_read*.c. */
#ifndef AW__STREAM_BUFFER_H
#define AW__STREAM_BUFFER_H

#include "agent/runtime/stream/stream.h"

static inline size_t aw__stream_available(const struct aw_stream *stream)
{
	return stream->in_end - stream->in_start;
}

static inline const char *aw__stream_unread(const struct aw_stream *stream)
{
	return stream->in != NULL ? stream->in + stream->in_start : "";
}

/** Make room at the buffer's end; false if there is no memory. */
bool aw__stream_reserve(struct aw_stream *stream);
/** Take so many bytes, and read on if reading had stopped for want of room. */
void aw__stream_take(struct aw_stream *stream, size_t count);
/** Wait for more input, the stream's end, or an error. `caller` is what CPython calls it. */
aw_error *aw__stream_wait_for_data(struct aw_stream *stream, const char *caller);
/** The error that every read gives now, if there is one. */
aw_error *aw__stream_unreadable(const struct aw_stream *stream);
/** The stream ended too early: what there is goes into the error. `expected` -1: not known. */
aw_error *aw__stream_incomplete(struct aw_stream *stream, int64_t expected);

#endif
