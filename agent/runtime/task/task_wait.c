/* SPDX-License-Identifier: MIT */
/* aw_await(): suspends the task until a future is done, and takes its result, error or cancellation. */
#include "agent/runtime/task/task.h"

#include "agent/runtime/task/coro.h"

AW__HOOK_ONLY static void tell_wait(struct aw_task *task, struct aw_future *future)
{
	aw_agent_task_wait(&task->agent, (enum aw_agent_wait)future->wait, aw__future_id(future));
	if (!aw__link_linked(&task->waits))
		aw__link_append(&task->future.loop->waits, &task->waits);
}

/* Suspend until the pending future is done. */
static void wait(struct aw_task *task, struct aw_future *future)
{
	task->waiting_on = future;
	aw__link_append(&future->callbacks, &task->job.link);
	if (task->must_cancel && aw__future_cancel(future, task->future.cancel_message))
		task->must_cancel = false;
	if (AW__HOOKED_IN(future->loop))
		tell_wait(task, future);
	aw__task_suspend(task);
	task->waiting_on = NULL;
}

aw_error *aw__task_cancellation_now(struct aw_task *task)
{
	task->must_cancel = false;
	if (task->future.cancel_message != NULL)
		return aw_raise(aw_CancelledError, "%s", task->future.cancel_message);
	return aw_raise(aw_CancelledError, NULL);
}

/* The future is done. A request to cancel comes first, unless the outcome is a CancelledError
 * anyway. */
static aw_error *outcome(struct aw_task *task, struct aw_future *future, void **ret)
{
	aw_error *err;

	if (__builtin_expect(!task->must_cancel, 1))
		return aw__future_take(future, ret);
	if (!aw__future_done(future)) /* it closed a ring: see aw__task_cancel() */
		return aw__task_cancellation(task);
	err = aw__future_take(future, NULL);
	if (aw_error_is(err, aw_CancelledError)) {
		task->must_cancel = false;
		return err;
	}
	aw_error_unref(err);
	return aw__task_cancellation(task);
}

/* From here on a task that returns normally has swallowed the cancellation. */
void aw__task_delivered(struct aw_task *task, const aw_error *err)
{
	if (task->cancels == 0 || task->cancel_delivered || !aw_error_is(err, aw_CancelledError))
		return;
	task->cancel_delivered = true;
	AW__HOOK(cancel_delivered, &task->agent);
}

aw_error *aw__task_wait(struct aw_future *future, void **ret)
{
	struct aw_task *task = aw__task_must();
	aw_error *err;

	if (aw__future_done(future))
		return aw__future_take(future, ret);
	if (future->loop != task->future.loop)
		return aw_raise(aw_RuntimeError, "the future is attached to a different loop");
	if (future == &task->future)
		return aw_raise(aw_RuntimeError, "Task cannot await on itself");
	aw__future_ref(future);
	wait(task, future);
	err = outcome(task, future, ret);
	if (err != NULL)
		aw__task_delivered(task, err);
	aw__future_unref(future);
	return err;
}

void aw__task_not_delivered(struct aw_task *task)
{
	if (task->cancel_delivered)
		AW__HOOK(cancel_taken_back, &task->agent);
	task->cancel_delivered = false;
}

void aw__task_timed(struct aw_task *task, bool timed)
{
	const bool was = task->timers > 0;

	if (timed)
		task->timers++;
	else
		task->timers--;
	if (was != (task->timers > 0))
		AW__HOOK(task_timed, &task->agent, timed);
}

aw_error *aw_await_task(aw_task *task, void **ret)
{
	if (task == NULL)
		return aw_raise(aw_MemoryError, "no memory for the task");
	aw__must(task->future.magic == AW__MAGIC_TASK, "invalid or freed task");
	return aw__task_wait(&task->future, ret);
}

aw_error *aw_await_future(aw_future *future, void **ret)
{
	if (future == NULL)
		return aw_raise(aw_MemoryError, "no memory for the future");
	aw__must(future->magic == AW__MAGIC_FUTURE, "invalid or freed future");
	return aw__task_wait(future, ret);
}

aw_error *aw_await_coro(aw_coro *coro, void **ret)
{
	void *result = NULL;
	aw_coro_fn *fn;
	aw_error *err;
	void *arg;

	if (coro == NULL)
		return aw_raise(aw_MemoryError, "no memory for the coroutine");
	aw__coro_take(coro, &fn, &arg, NULL);
	err = fn(arg, &result);
	if (err == NULL && ret != NULL)
		*ret = result;
	return err;
}
