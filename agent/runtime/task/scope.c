/* SPDX-License-Identifier: MIT */
/*
 * Closes the scopes (timeouts, groups, as_completed) that a task left open at its end, and reports each to the
 * recorder.
 */
#include "agent/runtime/task/scope.h"

AW__HOOK_ONLY static void tell_left(const struct aw__scope *scope)
{
	const struct aw__scope_type *type = scope->type;

	aw_agent_scope_left(&scope->task->agent,
			    &(struct aw_agent_left){
				    .kind = type->kind,
				    .opened = scope->opened,
				    .name = type->name != NULL ? type->name(scope) : NULL,
			    });
}

aw_error *aw__scopes_close(struct aw_task *task, aw_error *err)
{
	struct aw__scope *scope;

	while ((scope = task->scopes) != NULL) {
		if (AW__HOOKED())
			tell_left(scope);
		err = scope->type->close(scope, err);
	}
	return err;
}
