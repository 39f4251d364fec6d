/* SPDX-License-Identifier: MIT */
/*
 * Finds tasks that go on after a cancellation, for the agent's thread: hooks_cancel.c keeps the cancellations that were delivered, and this
 * file reports those whose task has not ended within the threshold.
 */
#include <stdio.h>

#include "agent/record/atomics.h"
#include "agent/record/box_tables.h"
#include "agent/record/hook_tables.h"
#include "agent/record/put_finding.h"
#include "agent/record/writer.h"
#include "agent/watch/detectors.h"
#include "base/text.h"

/* What the task does now, `ago_ns` after its cancellation. */
static void describe(const struct aw__box_task *slot, uint64_t ago_ns, char *ret, size_t size)
{
	char ago[AW__DURATION_BYTES];
	const uint64_t status = AW__LOAD(slot->status);
	const bool waits = (status & 0xff) == AW__TASK_WAITING;

	snprintf(ret, size, "%s%s, %s later", waits ? "it waits: " : "it is ",
		 waits ? aw__wait_name(status >> 8 & 0xff) : aw__task_state_name(status & 0xff),
		 aw__text_duration_into(ago, sizeof(ago), ago_ns));
}

static void look_at(struct aw__writer *writer, unsigned next, const struct aw__delivered *delivered,
		    uint64_t longest_ns)
{
	const struct aw_agent_task by = { .id = delivered->by, .slot = delivered->by_slot };
	struct aw_agent_task task = { .id = delivered->task, .slot = delivered->slot };
	struct aw__task_found found = { .kind = AW__SWALLOWED_CANCEL,
					.stack = delivered->stack,
					.by = delivered->by };
	const struct aw__box_task *slot;
	char words[128];

	if (writer->now_ns < delivered->since_ns + longest_ns)
		return;
	slot = aw__task_slot(&task);
	if (slot == NULL || (AW__LOAD(slot->status) & 0xff) == AW__TASK_FINISHED)
		return;
	task.stack = (uint32_t)AW__LOAD(slot->coroutine_stack);
	describe(slot, writer->now_ns - delivered->since_ns, words, sizeof(words));
	found.text = words;
	if (!aw__cancels_note_reported(next, delivered))
		return;
	if (aw__task_slot(&by) != NULL)
		aw__task_tell(writer, &by);
	aw__task_finding(writer, &task, &found);
}

void aw__watch_cancels(uint64_t longest_ns)
{
	struct aw__writer *writer = aw__writer_get();
	struct aw__delivered delivered;

	if (writer == NULL)
		return;
	aw__writer_now(writer);
	for (unsigned at = aw__cancels_next(0, &delivered); at != 0;
	     at = aw__cancels_next(at, &delivered))
		look_at(writer, at, &delivered, longest_ns);
}
