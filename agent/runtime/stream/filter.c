/* SPDX-License-Identifier: MIT */
/*
 * Connects a stream with its filter (TLS).
 *
 * The descriptor is only read while the filter has nothing left that the reader had no room for: so the end comes
 * after all that came before it. The filter continues in a job of its own, since code that takes from the stream's
 * buffer may still look at what it took.
 */
#include "agent/runtime/stream/filter.h"

#include "agent/runtime/stream/stream_buffer.h"
#include "base/alloc.h"

static bool wants_more(const struct aw_stream *stream)
{
	return !aw__stream_lost(stream) && !stream->filter->over && !stream->eof &&
	       aw__stream_available(stream) <= 2 * stream->limit;
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buffer)
{
	struct aw_stream *stream = handle->data;

	*ret_buffer = uv_buf_init(stream->filter->raw, sizeof(stream->filter->raw));
}

static void on_read(uv_stream_t *handle, ssize_t count, const uv_buf_t *buffer)
{
	struct aw_stream *stream = handle->data;
	struct aw__filter *filter = stream->filter;

	if (count < 0)
		aw__stream_read_over(stream, count);
	if (count <= 0)
		return;
	filter->ops->received(filter->state, filter->raw, (size_t)count);
	/*
	 * After its end for the reader it may still wait for the other's goodbye. And who still waits wants more than
	 * there is, of which the filter had only a part: nobody else would read on.
	 */
	if (!aw__stream_lost(stream) && aw__stream_available(stream) > 2 * stream->limit &&
	    !stream->closing && aw__links_empty(&stream->reader))
		aw__stream_read_stop(stream);
}

aw_error *aw__filter_read_start(struct aw_stream *stream)
{
	int status = uv_read_start(&stream->uv.stream, on_alloc, on_read);

	if (status < 0)
		return aw_error_from_uv(status, NULL);
	stream->reading = true;
	return NULL;
}

static void receive_early(struct aw__filter *filter)
{
	char *early = filter->early;

	filter->early = NULL;
	filter->ops->received(filter->state, early, filter->early_length);
	aw__alloc_free(early);
}

/* asyncio closes a transport one iteration later, and tells of it in another: who drains sees that. */
static void go_on_closing(struct aw__filter *filter)
{
	if (filter->hops > 0) {
		filter->hops--;
		aw__filter_resume(filter->stream);
		return;
	}
	filter->done = true;
	filter->stream->closing = true;
	aw__stream_close_if_idle(filter->stream);
}

static void go_on(struct aw__filter *filter)
{
	struct aw_stream *stream = filter->stream;
	aw_error *err;

	if (filter->over) {
		go_on_closing(filter);
		return;
	}
	if (filter->early != NULL)
		receive_early(filter);
	else
		filter->ops->received(filter->state, NULL, 0);
	if (aw__stream_lost(stream) || filter->over || stream->reading)
		return;
	/* who still waits wants more than there is; and once it is closing the filter reads for itself */
	if (!stream->closing && aw__links_empty(&stream->reader) && !wants_more(stream))
		return;
	if (filter->early_eof) {
		filter->early_eof = false;
		filter->ops->ended(filter->state);
		return;
	}
	err = aw__filter_read_start(stream);
	if (err != NULL)
		aw__stream_fail(stream, err);
}

static void on_resume(struct aw__job *job, bool discard)
{
	struct aw__filter *filter = aw__container_of(job, struct aw__filter, resume);

	if (!discard && !aw__stream_lost(filter->stream))
		go_on(filter);
}

void aw__filter_resume(struct aw_stream *stream)
{
	if (!aw__link_linked(&stream->filter->resume.link))
		aw__loop_push(stream->loop, &stream->filter->resume);
}

static void on_deadline(struct aw__job *job, bool discard)
{
	struct aw__filter *filter = aw__container_of(job, struct aw__filter, deadline.job);

	if (!discard && !aw__stream_lost(filter->stream))
		filter->ops->expired(filter->state);
}

static void forget_deadline(struct aw__filter *filter)
{
	aw__timer_remove(&filter->loop->timers, &filter->deadline);
	aw__link_remove(&filter->deadline.job.link);
}

void aw__filter_lost(struct aw_stream *stream)
{
	struct aw__filter *filter = stream->filter;

	forget_deadline(filter);
	aw__link_remove(&filter->resume.link);
	if (stream->loop != NULL)
		aw__waiter_wake(&filter->waiters);
}

void aw__filter_destroy(struct aw__filter *filter)
{
	if (filter == NULL)
		return;
	filter->ops->destroy(filter->state);
	aw__alloc_free(filter->early);
	aw__alloc_free(filter);
}

static aw_error *cannot_install(const struct aw_stream *stream)
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

static aw_error *take_early(struct aw_stream *stream, struct aw__filter *filter)
{
	filter->early_length = aw__stream_available(stream);
	filter->early_eof = stream->eof;
	if (filter->early_length == 0)
		return NULL;
	filter->early = aw__alloc_copy(aw__stream_unread(stream), filter->early_length);
	return filter->early != NULL ? NULL : aw_raise(aw_MemoryError, NULL);
}

aw_error *aw_filter_install(aw_stream *stream, const struct aw_filter_ops *ops, void *state)
{
	struct aw__filter *filter;
	aw_error *err;

	AW_TRY(cannot_install(stream));
	filter = aw__alloc_zeroed(1, sizeof(*filter));
	if (filter == NULL)
		return aw_raise(aw_MemoryError, NULL);
	err = take_early(stream, filter);
	if (err != NULL)
		goto fail;
	filter->ops = ops;
	filter->state = state;
	filter->stream = stream;
	filter->loop = stream->loop;
	filter->resume.run = on_resume;
	filter->deadline.job.run = on_deadline;
	aw__links_init(&filter->waiters);
	aw__stream_read_stop(stream);
	stream->in_start = stream->in_end = 0;
	stream->eof = false;
	stream->filter = filter;
	aw__stream_tell_filtered(stream);
	aw__filter_resume(stream);
	return NULL;
fail:
	aw__alloc_free(filter);
	return err;
}

void *aw_filter_state(const aw_stream *stream, const struct aw_filter_ops *ops)
{
	return stream->filter != NULL && stream->filter->ops == ops ? stream->filter->state : NULL;
}

char *aw_filter_room(aw_stream *stream, size_t *ret_size)
{
	if (!aw__stream_reserve(stream))
		return NULL;
	*ret_size = stream->in_size - stream->in_end;
	return stream->in + stream->in_end;
}

bool aw_filter_fed(aw_stream *stream, size_t count)
{
	stream->in_end += count;
	aw__waiter_wake(&stream->reader);
	return wants_more(stream);
}

void aw_filter_eof(aw_stream *stream)
{
	stream->eof = true;
	aw__waiter_wake(&stream->reader);
}

aw_error *aw_filter_send(aw_stream *stream, const void *data, size_t size)
{
	const struct iovec piece = { .iov_base = (void *)(uintptr_t)data, .iov_len = size };

	AW_TRY(aw_error_ref(stream->error));
	if (aw__stream_lost(stream))
		return aw_raise(aw_ConnectionResetError, "Connection lost");
	return aw__stream_send(stream, &piece, 1, size);
}

void aw_filter_fail(aw_stream *stream, aw_error *err)
{
	aw__stream_fail(stream, err);
}

void aw_filter_close(aw_stream *stream)
{
	if (aw__stream_lost(stream))
		return;
	stream->filter->over = true;
	stream->filter->hops = 1;
	forget_deadline(stream->filter);
	aw__stream_read_stop(stream);
	aw__filter_resume(stream);
}

aw_error *aw_filter_wait(aw_stream *stream, enum aw_agent_wait wait)
{
	AW_TRY(aw__waiter_wait(&stream->filter->waiters, wait, stream->id));
	return aw_error_ref(stream->error);
}

void aw_filter_wake(aw_stream *stream)
{
	aw__waiter_wake(&stream->filter->waiters);
}

aw_error *aw_filter_deadline(aw_stream *stream, aw_ns deadline_ns)
{
	struct aw__filter *filter = stream->filter;

	forget_deadline(filter);
	if (deadline_ns == AW_FOREVER || aw__stream_lost(stream))
		return NULL;
	if (!aw__loop_timer(filter->loop, &filter->deadline, deadline_ns))
		return aw_raise(aw_MemoryError, NULL);
	return NULL;
}
