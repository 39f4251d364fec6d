/* SPDX-License-Identifier: MIT */
/* Puts findings, and what they name, into the ring of findings (findings.c): for hooks and detectors. */
#ifndef AW__PUT_FINDING_H
#define AW__PUT_FINDING_H

#include <awry/agent.h>
#include <stdint.h>

#include "agent/record/writer.h"
#include "proto/finding.h"
#include "proto/item.h"

/** Put a task's present state into the ring of findings, so that findings can name the task when it has ended. */
void aw__task_tell(struct aw__writer *writer, const struct aw_agent_task *task);

/** A finding about a task, apart from the task itself. */
struct aw__task_found {
	enum aw__finding_kind kind;
	uint64_t error;
	uint64_t stack; /* 0: where it was created */
	uint64_t value;
	uint64_t by;
	const char *text; /* NULL: none */
};

/** Put a finding about a task, and before it the tasks that the finding names: the task itself and its creator. */
void aw__task_finding(struct aw__writer *writer, const struct aw_agent_task *task,
		      const struct aw__task_found *found);

/** If the task was asked to cancel, put the request beside a finding of the task's error, which may be its result. */
void aw__cancel_tell(struct aw__writer *writer, const struct aw_agent_task *task);

/** Put a finding: `event` has its args, list and text. */
void aw__finding_put(struct aw__writer *writer, struct aw__event *event);

#endif
