/* SPDX-License-Identifier: MIT */
/* What all kinds of streams share: creation, closing, and the references of their users. */
#include "agent/runtime/stream/stream.h"

#include "agent/runtime/stream/filter.h"
#include "agent/runtime/stream/pipe_watch.h"
#include "base/alloc.h"

#include <signal.h>

static const char *const kind_names[] = {
	[AW__STREAM_TCP] = "tcp",
	[AW__STREAM_UNIX] = "unix",
	[AW__STREAM_READ_PIPE] = "pipe",
	[AW__STREAM_WRITE_PIPE] = "pipe",
};

static const char *kind_of(const struct aw_stream *stream)
{
	return stream->filter != NULL ? aw__filter_kind(stream->filter) : kind_names[stream->kind];
}

static void unref(struct aw_stream *stream)
{
	if (--stream->refs > 0)
		return;
	aw_error_unref(stream->error);
	aw__filter_destroy(stream->filter);
	aw__alloc_free(stream->in);
	aw__alloc_free(stream);
}

static void on_closed(uv_handle_t *handle)
{
	struct aw_stream *stream = handle->data;

	stream->closed = true;
	stream->eof = stream->eof || stream->error == NULL;
	if (stream->on_closed != NULL)
		stream->on_closed(stream);
	if (stream->loop != NULL) {
		aw__link_remove(&stream->resource.link);
		aw__waiter_wake(&stream->reader);
		aw__waiter_wake(&stream->drainers);
		aw__waiter_wake(&stream->emptied);
		aw__waiter_wake(&stream->closers);
	}
	unref(stream);
}

void aw__stream_abort(struct aw_stream *stream)
{
	stream->closing = true;
	if (aw__stream_lost(stream))
		return;
	stream->reading = false;
	if (stream->id != 0)
		AW__HOOK(handle_closed, stream->id);
	aw__pipe_watch_stop(stream);
	if (stream->filter != NULL)
		aw__filter_lost(stream->filter, stream->loop != NULL);
	uv_close(&stream->uv.handle, on_closed);
}

void aw__stream_discard(struct aw_stream *stream)
{
	aw__stream_abort(stream);
	aw_stream_unref(stream);
}

/* The loop closes: report the stream as unclosed, unless closing was requested. */
static void abandon(struct aw__resource *resource)
{
	struct aw_stream *stream = aw__container_of(resource, struct aw_stream, resource);

	stream->loop = NULL;
	if (stream->id != 0 && !stream->closing) {
		AW__HOOK(handle_unclosed, stream->id, kind_of(stream), stream->opened);
		stream->id = 0;
	}
	aw__stream_abort(stream);
}

/* Needed because libuv writes without MSG_NOSIGNAL. A handler of the program stays. */
static void ignore_sigpipe(void)
{
	struct sigaction action;

	if (sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL)
		signal(SIGPIPE, SIG_IGN);
}

static int handle_init(struct aw_loop *loop, struct aw_stream *stream)
{
	if (stream->kind == AW__STREAM_TCP)
		return uv_tcp_init(loop->uv, &stream->uv.tcp);
	return uv_pipe_init(loop->uv, &stream->uv.pipe, 0);
}

static void tell_opened(struct aw_stream *stream)
{
	if (!AW__HOOKED())
		return;
	stream->id = aw_agent_new_id();
	stream->opened =
		aw_agent_handle_opened(stream->id, kind_of(stream), aw__current_agent_task());
}

aw_error *aw__stream_filterable(const struct aw_stream *stream)
{
	AW_TRY(aw_error_ref(stream->error));
	if (stream->kind != AW__STREAM_TCP && stream->kind != AW__STREAM_UNIX)
		return aw_raise(aw_TypeError, "a pipe can have no filter");
	if (stream->filter != NULL)
		return aw_raise(aw_TypeError, "this stream has a filter already");
	if (stream->sending_file)
		return aw_raise(aw_RuntimeError, "unable to filter; sendfile is in progress");
	if (stream->closing)
		return aw_raise(aw_ConnectionResetError, "Connection lost");
	return NULL;
}

void aw__stream_set_filter(struct aw_stream *stream, struct aw__filter *filter)
{
	stream->filter = filter;
	if (stream->id != 0)
		AW__HOOK(handle_closed, stream->id);
	stream->id = 0;
	tell_opened(stream);
}

aw_error *aw__stream_create(struct aw_loop *loop, enum aw__stream_kind kind,
			    struct aw_stream **ret_stream)
{
	static uv_once_t once = UV_ONCE_INIT;
	struct aw_stream *stream = aw__alloc_zeroed(1, sizeof(*stream));
	int status;

	if (stream == NULL)
		return aw_raise(aw_MemoryError, NULL);
	uv_once(&once, ignore_sigpipe);
	stream->kind = kind;
	status = handle_init(loop, stream);
	if (status < 0)
		goto fail;
	stream->uv.handle.data = stream;
	stream->loop = loop;
	stream->refs = 2;
	stream->limit = AW_STREAM_LIMIT;
	aw_stream_set_water(stream, AW_STREAM_LIMIT, AW_STREAM_LIMIT / 4);
	aw__links_init(&stream->reader);
	aw__links_init(&stream->drainers);
	aw__links_init(&stream->emptied);
	aw__links_init(&stream->closers);
	stream->resource.abandon = abandon;
	aw__link_append(&loop->resources, &stream->resource.link);
	tell_opened(stream);
	*ret_stream = stream;
	return NULL;
fail:
	aw__alloc_free(stream);
	return aw_error_from_uv(status, NULL);
}

aw_error *aw__stream_adopt(struct aw_stream *stream, int fd)
{
	int status;

	if (stream->kind == AW__STREAM_TCP)
		status = uv_tcp_open(&stream->uv.tcp, fd);
	else
		status = uv_pipe_open(&stream->uv.pipe, fd);
	return status < 0 ? aw_error_from_uv(status, NULL) : NULL;
}

static void remember_addresses(struct aw_stream *stream)
{
	int fd = aw_stream_fd(stream);

	stream->local.length = stream->peer.length = sizeof(stream->local.at);
	if (getsockname(fd, &stream->local.at.any, &stream->local.length) < 0)
		stream->local.length = 0;
	if (getpeername(fd, &stream->peer.at.any, &stream->peer.length) < 0)
		stream->peer.length = 0;
}

aw_error *aw__stream_connected(struct aw_stream *stream)
{
	if (stream->kind == AW__STREAM_TCP)
		uv_tcp_nodelay(&stream->uv.tcp, 1);
	if (stream->kind == AW__STREAM_TCP || stream->kind == AW__STREAM_UNIX)
		remember_addresses(stream);
	return stream->kind == AW__STREAM_WRITE_PIPE ? NULL : aw__stream_read_start(stream);
}

void aw__stream_fail(struct aw_stream *stream, aw_error *err)
{
	if (stream->error != NULL)
		aw_error_unref(err);
	else
		stream->error = err;
	aw__stream_abort(stream);
	aw__waiter_wake(&stream->reader);
	aw__waiter_wake(&stream->drainers);
	aw__waiter_wake(&stream->emptied);
}

void aw__stream_close_if_idle(struct aw_stream *stream)
{
	if (!stream->closing || (stream->writes > 0 && stream->error == NULL))
		return;
	if (stream->filter == NULL || aw__filter_is_done(stream->filter) || stream->error != NULL)
		aw__stream_abort(stream);
}

void aw__stream_close_when_sent(struct aw_stream *stream)
{
	stream->closing = true;
	aw__stream_close_if_idle(stream);
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
	/* the other reference is libuv's */
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
	if (stream->filter != NULL) {
		aw__filter_close(stream->filter);
		return;
	}
	aw__stream_read_stop(stream);
	aw__stream_close_if_idle(stream);
}

void aw_stream_abort(aw_stream *stream)
{
	if (stream != NULL)
		aw__stream_abort(stream);
}

aw_error *aw_stream_wait_closed(aw_stream *stream)
{
	if (!stream->closed)
		AW_TRY(aw__waiter_wait(&stream->closers, AW_WAIT_CLOSE, stream->id));
	return aw_error_ref(stream->error);
}

bool aw_stream_is_closing(const aw_stream *stream)
{
	return stream->closing;
}
