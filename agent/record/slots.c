/* SPDX-License-Identifier: MIT */
/* Slots of the task table, for the hooks of tasks. A thread takes them in batches, and reuses those that it frees. */
#include "agent/record/atomics.h"
#include "agent/record/box.h"
#include "agent/record/box_tables.h"
#include "agent/record/recorder.h"
#include "agent/record/writer.h"

#define BATCH	 64u
#define ATTEMPTS 16u

/* With the mutex held: back more slots, up to `end` at least. A whole piece, or else only what is needed. */
static void back_slots(struct aw__recorder *recorder, uint64_t end)
{
	const uint64_t capacity = recorder->header->task_capacity;
	const uint64_t size = sizeof(struct aw__box_task);
	const uint64_t backed = recorder->slots_backed;
	uint64_t next = backed + aw__box_piece(backed * size) / size;

	if (!aw__box_may_try(&recorder->slot_misses))
		return;
	if (next > capacity)
		next = capacity;
	if (!aw__box_back(&recorder->slots[backed], (next - backed) * size)) {
		next = end;
		if (!aw__box_back(&recorder->slots[backed], (next - backed) * size))
			return;
	}
	recorder->slots_backed = next;
	recorder->slot_misses = 0;
}

__attribute__((noinline)) static bool take_batch(struct aw__writer *writer)
{
	struct aw__recorder *recorder = &aw__recorder;
	uint64_t first, end;
	bool taken = false;

	pthread_mutex_lock(&recorder->mutex);
	if (!AW__LOAD(writer->open)) {
		pthread_mutex_unlock(&recorder->mutex);
		return false;
	}
	first = aw__slots_end();
	end = first + BATCH;
	if (end <= recorder->header->task_capacity && end > recorder->slots_backed)
		back_slots(recorder, end);
	if (end <= recorder->slots_backed) {
		writer->next_slot = (uint32_t)first;
		writer->end_slot = (uint32_t)end;
		AW__STORE_RELEASE(recorder->slots_given, end - 1);
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
		writer->free_slot = (uint32_t)AW__LOAD(writer->slots[slot].created_ns);
		return slot;
	}
	if (writer->next_slot == writer->end_slot && !take_batch(writer)) {
		if (!AW__LOAD(writer->open))
			return 0;
		atomic_fetch_add_explicit(&aw__header()->task_refused, 1, memory_order_relaxed);
		return 0;
	}
	return writer->next_slot++;
}

void aw__slot_give(struct aw__writer *writer, uint32_t slot)
{
	struct aw__box_task *task = &writer->slots[slot];
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
	const struct aw__box_task *slot = &aw__slot_table()[number];

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
	const struct aw__box_task *slot = &aw__slot_table()[number];

	/* Slot 0 is never used, and slots behind the last one may not be backed. */
	if (number == 0 || number >= aw__slots_end())
		return false;
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

	if (view->creator == 0 || number == 0 || number >= aw__slots_end())
		return false;
	slot = &aw__slot_table()[number];
	return AW__LOAD(slot->id) != view->creator ||
	       (AW__LOAD(slot->status) & 0xff) == AW__TASK_FINISHED;
}
