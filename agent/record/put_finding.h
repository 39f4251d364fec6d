/* SPDX-License-Identifier: MIT */
/* Puts findings, and what they name, into the ring of findings (findings.c): for hooks and detectors. */
#ifndef AW__PUT_FINDING_H
#define AW__PUT_FINDING_H

#include <awry/agent.h>
#include <stdint.h>

#include "agent/record/writer.h"
#include "proto/finding.h"
#include "proto/item.h"

/** Put the task that is in a slot into the ring of findings, so that they can name it when it is gone. */
void aw__task_tell(struct aw__writer *writer, const struct aw_agent_task *task);

/** What there is to say of a task, beyond who it is. */
struct aw__task_found {
	enum aw__finding_kind kind;
	uint64_t error;
	uint64_t stack; /* 0: where it was created */
	uint64_t value;
	uint64_t by;
	const char *text; /* NULL: none */
};

/** Put a finding of a task, and before it what the finding names: the task, who made it, and who did it. */
void aw__task_finding(struct aw__writer *writer, const struct aw_agent_task *task,
		      const struct aw__task_found *found);

/** Put beside a finding of a task's error who asked the task to cancel, if somebody did: its errors may come of that. */
void aw__cancel_tell(struct aw__writer *writer, const struct aw_agent_task *task);

/** Put a finding: `event` has its args, list and text. */
void aw__finding_put(struct aw__writer *writer, struct aw__event *event);

#endif
