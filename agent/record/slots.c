/* SPDX-License-Identifier: MIT */
/* The task table's slots. A thread takes them in batches, and keeps the free ones to itself. */
#include "agent/record/recorder.h"

#define BATCH	   64u
#define BACK_BYTES (1u << 20)
#define ATTEMPTS   16u

static bool take_batch(struct aw__writer *writer)
{
	struct aw__recorder *recorder = &aw__recorder;
	const uint64_t capacity = recorder->header->task_capacity;
	uint64_t end, backed;
	bool taken = false;

	pthread_mutex_lock(&recorder->mutex);
	end = recorder->slots_taken + BATCH;
	backed = recorder->slots_backed;
	if (end <= capacity && end > backed) {
		backed += BACK_BYTES / sizeof(struct aw__box_task);
		if (backed > capacity)
			backed = capacity;
		if (aw__box_back(&recorder->slots[recorder->slots_backed],
				 (backed - recorder->slots_backed) * sizeof(struct aw__box_task)))
			recorder->slots_backed = backed;
	}
	if (end <= recorder->slots_backed) {
		writer->next_slot = (uint32_t)recorder->slots_taken;
		writer->end_slot = (uint32_t)end;
		recorder->slots_taken = end;
		AW__STORE_RELEASE(recorder->header->task_used, end);
		taken = true;
	}
	pthread_mutex_unlock(&recorder->mutex);
	return taken;
}

uint32_t aw__slot_take(struct aw__writer *writer)
{
	const uint32_t slot = writer->free_slot;

	if (slot != 0) {
		writer->free_slot = (uint32_t)AW__LOAD(aw__recorder.slots[slot].created_ns);
		return slot;
	}
	if (writer->next_slot == writer->end_slot && !take_batch(writer)) {
		atomic_fetch_add_explicit(&aw__recorder.header->task_refused, 1,
					  memory_order_relaxed);
		return 0;
	}
	return writer->next_slot++;
}

void aw__slot_give(struct aw__writer *writer, uint32_t slot)
{
	struct aw__box_task *task = &aw__recorder.slots[slot];
	const uint64_t sequence = AW__LOAD(task->sequence);

	AW__STORE(task->sequence, sequence + 1);
	atomic_thread_fence(memory_order_release);
	AW__STORE(task->id, 0);
	AW__STORE(task->created_ns, writer->free_slot);
	AW__STORE_RELEASE(task->sequence, sequence + 2);
	writer->free_slot = slot;
}

static void copy(uint32_t number, struct aw__task_view *ret)
{
	const struct aw__box_task *slot = &aw__recorder.slots[number];

	*ret = (struct aw__task_view){
		.task = { .id = AW__LOAD(slot->id),
			  .slot = number,
			  .stack = (uint32_t)AW__LOAD(slot->coroutine_stack) },
		.creator = AW__LOAD(slot->creator),
		.created_ns = AW__LOAD(slot->created_ns),
		.changed_ns = AW__LOAD(slot->changed_ns),
		.run_ns = AW__LOAD(slot->run_ns),
		.status = AW__LOAD(slot->status),
		.wait_target = AW__LOAD(slot->wait_target),
		.scope = AW__LOAD(slot->scope),
		.loop = AW__LOAD(slot->loop_steps) >> 32,
		.coroutine_stack = AW__LOAD(slot->coroutine_stack),
	};
}

bool aw__slot_view(uint32_t number, struct aw__task_view *ret)
{
	const struct aw__box_task *slot = &aw__recorder.slots[number];

	for (unsigned attempt = 0; attempt < ATTEMPTS; attempt++) {
		const uint64_t before = AW__LOAD_ACQUIRE(slot->sequence);

		if (AW__LOAD(slot->id) == 0)
			return false;
		if (before % 2 != 0)
			continue;
		copy(number, ret);
		atomic_thread_fence(memory_order_acquire);
		if (AW__LOAD(slot->sequence) == before)
			return ret->task.id != 0;
	}
	return false;
}

bool aw__slot_creator_ended(const struct aw__task_view *view)
{
	const uint32_t number = AW__CREATOR_OF(view->status);
	const struct aw__box_task *slot;

	if (view->creator == 0 || number == 0 || number >= aw__recorder.header->task_capacity)
		return false;
	slot = &aw__recorder.slots[number];
	return AW__LOAD(slot->id) != view->creator ||
	       (AW__LOAD(slot->status) & 0xff) == AW__TASK_FINISHED;
}
