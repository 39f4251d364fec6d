/* SPDX-License-Identifier: MIT */
/*
 * The wait graph. Its nodes are the live tasks that wait; a resource is only an edge from a task that waits for it to the task that has it.
 *
 * Cycles are found by a depth-first search without recursion: a task that is met again while it is on the path closes a cycle. Each task is
 * entered once, and each of its edges followed once, so that no recording can make the search long.
 */
#include "viewer/model/model_internal.h"

#include <awry/agent.h>

#include "base/alloc.h"

void aw__waits_event(struct aw__model *model, const struct aw__event *event)
{
	if (event->held.task == 0) {
		aw__map_remove(&model->holds, event->subject);
		return;
	}
	if (event->subject == 0 || event->held.task >= UINTPTR_MAX ||
	    (model->holds.count >= AW__MODEL_MAX_HOLDS &&
	     aw__map_get(&model->holds, event->subject) == NULL)) {
		model->counts.nonsense++;
		return;
	}
	aw__map_put(&model->holds, event->subject, (void *)((uintptr_t)event->held.task + 1));
}

void aw__waits_forget(struct aw__model *model)
{
	aw__map_finish(&model->holds);
}

uint64_t aw__model_holder(const struct aw__model *model, uint64_t resource)
{
	const void *held = resource != 0 ? aw__map_get(&model->holds, resource) : NULL;

	return held != NULL ? (uint64_t)(uintptr_t)held - 1 : 0;
}

/* ---- cycles ---- */

/* One task on the path, and its next edge. */
struct step {
	const struct aw__task *task;
	const struct aw__task *child; /* of a group or gather: the next member to look at */
	bool taken;		      /* for other waits: their only edge was followed */
};

struct walk {
	const struct aw__model *model;
	/* by task: index of its step + 2 while it is on the path, DONE afterwards */
	struct aw__map seen;
	struct step *way;
	size_t count, capacity;
	struct aw__circles *circles;
	size_t capacity_found;
};

#define DONE ((void *)1)

static bool waits(const struct aw__task *task)
{
	return task != NULL && task->live && task->state == AW__TASK_WAITING;
}

static bool has_members(const struct aw__task *task)
{
	return (task->wait_kind == AW_WAIT_GROUP || task->wait_kind == AW_WAIT_GATHER) &&
	       task->wait_target != 0;
}

/* Only waits for tasks, locks, groups and gathers lead to other tasks; others cannot be part of a cycle. */
static bool has_edges(const struct aw__task *task)
{
	return has_members(task) || task->wait_kind == AW_WAIT_TASK ||
	       task->wait_kind == AW_WAIT_LOCK;
}

static const struct aw__task *next_member(struct step *step)
{
	while (step->child != NULL) {
		const struct aw__task *child = step->child;

		step->child = child->next;
		if (child->scope == step->task->wait_target && waits(child) && has_edges(child))
			return child;
	}
	return NULL;
}

/* The next task that this one waits for; NULL after the last. */
static const struct aw__task *follow(const struct walk *walk, struct step *step)
{
	const uint64_t target = step->task->wait_target;
	const struct aw__task *task;

	if (has_members(step->task))
		return next_member(step);
	if (step->taken)
		return NULL;
	step->taken = true;
	if (step->task->wait_kind == AW_WAIT_TASK)
		task = aw__model_task(walk->model, target);
	else if (step->task->wait_kind == AW_WAIT_LOCK)
		task = aw__model_task(walk->model, aw__model_holder(walk->model, target));
	else
		return NULL;
	return waits(task) && has_edges(task) ? task : NULL;
}

static void enter(struct walk *walk, const struct aw__task *task)
{
	if (walk->count == walk->capacity) {
		walk->capacity = walk->capacity > 0 ? 2 * walk->capacity : 64;
		walk->way = aw__alloc_must_resize(walk->way, walk->capacity * sizeof(*walk->way));
	}
	walk->way[walk->count] = (struct step){ .task = task, .child = task->first_child };
	aw__map_put(&walk->seen, task->id, (void *)(walk->count + 2));
	walk->count++;
}

/* Keep the cycle that the path is from `first` on, starting with its lowest id. */
static void keep(struct walk *walk, size_t first)
{
	struct aw__circles *circles = walk->circles;
	struct aw__circle *circle;
	size_t start = first;

	if (circles->count == walk->capacity_found) {
		walk->capacity_found = walk->capacity_found > 0 ? 2 * walk->capacity_found : 8;
		circles->items = aw__alloc_must_resize(
			circles->items, walk->capacity_found * sizeof(*circles->items));
	}
	circle = &circles->items[circles->count++];
	circle->count = walk->count - first;
	circle->tasks = aw__alloc_must(circle->count * sizeof(*circle->tasks));
	for (size_t i = first; i < walk->count; i++)
		if (walk->way[i].task->id < walk->way[start].task->id)
			start = i;
	for (size_t i = 0; i < circle->count; i++)
		circle->tasks[i] = walk->way[first + (start - first + i) % circle->count].task;
}

/* Mark the tasks of a kept cycle as done: no task is reported in a second one. */
static void leave(struct walk *walk, size_t from)
{
	while (walk->count > from)
		aw__map_put(&walk->seen, walk->way[--walk->count].task->id, DONE);
}

static void explore(struct walk *walk, const struct aw__task *root)
{
	enter(walk, root);
	while (walk->count > 0) {
		const struct aw__task *next = follow(walk, &walk->way[walk->count - 1]);
		const void *seen = next != NULL ? aw__map_get(&walk->seen, next->id) : NULL;

		if (next == NULL) {
			leave(walk, walk->count - 1);
		} else if (seen == NULL) {
			enter(walk, next);
		} else if (seen != DONE) {
			keep(walk, (size_t)(uintptr_t)seen - 2);
			leave(walk, (size_t)(uintptr_t)seen - 2);
		}
	}
}

/* Whether the task waits for another one: only then it needs to be remembered. */
static bool leads_on(const struct walk *walk, const struct aw__task *task)
{
	struct step step = { .task = task, .child = task->first_child };

	return has_edges(task) && follow(walk, &step) != NULL;
}

void aw__circles_find(const struct aw__model *model, struct aw__circles *ret_circles)
{
	struct walk walk = { .model = model, .circles = ret_circles };
	const struct aw__task *task = aw__model_task_roots(model);
	int depth = 0;

	*ret_circles = (struct aw__circles){ 0 };
	for (; task != NULL; task = aw__model_task_next(task, &depth))
		if (waits(task) && leads_on(&walk, task) &&
		    aw__map_get(&walk.seen, task->id) == NULL)
			explore(&walk, task);
	aw__map_finish(&walk.seen);
	aw__alloc_free(walk.way);
}

void aw__circles_finish(struct aw__circles *circles)
{
	for (size_t i = 0; i < circles->count; i++)
		aw__alloc_free(circles->items[i].tasks);
	aw__alloc_free(circles->items);
	*circles = (struct aw__circles){ 0 };
}
