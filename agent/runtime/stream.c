/* SPDX-License-Identifier: MIT */
#include "agent/runtime/stream.h"

#include "base/alloc.h"

#include <signal.h>

static void unref(struct aw_stream *stream)
{
	if (--stream->refs > 0)
		return;
	aw_error_unref(stream->error);
	aw__alloc_free(stream->in);
	aw__alloc_free(stream);
}

static void on_closed(uv_handle_t *handle)
{
	struct aw_stream *stream = handle->data;

	stream->closed = true;
	stream->eof = true;
	if (stream->loop != NULL) {
		aw__link_remove(&stream->resource.link);
		aw__waiter_wake(&stream->reader);
		aw__waiter_wake(&stream->drainers);
		aw__waiter_wake(&stream->closers);
	}
	unref(stream);
}

void aw__stream_abort(struct aw_stream *stream)
{
	stream->closing = true;
	if (uv_is_closing((uv_handle_t *)&stream->tcp))
		return;
	if (stream->id != 0)
		AW__HOOK(handle_closed, stream->id);
	uv_close((uv_handle_t *)&stream->tcp, on_closed);
}

/* The loop closes, and nobody has closed the stream: the recorder is left to say so. */
static void abandon(struct aw__resource *resource)
{
	struct aw_stream *stream = aw__container_of(resource, struct aw_stream, resource);

	stream->loop = NULL;
	stream->id = 0;
	aw__stream_abort(stream);
}

/* libuv writes without MSG_NOSIGNAL. Who has a handler, or ignores the signal, keeps that. */
static void ignore_sigpipe(void)
{
	struct sigaction action;

	if (sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL)
		signal(SIGPIPE, SIG_IGN);
}

aw_error *aw__stream_create(struct aw_loop *loop, struct aw_stream **ret_stream)
{
	static uv_once_t once = UV_ONCE_INIT;
	struct aw_stream *stream = aw__alloc_zeroed(1, sizeof(*stream));
	int status;

	if (stream == NULL)
		return aw_raise(aw_MemoryError, NULL);
	uv_once(&once, ignore_sigpipe);
	status = uv_tcp_init(loop->uv, &stream->tcp);
	if (status < 0)
		goto fail;
	stream->tcp.data = stream;
	stream->loop = loop;
	stream->refs = 2;
	stream->limit = AW_STREAM_LIMIT;
	aw_stream_set_water(stream, AW_STREAM_LIMIT, AW_STREAM_LIMIT / 4);
	aw__links_init(&stream->reader);
	aw__links_init(&stream->drainers);
	aw__links_init(&stream->closers);
	stream->resource.abandon = abandon;
	aw__link_append(&loop->resources, &stream->resource.link);
	*ret_stream = stream;
	return NULL;
fail:
	aw__alloc_free(stream);
	return aw_error_from_uv(status, NULL);
}

aw_error *aw__stream_connected(struct aw_stream *stream)
{
	uv_tcp_nodelay(&stream->tcp, 1);
	AW_TRY(aw__stream_read_start(stream));
	if (AW__HOOKED()) {
		stream->id = aw_agent_new_id();
		aw_agent_handle_opened(stream->id, "tcp", aw__current_agent_task());
	}
	return NULL;
}

void aw__stream_fail(struct aw_stream *stream, aw_error *err)
{
	if (stream->error != NULL)
		aw_error_unref(err);
	else
		stream->error = err;
	aw__waiter_wake(&stream->reader);
	aw__waiter_wake(&stream->drainers);
}

void aw__stream_close_if_idle(struct aw_stream *stream)
{
	if (stream->closing && (stream->writes == 0 || stream->error != NULL))
		aw__stream_abort(stream);
}

static void check(const struct aw_stream *stream)
{
	aw__must(stream->refs > 0, "this stream is not referenced any more");
}

aw_stream *aw_stream_ref(aw_stream *stream)
{
	if (stream != NULL) {
		check(stream);
		stream->refs++;
	}
	return stream;
}

aw_stream *aw_stream_unref(aw_stream *stream)
{
	if (stream == NULL)
		return NULL;
	check(stream);
	/* the one that is left is libuv's */
	if (stream->refs == 2 && !stream->closed)
		aw_stream_close(stream);
	unref(stream);
	return NULL;
}

void aw_stream_close(aw_stream *stream)
{
	if (stream == NULL || stream->closing)
		return;
	stream->closing = true;
	uv_read_stop((uv_stream_t *)&stream->tcp);
	stream->reading = false;
	aw__stream_close_if_idle(stream);
}

aw_error *aw_stream_wait_closed(aw_stream *stream)
{
	if (!stream->closed)
		AW_TRY(aw__waiter_wait(&stream->closers, AW_WAIT_OTHER, stream->id));
	return aw_error_ref(stream->error);
}
