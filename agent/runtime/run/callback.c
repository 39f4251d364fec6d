/* SPDX-License-Identifier: MIT */
/* aw_call_soon(), aw_call_at(), aw_call_later(), aw_call_soon_threadsafe() and cancelling their callbacks. */
#include "agent/runtime/task/calling.h"
#include "agent/runtime/loop/loop.h"

#include "base/alloc.h"
#include "base/clock.h"

struct aw_callback {
	struct aw__timer timer; /* its job is scheduled, with a deadline or without */
	struct aw_loop *loop;
	const char *name;
	aw_callback_fn *fn;
	void *arg;
	aw_context *context; /* owned; NULL: no variable is set */
};

static void destroy(struct aw_callback *callback)
{
	aw_context_unref(callback->context);
	aw__alloc_free(callback);
}

static void run(struct aw__job *job, bool discard)
{
	struct aw_callback *callback = aw__container_of(job, struct aw_callback, timer.job);
	struct aw_callback own = *callback;
	struct aw__calling calling;

	if (discard) {
		destroy(callback);
		return;
	}
	aw__alloc_free(callback);
	aw__calling_begin(&calling, own.name, own.context);
	own.fn(own.arg);
	aw__calling_end(&calling);
}

/* `context` is borrowed; NULL: a copy of the current one. */
static struct aw_callback *create(struct aw_loop *loop, const char *name, aw_context *context,
				  aw_callback_fn *fn, void *arg)
{
	struct aw_callback *callback = aw__alloc_zeroed(1, sizeof(*callback));

	if (callback == NULL)
		return NULL;
	if (context != NULL)
		callback->context = aw_context_ref(context);
	else if (!aw__context_fork(*aw__context_slot(), &callback->context))
		goto fail;
	callback->timer.job.run = run;
	callback->loop = loop;
	callback->name = name;
	callback->fn = fn;
	callback->arg = arg;
	return callback;
fail:
	aw__alloc_free(callback);
	return NULL;
}

aw_callback *aw__call_soon(const char *name, aw_context *context, aw_callback_fn *fn, void *arg)
{
	struct aw_loop *loop = aw__loop_must();
	struct aw_callback *callback = create(loop, name, context, fn, arg);

	if (callback != NULL)
		aw__loop_push(loop, &callback->timer.job);
	return callback;
}

aw_callback *aw__call_at(const char *name, aw_ns deadline, aw_callback_fn *fn, void *arg)
{
	struct aw_loop *loop = aw__loop_must();
	struct aw_callback *callback = create(loop, name, NULL, fn, arg);

	if (callback == NULL)
		return NULL;
	if (!aw__loop_timer(loop, &callback->timer, deadline))
		goto fail;
	return callback;
fail:
	destroy(callback);
	return NULL;
}

aw_callback *aw__call_later(const char *name, aw_ns delay, aw_callback_fn *fn, void *arg)
{
	uint64_t now = aw__clock_monotonic_ns();

	return aw__call_at(name, delay < AW_FOREVER - now ? now + delay : AW_FOREVER, fn, arg);
}

void aw_callback_cancel(aw_callback *callback)
{
	if (callback == NULL)
		return;
	aw__timer_remove(&callback->loop->timers, &callback->timer);
	aw__link_remove(&callback->timer.job.link);
	destroy(callback);
}

aw_error *aw__call_soon_threadsafe(const char *name, aw_loop *loop, aw_callback_fn *fn, void *arg)
{
	struct aw_callback *callback = create(loop, name, NULL, fn, arg);

	if (callback == NULL)
		return aw_raise(aw_MemoryError, NULL);
	aw__loop_send(loop, &callback->timer.job);
	return NULL;
}
