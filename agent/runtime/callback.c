/* SPDX-License-Identifier: MIT */
#include "agent/runtime/loop.h"

#include "base/alloc.h"
#include "base/clock.h"

struct aw_callback {
	struct aw__timer timer; /* its job is what is scheduled; with a deadline or without */
	struct aw_loop *loop;
	aw_callback_fn *fn;
	void *arg;
};

static void run(struct aw__job *job, bool discard)
{
	struct aw_callback *callback = aw__container_of(job, struct aw_callback, timer.job);
	aw_callback_fn *fn = callback->fn;
	void *arg = callback->arg;

	aw__alloc_free(callback);
	if (!discard)
		fn(arg);
}

static struct aw_callback *create(struct aw_loop *loop, aw_callback_fn *fn, void *arg)
{
	struct aw_callback *callback = aw__alloc_zeroed(1, sizeof(*callback));

	if (callback == NULL)
		return NULL;
	callback->timer.job.run = run;
	callback->loop = loop;
	callback->fn = fn;
	callback->arg = arg;
	return callback;
}

aw_callback *aw_call_soon(aw_callback_fn *fn, void *arg)
{
	struct aw_loop *loop = aw__loop_must();
	struct aw_callback *callback = create(loop, fn, arg);

	if (callback != NULL)
		aw__loop_push(loop, &callback->timer.job);
	return callback;
}

aw_callback *aw_call_at(aw_ns deadline, aw_callback_fn *fn, void *arg)
{
	struct aw_loop *loop = aw__loop_must();
	struct aw_callback *callback = create(loop, fn, arg);

	if (callback == NULL)
		return NULL;
	if (!aw__loop_timer(loop, &callback->timer, deadline))
		goto fail;
	return callback;
fail:
	aw__alloc_free(callback);
	return NULL;
}

aw_callback *aw_call_later(aw_ns delay, aw_callback_fn *fn, void *arg)
{
	uint64_t now = aw__clock_monotonic_ns();

	return aw_call_at(delay < AW_FOREVER - now ? now + delay : AW_FOREVER, fn, arg);
}

void aw_callback_cancel(aw_callback *callback)
{
	if (callback == NULL)
		return;
	aw__timer_remove(&callback->loop->timers, &callback->timer);
	aw__link_remove(&callback->timer.job.link);
	aw__alloc_free(callback);
}

aw_error *aw_call_soon_threadsafe(aw_loop *loop, aw_callback_fn *fn, void *arg)
{
	struct aw_callback *callback = create(loop, fn, arg);

	if (callback == NULL)
		return aw_raise(aw_MemoryError, NULL);
	uv_mutex_lock(&loop->mutex);
	aw__link_append(&loop->sent, &callback->timer.job.link);
	uv_mutex_unlock(&loop->mutex);
	uv_async_send(&loop->handles->async);
	return NULL;
}
