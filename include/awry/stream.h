/* SPDX-License-Identifier: MIT */
/**
 * awry/stream.h - streams of bytes: TCP, unix sockets, pipes. <awry/server.h> has servers.
 *
 * A stream is read and written by tasks. Received bytes are kept in a buffer, up to twice a limit.
 * Written bytes are sent at once, or kept until the kernel takes them; aw_stream_drain() waits while
 * too many are kept.
 *
 * Errors have CPython's types: ConnectionRefusedError, ConnectionResetError, BrokenPipeError,
 * gaierror. An error ends the stream: it is closed, and every later call returns an error.
 *
 * Context: the loop's thread; functions that may wait: inside a task. Only one task at a time may read.
 */
#ifndef AWRY_STREAM_H
#define AWRY_STREAM_H

#include <sys/uio.h>

#include <awry/address.h>
#include <awry/loop.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aw_stream aw_stream;

enum {
	AW_STREAM_LIMIT = 65536, /* bytes: the longest line; up to twice as much is read ahead */
};

/* -------------------------------------------------------------------------------------------------
 * Opening
 */

/** How to connect: AW_CONNECT_OPTS(.family = AF_INET). */
struct aw_connect_options {
	size_t size;		/* of this struct; AW_CONNECT_OPTS() sets it */
	size_t limit;		/* of a line, in bytes; 0: AW_STREAM_LIMIT */
	int family;		/* AF_INET, AF_INET6; 0: both */
	int flags;		/* AI_NUMERICHOST and the like */
	const char *local_host; /* bind to this host's address; NULL: do not bind */
	uint16_t local_port;	/* with local_host; 0: any */
};

#define AW_CONNECT_OPTS(...) AW__OPTS(aw_connect_options, __VA_ARGS__)

/**
 * Connect to a host, at the first of its addresses that accepts.
 *
 * @param host        a name or an address
 * @param ret_stream  set on success; the caller has a reference
 *
 * Errors: gaierror; OSError: that of the address tried, or, if several addresses failed differently,
 * one that lists all; CancelledError; MemoryError
 * Source: CPython Lib/asyncio/base_events.py, create_connection()
 * Since:  0.1
 */
AW_API AW_MUST_USE aw_error *aw_stream_connect(const char *host, uint16_t port,
					       aw_stream **ret_stream);
/** As aw_stream_connect(), with options: AW_CONNECT_OPTS(.family = AF_INET). NULL: the defaults. */
AW_API AW_MUST_USE aw_error *aw_stream_connect_with(const struct aw_connect_options *options,
						    const char *host, uint16_t port,
						    aw_stream **ret_stream);

/**
 * Connect to a unix socket.
 *
 * @param path        the socket's file name
 * @param ret_stream  set on success; the caller has a reference
 *
 * Errors: OSError, also if the path is too long; CancelledError; MemoryError
 * Since:  0.1
 */
AW_API AW_MUST_USE aw_error *aw_stream_connect_unix(const char *path, aw_stream **ret_stream);

/**
 * Make a stream that reads from a descriptor: a pipe, a socket, a terminal. It closes itself at the end of the data.
 *
 * @param fd          owned by the stream on success; else it stays the caller's
 * @param ret_stream  set on success; the caller has a reference
 *
 * Errors: ValueError for a regular file, which cannot be polled; OSError; MemoryError
 * Source: CPython Lib/asyncio/unix_events.py, _UnixReadPipeTransport
 * Since:  0.1
 */
AW_API AW_MUST_USE aw_error *aw_stream_connect_read_pipe(int fd, aw_stream **ret_stream);
/**
 * Make a stream that writes to a descriptor. When the reading end is closed, the stream is closed: with a
 * BrokenPipeError if data was unsent.
 *
 * Errors: as aw_stream_connect_read_pipe()
 */
AW_API AW_MUST_USE aw_error *aw_stream_connect_write_pipe(int fd, aw_stream **ret_stream);

/** Take one more reference. NULL is ignored. Returns: the stream. */
AW_API aw_stream *aw_stream_ref(aw_stream *stream);
/** Give up a reference; returns NULL. The last one closes the stream. */
AW_API aw_stream *aw_stream_unref(aw_stream *stream);

/* -------------------------------------------------------------------------------------------------
 * Reading
 */

/**
 * Read the bytes that are available: at least one, at most `size`. Waits if there are none.
 *
 * @param ret_count  the number of bytes; 0 at the end of the stream
 *
 * Errors: the stream's OSError; RuntimeError if another task reads, or the stream is write-only;
 * CancelledError, and no bytes are lost
 */
AW_API AW_MUST_USE aw_error *aw_stream_read(aw_stream *stream, void *buffer, size_t size,
					    size_t *ret_count);

/**
 * Read everything until the end of the stream: read(-1).
 *
 * @param ret_data    set on success; free it with free(). A NUL follows, which is not part of the length
 * @param ret_length  NULL if not wanted
 *
 * Errors: as aw_stream_read(), and the bytes read until then are lost; MemoryError
 */
AW_API AW_MUST_USE aw_error *aw_stream_read_all(aw_stream *stream, char **ret_data,
						size_t *ret_length);

/**
 * Read exactly `size` bytes.
 *
 * Errors: IncompleteReadError {int expected, bytes partial} at the end of the stream, and the bytes
 * before it are consumed; else as aw_stream_read()
 */
AW_API AW_MUST_USE aw_error *aw_stream_read_exactly(aw_stream *stream, void *buffer, size_t size);

/**
 * Read up to and including a separator.
 *
 * @param separator   `separator_length` bytes, at least one
 * @param ret_data    points into the stream's buffer: valid until the task reads or waits again
 * @param ret_length  includes the separator
 *
 * Errors: IncompleteReadError {bytes partial} at the end of the stream; LimitOverrunError {int
 * consumed} if there are more bytes than the limit before the separator, and they stay in the buffer;
 * ValueError for an empty separator; else as aw_stream_read()
 * Source: CPython Lib/asyncio/streams.py
 */
AW_API AW_MUST_USE aw_error *aw_stream_read_until(aw_stream *stream, const void *separator,
						  size_t separator_length, const char **ret_data,
						  size_t *ret_length);

/**
 * Read a line including its newline; the last line may have none. The length is 0 at the end of the
 * stream.
 *
 * Errors: ValueError if the line is longer than the limit, and the line is consumed; else as
 * aw_stream_read()
 */
AW_API AW_MUST_USE aw_error *aw_stream_read_line(aw_stream *stream, const char **ret_line,
						 size_t *ret_length);

/** Tell whether the other end has closed the stream, and everything was read. */
AW_API bool aw_stream_at_eof(const aw_stream *stream);
/** Set the limit of a line, in bytes, at least 1; the default is AW_STREAM_LIMIT. */
AW_API void aw_stream_set_limit(aw_stream *stream, size_t limit);

/* -------------------------------------------------------------------------------------------------
 * Writing
 */

/**
 * Write bytes; those that the kernel does not take at once are copied. Never waits.
 *
 * Errors: the stream's OSError; ConnectionResetError if it is closed; RuntimeError after
 * aw_stream_write_eof(), during aw_stream_sendfile(), or if it is read-only; MemoryError
 */
AW_API AW_MUST_USE aw_error *aw_stream_write(aw_stream *stream, const void *data, size_t size);
/** Write several pieces, one after the other: writelines(). Errors: as aw_stream_write(). */
AW_API AW_MUST_USE aw_error *aw_stream_write_many(aw_stream *stream, const struct iovec *pieces,
						  size_t count);
/**
 * Close the writing direction after the written bytes are sent; a pipe is closed completely.
 *
 * Errors: the stream's; MemoryError, and it is still open
 */
AW_API AW_MUST_USE aw_error *aw_stream_write_eof(aw_stream *stream);
/** Tell whether aw_stream_write_eof() is possible: false for read-only streams. */
AW_API bool aw_stream_can_write_eof(const aw_stream *stream);
/**
 * Wait, if the unsent bytes exceed the high-water mark, until they are at or below the low-water mark.
 *
 * Errors: the stream's OSError; ConnectionResetError if it is closed; CancelledError
 */
AW_API AW_MUST_USE aw_error *aw_stream_drain(aw_stream *stream);
/** Set the water marks, in bytes; the defaults are 65,536 and a quarter of it. A `low` above `high` counts as `high`. */
AW_API void aw_stream_set_water(aw_stream *stream, size_t high, size_t low);
/** Count the written bytes that the kernel has not taken yet. */
AW_API size_t aw_stream_unsent(const aw_stream *stream);

enum {
	AW_SENDFILE_FALLBACK = 1, /* read and write if the kernel cannot copy */
};

#define AW_SENDFILE_ALL INT64_MAX

/**
 * Send a part of a file, after the bytes written before. Afterwards, even after an error, the file's
 * position is behind the part that was sent.
 *
 * @param fd        borrowed until this returns; a cancelled call may leave one read of it in progress
 * @param offset    bytes, from the beginning of the file
 * @param count     bytes; AW_SENDFILE_ALL: up to the end of the file
 * @param flags     AW_SENDFILE_FALLBACK or 0
 * @param ret_sent  bytes; NULL if not wanted
 *
 * Errors: RuntimeError if the stream is closing, is not a socket, or sends a file already;
 * SendfileNotAvailableError if the kernel cannot copy and the fallback is not allowed; ValueError for a
 * count below 1 or an offset below 0; the stream's or the file's OSError; CancelledError; MemoryError
 * Source: CPython Lib/asyncio/base_events.py, sendfile()
 * Since:  0.1
 */
AW_API AW_MUST_USE aw_error *aw_stream_sendfile(aw_stream *stream, int fd, int64_t offset,
						int64_t count, unsigned int flags,
						int64_t *ret_sent);

/* -------------------------------------------------------------------------------------------------
 * Closing, and looking
 */

/** Close the stream after all written bytes are sent. Does not wait. A second call does nothing. */
AW_API void aw_stream_close(aw_stream *stream);
/** Close the stream at once; unsent bytes are lost. */
AW_API void aw_stream_abort(aw_stream *stream);
/** Wait until the stream is closed. Errors: the OSError that ended it, if any; CancelledError. */
AW_API AW_MUST_USE aw_error *aw_stream_wait_closed(aw_stream *stream);
/** Tell whether the stream is closed or closing. */
AW_API bool aw_stream_is_closing(const aw_stream *stream);

/** Get the address of this end, even after the stream was closed; without a length if there is none. */
AW_API aw_address aw_stream_local_address(const aw_stream *stream);
/** Get the address of the other end, even after the stream was closed; without a length if there is none. */
AW_API aw_address aw_stream_peer_address(const aw_stream *stream);
/** Get the descriptor, for example to set socket options; borrowed. -1 if the stream is closed. */
AW_API int aw_stream_fd(const aw_stream *stream);

#ifdef __cplusplus
}
#endif

#endif
