/* SPDX-License-Identifier: MIT */
/* Hooks of coroutines: where one was created, and the finding of one that nobody awaited. */
#include "agent/record/atomics.h"
#include "agent/record/box_tables.h"
#include "agent/record/put_finding.h"
#include "agent/record/stack_capture.h"
#include "agent/record/writer.h"
#include "proto/finding.h"

void aw_agent_coroutine_made(struct aw_agent_coroutine *coroutine, aw_intern function,
			     const struct aw_agent_task *creator)
{
	if (aw__writer_get() == NULL)
		return;
	coroutine->function = function;
	coroutine->stack = aw__stack_capture(creator != NULL ? creator->stack : 0,
					     __builtin_return_address(0));
}

void aw_agent_coroutine_dropped(const struct aw_agent_coroutine *coroutine,
				const struct aw_agent_task *creator)
{
	struct aw__writer *writer = aw__writer_get();
	uint64_t list[AW__FINDING_NUMBERS] = { 0 };
	struct aw__event event = { .list = list, .list_length = AW__FINDING_NUMBERS };
	const struct aw__box_task *slot;

	if (writer == NULL)
		return;
	aw__writer_now(writer);
	event.finding.kind = AW__NEVER_AWAITED;
	event.finding.task = creator != NULL ? creator->id : 0;
	event.finding.stack = coroutine->stack;
	slot = aw__task_slot(creator);
	list[AW__FINDING_COROUTINE] = coroutine->function;
	list[AW__FINDING_LOOP] = slot != NULL ? AW__LOAD(slot->loop_steps) >> 32 : 0;
	list[AW__FINDING_COROUTINE_ID] = coroutine->id;
	list[AW__FINDING_CREATOR] = event.finding.task;
	if (coroutine->where_dropped) {
		event.text = AW__WHERE_DROPPED;
		event.text_length = sizeof(AW__WHERE_DROPPED) - 1;
	}
	aw__task_tell(writer, creator);
	aw__finding_put(writer, &event);
}
