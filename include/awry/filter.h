/* SPDX-License-Identifier: MIT */
/**
 * awry/filter.h - a layer between a stream and its descriptor, such as TLS.
 *
 * A filter transforms the bytes that arrive and those that are written. Reading goes from the descriptor
 * through received() and aw_filter_fed() to the reader; writing goes from the writer through write() and
 * aw_filter_send() to the descriptor. Everything else of the stream works as without a filter.
 *
 * Context: the loop's thread. The functions of the table run on the loop's or on a task's stack,
 * and must not wait; aw_filter_wait() is for the task that performs a handshake.
 */
#ifndef AWRY_FILTER_H
#define AWRY_FILTER_H

#include <awry/agent.h>
#include <awry/stream.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A filter's operations. All functions must be set; `state` is the one given to aw_filter_install(). */
struct aw_filter_ops {
	size_t size;	  /* of this struct */
	const char *kind; /* the recorder's name for the handle from then on */
	/** Bytes have arrived. With size 0: the stream has room again for bytes that the filter holds. */
	void (*received)(void *state, const void *data, size_t size);
	/** The other end has closed its direction. */
	void (*ended)(void *state);
	/** Data is written: at least one byte, to an open stream. */
	aw_error *(*write)(void *state, const struct iovec *pieces, size_t count);
	/** aw_stream_close() was called: send the closing message, then call aw_filter_close(). Called at most once. */
	void (*close)(void *state);
	/** The deadline set by aw_filter_deadline() has passed. */
	void (*expired)(void *state);
	/** The stream is freed. */
	void (*destroy)(void *state);
};

/**
 * Put a filter into a stream. Bytes that were received already and not read yet go through it, too.
 *
 * @param ops    borrowed; must stay valid for the rest of the program
 * @param state  owned by the stream on success; destroy() gets it
 *
 * Errors: TypeError for a pipe, and for a stream that has a filter; RuntimeError while a file is
 * sent; the stream's OSError; ConnectionResetError if it is closed; MemoryError
 * Since:  0.1
 */
AW_API AW_MUST_USE aw_error *aw_filter_install(aw_stream *stream, const struct aw_filter_ops *ops,
					       void *state);
/** Get the state of the stream's filter, if it has these operations. Returns: NULL if not. */
AW_API void *aw_filter_state(const aw_stream *stream, const struct aw_filter_ops *ops);

/** Get room for the reader's next bytes; at least one. Returns: NULL if there is no memory. */
AW_API char *aw_filter_room(aw_stream *stream, size_t *ret_size);
/** Report that `count` bytes were put into the room. Returns: false if the reader should catch up before there are more. */
AW_API bool aw_filter_fed(aw_stream *stream, size_t count);
/** Report the end of the stream to the reader: no bytes follow. */
AW_API void aw_filter_eof(aw_stream *stream);
/**
 * Send bytes to the descriptor, after those that were sent before. Never waits.
 *
 * Errors: OSError, which has ended the stream; ConnectionResetError if it is closed; MemoryError
 */
AW_API AW_MUST_USE aw_error *aw_filter_send(aw_stream *stream, const void *data, size_t size);
/** End the stream with an error, which is consumed. */
AW_API void aw_filter_fail(aw_stream *stream, aw_error *err);
/** Close the descriptor as soon as everything is sent. The filter is not called any more. */
AW_API void aw_filter_close(aw_stream *stream);

/** Wait for aw_filter_wake(), or for the stream's end. Errors: the stream's; CancelledError. */
AW_API AW_MUST_USE aw_error *aw_filter_wait(aw_stream *stream, enum aw_agent_wait wait);
/** Wake the task that waits in aw_filter_wait(). */
AW_API void aw_filter_wake(aw_stream *stream);
/** Set the time at which expired() is called; it replaces an earlier one. AW_FOREVER for none. Errors: MemoryError. */
AW_API AW_MUST_USE aw_error *aw_filter_deadline(aw_stream *stream, aw_ns deadline_ns);

#ifdef __cplusplus
}
#endif

#endif
