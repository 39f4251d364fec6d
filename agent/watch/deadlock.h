/* SPDX-License-Identifier: MIT */
/*
 * Which tasks can still go on, and which wait for each other for ever.
 *
 * Each listed task is a node of a graph. A node is live or blocked. It is live by itself if the task runs or is ready, if it waits for something
 * outside of the graph (input, a time, a queue), if it has not waited for long, or if a timer may end its wait. Then liveness spreads: to
 * a task that waits for the end of a live task; to one that waits for a lock that a live task has; to a gather when one of its children is
 * live; to a group when all of its members are, since it waits for all of them. From a task with a timer it also spreads downwards, to the tasks
 * that it waits for, since they are cancelled with it, but not through a shield() or wait(). Each node that is still blocked then waits in a
 * circle, or for a lock whose holder has ended.
 *
 * Several tasks may have permits of one semaphore: a task that waits for a permit is live if any of these is.
 *
 * A task is not live just because another task could cancel it. The runtime names a lock's owner only where it knows that the
 * owner must release it: a lock that another task, a callback or a thread may release has no owner.
 */
#ifndef AW__DEADLOCK_H
#define AW__DEADLOCK_H

#include "agent/record/box_tables.h"
#include "agent/record/hook_tables.h"

#define AW__DEADLOCK_SLOTS 65536u /* of the task table: a larger one is not searched */
#define AW__DEADLOCK_NONE  UINT32_MAX

struct aw__deadlock_node {
	struct aw__task_view view;
	uint32_t goal;	 /* the node it waits for: a task, or the lock's holder */
	uint32_t shared; /* the semaphore it waits for, whose owners are known; NONE: it does not */
	uint32_t owner;	 /* the node that waits for the group or gather that it belongs to */
	uint32_t first_waiter; /* the first node whose goal is this one */
	uint32_t next_waiter;
	uint32_t first_child; /* the first node whose owner is this one */
	uint32_t next_child;
	uint32_t missing; /* of a group: members that are blocked */
	uint32_t mark;	  /* of the walk that visited it; 0: none */
	bool free;	  /* live by itself */
	bool alive;
	bool holder_ended;
};

/* A semaphore whose owners are known: shares[] has them at the same index. */
struct aw__deadlock_shared {
	uint32_t first_waiter; /* the node; the others by its next_waiter */
	bool alive;	       /* one of its owners is */
};

struct aw__deadlock_graph {
	struct aw__shares shares[AW__MOST_SHARED_RESOURCES];
	struct aw__deadlock_shared shared[AW__MOST_SHARED_RESOURCES];
	uint32_t shared_count;
	struct aw__deadlock_node *nodes;
	uint32_t *
		index; /* of nodes + 1, by the task's id; then, by what a gather's or group's owner waits for */
	uint32_t *work;
	uint64_t room; /* nodes */
	size_t bytes;  /* of all three */
	uint32_t count;
	uint32_t places; /* of each of the two indexes */
	uint32_t work_count;
};

/** Build the graph from the task table. `old_ns`: tasks that began to wait before this time count as waiting for long. False: the table is too large. */
bool aw__deadlock_build(struct aw__deadlock_graph *graph, uint64_t old_ns);
/** The blocked node that a blocked node waits for. NONE: it waits for a lock whose holder has ended. */
uint32_t aw__deadlock_next(const struct aw__deadlock_graph *graph, uint32_t node);

/** Whether the loop with that id sleeps, and nothing can wake it. */
bool aw__loop_is_stuck(uint64_t id);

#endif
