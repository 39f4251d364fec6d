/* SPDX-License-Identifier: MIT */
/*
 * A TCP connection.
 *
 * It has a reference for each user, and one while libuv has its handle. Reading stays started
 * between reads: to stop and start it for each costs two system calls. Only when more than twice
 * the limit lies unread is it stopped, and started again when a reader has caught up.
 */
#ifndef AW__STREAM_H
#define AW__STREAM_H

#include "agent/runtime/awaitable.h"

#include <awry/stream.h>

struct aw_stream {
	uv_tcp_t tcp;
	struct aw__resource resource;
	struct aw_loop *loop; /* NULL once that is closed */
	uint32_t refs;
	uint64_t id; /* the recorder's; 0: not told */

	char *in; /* what was read and not taken: [in_start, in_end) of in_size */
	size_t in_start, in_end, in_size;
	size_t limit;
	bool reading;
	bool eof;
	aw_error *error;	/* what ended the connection */
	struct aw__link reader; /* of struct aw__job: who waits for input, at most one */

	size_t high, low;
	bool write_paused;
	bool eof_written;
	size_t writes;		  /* requests under way, of any kind */
	struct aw__link drainers; /* of struct aw__job */

	bool closing; /* asked for */
	bool closed;
	struct aw__link closers; /* of struct aw__job */
};

/** Make a stream, not connected yet; the caller has a reference, and libuv another. */
aw_error *aw__stream_create(struct aw_loop *loop, struct aw_stream **ret_stream);
/** It is connected: begin to read, and tell the recorder. */
aw_error *aw__stream_connected(struct aw_stream *stream);
/** The connection has failed: whoever waits learns it. Consumes the error. */
void aw__stream_fail(struct aw_stream *stream, aw_error *err);
/** Close the handle now, if nothing is to be sent any more. */
void aw__stream_close_if_idle(struct aw_stream *stream);
/** Close the handle now. */
void aw__stream_abort(struct aw_stream *stream);

aw_error *aw__stream_read_start(struct aw_stream *stream);

#endif
