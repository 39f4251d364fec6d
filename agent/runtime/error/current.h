/* SPDX-License-Identifier: MIT */
/*
 * The recorder's part of the task that runs on this thread; NULL outside of any task.
 *
 * The scheduler sets it at every switch. A coroutine never moves to another thread, so the compiler
 * may keep the address of the thread-local across a suspension.
 */
#ifndef AW__CURRENT_H
#define AW__CURRENT_H

#include <stddef.h>
#include <awry/agent.h>

extern _Thread_local struct aw_agent_task *aw__current;

static inline struct aw_agent_task *aw__current_agent_task(void)
{
	return aw__current;
}

static inline void aw__current_set(struct aw_agent_task *task)
{
	aw__current = task;
}

#endif
