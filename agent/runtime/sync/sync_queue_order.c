/* SPDX-License-Identifier: MIT */
/* The three orders of a queue's items, for sync_queue.c: first in first out, last in first out, and smallest first. */
#include "agent/runtime/sync/sync_queue_order.h"

/* ------------------------------------------------------------------------------------------------
 * First in, first out: a ring
 */

static void put_last(struct aw_queue *queue, void *item)
{
	size_t at = queue->head + queue->count++;

	queue->items[at < queue->room ? at : at - queue->room] = item;
}

static void *get_first(struct aw_queue *queue)
{
	void *item = queue->items[queue->head];

	if (++queue->head == queue->room)
		queue->head = 0;
	queue->count--;
	return item;
}

const struct aw__queue_order aw__sync_queue_order_fifo = { put_last, get_first };

/* ------------------------------------------------------------------------------------------------
 * Last in, first out: a stack, whose head stays 0
 */

static void *get_last(struct aw_queue *queue)
{
	return queue->items[--queue->count];
}

const struct aw__queue_order aw__sync_queue_order_lifo = { put_last, get_last };

/* ------------------------------------------------------------------------------------------------
 * By priority: a binary heap, the least item at 0. It moves items as CPython's heapq does, so that
 * equal ones come out in the same order there and here.
 */

static bool less(const struct aw_queue *queue, void *a, void *b)
{
	return queue->compare(a, b, queue->compare_arg) < 0;
}

/* Move the item at `at` up, as far as its ancestors are greater. */
static void rise(struct aw_queue *queue, size_t at)
{
	void **items = queue->items, *item = items[at];

	while (at > 0) {
		size_t parent = (at - 1) / 2;

		if (!less(queue, item, items[parent]))
			break;
		items[at] = items[parent];
		at = parent;
	}
	items[at] = item;
}

/* The item at the top is out of place: move the lesser child up at each level, put the item at the
 * bottom, and let it rise. Most items belong near the bottom, so this compares less often. */
static void sink(struct aw_queue *queue)
{
	void **items = queue->items, *item = items[0];
	size_t at = 0, child;

	while ((child = 2 * at + 1) < queue->count) {
		if (child + 1 < queue->count && !less(queue, items[child], items[child + 1]))
			child++;
		items[at] = items[child];
		at = child;
	}
	items[at] = item;
	rise(queue, at);
}

static void put_by_priority(struct aw_queue *queue, void *item)
{
	put_last(queue, item);
	rise(queue, queue->count - 1);
}

static void *get_least(struct aw_queue *queue)
{
	void *last = get_last(queue), *least;

	if (queue->count == 0)
		return last;
	least = queue->items[0];
	queue->items[0] = last;
	sink(queue);
	return least;
}

const struct aw__queue_order aw__sync_queue_order_priority = { put_by_priority, get_least };
