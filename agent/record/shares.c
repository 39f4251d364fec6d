/* SPDX-License-Identifier: MIT */
/*
 * The table of semaphores for which tasks wait, and of the tasks that have all their permits: for the detection of deadlocks.
 *
 * A semaphore belongs to one thread, which alone writes its entry; the agent's thread reads it under a sequence count. A semaphore that
 * does not fit into the table is part of no circle.
 */
#include "agent/record/atomics.h"
#include "agent/record/hook_tables.h"
#include "agent/record/reset.h"
#include "agent/record/writer.h"

#define PLACES AW__MOST_SHARED_RESOURCES

static struct place {
	_Atomic uint64_t resource; /* 0: free */
	_Atomic uint64_t sequence; /* odd while the rest is written */
	_Atomic uint64_t count;
	_Atomic uint64_t tasks[AW__MOST_SHARES];
} sides[2][PLACES];

/* Each recording uses the other side than the one before, to which a late hook may still write. */
static _Atomic unsigned side;

static struct place *places(void)
{
	return sides[AW__LOAD_ACQUIRE(side)];
}

static struct place *find(uint64_t resource)
{
	struct place *list = places();

	for (unsigned i = 0; i < PLACES; i++)
		if (AW__LOAD_ACQUIRE(list[i].resource) == resource)
			return &list[i];
	return NULL;
}

static struct place *make(uint64_t resource)
{
	struct place *list = places();

	for (unsigned i = 0; i < PLACES; i++) {
		uint64_t nobody = 0;

		if (atomic_compare_exchange_strong(&list[i].resource, &nobody, resource))
			return &list[i];
	}
	return NULL;
}

static void write_tasks(struct place *place, const uint64_t *tasks, unsigned count)
{
	const uint64_t sequence = AW__LOAD(place->sequence);

	AW__STORE(place->sequence, sequence + 1);
	atomic_thread_fence(memory_order_release);
	for (unsigned i = 0; i < count; i++)
		AW__STORE(place->tasks[i], tasks[i]);
	AW__STORE(place->count, count);
	AW__STORE_RELEASE(place->sequence, sequence + 2);
}

void aw_agent_resource_shared(uint64_t resource, const uint64_t *tasks, unsigned count)
{
	struct place *place;

	if (aw__writer_get() == NULL || resource == 0)
		return;
	if (count > AW__MOST_SHARES)
		count = 0;
	place = find(resource);
	if (place == NULL && count > 0)
		place = make(resource);
	if (place == NULL)
		return;
	write_tasks(place, tasks, count);
	if (count == 0)
		AW__STORE_RELEASE(place->resource, 0);
}

unsigned aw__shares_copy(struct aw__shares *ret_list)
{
	struct place *list = places();
	unsigned found = 0;

	for (unsigned i = 0; i < PLACES; i++) {
		struct aw__shares *shares = &ret_list[found];
		const uint64_t sequence = AW__LOAD_ACQUIRE(list[i].sequence);

		shares->resource = AW__LOAD_ACQUIRE(list[i].resource);
		shares->count = (uint32_t)AW__LOAD(list[i].count);
		if (shares->resource == 0 || shares->count == 0 || sequence % 2 != 0)
			continue;
		for (uint32_t n = 0; n < shares->count && n < AW__MOST_SHARES; n++)
			shares->tasks[n] = AW__LOAD(list[i].tasks[n]);
		atomic_thread_fence(memory_order_acquire);
		if (AW__LOAD(list[i].sequence) == sequence &&
		    AW__LOAD(list[i].resource) == shares->resource)
			found++;
	}
	return found;
}

static void clear(void)
{
	const unsigned other = 1 - AW__LOAD(side);
	struct place *list = sides[other];

	for (unsigned i = 0; i < PLACES; i++) {
		AW__STORE(list[i].count, 0);
		AW__STORE(list[i].sequence, 0);
		AW__STORE(list[i].resource, 0);
	}
	AW__STORE_RELEASE(side, other);
}

static struct aw__reset reset = { .clear = clear };

__attribute__((constructor)) static void register_reset(void)
{
	aw__reset_register(&reset);
}
