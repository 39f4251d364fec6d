/* SPDX-License-Identifier: MIT */
/* What was read and not taken yet; between stream_input.c, which has it, stream_read*.c and filter.c. */
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

/* What was read before there was a filter. */
struct aw__stream_early {
	char *buffer;	      /* owned; NULL: nothing */
	size_t start, length; /* in that */
	bool eof;	      /* the other end had closed, too */
};

/** Whether the reader has not so much to take yet that reading should stop. */
static inline bool aw__stream_has_room(const struct aw_stream *stream)
{
	return !stream->eof && aw__stream_available(stream) <= 2 * stream->limit;
}

/** Room at the buffer's end; NULL if there is no memory. */
char *aw__stream_room(struct aw_stream *stream, size_t *ret_size);
/** So many bytes were put there: wake the reader. */
void aw__stream_filled(struct aw_stream *stream, size_t count);
/** Nothing follows: wake the reader. */
void aw__stream_ended(struct aw_stream *stream);
/** Whether the descriptor should be read, and is not: somebody waits, or there is room, or the stream closes and its filter waits for the other end. */
bool aw__stream_needs_input(const struct aw_stream *stream);
/** Stop reading, and hand over all that was read. */
void aw__stream_take_early(struct aw_stream *stream, struct aw__stream_early *ret);
/** Take so many bytes, and read on if reading had stopped for want of room. */
void aw__stream_take(struct aw_stream *stream, size_t count);
/** Wait for more input, the stream's end, or an error. `caller` is what CPython calls it. */
aw_error *aw__stream_wait_for_data(struct aw_stream *stream, const char *caller);
/** The error that every read gives now, if there is one. */
aw_error *aw__stream_unreadable(const struct aw_stream *stream);
/** The stream ended too early: what there is goes into the error. `expected` -1: not known. */
aw_error *aw__stream_incomplete(struct aw_stream *stream, int64_t expected);

#endif
