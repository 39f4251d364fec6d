/* SPDX-License-Identifier: MIT */
/* The public functions aw_future_*(), which check their arguments and call future.c. */
#include "agent/runtime/task/future.h"

#include "agent/runtime/task/done_callback.h"
#include "agent/runtime/task/task.h"
#include "base/alloc.h"

static const char NO_MEMORY[] = "no memory for the future";

aw_future *aw_future_create(void)
{
	struct aw_loop *loop = aw__loop_must();
	struct aw_future *future = aw__alloc(sizeof(*future));

	if (future == NULL)
		return NULL;
	aw__future_init(future, loop, AW_WAIT_FUTURE);
	aw__link_append(&loop->futures, &future->link);
	return future;
}

static void check(const struct aw_future *future)
{
	aw__must(future->magic == AW__MAGIC_FUTURE, "invalid or freed future");
}

aw_future *aw_future_ref(aw_future *future)
{
	if (future != NULL) {
		check(future);
		aw__future_ref(future);
	}
	return future;
}

/*
 * If only the tasks that wait for the future reference it, it will never be done. Such a task, if nothing but its
 * loop references it and no timer can end its wait, waits until it is cancelled, at the latest at the end of the
 * run. CPython destroys such a task when it collects garbage; here it stays in its loop.
 */
static void tell_forsaken(struct aw_future *future)
{
	struct aw__link *head = &future->callbacks;
	uint32_t waiting = 0;

	for (struct aw__link *at = head->next; at != head; at = at->next)
		waiting += aw__job_of(at)->run == aw__task_run;
	if (waiting == 0 || future->refs != waiting)
		return;
	for (struct aw__link *at = head->next; at != head; at = at->next) {
		struct aw_task *task = aw__container_of(aw__job_of(at), struct aw_task, job);

		if (task->future.refs == 1 && task->timers == 0)
			aw_agent_task_forsaken(&task->agent);
	}
}

aw_future *aw_future_unref(aw_future *future)
{
	if (future == NULL)
		return NULL;
	check(future);
	if (future->refs > 1 && !aw__future_done(future) && AW__HOOKED()) {
		future->refs--;
		tell_forsaken(future);
		future->refs++;
	}
	aw__future_unref(future);
	return NULL;
}

static aw_error *not_pending(void)
{
	return aw_raise(aw_InvalidStateError, "invalid state");
}

aw_error *aw_future_set_result(aw_future *future, void *result)
{
	if (future == NULL)
		return aw_raise(aw_MemoryError, NO_MEMORY);
	check(future);
	if (aw__future_done(future))
		return not_pending();
	aw__future_set(future, result);
	return NULL;
}

aw_error *aw_future_set_error(aw_future *future, aw_error *err)
{
	if (future == NULL)
		return aw_raise_in(err, aw_raise(aw_MemoryError, NO_MEMORY));
	check(future);
	aw__must(err != NULL, "the error is NULL");
	if (aw__future_done(future)) {
		aw_error_unref(err);
		return not_pending();
	}
	aw__future_set_error(future, err);
	return NULL;
}

bool aw_future_cancel(aw_future *future, const char *message)
{
	if (future == NULL)
		return false;
	check(future);
	return aw__future_cancel(future, message);
}

bool aw_future_done(const aw_future *future)
{
	return future == NULL || aw__future_done(future);
}

bool aw_future_cancelled(const aw_future *future)
{
	return future != NULL && future->state == AW__CANCELLED;
}

aw_error *aw_future_result(aw_future *future, void **ret)
{
	if (future == NULL)
		return aw_raise(aw_MemoryError, NO_MEMORY);
	check(future);
	if (!aw__future_done(future))
		return aw_raise(aw_InvalidStateError, "Result is not set.");
	return aw__future_take(future, ret);
}

aw_error *aw_future_exception(aw_future *future)
{
	if (future != NULL && !aw__future_done(future))
		return aw_raise(aw_InvalidStateError, "Exception is not set.");
	return aw_future_result(future, NULL);
}

aw_error *aw__future_add_done_callback(const char *name, aw_future *future, aw_future_done_fn *fn,
				       void *arg)
{
	if (future == NULL)
		return aw_raise(aw_MemoryError, NO_MEMORY);
	check(future);
	return aw__done_callback_add(
		future, &(struct aw__done_call){ .name = name, .future_fn = fn, .arg = arg });
}

size_t aw_future_remove_done_callback(aw_future *future, aw_future_done_fn *fn, void *arg)
{
	if (future == NULL)
		return 0;
	check(future);
	return aw__done_callback_remove(future,
					&(struct aw__done_call){ .future_fn = fn, .arg = arg });
}
