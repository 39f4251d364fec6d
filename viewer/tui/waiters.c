/* SPDX-License-Identifier: MIT */
#include "viewer/tui/waiters.h"

#include <stdlib.h>

#include <awry/agent.h>

#include "base/alloc.h"

bool aw__waiters_is_handle(uint8_t wait_kind)
{
	return wait_kind == AW_WAIT_READ || wait_kind == AW_WAIT_WRITE ||
	       wait_kind == AW_WAIT_ACCEPT || wait_kind == AW_WAIT_CONNECT;
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

static int by_target(const void *a, const void *b)
{
	const struct aw__waiter *x = a, *y = b;

	if (x->target != y->target)
		return x->target < y->target ? -1 : 1;
	return (x->task->id > y->task->id) - (x->task->id < y->task->id);
}

void aw__waiters_find(const struct aw__app *app, struct aw__waiters *ret_waiters)
{
	struct aw__buffer items = AW__BUFFER_EMPTY;

	for (size_t i = 0; i < aw__model_task_live_count(app->model); i++) {
		const struct aw__task *task = aw__model_task_live_at(app->model, i);
		struct aw__waiter waiter = { .task = task };

		if (task->state != AW__TASK_WAITING || task->wait_target == 0 ||
		    task->wait_kind == AW_WAIT_SLEEP)
			continue;
		waiter.target = aw__waiters_resource(task->wait_kind, task->wait_target);
		aw__buffer_append(&items, &waiter, sizeof(waiter));
	}
	ret_waiters->items = (struct aw__waiter *)(void *)items.data;
	ret_waiters->count = items.length / sizeof(struct aw__waiter);
	if (ret_waiters->count > 0)
		qsort(ret_waiters->items, ret_waiters->count, sizeof(struct aw__waiter), by_target);
}

void aw__waiters_finish(struct aw__waiters *waiters)
{
	aw__alloc_free(waiters->items);
	*waiters = (struct aw__waiters){ 0 };
}

const struct aw__waiter *aw__waiters_of(const struct aw__waiters *waiters, uint64_t target,
					size_t *ret_count)
{
	size_t from = 0, to = waiters->count, end;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (waiters->items[middle].target < target)
			from = middle + 1;
		else
			to = middle;
	}
	for (end = from; end < waiters->count && waiters->items[end].target == target;)
		end++;
	*ret_count = end - from;
	return waiters->items + from;
}
