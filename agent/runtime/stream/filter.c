/* SPDX-License-Identifier: MIT */
/*
 * Connects a stream with its filter (TLS).
 *
 * The descriptor is read only while the filter holds no data for which the reader has no room: so the end is seen
 * after all data before it. The filter goes on in a job of its own, because the code that takes bytes from the
 * stream's buffer may still use them.
 */
#include "agent/runtime/stream/filter.h"

#include "agent/runtime/stream/stream_buffer.h"
#include "base/alloc.h"

enum {
	RAW_BYTES = 32768, /* of one read */
};

/* asyncio closes a transport one iteration after the filter's end, and reports that in another: drain() shows it. */
enum phase {
	RUNS,
	OVER,	 /* the filter has nothing more to do */
	CLOSING, /* one iteration later */
	DONE,	 /* one more: the descriptor may be closed */
};

struct aw__filter {
	const struct aw_filter_ops *ops;
	void *state;
	struct aw_stream *stream;
	struct aw_loop *loop;
	enum phase phase;
	struct aw__job resume; /* lets the filter deliver what it holds, and reading resume */
	struct aw__timer deadline;
	struct aw__link waiters;       /* of struct aw__job */
	struct aw__stream_early early; /* until the filter has received it */
	char raw[RAW_BYTES];
};

const char *aw__filter_kind(const struct aw__filter *filter)
{
	return filter->ops->kind;
}

char *aw__filter_raw(struct aw__filter *filter, size_t *ret_size)
{
	*ret_size = sizeof(filter->raw);
	return filter->raw;
}

void aw__filter_received(struct aw__filter *filter, size_t count)
{
	filter->ops->received(filter->state, filter->raw, count);
}

void aw__filter_ended(struct aw__filter *filter)
{
	filter->ops->ended(filter->state);
}

aw_error *aw__filter_write(struct aw__filter *filter, const struct iovec *pieces, size_t count)
{
	return filter->ops->write(filter->state, pieces, count);
}

void aw__filter_close(struct aw__filter *filter)
{
	filter->ops->close(filter->state);
	if (!aw__stream_lost(filter->stream))
		aw__filter_resume(filter);
}

bool aw__filter_is_done(const struct aw__filter *filter)
{
	return filter->phase == DONE;
}

/* Let the filter deliver what it holds: pass it the bytes that were read before it was installed, or none. */
static void receive_held(struct aw__filter *filter)
{
	const struct aw__stream_early early = filter->early;

	filter->early.buffer = NULL;
	filter->early.length = 0;
	filter->ops->received(filter->state, early.length > 0 ? early.buffer + early.start : NULL,
			      early.length);
	aw__alloc_free(early.buffer);
}

static void go_on(struct aw__filter *filter)
{
	struct aw_stream *stream = filter->stream;
	aw_error *err;

	receive_held(filter);
	if (filter->phase != RUNS || !aw__stream_needs_input(stream))
		return;
	if (filter->early.eof) {
		filter->early.eof = false;
		filter->ops->ended(filter->state);
		return;
	}
	err = aw__stream_read_start(stream);
	if (err != NULL)
		aw__stream_fail(stream, err);
}

static void go_on_closing(struct aw__filter *filter)
{
	if (filter->phase < DONE)
		filter->phase++;
	if (filter->phase == DONE)
		aw__stream_close_when_sent(filter->stream);
	else
		aw__filter_resume(filter);
}

static void on_resume(struct aw__job *job, bool discard)
{
	struct aw__filter *filter = aw__container_of(job, struct aw__filter, resume);

	if (discard || aw__stream_lost(filter->stream))
		return;
	if (filter->phase == RUNS)
		go_on(filter);
	else
		go_on_closing(filter);
}

void aw__filter_resume(struct aw__filter *filter)
{
	if (!aw__link_linked(&filter->resume.link))
		aw__loop_push(filter->loop, &filter->resume);
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

void aw__filter_lost(struct aw__filter *filter, bool wake)
{
	forget_deadline(filter);
	aw__link_remove(&filter->resume.link);
	if (wake)
		aw__waiter_wake(&filter->waiters);
}

void aw__filter_destroy(struct aw__filter *filter)
{
	if (filter == NULL)
		return;
	filter->ops->destroy(filter->state);
	aw__alloc_free(filter->early.buffer);
	aw__alloc_free(filter);
}

aw_error *aw_filter_install(aw_stream *stream, const struct aw_filter_ops *ops, void *state)
{
	struct aw__filter *filter;

	AW_TRY(aw__stream_filterable(stream));
	filter = aw__alloc_zeroed(1, sizeof(*filter));
	if (filter == NULL)
		return aw_raise(aw_MemoryError, NULL);
	filter->ops = ops;
	filter->state = state;
	filter->stream = stream;
	filter->loop = stream->loop;
	filter->resume.run = on_resume;
	filter->deadline.job.run = on_deadline;
	aw__links_init(&filter->waiters);
	aw__stream_take_early(stream, &filter->early);
	aw__stream_set_filter(stream, filter);
	aw__filter_resume(filter);
	return NULL;
}

void *aw_filter_state(const aw_stream *stream, const struct aw_filter_ops *ops)
{
	return stream->filter != NULL && stream->filter->ops == ops ? stream->filter->state : NULL;
}

char *aw_filter_room(aw_stream *stream, size_t *ret_size)
{
	return aw__stream_room(stream, ret_size);
}

bool aw_filter_fed(aw_stream *stream, size_t count)
{
	aw__stream_filled(stream, count);
	return !aw__stream_lost(stream) && stream->filter->phase == RUNS &&
	       aw__stream_has_room(stream);
}

void aw_filter_eof(aw_stream *stream)
{
	aw__stream_ended(stream);
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
	stream->filter->phase = OVER;
	forget_deadline(stream->filter);
	aw__stream_read_stop(stream);
	aw__filter_resume(stream->filter);
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
