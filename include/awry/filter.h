/* SPDX-License-Identifier: MIT */
/**
 * awry/filter.h - a layer between a stream and its descriptor: what TLS is made of.
 *
 * A filter gets the bytes that arrive, and those that are written, and makes others of them. Data
 * flows one way on each path: descriptor, received(), aw_filter_fed(), reader; and writer, write(),
 * aw_filter_send(), descriptor. Everything else of the stream works as without one.
 *
 * Context: the loop's thread. The functions of the table run on the loop's or on a task's stack,
 * and must not wait; aw_filter_wait() is for the task that begins a conversation.
 */
#ifndef AWRY_FILTER_H
#define AWRY_FILTER_H

#include <awry/agent.h>
#include <awry/stream.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a filter does. All of them are there; `state` is what aw_filter_install() got. */
struct aw_filter_ops {
	size_t size;	  /* of this struct */
	const char *kind; /* what the recorder calls the handle from then on */
	/** Bytes have come. Without any: the stream has room again for what the filter holds. */
	void (*received)(void *state, const void *data, size_t size);
	/** The other end has closed its direction. */
	void (*ended)(void *state);
	/** Somebody writes: at least one byte, to a stream that is open. */
	aw_error *(*write)(void *state, const struct iovec *pieces, size_t count);
	/** aw_stream_close(): say goodbye, and then aw_filter_close(). Called once at most. */
	void (*close)(void *state);
	/** The moment set by aw_filter_deadline() has come. */
	void (*expired)(void *state);
	/** The stream is freed. */
	void (*destroy)(void *state);
};

/**
 * Put a filter into a stream. Bytes that were read already and not taken go through it, too.
 *
 * @param ops    borrowed, for ever
 * @param state  owned, from here on, if it succeeds; destroy() gets it
 *
 * Errors: TypeError for a pipe, and for a stream that has a filter; RuntimeError while a file is
 * sent; the stream's OSError; ConnectionResetError if it is closed; MemoryError
 * Since:  0.1
 */
AW_API AW_MUST_USE aw_error *aw_filter_install(aw_stream *stream, const struct aw_filter_ops *ops,
					       void *state);
/** The state of the filter that has these operations. Returns: NULL if the stream has none such. */
AW_API void *aw_filter_state(const aw_stream *stream, const struct aw_filter_ops *ops);

/** Room for the reader's next bytes, some at least. Returns: NULL if there is no memory. */
AW_API char *aw_filter_room(aw_stream *stream, size_t *ret_size);
/** So many bytes are in it. Returns: false if the reader should catch up before there are more. */
AW_API bool aw_filter_fed(aw_stream *stream, size_t count);
/** Nothing follows: the reader's end of the stream. */
AW_API void aw_filter_eof(aw_stream *stream);
/**
 * Send bytes as they are, after what was sent before. Never waits.
 *
 * Errors: OSError, which has ended the stream; ConnectionResetError if it is closed; MemoryError
 */
AW_API AW_MUST_USE aw_error *aw_filter_send(aw_stream *stream, const void *data, size_t size);
/** End the stream by an error, which is consumed. */
AW_API void aw_filter_fail(aw_stream *stream, aw_error *err);
/** Close the descriptor, soon, once all is sent. The filter is not called any more. */
AW_API void aw_filter_close(aw_stream *stream);

/** Wait until aw_filter_wake(), or the stream's end. Errors: the stream's; CancelledError. */
AW_API AW_MUST_USE aw_error *aw_filter_wait(aw_stream *stream, enum aw_agent_wait wait);
/** Wake who waits. */
AW_API void aw_filter_wake(aw_stream *stream);
/** Set the one moment at which expired() is called; AW_FOREVER for none. Errors: MemoryError. */
AW_API AW_MUST_USE aw_error *aw_filter_deadline(aw_stream *stream, aw_ns deadline_ns);

#ifdef __cplusplus
}
#endif

#endif
