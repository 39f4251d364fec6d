/* SPDX-License-Identifier: MIT */
/* aw_queue: puts and gets that wait for room and for items, and join(), as asyncio.Queue. */
#include "agent/runtime/sync/sync.h"
#include "agent/runtime/sync/sync_queue_order.h"
#include "base/alloc.h"

#include <string.h>

enum {
	ROOM_MIN = 16,
};

static void check(const aw_queue *queue)
{
	aw__must(queue->magic == AW__MAGIC_QUEUE, "invalid or freed queue");
}

static void init(aw_queue *queue, size_t maxsize, const struct aw__queue_order *order)
{
	*queue = (aw_queue){ .magic = AW__MAGIC_QUEUE, .maxsize = maxsize, .order = order };
	aw_event_init(&queue->finished);
	aw_event_set(&queue->finished);
}

void aw_queue_init(aw_queue *queue, size_t maxsize)
{
	init(queue, maxsize, &aw__sync_queue_order_fifo);
}

void aw_lifo_queue_init(aw_queue *queue, size_t maxsize)
{
	init(queue, maxsize, &aw__sync_queue_order_lifo);
}

void aw_priority_queue_init(aw_queue *queue, size_t maxsize, aw_queue_compare_fn *compare,
			    void *arg)
{
	init(queue, maxsize, &aw__sync_queue_order_priority);
	queue->compare = compare;
	queue->compare_arg = arg;
}

void aw_queue_finish(aw_queue *queue)
{
	if (queue == NULL)
		return;
	check(queue);
	aw__must(aw__sync_nobody(&queue->getters) && aw__sync_nobody(&queue->putters) &&
			 aw__sync_nobody(&queue->finished.line),
		 "a task still waits for the queue");
	aw_event_finish(&queue->finished);
	aw__alloc_free(queue->items);
	queue->items = NULL;
	queue->magic = 0;
}

size_t aw_queue_qsize(const aw_queue *queue)
{
	check(queue);
	return queue->count;
}

size_t aw_queue_maxsize(const aw_queue *queue)
{
	check(queue);
	return queue->maxsize;
}

bool aw_queue_empty(const aw_queue *queue)
{
	return aw_queue_qsize(queue) == 0;
}

bool aw_queue_full(const aw_queue *queue)
{
	check(queue);
	return queue->maxsize > 0 && queue->count >= queue->maxsize;
}

/* Double the room. In a ring, the items from the head to the old end move to the new end. */
static bool grow(aw_queue *queue)
{
	size_t room = queue->room > 0 ? 2 * queue->room : ROOM_MIN, later;
	void **items = NULL;

	if (room <= SIZE_MAX / sizeof(*items))
		items = aw__alloc_resize(queue->items, room * sizeof(*items));
	if (items == NULL)
		return false;
	later = queue->room - queue->head;
	if (queue->head > 0) {
		memmove(items + room - later, items + queue->head, later * sizeof(*items));
		queue->head = room - later;
	}
	queue->items = items;
	queue->room = room;
	return true;
}

aw_error *aw_queue_put_nowait(aw_queue *queue, void *item)
{
	if (aw_queue_full(queue))
		return aw_raise(aw_QueueFull, NULL);
	if (queue->count == queue->room && !grow(queue))
		return aw_raise(aw_MemoryError, NULL);
	queue->order->put(queue, item);
	queue->unfinished++;
	aw_event_clear(&queue->finished);
	aw__sync_wake_next(&queue->getters);
	return NULL;
}

aw_error *aw_queue_put(aw_queue *queue, void *item)
{
	aw_error *err = NULL;
	bool woken = false;

	while (err == NULL && aw_queue_full(queue))
		err = aw__sync_wait(&queue->putters, AW_WAIT_QUEUE, &queue->id, &woken);
	if (err == NULL)
		err = aw_queue_put_nowait(queue, item);
	if (err != NULL && woken && !aw_queue_full(queue))
		aw__sync_wake_next(&queue->putters);
	return err;
}

aw_error *aw_queue_get_nowait(aw_queue *queue, void **ret_item)
{
	void *item;

	if (aw_queue_empty(queue))
		return aw_raise(aw_QueueEmpty, NULL);
	item = queue->order->get(queue);
	aw__sync_wake_next(&queue->putters);
	if (ret_item != NULL)
		*ret_item = item;
	return NULL;
}

aw_error *aw_queue_get(aw_queue *queue, void **ret_item)
{
	aw_error *err = NULL;
	bool woken = false;

	while (err == NULL && aw_queue_empty(queue))
		err = aw__sync_wait(&queue->getters, AW_WAIT_QUEUE, &queue->id, &woken);
	if (err == NULL)
		return aw_queue_get_nowait(queue, ret_item);
	if (woken && !aw_queue_empty(queue))
		aw__sync_wake_next(&queue->getters);
	return err;
}

aw_error *aw_queue_task_done(aw_queue *queue)
{
	check(queue);
	if (queue->unfinished == 0)
		return aw_raise(aw_ValueError, "task_done() called too many times");
	if (--queue->unfinished == 0)
		aw_event_set(&queue->finished);
	return NULL;
}

aw_error *aw_queue_join(aw_queue *queue)
{
	bool woken;

	check(queue);
	if (queue->unfinished == 0)
		return NULL;
	return aw__sync_wait(&queue->finished.line, AW_WAIT_QUEUE, &queue->id, &woken);
}
