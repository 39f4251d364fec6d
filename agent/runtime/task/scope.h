/* SPDX-License-Identifier: MIT */
/*
 * Scopes: timeouts, task groups and as_completed(), which a task opens and has to close before it ends.
 *
 * Each task lists its open scopes, the innermost first. Scopes that are still open when its function has returned are
 * closed then, with the task's error, and reported as left open: otherwise a timer that fires later, or a member that
 * ends later, would access a freed task.
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
	/** The name that the program gave the scope; NULL: none. The function pointer may be NULL, too. */
	const char *(*name)(const struct aw__scope *scope);
};

struct aw__scope {
	struct aw__held held;
	struct aw_task *task;
	struct aw__scope *outer, *inner; /* in task->scopes */
	const struct aw__scope_type *type;
	aw_intern opened; /* the stack at which it was opened, if recorded */
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

/** Remove a closed scope from the list; scopes may be closed in any order. */
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

/** After the task's function has returned: close its open scopes. Consumes its error, and returns the task's. */
aw_error *aw__scopes_close(struct aw_task *task, aw_error *err);

#endif
