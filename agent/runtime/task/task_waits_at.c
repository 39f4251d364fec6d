/* SPDX-License-Identifier: MIT */
/*
 * Records where tasks wait: when a loop is about to poll, the stack of each task that still waits. A task that
 * resumes before the poll costs only a list entry.
 */
#include "agent/runtime/task/task.h"

/* If no poll sleeps because tasks are always ready, stacks are recorded at one poll in 64. */
#define POLLS 64u

static bool still_waits(const struct aw_task *task)
{
	return task->waiting_on != NULL && !aw__future_done(task->waiting_on);
}

static void tell(struct aw_task *task)
{
	struct aw_agent_registers registers;

	if (aw__switch_registers(&task->fiber.context, &registers.pc, &registers.sp, &registers.fp))
		aw_agent_task_waits_at(&task->agent, aw_agent_stack_suspended(&registers, AW_NONE));
}

AW__HOOK_ONLY void aw__task_tell_waits(struct aw_loop *loop, bool sleeps)
{
	bool wanted;

	if (aw__links_empty(&loop->waits) || (!sleeps && ++loop->polls % POLLS != 0))
		return;
	wanted = aw_agent_wait_stacks();
	while (!aw__links_empty(&loop->waits)) {
		struct aw_task *task = aw__container_of(loop->waits.next, struct aw_task, waits);

		aw__link_remove(&task->waits);
		if (wanted && still_waits(task))
			tell(task);
	}
}
