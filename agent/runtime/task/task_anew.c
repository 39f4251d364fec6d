/* SPDX-License-Identifier: MIT */
/*
 * Reports a loop and its pending tasks to the recorder when a recording has begun after they were created. Their
 * creation stacks are known only if an earlier recording captured them.
 */
#include "agent/runtime/task/task.h"

#include <string.h>

#include "agent/runtime/task/coro.h"

/* A task that neither runs nor waits is among the loop's ready ones. */
static void tell_task(struct aw_loop *loop, struct aw_task *task)
{
	struct aw_future *future = task->waiting_on;
	struct aw_agent_birth birth = {
		.loop = &loop->agent,
		.coroutine = aw__coro_place(task->site, task->fn),
		.stack = task->agent.stack,
		.scope = task->scope,
		.name = task->name,
		.name_length = task->name != NULL ? strlen(task->name) : 0,
		.before_recording = true,
	};

	if (future != NULL && !aw__future_done(future)) {
		birth.born = AW_BORN_WAITING;
		birth.wait = (enum aw_agent_wait)future->wait;
		birth.wait_target = aw__future_id(future);
	}
	aw_agent_task_created(&task->agent, &birth);
	if (task == aw__task_current())
		aw_agent_task_step(&task->agent);
	else if (birth.born != AW_BORN_WAITING)
		aw_agent_task_woken(&task->agent, 0);
	else if (!aw__link_linked(&task->waits))
		aw__link_append(&loop->waits, &task->waits);
	if (task->timers > 0)
		aw_agent_task_timed(&task->agent, true);
}

AW__HOOK_ONLY void aw__task_tell_anew(struct aw_loop *loop)
{
	loop->epoch = aw_agent_epoch();
	aw_agent_loop_opened(&loop->agent, loop->label[0] != '\0' ? loop->label : NULL);
	if (aw__task_current() != NULL)
		aw_agent_loop_busy(&loop->agent);
	for (struct aw__link *at = loop->tasks.next; at != &loop->tasks; at = at->next) {
		struct aw_future *future = aw__container_of(at, struct aw_future, link);

		if (!aw__future_done(future))
			tell_task(loop, aw__task_of(future));
	}
}

AW__HOOK_ONLY void aw__task_hook(struct aw_loop *loop)
{
	loop->hooked = loop->from_callbacks = true;
	if (loop->epoch != aw_agent_epoch())
		aw__task_tell_anew(loop);
}
