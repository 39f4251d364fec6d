/* SPDX-License-Identifier: MIT */
/*
 * Hooks of tasks that yield: they are ready again as soon as they suspend themselves. Such a task keeps its loop from sleeping, and waits for
 * nothing but its loop.
 */
#include "agent/record/atomics.h"
#include "agent/record/box_tables.h"
#include "agent/record/put_finding.h"
#include "agent/record/recorder.h"
#include "agent/record/writer.h"

/* The time since the task suspended itself is its run time, too: the loop only came back to it. */
static void add_time(struct aw__writer *writer, struct aw__box_task *slot)
{
	const uint64_t now = aw__writer_now(writer), since = AW__LOAD(slot->changed_ns);

	AW__STORE(slot->sequence, AW__LOAD(slot->sequence) + 1);
	atomic_thread_fence(memory_order_release);
	AW__STORE(slot->run_ns, AW__LOAD(slot->run_ns) + (now > since ? now - since : 0));
	AW__STORE_RELEASE(slot->sequence, AW__LOAD(slot->sequence) + 1);
}

void aw_agent_task_step_again(struct aw_agent_task *task)
{
	struct aw__writer *writer = aw__writer_get();
	struct aw__box_task *slot = writer != NULL ? aw__task_slot(task) : NULL;

	if (slot != NULL)
		add_time(writer, slot);
	aw_agent_task_step(task);
}

bool aw_agent_task_not_run(struct aw_agent_task *task, uint64_t for_ns)
{
	struct aw__writer *writer = aw__writer_get();

	if (writer == NULL || for_ns < AW__OPTION(starved_ns))
		return false;
	aw__writer_now(writer);
	aw__task_finding(writer, task,
			 &(struct aw__task_found){ .kind = AW__STARVED_TASK,
						   .value = for_ns,
						   .text = "its loop was not run meanwhile" });
	return true;
}
