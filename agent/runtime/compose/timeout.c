/* SPDX-License-Identifier: MIT */
/*
 * aw_timeout_open() and its functions: asyncio.timeout(). When the deadline passes the task is cancelled, and
 * closing the scope turns that CancelledError into a TimeoutError.
 */
#include "agent/runtime/task/scope.h"
#include "base/alloc.h"
#include "base/clock.h"

#include <awry/compose.h>

struct aw_timeout {
	struct aw__scope scope;
	struct aw__timer timer;
	unsigned int cancelling; /* the task's requests when the scope was opened */
	uint64_t deadline_ns;
	bool expired;
};

static void on_timeout(struct aw__job *job, bool discard)
{
	struct aw_timeout *timeout = aw__container_of(job, struct aw_timeout, timer.job);

	if (discard)
		return;
	timeout->expired = true;
	aw__task_cancel_because(timeout->scope.task, &(struct aw_agent_cancel){
							     .why = AW_CANCEL_TIMEOUT,
							     .origin = timeout->scope.opened,
							     .deadline_ns = timeout->deadline_ns,
						     });
}

static void stop(struct aw_timeout *timeout)
{
	aw__timer_remove(&timeout->scope.task->future.loop->timers, &timeout->timer);
	aw__link_remove(&timeout->timer.job.link);
}

static void forget(struct aw__held *held)
{
	struct aw_timeout *timeout = aw__container_of(held, struct aw_timeout, scope.held);

	stop(timeout);
	aw__alloc_free(timeout);
}

static bool start(struct aw_timeout *timeout, uint64_t deadline_ns)
{
	struct aw_loop *loop = timeout->scope.task->future.loop;

	timeout->deadline_ns = deadline_ns;
	if (deadline_ns == AW_FOREVER)
		return true;
	if (deadline_ns > aw__clock_monotonic_ns())
		return aw__loop_timer(loop, &timeout->timer, deadline_ns);
	aw__loop_push(loop, &timeout->timer.job);
	return true;
}

static aw_error *close_left(struct aw__scope *scope, aw_error *err)
{
	aw_timeout *timeout = aw__container_of(scope, struct aw_timeout, scope);

	return aw_timeout_close(&timeout, err);
}

static const struct aw__scope_type timeouts = {
	.kind = AW_SCOPE_TIMEOUT,
	.close = close_left,
	.forget = forget,
};

aw_timeout *aw_timeout_open(aw_ns deadline)
{
	struct aw_task *task = aw__task_must();
	struct aw_timeout *timeout = aw__alloc_zeroed(1, sizeof(*timeout));

	if (timeout == NULL)
		return NULL;
	timeout->cancelling = task->cancels;
	timeout->timer.job.run = on_timeout;
	aw__task_timed(task, true);
	if (AW__HOOKED())
		timeout->scope.opened = aw_agent_stack(task->agent.stack);
	aw__scope_begin(&timeout->scope, task, &timeouts);
	if (!start(timeout, deadline))
		goto fail;
	return timeout;
fail:
	aw__scope_end(&timeout->scope);
	aw__task_timed(task, false);
	aw__alloc_free(timeout);
	return NULL;
}

aw_error *aw_timeout_reschedule(aw_timeout *timeout, aw_ns deadline)
{
	if (timeout == NULL)
		return aw_raise(aw_MemoryError, "no memory for the timeout");
	if (timeout->expired)
		return aw_raise(aw_RuntimeError, "Cannot change state of expiring Timeout");
	stop(timeout);
	if (!start(timeout, deadline))
		return aw_raise(aw_MemoryError, NULL);
	return NULL;
}

aw_ns aw_timeout_when(const aw_timeout *timeout)
{
	return timeout != NULL ? timeout->deadline_ns : AW_FOREVER;
}

bool aw_timeout_expired(const aw_timeout *timeout)
{
	return timeout != NULL && timeout->expired;
}

aw_error *aw__timeout_close(const char *file, int line, const char *function, aw_timeout **timeout,
			    aw_error *err)
{
	struct aw_timeout *own = *timeout;
	struct aw_task *task;
	bool ours;

	*timeout = NULL;
	if (own == NULL)
		return aw_raise_in(err, aw_raise(aw_MemoryError, "no memory for the timeout"));
	task = own->scope.task;
	aw__must(task == aw__task_current(), "a timeout is closed by the task that opened it");
	stop(own);
	aw__scope_end(&own->scope);
	aw__task_timed(task, false);
	/* others may have cancelled the task, too: then the CancelledError goes on */
	ours = own->expired && aw_task_uncancel(task) <= own->cancelling;
	aw__alloc_free(own);
	if (ours && aw_error_is(err, aw_CancelledError))
		return aw_raise_in(err, aw__raise(file, line, function, aw_TimeoutError, NULL));
	return err;
}
