/* SPDX-License-Identifier: MIT */
/*
 * Cancellation of tasks: a request follows the chain of awaited tasks to its end, and is counted for uncancel(), as
 * in asyncio.
 */
#include "agent/runtime/task/task.h"

#include <string.h>

/* Inlined, because the captured stack begins with the caller's frame. */
static inline void tell(struct aw_task *task, const char *message)
{
	const struct aw_agent_cancel *reason = task->future.loop->reason;
	struct aw_agent_cancel cancel = { .by = aw__current_agent_task() };

	if (reason != NULL)
		cancel = *reason;
	cancel.message = message;
	cancel.message_length = message != NULL ? strlen(message) : 0;
	aw_agent_cancel_asked(&task->agent, &cancel);
}

static void ask(struct aw_task *task, const char *message)
{
	task->cancels++;
	if (AW__HOOKED())
		tell(task, message);
}

bool aw__task_cancel_because(struct aw_task *task, const struct aw_agent_cancel *reason)
{
	struct aw_loop *loop = task->future.loop;
	const struct aw_agent_cancel *former = loop != NULL ? loop->reason : NULL;
	bool asked;

	if (loop == NULL)
		return false;
	loop->reason = reason;
	asked = aw__task_cancel(&task->future, NULL);
	loop->reason = former;
	return asked;
}

static struct aw_task *next_in_chain(struct aw_task *task)
{
	struct aw_future *future = task->waiting_on;

	if (future == NULL || !aw__task_is(future) || aw__future_done(future))
		return NULL;
	return aw__task_of(future);
}

/*
 * Cancelling a task cancels what it waits for, and so on. The chain may contain all tasks, and this may
 * run on a small stack: so it does not recurse. The chain may also be a ring of tasks that wait for each
 * other: then the last task before the ring closes stops waiting, and gets the CancelledError.
 */
bool aw__task_cancel(struct aw_future *future, const char *message)
{
	struct aw_task *first = aw__task_of(future), *last = first, *next;

	if (aw__future_done(future))
		return false;
	first->visited = true;
	ask(first, message);
	while ((next = next_in_chain(last)) != NULL && !next->visited) {
		last = next;
		last->visited = true;
		ask(last, message);
	}
	for (struct aw_task *task = first; task != NULL && task->visited;
	     task = next_in_chain(task))
		task->visited = false;
	/* cancel the future that it waits for, if possible; else it gets the error when it runs next */
	if (next == NULL && last->waiting_on != NULL &&
	    aw__future_cancel(last->waiting_on, message))
		return true;
	last->must_cancel = true;
	aw__future_set_message(&last->future, message);
	if (next != NULL) {
		aw__link_remove(&last->job.link);
		aw__loop_push(last->future.loop, &last->job);
	}
	return true;
}

bool aw_task_cancel(aw_task *task, const char *message)
{
	return task != NULL && aw__task_cancel(&task->future, message);
}

unsigned int aw_task_uncancel(aw_task *task)
{
	if (task == NULL || task->cancels == 0)
		return 0;
	if (--task->cancels == 0) {
		task->must_cancel = false;
		aw__task_not_delivered(task);
	}
	return task->cancels;
}

unsigned int aw_task_cancelling(const aw_task *task)
{
	return task != NULL ? task->cancels : 0;
}
