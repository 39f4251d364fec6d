/* SPDX-License-Identifier: MIT */
/*
 * Puts findings into the thread's ring of findings, for the hooks and the detectors. Before a finding it puts the tasks that the finding names:
 * the task itself and its creator, so that a report can name them when they have ended.
 */
#include <awry/agent.h>
#include <string.h>

#include "agent/record/atomics.h"
#include "agent/record/box_tables.h"
#include "agent/record/put_finding.h"
#include "agent/record/record.h"
#include "agent/record/recorder.h"
#include "agent/record/ring.h"
#include "agent/record/writer.h"
#include "proto/finding.h"

void aw__task_tell(struct aw__writer *writer, const struct aw_agent_task *task)
{
	const struct aw__box_task *slot = aw__task_slot(task);
	uint64_t status, list[AW__STATE_NUMBERS] = { 0 };
	char name[AW__TASK_NAME_BYTES];
	struct aw__event event = { .kind = AW__TASK_STATE,
				   .list = list,
				   .list_length = AW__STATE_NUMBERS };

	if (task == NULL || task->id == 0)
		return;
	event.subject = task->id;
	event.state.stack = task->stack;
	event.state.coroutine = task->coroutine;
	event.state.state = AW__TASK_FINISHED;
	if (slot != NULL) {
		status = AW__LOAD(slot->status);
		event.state.creator = AW__LOAD(slot->creator);
		event.state.coroutine = AW__LOAD(slot->coroutine_stack) >> 32;
		event.state.stack = (uint32_t)AW__LOAD(slot->coroutine_stack);
		event.state.loop = AW__LOAD(slot->loop_steps) >> 32;
		event.state.state = status & 0xff;
		list[AW__STATE_CREATED_NS] = AW__LOAD(slot->created_ns);
		list[AW__STATE_CHANGED_NS] = AW__LOAD(slot->changed_ns);
		list[AW__STATE_RUN_NS] = AW__LOAD(slot->run_ns);
		list[AW__STATE_STEPS] = AW__LOAD(slot->loop_steps) & UINT32_MAX;
		list[AW__STATE_WAIT_KIND] = status >> 8 & 0xff;
		list[AW__STATE_WAIT_TARGET] = AW__LOAD(slot->wait_target);
		list[AW__STATE_SCOPE] = AW__LOAD(slot->scope);
		list[AW__STATE_OUTCOME] = status >> 16 & 0xff;
		if (aw__state_has_place(event.state.state, list[AW__STATE_WAIT_KIND]))
			list[AW__STATE_WAIT_STACK] = AW__LOAD(slot->wait_stack);
		for (uint32_t i = 0; i < AW__TASK_NAME_BYTES / 8; i++) {
			const uint64_t word = AW__LOAD(slot->name[i]);

			memcpy(name + 8 * i, &word, 8);
		}
		event.text = name;
		event.text_length = AW__STATUS_NAME_LENGTH(status);
	}
	aw__ring_put(writer, AW__FINDINGS, &event);
}

void aw__finding_put(struct aw__writer *writer, struct aw__event *event)
{
	event->kind = AW__FINDING;
	event->subject =
		atomic_fetch_add_explicit(&aw__header()->findings, 1, memory_order_relaxed) + 1;
	aw__ring_put(writer, AW__FINDINGS, event);
}

uint64_t aw_agent_finding_count(void)
{
	uint64_t count = 0;

	/* this thread may have no writer, and so the box could be replaced meanwhile */
	pthread_mutex_lock(&aw__recorder.mutex);
	if (aw_agent_on() && aw__record_is_own())
		count = AW__LOAD(aw__header()->findings);
	pthread_mutex_unlock(&aw__recorder.mutex);
	return count;
}

/* A creator that has ended has no slot, and so no name: reports show its number. */
static void tell_creator(struct aw__writer *writer, const struct aw__box_task *slot)
{
	const struct aw_agent_task creator = {
		.id = AW__LOAD(slot->creator),
		.slot = AW__CREATOR_OF(AW__LOAD(slot->status)),
	};

	if (aw__task_slot(&creator) != NULL)
		aw__task_tell(writer, &creator);
}

void aw__task_finding(struct aw__writer *writer, const struct aw_agent_task *task,
		      const struct aw__task_found *found)
{
	const struct aw__box_task *slot = aw__task_slot(task);
	uint64_t list[AW__FINDING_NUMBERS] = { 0 };
	struct aw__event event = { .list = list, .list_length = AW__FINDING_NUMBERS };

	event.finding.kind = found->kind;
	event.finding.task = task->id;
	event.finding.error = found->error;
	event.finding.stack = found->stack != 0 ? found->stack : task->stack;
	event.finding.value = found->value;
	list[AW__FINDING_BY] = found->by;
	list[AW__FINDING_COROUTINE] = task->coroutine;
	if (slot != NULL) {
		list[AW__FINDING_COROUTINE] = AW__LOAD(slot->coroutine_stack) >> 32;
		list[AW__FINDING_LOOP] = AW__LOAD(slot->loop_steps) >> 32;
		list[AW__FINDING_CREATOR] = AW__LOAD(slot->creator);
		tell_creator(writer, slot);
	}
	event.text = found->text;
	event.text_length = found->text != NULL ? (uint32_t)strlen(found->text) : 0;
	aw__task_tell(writer, task);
	aw__finding_put(writer, &event);
}
