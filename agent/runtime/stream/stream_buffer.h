/* SPDX-License-Identifier: MIT */
/* The buffer of unread bytes: filled by stream_input.c and filter.c, taken from by stream_read*.c. */
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

/* The bytes that were read before there was a filter. */
struct aw__stream_early {
	char *buffer;	      /* owned; NULL: no bytes */
	size_t start, length; /* of the bytes in the buffer */
	bool eof;	      /* the peer had closed, too */
};

/** False if the end has come, or so much is unread that reading should stop. */
static inline bool aw__stream_has_room(const struct aw_stream *stream)
{
	return !stream->eof && aw__stream_available(stream) <= 2 * stream->limit;
}

/** Room at the buffer's end; NULL if there is no memory. */
char *aw__stream_room(struct aw_stream *stream, size_t *ret_size);
/** `count` bytes were put there: wake the reader. */
void aw__stream_filled(struct aw_stream *stream, size_t count);
/** The end was read: wake the reader. */
void aw__stream_ended(struct aw_stream *stream);
/** True if reading is stopped but needed: a task waits, or there is room, or the filter waits for the peer to close. */
bool aw__stream_needs_input(const struct aw_stream *stream);
/** Stop reading, and hand over all unread bytes. */
void aw__stream_take_early(struct aw_stream *stream, struct aw__stream_early *ret);
/** Take `count` bytes, and resume reading if it had stopped for lack of room. */
void aw__stream_take(struct aw_stream *stream, size_t count);
/** Wait for more input, the stream's end, or an error. `caller`: CPython's name of the method. */
aw_error *aw__stream_wait_for_data(struct aw_stream *stream, const char *caller);
/** The error that every read returns now; NULL: none. */
aw_error *aw__stream_unreadable(const struct aw_stream *stream);
/** The stream ended too early: move the unread bytes into an error. `expected` -1: not known. */
aw_error *aw__stream_incomplete(struct aw_stream *stream, int64_t expected);

#endif
