/* SPDX-License-Identifier: MIT */
/*
 * Hooks of jobs that tasks hand to threads, for runtimes that report them: where a job's thread is, and an error of its future that was
 * never retrieved.
 */
#include "agent/record/atomics.h"
#include "agent/record/box_tables.h"
#include "agent/record/put_finding.h"
#include "agent/record/ring.h"
#include "agent/record/writer.h"

#define WAIT_MASK (UINT64_C(0xff) << 8)

void aw_agent_task_runs_at(struct aw_agent_task *task, aw_intern stack)
{
	struct aw__box_task *slot;
	uint64_t status;

	if (aw__writer_get() == NULL || stack == AW_NONE || stack == AW_STACK_NONE)
		return;
	slot = aw__task_slot(task);
	if (slot == NULL || (AW__LOAD(slot->status) & 0xff) != AW__TASK_RUNNING)
		return;
	status = (AW__LOAD(slot->status) & ~WAIT_MASK) | (uint64_t)AW_WAIT_JOB << 8;
	AW__STORE(slot->sequence, AW__LOAD(slot->sequence) + 1);
	atomic_thread_fence(memory_order_release);
	AW__STORE(slot->wait_stack, stack);
	AW__STORE(slot->status, status);
	AW__STORE_RELEASE(slot->sequence, AW__LOAD(slot->sequence) + 1);
}

/* Put the job, which the finding's error names: it has ended, and is no longer listed. */
static void tell_job(struct aw__writer *writer, const struct aw_agent_task *job,
		     const struct aw_agent_birth *birth)
{
	const uint64_t list[AW__STATE_NUMBERS] = { 0 };
	struct aw__event event = { .kind = AW__TASK_STATE,
				   .subject = job->id,
				   .list = list,
				   .list_length = AW__STATE_NUMBERS };

	event.state.creator = birth->creator != NULL ? birth->creator->id : 0;
	event.state.coroutine = birth->coroutine;
	event.state.stack = job->stack;
	event.state.state = AW__TASK_FINISHED;
	event.text = birth->name;
	event.text_length = birth->name_length < AW__TASK_NAME_BYTES ? (uint32_t)birth->name_length
								     : AW__TASK_NAME_BYTES;
	aw__ring_put(writer, AW__FINDINGS, &event);
}

void aw_agent_future_lost(const struct aw_agent_task *job, const struct aw_agent_birth *birth,
			  uint64_t error)
{
	struct aw__writer *writer = aw__writer_get();
	uint64_t list[AW__FINDING_NUMBERS] = { 0 };
	struct aw__event event = { .list = list, .list_length = AW__FINDING_NUMBERS };

	if (writer == NULL)
		return;
	aw__writer_now(writer);
	event.finding.kind = AW__NEVER_RETRIEVED;
	event.finding.error = error;
	event.finding.stack = job->stack;
	list[AW__FINDING_COROUTINE] = birth->coroutine;
	list[AW__FINDING_CREATOR] = birth->creator != NULL ? birth->creator->id : 0;
	aw__task_tell(writer, birth->creator);
	tell_job(writer, job, birth);
	aw__finding_put(writer, &event);
}
