/* SPDX-License-Identifier: MIT */
/* In which order a queue gives its items. */
#ifndef AW__SYNC_QUEUE_ORDER_H
#define AW__SYNC_QUEUE_ORDER_H

#include <awry/sync.h>

struct aw__queue_order {
	/** There is room for the item. */
	void (*put)(struct aw_queue *queue, void *item);
	/** There is an item. */
	void *(*get)(struct aw_queue *queue);
};

extern const struct aw__queue_order aw__sync_queue_order_fifo;
extern const struct aw__queue_order aw__sync_queue_order_lifo;
extern const struct aw__queue_order aw__sync_queue_order_priority;

#endif
