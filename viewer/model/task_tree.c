/* SPDX-License-Identifier: MIT */
/* The forest of tasks, in which the parent of a task is its creator. Nothing here recurses, and no cycle can form. */
#include "viewer/model/model_internal.h"

/* How many ancestors of a new parent are searched for the task itself. */
#define MAX_CLIMB 4096

void aw__tree_link(struct aw__model *model, struct aw__task *task)
{
	struct aw__task *parent = task->parent;
	struct aw__task **first = parent != NULL ? &parent->first_child : &model->first_root;
	struct aw__task **last = parent != NULL ? &parent->last_child : &model->last_root;

	task->next = NULL;
	task->previous = *last;
	if (*last != NULL)
		(*last)->next = task;
	else
		*first = task;
	*last = task;
}

static void detach(struct aw__model *model, struct aw__task *task)
{
	struct aw__task *parent = task->parent;
	struct aw__task **first = parent != NULL ? &parent->first_child : &model->first_root;
	struct aw__task **last = parent != NULL ? &parent->last_child : &model->last_root;

	*(task->previous != NULL ? &task->previous->next : first) = task->next;
	*(task->next != NULL ? &task->next->previous : last) = task->previous;
}

/* Whether `parent` descends from `task`; also true if that takes more than MAX_CLIMB steps to find out. */
static bool descends(const struct aw__task *parent, const struct aw__task *task)
{
	size_t steps = 0;

	if (parent == task)
		return true;
	if (task->first_child == NULL)
		return false;
	for (; parent != NULL; parent = parent->parent)
		if (parent == task || ++steps > MAX_CLIMB)
			return true;
	return false;
}

void aw__tree_set_parent(struct aw__model *model, struct aw__task *task)
{
	struct aw__task *parent;

	if (task->parent != NULL || task->facts.creator == 0)
		return;
	parent = aw__tasks_need(model, task->facts.creator);
	if (parent == NULL)
		return;
	if (descends(parent, task)) {
		model->counts.nonsense++;
		return;
	}
	detach(model, task);
	task->parent = parent;
	aw__tree_link(model, task);
}

void aw__tree_unlink(struct aw__model *model, struct aw__task *task)
{
	struct aw__task *child, *next;

	detach(model, task);
	for (child = task->first_child; child != NULL; child = next) {
		next = child->next;
		child->parent = NULL;
		aw__tree_link(model, child);
	}
	task->first_child = task->last_child = NULL;
}

const struct aw__task *aw__model_task_roots(const struct aw__model *model)
{
	return model->first_root;
}

const struct aw__task *aw__model_task_next(const struct aw__task *task, int *depth)
{
	if (task->first_child != NULL) {
		++*depth;
		return task->first_child;
	}
	while (task != NULL && task->next == NULL) {
		task = task->parent;
		--*depth;
	}
	return task != NULL ? task->next : NULL;
}
