/* SPDX-License-Identifier: MIT */
/* The orders in which queues return their items. */
#ifndef AW__SYNC_QUEUE_ORDER_H
#define AW__SYNC_QUEUE_ORDER_H

#include <awry/sync.h>

struct aw__queue_order {
	/** Add an item, for which there is room. */
	void (*put)(struct aw_queue *queue, void *item);
	/** Remove the next item; there is one. */
	void *(*get)(struct aw_queue *queue);
};

extern const struct aw__queue_order aw__sync_queue_order_fifo;
extern const struct aw__queue_order aw__sync_queue_order_lifo;
extern const struct aw__queue_order aw__sync_queue_order_priority;

#endif
