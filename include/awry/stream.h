/* SPDX-License-Identifier: MIT */
/**
 * awry/stream.h - TCP: connections and servers.
 *
 * A connection is read and written by tasks. What arrives is kept in a buffer, up to twice a limit;
 * what is written leaves at once or is kept, too, and aw_stream_drain() waits while that is too
 * much.
 *
 * Errors are named as CPython names them: ConnectionRefusedError, ConnectionResetError,
 * BrokenPipeError, gaierror.
 *
 * Context: the loop's thread; what may wait, inside of a task. One task reads at a time.
 */
#ifndef AWRY_STREAM_H
#define AWRY_STREAM_H

#include <awry/loop.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aw_stream aw_stream;
typedef struct aw_server aw_server;

enum {
	AW_STREAM_LIMIT = 65536, /* bytes: of one line; twice as much is read ahead */
};

/**
 * Connect to a host, by the first of its addresses that answers.
 *
 * @param host        a name or an address
 * @param ret_stream  set on success; the caller has a reference
 *
 * Errors:  gaierror; the OSError of the address tried, or one OSError that lists all;
 *          CancelledError; MemoryError
 * Source:  CPython Lib/asyncio/base_events.py, create_connection()
 * Since:   0.1
 */
AW_API AW_MUST_USE aw_error *aw_stream_connect(const char *host, uint16_t port,
					       aw_stream **ret_stream);

/** Take one more reference. NULL is ignored. Returns: the stream. */
AW_API aw_stream *aw_stream_ref(aw_stream *stream);
/** Give up a reference; returns NULL. The last one closes the stream. */
AW_API aw_stream *aw_stream_unref(aw_stream *stream);

/**
 * Read what there is: at least one byte, at most `size`.
 *
 * @param ret_count  how many; 0 at the end of the stream
 *
 * Errors: the connection's OSError; RuntimeError if another task reads; CancelledError, and nothing
 * is lost
 */
AW_API AW_MUST_USE aw_error *aw_stream_read(aw_stream *stream, void *buffer, size_t size,
					    size_t *ret_count);

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
 * Errors:  IncompleteReadError {bytes partial} at the end of the stream; LimitOverrunError {int
 *          consumed} if there are more bytes than the limit before the separator, which stay;
 *          ValueError for an empty separator; else as aw_stream_read()
 * Source:  CPython Lib/asyncio/streams.py
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

/**
 * Write; what the kernel does not take at once is copied. Never waits.
 *
 * Errors: the connection's OSError; ConnectionResetError if the stream is closed; MemoryError
 */
AW_API AW_MUST_USE aw_error *aw_stream_write(aw_stream *stream, const void *data, size_t size);
/** Close our direction, after what was written. Errors: as aw_stream_write(). */
AW_API AW_MUST_USE aw_error *aw_stream_write_eof(aw_stream *stream);
/**
 * Wait while more is unsent than the high-water mark, until no more is than the low one.
 *
 * Errors: the connection's OSError; ConnectionResetError if it is closed; CancelledError
 */
AW_API AW_MUST_USE aw_error *aw_stream_drain(aw_stream *stream);
/** Set the marks, in bytes; 65,536 and a quarter of it at first. */
AW_API void aw_stream_set_water(aw_stream *stream, size_t high, size_t low);
/** Set the limit of a line, in bytes; AW_STREAM_LIMIT at first. At least 1. */
AW_API void aw_stream_set_limit(aw_stream *stream, size_t limit);

/** Begin to close, once all that was written is sent. A second call does nothing. */
AW_API void aw_stream_close(aw_stream *stream);
/** Wait until it is closed. Errors: the OSError that ended it, if one did; CancelledError. */
AW_API AW_MUST_USE aw_error *aw_stream_wait_closed(aw_stream *stream);

/** One connection of a server, a task each. When it returns, the stream is closed. */
typedef aw_error *aw_stream_fn(aw_stream *stream, void *arg);

/**
 * Listen on all addresses of a host, and run fn(stream, arg) as a task for each connection.
 *
 * @param host        a name or an address; NULL for all interfaces
 * @param port        0: any, see aw_server_port()
 * @param fn          its error is the task's: nobody takes it, so it should handle its own
 * @param ret_server  set on success; to be stopped by aw_server_stop()
 *
 * Errors: gaierror; OSError, of an address in use and the like; CancelledError; MemoryError
 * Since:  0.1
 */
AW_API AW_MUST_USE aw_error *aw_server_start(const char *host, uint16_t port, aw_stream_fn *fn,
					     void *arg, aw_server **ret_server);
/** Get the port of the first address. */
AW_API uint16_t aw_server_port(const aw_server *server);
/** Stop listening, and free the server. The connections live on. NULL is ignored. */
AW_API void aw_server_stop(aw_server *server);

#ifdef __cplusplus
}
#endif

#endif
