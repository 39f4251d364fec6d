/* SPDX-License-Identifier: MIT */
/*
 * Reports held errors (agent/watch/watch_held.c) as findings. When the task failed, its error went into a ring of
 * events, where it will be overwritten: so the whole tree is copied into the ring of findings, without the
 * program's help.
 */
#include "agent/record/record.h"
#include "agent/stream/stream_internal.h"
#include "agent/watch/detectors.h"

#define MOST_NODES    512u /* of the trees of one look */
#define MOST_PASSES   12u  /* the depth to which a tree is followed */
#define MOST_PORTIONS 16u  /* when the program ends */

/* Ids of tasks and of errors come from different counters: so they are looked up separately. */
struct nodes {
	const struct aw__held_list *held;
	uint64_t cancellers[AW__HELD_A_LOOK];
	unsigned canceller_count;
	unsigned count;
	struct node {
		uint64_t id;
		bool copied; /* an error may be in the rings several times, with its notes */
		bool copying;
	} list[MOST_NODES];
};

static struct node *find(struct nodes *nodes, uint64_t id)
{
	for (unsigned i = 0; i < nodes->count; i++)
		if (nodes->list[i].id == id)
			return &nodes->list[i];
	return NULL;
}

static void add(struct nodes *nodes, uint64_t id)
{
	if (id != 0 && nodes->count < MOST_NODES && find(nodes, id) == NULL)
		nodes->list[nodes->count++] = (struct node){ .id = id };
}

static bool is_of_task(const struct nodes *nodes, uint64_t task)
{
	for (unsigned i = 0; i < nodes->held->count; i++)
		if (nodes->held->items[i].task == task)
			return true;
	return false;
}

static bool is_canceller(const struct nodes *nodes, uint64_t task)
{
	for (unsigned i = 0; i < nodes->canceller_count; i++)
		if (nodes->cancellers[i] == task)
			return true;
	return false;
}

static void note_canceller(struct nodes *nodes, uint64_t task)
{
	if (task != 0 && nodes->canceller_count < AW__HELD_A_LOOK && !is_canceller(nodes, task))
		nodes->cancellers[nodes->canceller_count++] = task;
}

/* Add the parts of an error that is listed, and note the task that asked a task to cancel. */
static void follow(struct nodes *nodes, const struct aw__event *event)
{
	if ((event->kind == AW__CANCEL_ASKED || event->kind == AW__CANCEL_TOLD) &&
	    is_of_task(nodes, event->subject))
		note_canceller(nodes, event->kind == AW__CANCEL_TOLD ? event->cancel_told.by
								     : event->cancel.by);
	if (event->kind == AW__ERROR && find(nodes, event->subject) != NULL)
		for (uint32_t i = 0; i < event->list_length; i++)
			add(nodes, event->list[i]);
}

static bool is_about_cancel(const struct nodes *nodes, const struct aw__event *event)
{
	switch (event->kind) {
	case AW__CANCEL_ASKED:
	case AW__CANCEL_TOLD:
		return is_of_task(nodes, event->subject);
	case AW__TASK_CREATED:
		return is_canceller(nodes, event->subject);
	default:
		return false;
	}
}

static void copy(struct nodes *nodes, const struct aw__event *event)
{
	struct node *node;

	if (is_about_cancel(nodes, event))
		aw__watch_held_put_again(event, nodes->held->due);
	if (event->kind != AW__ERROR && event->kind != AW__ERROR_NOTE &&
	    event->kind != AW__ERROR_ATTRIBUTE)
		return;
	node = find(nodes, event->subject);
	if (node == NULL)
		return;
	if (event->kind == AW__ERROR) {
		node->copying = !node->copied;
		node->copied = true;
	}
	if (node->copying)
		aw__watch_held_put_again(event, nodes->held->due);
}

static void walk(const struct aw__box *box, struct nodes *nodes,
		 void (*take)(struct nodes *nodes, const struct aw__event *event))
{
	struct aw__box_cursor *cursor = aw__box_cursor_create(box);
	struct aw__item item;

	if (cursor == NULL)
		return;
	aw__box_cursor_mark(cursor);
	while (aw__box_cursor_next(cursor, &item))
		if (item.kind == AW__ITEM_EVENT)
			take(nodes, &item.event);
	aw__box_cursor_destroy(cursor);
}

static void tell_errors(const struct aw__box *box, const struct aw__held_list *held)
{
	struct nodes nodes = { .held = held };
	unsigned before;

	for (unsigned i = 0; i < held->count; i++)
		add(&nodes, held->items[i].error);
	/* the first pass also finds the tasks that asked to cancel */
	for (unsigned pass = 0; pass < MOST_PASSES; pass++) {
		before = nodes.count;
		walk(box, &nodes, follow);
		if (nodes.count == before)
			break;
	}
	walk(box, &nodes, copy);
}

void aw__held_tell(const struct aw__box *box, const struct aw__held_list *held)
{
	if (held->count == 0)
		return;
	tell_errors(box, held);
	for (unsigned i = 0; held->due && i < held->count; i++)
		aw__watch_held_finding(&held->items[i]);
}

/* `give` makes room between the portions: the ring of findings is small. */
void aw__held_tell_at_end(const struct aw__box *box, void (*give)(void *arg), void *arg)
{
	struct aw__held_list held;
	uint32_t next = 1;
	unsigned portions = 0;

	do {
		next = aw__watch_held_at_end(next, &held);
		aw__held_tell(box, &held);
		give(arg);
	} while (next != 0 && ++portions < MOST_PORTIONS);
	if (next != 0)
		aw__record_lost_finding(
			1, "tasks whose errors nobody had retrieved when the program ended: "
			   "there are more than are reported");
}
