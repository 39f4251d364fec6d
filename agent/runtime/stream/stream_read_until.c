/* SPDX-License-Identifier: MIT */
/* aw_stream_read_until() and aw_stream_read_line(): reading up to a separator, within the buffer's limit. */
#include "agent/runtime/stream/stream_buffer.h"

#include <string.h>

#define NOWHERE SIZE_MAX

/* Wait for the separator, and find where it begins; nothing is taken. NOWHERE if the stream ends
 * before. */
static aw_error *find(struct aw_stream *stream, const void *separator, size_t length,
		      size_t *ret_at)
{
	size_t searched = 0; /* no separator begins in the first so many bytes */

	for (;;) {
		size_t available = aw__stream_available(stream);
		const char *at;

		if (available - searched >= length) {
			at = memmem(aw__stream_unread(stream) + searched, available - searched,
				    separator, length);
			if (at != NULL) {
				*ret_at = (size_t)(at - aw__stream_unread(stream));
				break;
			}
			searched = available + 1 - length;
			if (searched > stream->limit)
				return aw_raise_limit_overrun(
					"Separator is not found, and chunk exceed the limit",
					searched);
		}
		*ret_at = NOWHERE;
		if (stream->eof)
			return NULL;
		AW_TRY(aw__stream_wait_for_data(stream, "readuntil"));
	}
	if (*ret_at > stream->limit)
		return aw_raise_limit_overrun("Separator is found, but chunk is longer than limit",
					      *ret_at);
	return NULL;
}

static void take(struct aw_stream *stream, size_t length, const char **ret_data, size_t *ret_length)
{
	*ret_data = aw__stream_unread(stream);
	*ret_length = length;
	/* the bytes that are taken stay in place until the next read */
	aw__stream_take(stream, length);
}

aw_error *aw_stream_read_until(aw_stream *stream, const void *separator, size_t separator_length,
			       const char **ret_data, size_t *ret_length)
{
	size_t at = 0;

	if (separator_length == 0)
		return aw_raise(aw_ValueError, "Separator should be at least one-byte string");
	AW_TRY(aw__stream_unreadable(stream));
	AW_TRY(find(stream, separator, separator_length, &at));
	if (at == NOWHERE)
		return aw__stream_incomplete(stream, -1);
	take(stream, at + separator_length, ret_data, ret_length);
	return NULL;
}

/* Drop a line that is too long: up to its newline if that was read, else all unread bytes. */
static aw_error *drop_line(struct aw_stream *stream, aw_error *err)
{
	size_t consumed = (size_t)aw_error_int(err, "consumed", 0);
	size_t available = aw__stream_available(stream);
	aw_error *value;

	if (consumed < available && aw__stream_unread(stream)[consumed] == '\n')
		aw__stream_take(stream, consumed + 1);
	else
		aw__stream_take(stream, available);
	value = aw_raise(aw_ValueError, "%s", aw_error_message(err));
	return aw_raise_in(err, value);
}

aw_error *aw_stream_read_line(aw_stream *stream, const char **ret_line, size_t *ret_length)
{
	size_t at = 0;
	aw_error *err;

	AW_TRY(aw__stream_unreadable(stream));
	err = find(stream, "\n", 1, &at);
	if (aw_error_is(err, aw_LimitOverrunError))
		return drop_line(stream, err);
	if (err != NULL)
		return err;
	/* the last line has no newline */
	take(stream, at != NOWHERE ? at + 1 : aw__stream_available(stream), ret_line, ret_length);
	return NULL;
}
