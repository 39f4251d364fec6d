/* SPDX-License-Identifier: MIT */
/*
 * The table of locks for which tasks wait, and of the tasks that hold them: for the detectors, and for other processes. A resource
 * belongs to one thread, which alone writes its entry; any thread may read. A search always looks at the whole window, so that
 * a freed entry needs no tombstone.
 */
#include "agent/record/atomics.h"
#include "agent/record/box_tables.h"
#include "agent/record/recorder.h"
#include "agent/record/writer.h"

static struct aw__box_hold *place_at(uint64_t resource, uint64_t i)
{
	const uint64_t mask = aw__header()->hold_capacity - 1;

	return &AW__LOAD_ACQUIRE(aw__recorder.holds)[(aw__hold_hash(resource) + i) & mask];
}

static struct aw__box_hold *find(uint64_t resource)
{
	for (uint64_t i = 0; i < AW__HOLD_WINDOW; i++) {
		struct aw__box_hold *hold = place_at(resource, i);

		if (AW__LOAD_ACQUIRE(hold->resource) == resource)
			return hold;
	}
	return NULL;
}

static struct aw__box_hold *make(uint64_t resource)
{
	for (uint64_t i = 0; i < AW__HOLD_WINDOW; i++) {
		struct aw__box_hold *hold = place_at(resource, i);
		uint64_t nobody = 0;

		if (atomic_compare_exchange_strong(&hold->resource, &nobody, resource))
			return hold;
	}
	return NULL;
}

void aw_agent_resource_held(uint64_t resource, uint64_t task)
{
	struct aw__writer *writer = aw__writer_get();
	const uint64_t args[AW__EVENT_ARGS] = { task };
	struct aw__box_hold *hold;

	if (writer == NULL || resource == 0)
		return;
	hold = find(resource);
	if (hold == NULL && task != 0)
		hold = make(resource);
	if (hold != NULL) {
		AW__STORE_RELEASE(hold->task, task);
		if (task == 0)
			AW__STORE_RELEASE(hold->resource, 0);
	}
	if (!AW__LOAD(aw__recorder.steps))
		return;
	aw__writer_now(writer);
	aw__writer_put_short(writer, AW__RESOURCE_HELD, resource, args);
}

uint64_t aw__hold_of(uint64_t resource)
{
	const struct aw__box_hold *hold = resource != 0 ? find(resource) : NULL;

	return hold != NULL ? AW__LOAD_ACQUIRE(hold->task) : 0;
}
