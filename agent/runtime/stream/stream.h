/* SPDX-License-Identifier: MIT */
/*
 * A stream: a TCP connection, a unix socket, or one end of a pipe.
 *
 * It has a reference for each user, and one while libuv has its handle. Reading stays started
 * between reads, because stopping and starting it costs two system calls each time. It is stopped
 * only when more than twice the limit is unread, and started again when a reader has caught up.
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
	uint64_t id;		/* for the recorder; 0: not reported */
	aw_intern opened;	/* the stack at which it was opened, for the recorder */
	aw_address local, peer; /* as they were when it was connected */

	char *in; /* of in_size bytes; [in_start, in_end) is unread */
	size_t in_start, in_end, in_size;
	size_t limit;
	bool reading;
	bool eof;
	aw_error *error;	   /* that ended the stream; NULL: none */
	struct aw__link reader;	   /* of struct aw__job: the task that waits for input, if any */
	struct aw__filter *filter; /* between the descriptor and the buffer; NULL: none */

	size_t high, low;
	bool write_paused;
	bool eof_written;
	bool sending_file;
	size_t writes;		      /* requests under way, of any kind */
	struct aw__link drainers;     /* of struct aw__job */
	struct aw__link emptied;      /* of struct aw__job: tasks that wait until all is sent */
	struct aw__pipe_watch *watch; /* detects that a pipe has lost its reader; NULL: none */

	bool closing; /* closing was requested */
	bool closed;
	struct aw__link closers;		     /* of struct aw__job */
	struct aw__link of_server;		     /* in its server's list of connections */
	void (*on_closed)(struct aw_stream *stream); /* NULL: none */
	void *owner;				     /* for on_closed() */
};

/** Make a stream without a descriptor, and report it; the caller has a reference, and libuv
 * another. */
aw_error *aw__stream_create(struct aw_loop *loop, enum aw__stream_kind kind,
			    struct aw_stream **ret_stream);
/** Give it a descriptor, which it owns on success. */
aw_error *aw__stream_adopt(struct aw_stream *stream, int fd);
/** Begin to read from a stream that has been connected. */
aw_error *aw__stream_connected(struct aw_stream *stream);
/** Close a stream because of an error, which all waiting tasks get. Consumes the error. */
void aw__stream_fail(struct aw_stream *stream, aw_error *err);
/** Close the handle now, if closing was requested and nothing is left to send. */
void aw__stream_close_if_idle(struct aw_stream *stream);
/** Close the handle once nothing is left to send. */
void aw__stream_close_when_sent(struct aw_stream *stream);
/** Close the handle now. */
void aw__stream_abort(struct aw_stream *stream);
/** Close and unreference a stream that could not be connected. */
void aw__stream_discard(struct aw_stream *stream);
/** True if its handle is closed or being closed. */
static inline bool aw__stream_lost(const struct aw_stream *stream)
{
	return uv_is_closing(&stream->uv.handle) != 0;
}

/** The error if it cannot get a filter; NULL: it can. */
aw_error *aw__stream_filterable(const struct aw_stream *stream);
/** Set its filter, which it owns from now on. The recorder sees it as another handle. */
void aw__stream_set_filter(struct aw_stream *stream, struct aw__filter *filter);

aw_error *aw__stream_read_start(struct aw_stream *stream);
void aw__stream_read_stop(struct aw_stream *stream);
/** Send `size` bytes in pieces, bypassing the filter. */
aw_error *aw__stream_send(struct aw_stream *stream, const struct iovec *pieces, size_t count,
			  size_t size);

#endif
