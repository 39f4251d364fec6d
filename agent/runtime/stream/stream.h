/* SPDX-License-Identifier: MIT */
/*
 * A stream: a TCP connection, a unix socket, or one end of a pipe.
 *
 * It has a reference for each user, and one while libuv has its handle. Reading stays started
 * between reads: to stop and start it for each costs two system calls. Only when more than twice
 * the limit lies unread is it stopped, and started again when a reader has caught up.
 */
#ifndef AW__STREAM_H
#define AW__STREAM_H

#include "agent/runtime/task/awaitable.h"

#include <awry/stream.h>

enum aw__stream_kind {
	AW__STREAM_TCP,
	AW__STREAM_UNIX,
	AW__STREAM_READ_PIPE,
	AW__STREAM_WRITE_PIPE,
};

struct aw__filter;
struct aw__pipe_watch;

struct aw_stream {
	union {
		uv_handle_t handle;
		uv_stream_t stream;
		uv_tcp_t tcp;
		uv_pipe_t pipe;
	} uv;
	struct aw__resource resource;
	struct aw_loop *loop; /* NULL once that is closed */
	uint32_t refs;
	enum aw__stream_kind kind;
	uint64_t id;		/* the recorder's; 0: not told */
	aw_intern opened;	/* where, for the recorder */
	aw_address local, peer; /* as they were when it was connected */

	char *in; /* what was read and not taken: [in_start, in_end) of in_size */
	size_t in_start, in_end, in_size;
	size_t limit;
	bool reading;
	bool eof;
	aw_error *error;	   /* what ended the stream */
	struct aw__link reader;	   /* of struct aw__job: who waits for input, at most one */
	struct aw__filter *filter; /* between the descriptor and all that; NULL: none */

	size_t high, low;
	bool write_paused;
	bool eof_written;
	bool sending_file;
	size_t writes;		      /* requests under way, of any kind */
	struct aw__link drainers;     /* of struct aw__job */
	struct aw__link emptied;      /* of struct aw__job: who waits until nothing is unsent */
	struct aw__pipe_watch *watch; /* of a pipe that is written: does anybody read it? */

	bool closing; /* asked for */
	bool closed;
	struct aw__link closers;		     /* of struct aw__job */
	struct aw__link of_server;		     /* in its server's list of connections */
	void (*on_closed)(struct aw_stream *stream); /* NULL: nobody asks */
	void *owner;				     /* for on_closed() */
};

/** Make a stream without a descriptor, and tell the recorder; the caller has a reference, and
 * libuv another. */
aw_error *aw__stream_create(struct aw_loop *loop, enum aw__stream_kind kind,
			    struct aw_stream **ret_stream);
/** Give it a descriptor, which it owns from here on if that succeeds. */
aw_error *aw__stream_adopt(struct aw_stream *stream, int fd);
/** It is connected: begin to read. */
aw_error *aw__stream_connected(struct aw_stream *stream);
/** The stream has failed: whoever waits learns it, and it is closed. Consumes the error. */
void aw__stream_fail(struct aw_stream *stream, aw_error *err);
/** Close the handle now, if that was asked for and nothing is to be sent any more. */
void aw__stream_close_if_idle(struct aw_stream *stream);
/** Close the handle once nothing is to be sent any more. */
void aw__stream_close_when_sent(struct aw_stream *stream);
/** Close the handle now. */
void aw__stream_abort(struct aw_stream *stream);
/** Give up a stream that did not come to life. */
void aw__stream_discard(struct aw_stream *stream);
/** True if its handle is closed, or will be without more ado. */
static inline bool aw__stream_lost(const struct aw_stream *stream)
{
	return uv_is_closing(&stream->uv.handle) != 0;
}

/** The error of who wants to put a filter into it; NULL: it may have one. */
aw_error *aw__stream_filterable(const struct aw_stream *stream);
/** It has a filter from now on, which it owns: to the recorder that is another handle. */
void aw__stream_set_filter(struct aw_stream *stream, struct aw__filter *filter);

aw_error *aw__stream_read_start(struct aw_stream *stream);
void aw__stream_read_stop(struct aw_stream *stream);
/** Send `size` bytes in pieces, past the filter if there is one. */
aw_error *aw__stream_send(struct aw_stream *stream, const struct iovec *pieces, size_t count,
			  size_t size);

#endif
