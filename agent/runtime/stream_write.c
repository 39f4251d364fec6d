/* SPDX-License-Identifier: MIT */
#include "agent/runtime/stream.h"

#include "base/alloc.h"

#include <string.h>

struct request {
	uv_write_t write;
	struct aw_stream *stream;
	char data[];
};

static size_t unsent(const struct aw_stream *stream)
{
	return uv_stream_get_write_queue_size((const uv_stream_t *)&stream->tcp);
}

static void on_sent(struct aw_stream *stream, int status)
{
	stream->writes--;
	if (stream->loop == NULL)
		return;
	if (status < 0 && status != UV_ECANCELED)
		aw__stream_fail(stream, aw_error_from_uv(status, NULL));
	if (stream->write_paused && unsent(stream) <= stream->low) {
		stream->write_paused = false;
		aw__waiter_wake(&stream->drainers);
	}
	aw__stream_close_if_idle(stream);
}

static void on_write(uv_write_t *write, int status)
{
	struct request *request = aw__container_of(write, struct request, write);
	struct aw_stream *stream = request->stream;

	aw__alloc_free(request);
	on_sent(stream, status);
}

static aw_error *unwritable(const struct aw_stream *stream)
{
	if (stream->error != NULL)
		return aw_error_ref(stream->error);
	if (stream->closing)
		return aw_raise(aw_ConnectionResetError, "Connection lost");
	return NULL;
}

/* The connection has failed: now and for good. */
static aw_error *failed(struct aw_stream *stream, int status)
{
	aw_error *err = aw_error_from_uv(status, NULL);

	aw__stream_fail(stream, aw_error_ref(err));
	return err;
}

/* Let libuv send the bytes when it can; they are copied. */
static aw_error *send_later(struct aw_stream *stream, const char *data, size_t size)
{
	struct request *request = aw__alloc(sizeof(*request) + size);
	uv_buf_t buffer;
	int status;

	if (request == NULL)
		return aw_raise(aw_MemoryError, NULL);
	memcpy(request->data, data, size);
	request->stream = stream;
	buffer = uv_buf_init(request->data, (unsigned int)size);
	status = uv_write(&request->write, (uv_stream_t *)&stream->tcp, &buffer, 1, on_write);
	if (status < 0)
		goto fail;
	stream->writes++;
	if (unsent(stream) > stream->high)
		stream->write_paused = true;
	return NULL;
fail:
	aw__alloc_free(request);
	return failed(stream, status);
}

aw_error *aw_stream_write(aw_stream *stream, const void *data, size_t size)
{
	const char *rest = data;

	AW_TRY(unwritable(stream));
	if (stream->eof_written)
		return aw_raise(aw_RuntimeError, "Cannot call write() after write_eof()");
	if (stream->writes == 0 && size > 0) {
		uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)rest, (unsigned int)size);
		int sent = uv_try_write((uv_stream_t *)&stream->tcp, &buffer, 1);

		if (sent < 0 && sent != UV_EAGAIN)
			return failed(stream, sent);
		if (sent > 0) {
			rest += sent;
			size -= (size_t)sent;
		}
	}
	return size > 0 ? send_later(stream, rest, size) : NULL;
}

static void on_shutdown(uv_shutdown_t *shutdown, int status)
{
	struct aw_stream *stream = shutdown->data;

	aw__alloc_free(shutdown);
	/* the other end may be gone already, which says nothing of what was sent */
	on_sent(stream, status == UV_ENOTCONN ? 0 : status);
}

aw_error *aw_stream_write_eof(aw_stream *stream)
{
	uv_shutdown_t *shutdown;
	int status;

	AW_TRY(unwritable(stream));
	if (stream->eof_written)
		return NULL;
	shutdown = aw__alloc(sizeof(*shutdown));
	if (shutdown == NULL)
		return aw_raise(aw_MemoryError, NULL);
	shutdown->data = stream;
	status = uv_shutdown(shutdown, (uv_stream_t *)&stream->tcp, on_shutdown);
	if (status < 0)
		goto fail;
	stream->eof_written = true;
	stream->writes++;
	return NULL;
fail:
	aw__alloc_free(shutdown);
	return failed(stream, status);
}

aw_error *aw_stream_drain(aw_stream *stream)
{
	/* a loop of write and drain must notice that the other end is gone */
	if (stream->closing)
		AW_TRY(aw_yield());
	AW_TRY(unwritable(stream));
	if (!stream->write_paused)
		return NULL;
	AW_TRY(aw__waiter_wait(&stream->drainers, AW_WAIT_WRITE, stream->id));
	return unwritable(stream);
}

void aw_stream_set_water(aw_stream *stream, size_t high, size_t low)
{
	stream->high = high;
	stream->low = low < high ? low : high;
}
