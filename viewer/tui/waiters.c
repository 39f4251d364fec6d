/* SPDX-License-Identifier: MIT */
/*
 * Groups the waiting tasks of a process by the object they wait for, for the views of waits and resources. With 100,000
 * tasks it runs ten times a second, so it uses a counting sort by group; most groups have one task.
 */
#include "viewer/tui/waiters.h"

#include <stdlib.h>

#include <awry/agent.h>

#include "base/alloc.h"

bool aw__waiters_is_handle(uint8_t wait_kind)
{
	return wait_kind == AW_WAIT_READ || wait_kind == AW_WAIT_WRITE ||
	       wait_kind == AW_WAIT_ACCEPT || wait_kind == AW_WAIT_CONNECT ||
	       wait_kind == AW_WAIT_CLOSE;
}

uint64_t aw__waiters_task(uint64_t id)
{
	return aw__map_hash(id * 256 + AW_WAIT_TASK);
}

uint64_t aw__waiters_resource(uint8_t wait_kind, uint64_t id)
{
	return aw__map_hash(id * 256 +
			    (aw__waiters_is_handle(wait_kind) ? AW_WAIT_READ : wait_kind));
}

static bool has_target(const struct aw__task *task)
{
	return task->state == AW__TASK_WAITING && task->wait_target != 0 &&
	       task->wait_kind != AW_WAIT_SLEEP;
}

/* Find the group of a target, or add it. Targets are hashes already. */
static struct aw__waiter_group *group_of(struct aw__waiters *waiters, uint64_t target)
{
	const size_t mask = waiters->table_size - 1;
	size_t at = target & mask;

	for (; waiters->table[at] != 0; at = (at + 1) & mask)
		if (waiters->groups[waiters->table[at] - 1].target == target)
			return &waiters->groups[waiters->table[at] - 1];
	waiters->groups[waiters->group_count] = (struct aw__waiter_group){ .target = target };
	waiters->table[at] = (uint32_t)++waiters->group_count;
	return &waiters->groups[waiters->group_count - 1];
}

/* A waiter and the group that it will be put into. */
struct found {
	const struct aw__task *task;
	uint32_t group;
};

static void make_room(struct aw__waiters *waiters, size_t most)
{
	*waiters = (struct aw__waiters){ .table_size = 16 };
	while (waiters->table_size < 2 * most)
		waiters->table_size *= 2;
	waiters->items = aw__alloc_must((most + 1) * sizeof(*waiters->items));
	waiters->groups = aw__alloc_must((most + 1) * sizeof(*waiters->groups));
	waiters->table = aw__alloc_must_zeroed(waiters->table_size, sizeof(*waiters->table));
	waiters->tasks = aw__alloc_must_zeroed(AW__WAITERS_BITS / 64, sizeof(uint64_t));
}

static uint64_t bit_of(uint64_t task)
{
	return aw__waiters_task(task) >> 32 & (AW__WAITERS_BITS - 1);
}

bool aw__waiters_may_have(const struct aw__waiters *waiters, uint64_t task)
{
	const uint64_t bit = bit_of(task);

	return (waiters->tasks[bit / 64] >> bit % 64 & 1) != 0;
}

static struct found find(struct aw__waiters *waiters, const struct aw__task *task)
{
	struct aw__waiter_group *group =
		group_of(waiters, aw__waiters_resource(task->wait_kind, task->wait_target));

	group->count++;
	waiters->count++;
	if (task->wait_kind == AW_WAIT_TASK) {
		const uint64_t bit = bit_of(task->wait_target);

		waiters->tasks[bit / 64] |= UINT64_C(1) << bit % 64;
	}
	return (struct found){ task, (uint32_t)(group - waiters->groups) };
}

static int by_id(const void *a, const void *b)
{
	const struct aw__waiter *x = a, *y = b;

	return (x->task->id > y->task->id) - (x->task->id < y->task->id);
}

/* Assign each group its place in the array, and fill it. */
static void put_all(struct aw__waiters *waiters, const struct found *found)
{
	uint32_t first = 0;

	for (size_t i = 0; i < waiters->group_count; i++) {
		waiters->groups[i].first = first;
		first += waiters->groups[i].count;
		waiters->groups[i].count = 0;
	}
	for (size_t i = 0; i < waiters->count; i++) {
		struct aw__waiter_group *group = &waiters->groups[found[i].group];

		waiters->items[group->first + group->count++] =
			(struct aw__waiter){ group->target, found[i].task };
	}
	for (size_t i = 0; i < waiters->group_count; i++)
		if (waiters->groups[i].count > 1)
			qsort(waiters->items + waiters->groups[i].first, waiters->groups[i].count,
			      sizeof(struct aw__waiter), by_id);
}

void aw__waiters_find(const struct aw__app *app, struct aw__waiters *ret_waiters)
{
	const size_t live = aw__model_task_live_count(app->model);
	struct found *found = aw__alloc_must((live + 1) * sizeof(*found));

	make_room(ret_waiters, live);
	for (size_t i = 0; i < live; i++) {
		const struct aw__task *task = aw__model_task_live_at(app->model, i);

		if (has_target(task)) {
			const size_t at = ret_waiters->count;

			found[at] = find(ret_waiters, task);
		}
	}
	put_all(ret_waiters, found);
	aw__alloc_free(found);
}

void aw__waiters_finish(struct aw__waiters *waiters)
{
	aw__alloc_free(waiters->items);
	aw__alloc_free(waiters->groups);
	aw__alloc_free(waiters->table);
	aw__alloc_free(waiters->tasks);
	*waiters = (struct aw__waiters){ 0 };
}

const struct aw__waiter *aw__waiters_of(const struct aw__waiters *waiters, uint64_t target,
					size_t *ret_count)
{
	const size_t mask = waiters->table_size - 1;

	for (size_t at = target & mask; waiters->table[at] != 0; at = (at + 1) & mask) {
		const struct aw__waiter_group *group = &waiters->groups[waiters->table[at] - 1];

		if (group->target != target)
			continue;
		*ret_count = group->count;
		return waiters->items + group->first;
	}
	*ret_count = 0;
	return waiters->items;
}
