/* SPDX-License-Identifier: MIT */
/*
 * Scopes: what a task opens and has to close before it ends (timeouts, task groups, as_completed()).
 *
 * Each task lists its open scopes, the innermost first. Those that are still open when its function has returned are
 * closed then, with the task's error, and reported as left open: a timer that fires later, or a member that ends later,
 * would otherwise touch a task that is gone.
 */
#ifndef AW__SCOPE_H
#define AW__SCOPE_H

#include "agent/runtime/task/task.h"

struct aw__scope;

struct aw__scope_type {
	enum aw_agent_scope kind;
	/** Close a scope that its task left open, and free it. Consumes the task's error, and returns the new one. */
	aw_error *(*close)(struct aw__scope *scope, aw_error *err);
	/** Free the scope: its loop closes, and its task never runs again. */
	void (*forget)(struct aw__held *held);
	/** The name that the program gave it; NULL: none. The function itself may be NULL, too. */
	const char *(*name)(const struct aw__scope *scope);
};

struct aw__scope {
	struct aw__held held;
	struct aw_task *task;
	struct aw__scope *outer, *inner; /* in task->scopes */
	const struct aw__scope_type *type;
	aw_intern opened; /* the stack, if it is recorded */
};

/** List a scope that was opened just now. */
static inline void aw__scope_begin(struct aw__scope *scope, struct aw_task *task,
				   const struct aw__scope_type *type)
{
	scope->task = task;
	scope->type = type;
	scope->inner = NULL;
	scope->outer = task->scopes;
	if (scope->outer != NULL)
		scope->outer->inner = scope;
	task->scopes = scope;
	aw__loop_hold(task->future.loop, &scope->held, type->forget);
}

/** Take a scope off the list: it is closed, in whatever order. */
static inline void aw__scope_end(struct aw__scope *scope)
{
	if (scope->inner != NULL)
		scope->inner->outer = scope->outer;
	else
		scope->task->scopes = scope->outer;
	if (scope->outer != NULL)
		scope->outer->inner = scope->inner;
	aw__link_remove(&scope->held.link);
}

/** The task's function has returned: close what it left open. Consumes its error, and returns the task's. */
aw_error *aw__scopes_close(struct aw_task *task, aw_error *err);

#endif
