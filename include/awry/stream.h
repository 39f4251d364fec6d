/* SPDX-License-Identifier: MIT */
/**
 * awry/stream.h - streams of bytes: TCP, unix sockets, pipes. <awry/server.h> has servers.
 *
 * A stream is read and written by tasks. What arrives is kept in a buffer, up to twice a limit;
 * what is written leaves at once or is kept, too, and aw_stream_drain() waits while that is too
 * much.
 *
 * Errors are named as CPython names them: ConnectionRefusedError, ConnectionResetError,
 * BrokenPipeError, gaierror. An error ends the stream: it is closed, and every later call tells.
 *
 * Context: the loop's thread; what may wait, inside of a task. One task reads at a time.
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
	AW_STREAM_LIMIT = 65536, /* bytes: of one line; twice as much is read ahead */
};

/* -------------------------------------------------------------------------------------------------
 * Opening
 */

/** How to connect: AW_CONNECT_OPTS(.family = AF_INET). */
struct aw_connect_options {
	size_t size;		/* of this struct; AW_CONNECT_OPTS() sets it */
	size_t limit;		/* bytes; 0 for AW_STREAM_LIMIT */
	int family;		/* AF_INET, AF_INET6; 0 for both */
	int flags;		/* AI_NUMERICHOST and the like */
	const char *local_host; /* bind to this host's address; NULL: to none */
	uint16_t local_port;	/* with local_host; 0: any */
};

#define AW_CONNECT_OPTS(...) AW__OPTS(aw_connect_options, __VA_ARGS__)

/**
 * Connect to a host, by the first of its addresses that answers.
 *
 * @param host        a name or an address
 * @param ret_stream  set on success; the caller has a reference
 *
 * Errors: gaierror; the OSError of the address tried, or one OSError that lists all if they
 * differ; CancelledError; MemoryError
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
 * @param path        a file's name
 * @param ret_stream  set on success; the caller has a reference
 *
 * Errors: OSError, of a path that is too long, too; CancelledError; MemoryError
 * Since:  0.1
 */
AW_API AW_MUST_USE aw_error *aw_stream_connect_unix(const char *path, aw_stream **ret_stream);

/**
 * Read from a descriptor: a pipe, a socket, a terminal. The stream closes itself at the end.
 *
 * @param fd          the stream's, from here on, if it succeeds; else the caller's
 * @param ret_stream  set on success; the caller has a reference
 *
 * Errors: ValueError for a file, which cannot be waited for; OSError; MemoryError
 * Source: CPython Lib/asyncio/unix_events.py, _UnixReadPipeTransport
 * Since:  0.1
 */
AW_API AW_MUST_USE aw_error *aw_stream_connect_read_pipe(int fd, aw_stream **ret_stream);
/**
 * Write to a descriptor. That nobody reads it any more closes the stream; if something was unsent,
 * by a BrokenPipeError.
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
 * Read what there is: at least one byte, at most `size`.
 *
 * @param ret_count  how many; 0 at the end of the stream
 *
 * Errors: the stream's OSError; RuntimeError if another task reads, or the stream is only for
 * writing; CancelledError, and nothing is lost
 */
AW_API AW_MUST_USE aw_error *aw_stream_read(aw_stream *stream, void *buffer, size_t size,
					    size_t *ret_count);

/**
 * Read all there is until the end of the stream: read(-1).
 *
 * @param ret_data    set on success; to be freed by free(). A NUL follows, which does not count
 * @param ret_length  NULL if not wanted
 *
 * Errors: as aw_stream_read(), what was read until then is lost; MemoryError
 */
AW_API AW_MUST_USE aw_error *aw_stream_read_all(aw_stream *stream, char **ret_data,
						size_t *ret_length);

/**
 * Read exactly `size` bytes.
 *
 * Errors: IncompleteReadError {int expected, bytes partial} at the end of the stream, which
 * consumes what there was; else as aw_stream_read()
 */
AW_API AW_MUST_USE aw_error *aw_stream_read_exactly(aw_stream *stream, void *buffer, size_t size);

/**
 * Read up to and with a separator.
 *
 * @param separator   of `separator_length` bytes, at least one
 * @param ret_data    points into the stream's buffer: valid until the task reads or waits again
 * @param ret_length  with the separator
 *
 * Errors: IncompleteReadError {bytes partial} at the end of the stream; LimitOverrunError {int
 * consumed} if there are more bytes than the limit before the separator, which stay; ValueError for
 * an empty separator; else as aw_stream_read()
 * Source: CPython Lib/asyncio/streams.py
 */
AW_API AW_MUST_USE aw_error *aw_stream_read_until(aw_stream *stream, const void *separator,
						  size_t separator_length, const char **ret_data,
						  size_t *ret_length);

/**
 * Read a line with its newline; without one if it is the last. Its length is 0 at the end of the
 * stream.
 *
 * Errors: ValueError if it is longer than the limit, which consumes it; else as aw_stream_read()
 */
AW_API AW_MUST_USE aw_error *aw_stream_read_line(aw_stream *stream, const char **ret_line,
						 size_t *ret_length);

/** Tell whether the other end has closed, and everything was read. */
AW_API bool aw_stream_at_eof(const aw_stream *stream);
/** Set the limit of a line, in bytes; AW_STREAM_LIMIT at first. At least 1. */
AW_API void aw_stream_set_limit(aw_stream *stream, size_t limit);

/* -------------------------------------------------------------------------------------------------
 * Writing
 */

/**
 * Write; what the kernel does not take at once is copied. Never waits.
 *
 * Errors: the stream's OSError; ConnectionResetError if it is closed; RuntimeError after
 * aw_stream_write_eof(), during aw_stream_sendfile(), or if it is only for reading; MemoryError
 */
AW_API AW_MUST_USE aw_error *aw_stream_write(aw_stream *stream, const void *data, size_t size);
/** Write several pieces, one after the other: writelines(). Errors: as aw_stream_write(). */
AW_API AW_MUST_USE aw_error *aw_stream_write_many(aw_stream *stream, const struct iovec *pieces,
						  size_t count);
/**
 * Close our direction, after what was written; of a pipe that is all.
 *
 * Errors: the stream's; MemoryError, and it is still open
 */
AW_API AW_MUST_USE aw_error *aw_stream_write_eof(aw_stream *stream);
/** True if aw_stream_write_eof() makes sense: not for what is only read. */
AW_API bool aw_stream_can_write_eof(const aw_stream *stream);
/**
 * Wait while more is unsent than the high-water mark, until no more is than the low one.
 *
 * Errors: the stream's OSError; ConnectionResetError if it is closed; CancelledError
 */
AW_API AW_MUST_USE aw_error *aw_stream_drain(aw_stream *stream);
/** Set the marks, in bytes; 65,536 and a quarter of it at first. A `low` above `high` is `high`. */
AW_API void aw_stream_set_water(aw_stream *stream, size_t high, size_t low);
/** How many bytes were written, and not taken by the kernel yet. */
AW_API size_t aw_stream_unsent(const aw_stream *stream);

enum {
	AW_SENDFILE_FALLBACK = 1, /* read and write where the kernel cannot copy */
};

#define AW_SENDFILE_ALL INT64_MAX

/**
 * Send a part of a file, after what was written. The file's position is behind it afterwards, also
 * after an error.
 *
 * @param fd        borrowed, until this returns; a cancelled call may leave one read of it under way
 * @param offset    bytes, from the beginning of the file
 * @param count     bytes; AW_SENDFILE_ALL: up to its end
 * @param flags     AW_SENDFILE_FALLBACK or 0
 * @param ret_sent  bytes; NULL if not wanted
 *
 * Errors: RuntimeError if the stream is closing, is no socket, or sends a file already;
 * SendfileNotAvailableError without the fallback; ValueError for a count below 1 or an offset below
 * 0; the stream's or the file's OSError; CancelledError; MemoryError
 * Source: CPython Lib/asyncio/base_events.py, sendfile()
 * Since:  0.1
 */
AW_API AW_MUST_USE aw_error *aw_stream_sendfile(aw_stream *stream, int fd, int64_t offset,
						int64_t count, unsigned int flags,
						int64_t *ret_sent);

/* -------------------------------------------------------------------------------------------------
 * Closing, and looking
 */

/** Begin to close, once all that was written is sent. A second call does nothing. */
AW_API void aw_stream_close(aw_stream *stream);
/** Close at once; what is unsent is lost. */
AW_API void aw_stream_abort(aw_stream *stream);
/** Wait until it is closed. Errors: the OSError that ended it, if one did; CancelledError. */
AW_API AW_MUST_USE aw_error *aw_stream_wait_closed(aw_stream *stream);
/** True if it is closed, or will be. */
AW_API bool aw_stream_is_closing(const aw_stream *stream);

/** Where this end is, also after the end; without a length if that has no address. */
AW_API aw_address aw_stream_local_address(const aw_stream *stream);
/** Where the other end is, also after the end; without a length if that has no address. */
AW_API aw_address aw_stream_peer_address(const aw_stream *stream);
/** The descriptor, borrowed, for options; -1 if it is closed. */
AW_API int aw_stream_fd(const aw_stream *stream);

#ifdef __cplusplus
}
#endif

#endif
