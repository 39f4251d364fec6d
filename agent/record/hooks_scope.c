/* SPDX-License-Identifier: MIT */
/* Hook of the finding scope-left-open: a task ended without closing a scope, or releasing a lock. */
#include "agent/record/put_finding.h"
#include "agent/record/writer.h"

#include <stdio.h>

#include "proto/finding.h"

enum { TEXT_BYTES = 160 };

static void describe(char text[TEXT_BYTES], const struct aw_agent_left *left)
{
	static const char *const whats[AW_SCOPES] = {
		[AW_SCOPE_TIMEOUT] = "a timeout",
		[AW_SCOPE_GROUP] = "a task group",
		[AW_SCOPE_AS_COMPLETED] = "an as_completed()",
		[AW_SCOPE_LOCK] = "a lock",
	};
	const char *what = left->kind < AW_SCOPES ? whats[left->kind] : "a scope";
	const bool named = left->name != NULL;

	snprintf(text, TEXT_BYTES, "%s%s%.64s%s %s", what, named ? " '" : "",
		 named ? left->name : "", named ? "'" : "",
		 left->kind == AW_SCOPE_LOCK
			 ? "was destroyed while it was taken, and the task that took it has ended"
			 : "was open when its task ended, and was closed then");
}

void aw_agent_scope_left(const struct aw_agent_task *task, const struct aw_agent_left *left)
{
	struct aw__writer *writer = aw__writer_get();
	char text[TEXT_BYTES];

	if (writer == NULL)
		return;
	aw__writer_now(writer);
	describe(text, left);
	aw__task_finding(writer, task,
			 &(struct aw__task_found){ .kind = AW__SCOPE_LEFT_OPEN,
						   .stack = left->opened,
						   .text = text });
}
