/* SPDX-License-Identifier: MIT */
/*
 * aw_run_threadsafe(): a handle by which other threads start, cancel and await a task. Only the loop's thread uses
 * the task; the state that it shares with other threads is guarded by the mutex. Two jobs are sent to the loop, each
 * at most once: to start, and to cancel.
 */
#include "agent/runtime/task/coro.h"
#include "agent/runtime/task/task.h"
#include "base/alloc.h"
#include "base/clock.h"

#include <awry/thread.h>

struct aw_remote {
	unsigned int refs; /* atomic: those of the users, and one for each job that was sent */
	struct aw_loop *loop;
	struct aw__task_birth birth; /* its context is owned */
	struct aw__job start, watch, cancel;
	struct aw_task *task; /* referenced; used by the loop's thread only */
	uv_mutex_t mutex;     /* guards what follows */
	uv_cond_t done;
	enum aw__future_state state;
	void *result;
	aw_error *error;
	bool taken; /* the error was retrieved */
};

static struct aw_remote *ref(struct aw_remote *remote)
{
	__atomic_fetch_add(&remote->refs, 1, __ATOMIC_RELAXED);
	return remote;
}

static void destroy(struct aw_remote *remote)
{
	if (remote->taken)
		aw_error_unref(remote->error);
	else
		aw__future_forsake_error(NULL, remote->error);
	aw_context_unref(remote->birth.context);
	uv_cond_destroy(&remote->done);
	uv_mutex_destroy(&remote->mutex);
	aw__alloc_free(remote);
}

static void unref(struct aw_remote *remote)
{
	if (__atomic_sub_fetch(&remote->refs, 1, __ATOMIC_ACQ_REL) == 0)
		destroy(remote);
}

/* Set the outcome, unless it is set already: then the error is lost. Consumes the error. */
static void settle(struct aw_remote *remote, enum aw__future_state state, void *result,
		   aw_error *err)
{
	uv_mutex_lock(&remote->mutex);
	if (remote->state == AW__PENDING) {
		remote->state = state;
		remote->result = result;
		remote->error = err;
		err = NULL;
		uv_cond_broadcast(&remote->done);
	}
	uv_mutex_unlock(&remote->mutex);
	aw__future_forsake_error(NULL, err);
}

static void closed(struct aw_remote *remote)
{
	settle(remote, AW__FINISHED, NULL, aw_raise(aw_RuntimeError, "Event loop is closed"));
}

/* The task is done. */
static void on_done(struct aw__job *job, bool discard)
{
	struct aw_remote *remote = aw__container_of(job, struct aw_remote, watch);
	struct aw_future *future = &remote->task->future;
	void *result = NULL;
	aw_error *err;

	remote->task = NULL;
	if (discard && !aw__future_done(future)) {
		closed(remote);
	} else if (future->state == AW__CANCELLED) {
		settle(remote, AW__CANCELLED, NULL, NULL);
	} else {
		err = aw__future_take(future, &result);
		settle(remote, AW__FINISHED, result, err);
	}
	aw__future_unref(future);
	unref(remote);
}

static void on_start(struct aw__job *job, bool discard)
{
	struct aw_remote *remote = aw__container_of(job, struct aw_remote, start);

	if (discard) {
		closed(remote);
		unref(remote);
		return;
	}
	remote->task = aw__task_create(remote->loop, &remote->birth);
	if (remote->task == NULL) {
		settle(remote, AW__FINISHED, NULL,
		       aw_raise(aw_MemoryError, "no memory for the task"));
		unref(remote);
		return;
	}
	aw__future_watch(&remote->task->future, &remote->watch);
}

static void on_cancel(struct aw__job *job, bool discard)
{
	struct aw_remote *remote = aw__container_of(job, struct aw_remote, cancel);

	if (!discard && remote->task != NULL)
		aw__future_cancel(&remote->task->future, NULL);
	unref(remote);
}

static struct aw_remote *create(struct aw_loop *loop)
{
	struct aw_remote *remote = aw__alloc_zeroed(1, sizeof(*remote));
	aw_context *context = NULL;

	if (remote == NULL)
		return NULL;
	if (uv_mutex_init(&remote->mutex) < 0)
		goto fail_mutex;
	if (uv_cond_init(&remote->done) < 0)
		goto fail_cond;
	if (!aw__context_fork(*aw__context_slot(), &context))
		goto fail_context;
	remote->refs = 2;
	remote->loop = loop;
	remote->birth.context = context;
	remote->start.run = on_start;
	remote->watch.run = on_done;
	remote->cancel.run = on_cancel;
	return remote;
fail_context:
	uv_cond_destroy(&remote->done);
fail_cond:
	uv_mutex_destroy(&remote->mutex);
fail_mutex:
	aw__alloc_free(remote);
	return NULL;
}

aw_remote *aw_run_threadsafe(aw_loop *loop, aw_coro *coro)
{
	struct aw_remote *remote;

	if (coro == NULL)
		return NULL;
	remote = create(loop);
	if (remote == NULL) {
		aw_coro_close(coro);
		return NULL;
	}
	aw__coro_take(coro, &remote->birth.fn, &remote->birth.arg, &remote->birth.site);
	aw__loop_send(loop, &remote->start);
	return remote;
}

aw_remote *aw_remote_ref(aw_remote *remote)
{
	return remote != NULL ? ref(remote) : NULL;
}

aw_remote *aw_remote_unref(aw_remote *remote)
{
	if (remote != NULL)
		unref(remote);
	return NULL;
}

bool aw_remote_cancel(aw_remote *remote)
{
	bool asked;

	if (remote == NULL)
		return false;
	uv_mutex_lock(&remote->mutex);
	asked = remote->state == AW__PENDING;
	if (asked) {
		remote->state = AW__CANCELLED;
		uv_cond_broadcast(&remote->done);
		/* while the mutex is locked: the state was pending, so the loop is still open */
		aw__loop_send(remote->loop, &ref(remote)->cancel);
	}
	asked = remote->state == AW__CANCELLED;
	uv_mutex_unlock(&remote->mutex);
	return asked;
}

static enum aw__future_state state_of(aw_remote *remote)
{
	enum aw__future_state state;

	uv_mutex_lock(&remote->mutex);
	state = remote->state;
	uv_mutex_unlock(&remote->mutex);
	return state;
}

bool aw_remote_done(aw_remote *remote)
{
	return remote == NULL || state_of(remote) != AW__PENDING;
}

bool aw_remote_cancelled(aw_remote *remote)
{
	return remote != NULL && state_of(remote) == AW__CANCELLED;
}

/* Called with the mutex locked. Wait until it is done; false if the deadline passes first. */
static bool wait_done(aw_remote *remote, uint64_t deadline_ns)
{
	while (remote->state == AW__PENDING) {
		uint64_t now_ns = aw__clock_monotonic_ns();

		if (deadline_ns == AW_FOREVER)
			uv_cond_wait(&remote->done, &remote->mutex);
		else if (now_ns >= deadline_ns)
			return false;
		else
			(void)uv_cond_timedwait(&remote->done, &remote->mutex,
						deadline_ns - now_ns);
	}
	return true;
}

aw_error *aw_remote_wait(aw_remote *remote, aw_ns deadline, void **ret)
{
	enum aw__future_state state;
	aw_error *err = NULL;

	if (remote == NULL)
		return aw_raise(aw_MemoryError, "no memory for the call");
	uv_mutex_lock(&remote->mutex);
	aw__must(remote->state != AW__PENDING || remote->loop != aw__loop_here,
		 "the loop would wait for itself");
	state = wait_done(remote, deadline) ? remote->state : AW__PENDING;
	if (state == AW__FINISHED && remote->error != NULL) {
		remote->taken = true;
		err = aw_error_ref(remote->error);
	}
	if (state == AW__FINISHED && err == NULL && ret != NULL)
		*ret = remote->result;
	uv_mutex_unlock(&remote->mutex);
	if (state == AW__PENDING)
		return aw_raise(aw_TimeoutError, NULL);
	if (state == AW__CANCELLED)
		return aw_raise(aw_CancelledError, NULL);
	return err;
}
