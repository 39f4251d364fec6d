/* SPDX-License-Identifier: MIT */
/*
 * A runtime that uses <awry/agent.h> only. It reports a task that was created before recording began, and failed, and a task that was
 * born waiting. It writes a line, and waits for one.
 */
#include <awry/agent.h>

#include <stdio.h>
#include <string.h>

static void fail(struct aw_agent_task *task)
{
	const struct aw_agent_error error = { .id = aw_agent_new_id(),
					      .type = aw_agent_type("ValueError", AW_NONE),
					      .task = task->id,
					      .message = "not consumed",
					      .message_length = strlen("not consumed"),
					      .flags = AW_ERROR_LOST };

	aw_agent_task_step(task);
	aw_agent_error(&error);
	aw_agent_task_done(task, AW_OUTCOME_ERROR, error.id);
	aw_agent_error_lost(task, error.id);
}

int main(void)
{
	struct aw_agent_task old = { .id = aw_agent_new_task_id() };
	struct aw_agent_task kept = { .id = aw_agent_new_task_id() };
	struct aw_agent_task waiting = { .id = aw_agent_new_task_id() };
	struct aw_agent_task child = { .id = aw_agent_new_task_id() };
	struct aw_agent_birth birth = { .before_recording = true };
	aw_intern place;

	if (!aw_agent_start("births"))
		return 1;
	birth.coroutine = place = aw_agent_place("serve", "births.c", 7, NULL);
	aw_agent_task_created(&old, &birth);
	birth.born = AW_BORN_WAITING;
	birth.wait = AW_WAIT_READ;
	birth.wait_target = 77;
	birth.stack = aw_agent_stack_of(&place, 1, AW_NONE);
	aw_agent_task_created(&kept, &birth);
	birth.before_recording = false;
	birth.creator = &old;
	aw_agent_task_created(&waiting, &birth);
	birth = (struct aw_agent_birth){ .creator = &old };
	aw_agent_task_created(&child, &birth);
	fail(&child);
	fail(&old);
	puts("told");
	fflush(stdout);
	(void)getchar();
	return 0;
}
