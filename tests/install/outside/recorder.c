/* SPDX-License-Identifier: MIT */
/* Built against the installed libraries: another runtime with one task, which it reports by <awry/agent.h>. */
#include <awry/agent.h>

int main(void)
{
	struct aw_agent_loop loop = { 0 };
	struct aw_agent_task task = { 0 };
	struct aw_agent_birth birth = { .loop = &loop, .name = "outsider", .name_length = 8 };

	if (!aw_agent_start("outside"))
		return 0;
	/* another runtime in the same process, and the first one again */
	if (!aw_agent_start("guest") || !aw_agent_start("outside"))
		return 1;
	aw_agent_loop_opened(&loop, "outside");
	task.id = aw_agent_new_task_id();
	aw_agent_task_created(&task, &birth);
	aw_agent_task_step(&task);
	aw_agent_task_done(&task, AW_OUTCOME_RESULT, 0);
	aw_agent_loop_closed(&loop);
	return 0;
}
