/* SPDX-License-Identifier: MIT */
/*
 * aw_to_thread(): runs a blocking call on a thread of libuv. The call is shared by the task that waits and by
 * libuv, until the thread is done with it. A cancelled task stops waiting; the thread cannot be interrupted, so
 * its result is then dropped.
 */
#include "agent/runtime/run/thread.h"

#include "agent/runtime/task/calling.h"
#include "agent/runtime/task/task.h"
#include "base/alloc.h"

#include <awry/thread.h>

struct thread_call {
	uv_work_t work;
	struct aw_future future; /* what the task waits for */
	struct aw__resource
		resource;     /* in loop->resources; the loop may close before the thread is done */
	struct aw__held held; /* the task's reference */
	unsigned int refs;    /* the task's, and libuv's */
	aw_coro_fn *fn;
	void *arg;
	aw_context *context; /* owned until the thread takes it */
	void *result;
	aw_error *error;
};

static void unref(struct thread_call *call)
{
	if (--call->refs > 0)
		return;
	aw_context_unref(call->context);
	aw__future_finish(&call->future);
	aw__alloc_free(call);
}

/* Called on the thread. */
static void work(uv_work_t *request)
{
	struct thread_call *call = request->data;
	struct aw__calling calling;

	aw__calling_begin(&calling, NULL, call->context);
	call->context = NULL;
	call->error = call->fn(call->arg, &call->result);
	aw__calling_end(&calling);
}

static void deliver(struct thread_call *call)
{
	struct aw_error *err = call->error;

	call->error = NULL;
	if (aw__future_done(&call->future))
		aw__future_forsake_error(call->future.loop, err);
	else if (err == NULL)
		aw__future_set(&call->future, call->result);
	else if (aw_error_is(err, aw_CancelledError)) {
		call->future.error = err;
		call->future.state = AW__CANCELLED;
		aw__future_complete(&call->future);
	} else {
		aw__future_set_error(&call->future, err);
	}
}

static void after_work(uv_work_t *request, int status)
{
	struct thread_call *call = request->data;
	struct aw_loop *loop = call->future.loop;

	aw__link_remove(&call->resource.link);
	if (loop == NULL) {
		aw__future_forsake_error(NULL, call->error);
	} else {
		if (status == 0)
			deliver(call);
		if (--loop->thread_calls == 0 && loop->draining)
			aw__loop_push(loop, &loop->stopper);
	}
	unref(call);
}

bool aw__thread_calls_drain(struct aw_loop *loop)
{
	loop->draining = true;
	return loop->thread_calls > 0;
}

/* Cancel at once, without waiting for the thread. A call that has not begun is never made. */
static bool cancel(struct aw_future *future, const char *message)
{
	struct thread_call *call = aw__container_of(future, struct thread_call, future);

	(void)uv_cancel((uv_req_t *)&call->work);
	aw__future_set_message(future, message);
	future->state = AW__CANCELLED;
	aw__future_complete(future);
	return true;
}

/* The loop closes before the thread is done. */
static void abandon(struct aw__resource *resource)
{
	struct thread_call *call = aw__container_of(resource, struct thread_call, resource);

	(void)uv_cancel((uv_req_t *)&call->work);
	call->future.loop = NULL;
}

/* The loop closes while the task waits: drop the task's reference, as it never runs again. */
static void forget(struct aw__held *held)
{
	unref(aw__container_of(held, struct thread_call, held));
}

static aw_error *start(struct thread_call *call, struct aw_loop *loop)
{
	int status;

	aw__future_init(&call->future, loop, AW_WAIT_THREAD);
	call->future.cancel = cancel;
	call->work.data = call;
	call->resource.abandon = abandon;
	status = uv_queue_work(loop->uv, &call->work, work, after_work);
	if (status < 0)
		return aw_error_from_uv(status, "a thread");
	call->refs = 2;
	loop->thread_calls++;
	aw__link_append(&loop->resources, &call->resource.link);
	aw__loop_hold(loop, &call->held, forget);
	return NULL;
}

aw_error *aw_to_thread(aw_coro_fn *fn, void *arg, void **ret)
{
	struct aw_loop *loop = aw__task_must()->future.loop;
	struct thread_call *call = aw__alloc_zeroed(1, sizeof(*call));
	aw_error *err;

	if (call == NULL)
		return aw_raise(aw_MemoryError, NULL);
	call->refs = 1;
	call->fn = fn;
	call->arg = arg;
	if (!aw__context_fork(*aw__context_slot(), &call->context)) {
		err = aw_raise(aw_MemoryError, NULL);
		goto fail;
	}
	err = start(call, loop);
	if (err != NULL)
		goto fail;
	err = aw__task_wait(&call->future, ret);
	aw__link_remove(&call->held.link);
	unref(call);
	return err;
fail:
	aw_context_unref(call->context);
	aw__alloc_free(call);
	return err;
}
