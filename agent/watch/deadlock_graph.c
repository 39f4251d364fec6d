/* SPDX-License-Identifier: MIT */
/* Builds the graph of the tasks that can still go on, from the task table, for deadlock.c: the rules are in deadlock.h. */
#include <string.h>
#include <sys/mman.h>

#include "agent/record/atomics.h"
#include "agent/record/box_tables.h"
#include "agent/record/hook_tables.h"
#include "agent/record/recorder.h"
#include "agent/watch/deadlock.h"

#define NONE	     AW__DEADLOCK_NONE
#define FEWEST_SLOTS 256u

bool aw__loop_is_stuck(uint64_t id)
{
	for (uint32_t i = 0; i < aw__header()->loop_capacity; i++)
		if (id != 0 && AW__LOAD(aw__loop_table()[i].id) == id)
			return AW__LOAD(aw__loop_table()[i].stuck) == AW__STUCK;
	return false;
}

/* For that many slots, or more. Drops the graph that was there before. */
static bool have_room(struct aw__deadlock_graph *graph, uint64_t slots)
{
	size_t room = FEWEST_SLOTS, nodes, words;
	unsigned char *memory;

	if (slots <= graph->room)
		return true;
	while (room < slots)
		room *= 2;
	if (graph->nodes != NULL)
		munmap(graph->nodes, graph->bytes);
	graph->nodes = NULL;
	graph->room = 0;
	nodes = room * sizeof(*graph->nodes);
	words = room * sizeof(uint32_t);
	graph->bytes = nodes + 9 * words;
	memory = mmap(NULL, graph->bytes, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		return false;
	graph->room = room;
	graph->nodes = (void *)memory;
	graph->work = (void *)(memory + nodes);
	graph->index = (void *)(memory + nodes + words);
	return true;
}

static bool waits_inside(const struct aw__task_view *view)
{
	switch (AW__VIEW_WAIT(view)) {
	case AW_WAIT_TASK:
	case AW_WAIT_LOCK:
	case AW_WAIT_GROUP:
	case AW_WAIT_GATHER:
		return AW__VIEW_STATE(view) == AW__TASK_WAITING && view->wait_target != 0;
	default:
		return false;
	}
}

static bool is_owner(const struct aw__deadlock_node *node)
{
	const uint64_t wait = AW__VIEW_WAIT(&node->view);

	return waits_inside(&node->view) && (wait == AW_WAIT_GROUP || wait == AW_WAIT_GATHER);
}

static void enliven(struct aw__deadlock_graph *graph, uint32_t at)
{
	if (graph->nodes[at].alive)
		return;
	graph->nodes[at].alive = true;
	graph->work[graph->work_count++] = at;
}

static bool collect(struct aw__deadlock_graph *graph, uint64_t old_ns)
{
	const uint64_t end = aw__slots_end();
	struct aw__task_view view;

	if (end > AW__DEADLOCK_SLOTS || !have_room(graph, end))
		return false;
	for (uint32_t slot = 1; slot < end; slot++) {
		struct aw__deadlock_node *node = &graph->nodes[graph->count];

		if (!aw__slot_view(slot, &view) || AW__VIEW_STATE(&view) == AW__TASK_FINISHED)
			continue;
		*node = (struct aw__deadlock_node){ .view = view,
						    .goal = NONE,
						    .shared = NONE,
						    .owner = NONE,
						    .first_waiter = NONE,
						    .next_waiter = NONE,
						    .first_child = NONE,
						    .next_child = NONE };
		node->free = !waits_inside(&view) ||
			     (view.changed_ns > old_ns && !aw__loop_is_stuck(view.loop));
		graph->count++;
	}
	return true;
}

/* ---- the two indexes ---- */

enum { BY_TASK, BY_SCOPE };

static uint64_t key_of(const struct aw__deadlock_node *node, unsigned which)
{
	return which == BY_TASK ? node->view.task.id : node->view.wait_target;
}

static uint32_t *place_of(const struct aw__deadlock_graph *graph, unsigned which, uint64_t key)
{
	uint32_t *index = graph->index + which * graph->places;
	uint32_t i = (uint32_t)aw__hold_hash(key) & (graph->places - 1);

	while (index[i] != 0 && key_of(&graph->nodes[index[i] - 1], which) != key)
		i = (i + 1) & (graph->places - 1);
	return &index[i];
}

static uint32_t find(const struct aw__deadlock_graph *graph, unsigned which, uint64_t key)
{
	return key != 0 ? *place_of(graph, which, key) - 1 : NONE;
}

static void make_indexes(struct aw__deadlock_graph *graph)
{
	graph->places = 16;
	while (graph->places < 2 * graph->count)
		graph->places *= 2;
	memset(graph->index, 0, 2 * graph->places * sizeof(*graph->index));
	for (uint32_t i = 0; i < graph->count; i++) {
		*place_of(graph, BY_TASK, graph->nodes[i].view.task.id) = i + 1;
		if (is_owner(&graph->nodes[i]))
			*place_of(graph, BY_SCOPE, graph->nodes[i].view.wait_target) = i + 1;
	}
}

/* ---- which task waits for which ---- */

static void collect_shared(struct aw__deadlock_graph *graph)
{
	graph->shared_count = aw__shares_copy(graph->shares);
	for (uint32_t i = 0; i < graph->shared_count; i++)
		graph->shared[i] = (struct aw__deadlock_shared){ .first_waiter = NONE };
}

/* Link the node to the semaphore that it waits for. False: it does not wait for one whose owners are known. */
static bool link_shared(struct aw__deadlock_graph *graph, uint32_t at)
{
	struct aw__deadlock_node *node = &graph->nodes[at];

	for (uint32_t i = 0; i < graph->shared_count; i++) {
		if (graph->shares[i].resource != node->view.wait_target)
			continue;
		node->shared = i;
		node->next_waiter = graph->shared[i].first_waiter;
		graph->shared[i].first_waiter = at;
		return true;
	}
	return false;
}

static void link_goal(struct aw__deadlock_graph *graph, uint32_t at)
{
	struct aw__deadlock_node *node = &graph->nodes[at];
	const bool lock = AW__VIEW_WAIT(&node->view) == AW_WAIT_LOCK;
	const uint64_t target = node->view.wait_target;
	const uint64_t task = lock ? aw__hold_of(target) : target;

	if (lock && link_shared(graph, at))
		return;
	node->goal = find(graph, BY_TASK, task);
	if (node->goal != NONE) {
		node->next_waiter = graph->nodes[node->goal].first_waiter;
		graph->nodes[node->goal].first_waiter = at;
	} else if (lock && task != 0 && AW__LOAD(aw__header()->task_refused) == 0) {
		node->holder_ended = true;
	} else {
		node->free = true;
	}
}

static void link_all(struct aw__deadlock_graph *graph)
{
	for (uint32_t i = 0; i < graph->count; i++) {
		struct aw__deadlock_node *node = &graph->nodes[i];

		node->owner = find(graph, BY_SCOPE, node->view.scope);
		if (node->owner != NONE) {
			node->next_child = graph->nodes[node->owner].first_child;
			graph->nodes[node->owner].first_child = i;
			graph->nodes[node->owner].missing++;
		}
		if (waits_inside(&node->view) && !is_owner(node))
			link_goal(graph, i);
	}
	/* without a known child nothing says that it is blocked */
	for (uint32_t i = 0; i < graph->count; i++)
		if (is_owner(&graph->nodes[i]) && graph->nodes[i].first_child == NONE)
			graph->nodes[i].free = true;
}

/* ---- which nodes are live ---- */

static bool is_timed(const struct aw__deadlock_node *node)
{
	return (node->view.status & AW__STATUS_FLAG(AW__TASK_TIMED)) != 0;
}

static bool is_shield(const struct aw__deadlock_node *node)
{
	return (node->view.status & AW__STATUS_FLAG(AW__TASK_SHIELDS)) != 0;
}

/* A timer cancels a task together with the tasks that it waits for, unless they are shielded. Called before liveness spreads any other way. */
static void spread_down(struct aw__deadlock_graph *graph)
{
	for (uint32_t i = 0; i < graph->count; i++)
		if (is_timed(&graph->nodes[i]))
			enliven(graph, i);
	for (uint32_t i = 0; i < graph->work_count; i++) {
		const struct aw__deadlock_node *node = &graph->nodes[graph->work[i]];

		if (is_shield(node))
			continue;
		if (node->goal != NONE && AW__VIEW_WAIT(&node->view) == AW_WAIT_TASK)
			enliven(graph, node->goal);
		for (uint32_t child = node->first_child; child != NONE;
		     child = graph->nodes[child].next_child)
			enliven(graph, child);
	}
}

/* Whether any task that has a permit may still give it back. */
static bool has_live_owner(const struct aw__deadlock_graph *graph, const struct aw__shares *shares)
{
	for (uint32_t i = 0; i < shares->count; i++) {
		const uint32_t owner = find(graph, BY_TASK, shares->tasks[i]);

		if (owner == NONE || graph->nodes[owner].alive)
			return true;
	}
	return false;
}

/* Spread to the tasks that wait for a semaphore. Returns whether any of them was blocked until now. */
static bool spread_shared(struct aw__deadlock_graph *graph)
{
	for (uint32_t i = 0; i < graph->shared_count; i++) {
		struct aw__deadlock_shared *shared = &graph->shared[i];

		if (shared->alive || !has_live_owner(graph, &graph->shares[i]))
			continue;
		shared->alive = true;
		for (uint32_t at = shared->first_waiter; at != NONE;
		     at = graph->nodes[at].next_waiter)
			enliven(graph, at);
	}
	return graph->work_count > 0;
}

static void spread_up(struct aw__deadlock_graph *graph)
{
	while (graph->work_count > 0) {
		const uint32_t at = graph->work[--graph->work_count];
		const uint32_t owner = graph->nodes[at].owner;

		for (uint32_t waiter = graph->nodes[at].first_waiter; waiter != NONE;
		     waiter = graph->nodes[waiter].next_waiter)
			enliven(graph, waiter);
		if (owner == NONE)
			continue;
		graph->nodes[owner].missing--;
		if (AW__VIEW_WAIT(&graph->nodes[owner].view) == AW_WAIT_GATHER ||
		    graph->nodes[owner].missing == 0)
			enliven(graph, owner);
	}
}

bool aw__deadlock_build(struct aw__deadlock_graph *graph, uint64_t old_ns)
{
	graph->count = graph->work_count = 0;
	if (!collect(graph, old_ns))
		return false;
	make_indexes(graph);
	collect_shared(graph);
	link_all(graph);
	spread_down(graph);
	for (uint32_t i = 0; i < graph->count; i++)
		if (graph->nodes[i].free)
			enliven(graph, i);
	do
		spread_up(graph);
	while (spread_shared(graph));
	return true;
}

/* The permit holder that was created first: the same one at each look. */
static uint32_t first_owner(const struct aw__deadlock_graph *graph, const struct aw__shares *shares)
{
	uint64_t first = UINT64_MAX;

	for (uint32_t i = 0; i < shares->count; i++)
		if (shares->tasks[i] < first)
			first = shares->tasks[i];
	return find(graph, BY_TASK, first);
}

uint32_t aw__deadlock_next(const struct aw__deadlock_graph *graph, uint32_t at)
{
	const struct aw__deadlock_node *node = &graph->nodes[at];
	uint32_t child = node->first_child;

	if (node->shared != NONE)
		return first_owner(graph, &graph->shares[node->shared]);
	if (!is_owner(node))
		return node->goal;
	while (child != NONE && graph->nodes[child].alive)
		child = graph->nodes[child].next_child;
	return child;
}
