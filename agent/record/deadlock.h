/* SPDX-License-Identifier: MIT */
/*
 * Which tasks can still go on, and which wait for each other for ever.
 *
 * Each listed task is a node. It is alive if it runs or is ready, if what it waits for comes from outside of the graph (input, a
 * time, a queue), if it has not waited for long, or if a timer may end its wait. Life spreads: to who waits for a
 * live task or for the end of it; to who waits for a lock that a live task has; to a gather when one of its
 * children lives; to a group when all of its members do, since it waits for all of them. A timer's life also spreads
 * downwards, to what the task waits for, since that is cancelled with it, but not through a shield() or wait(). What has no life then waits for
 * something in a circle, or for a lock whose holder has ended.
 *
 * A semaphore's permits may be with several tasks: a task that waits for one is alive if any of these is.
 *
 * That another task could cancel one of them is not taken for a way out. The runtime names a lock's owner only where it knows that the
 * owner is to release it: what another task, a callback or a thread may release has no owner.
 */
#ifndef AW__DEADLOCK_H
#define AW__DEADLOCK_H

#include "agent/record/recorder.h"

#define AW__DEADLOCK_SLOTS 65536u /* of the task table: a larger one is not searched */
#define AW__DEADLOCK_NONE  UINT32_MAX

struct aw__deadlock_node {
	struct aw__task_view view;
	uint32_t goal;	       /* the node it waits for: a task, or who has the lock */
	uint32_t shared;       /* the semaphore it waits for, whose owners are known; NONE: it does not */
	uint32_t owner;	       /* the node that waits for the group or gather that it belongs to */
	uint32_t first_waiter; /* whose goal it is */
	uint32_t next_waiter;
	uint32_t first_child; /* whose owner it is */
	uint32_t next_child;
	uint32_t missing; /* of a group: members without life */
	uint32_t mark;	  /* of the walk that came by; 0: none */
	bool free;	  /* it has life of its own */
	bool alive;
	bool holder_ended;
};

/* A semaphore, and who has its permits. */
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

/** Look at the task table. `old_ns`: who waits since then or before has waited for long. False: it is too large. */
bool aw__deadlock_build(struct aw__deadlock_graph *graph, uint64_t old_ns);
/** What a node without life waits for, that has none either. NONE: a lock whose holder has ended. */
uint32_t aw__deadlock_next(const struct aw__deadlock_graph *graph, uint32_t node);

/** Tell of circles among tasks of this loop alone, whose thread this is: none of them moves meanwhile. */
void aw__deadlock_at_end(uint64_t loop);
/** In the child of a fork: who looked there is not here. */
void aw__deadlock_reset(void);

/** Whether the process has no thread but the agent's and one other, the caller's or a loop's. */
bool aw__is_alone(void);
/** Look at loops that only other threads could wake: which of them are stuck. Called again and again, by one thread at a time. */
void aw__watch_alone(uint64_t now_ns, uint64_t longest_ns);
/** Tell whether the loop with that id sleeps, and nothing can wake it. */
bool aw__loop_is_stuck(uint64_t id);

#endif
