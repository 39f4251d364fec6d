/* SPDX-License-Identifier: MIT */
/*
 * A hook point of a runtime: nothing but one predicted branch while recording is off.
 *
 *	AW__HOOK(task_step, &task->agent);
 *
 * The list of points, with their meaning, is <awry/agent.h>. -DAW__NO_HOOKS compiles them out; the
 * benchmark builds the runtime both ways to show what the branches cost.
 */
#ifndef AW__HOOK_H
#define AW__HOOK_H

#include <awry/agent.h>

#ifdef AW__NO_HOOKS
#define AW__HOOKED() false
#else
#define AW__HOOKED() aw_agent_on()
#endif

/* For a function that is only called while recording is on: its callers, which always run, save no registers for it. */
#define AW__HOOK_ONLY __attribute__((noinline, cold))

#define AW__HOOK(point, ...)                                                                       \
	do {                                                                                       \
		if (AW__HOOKED())                                                                  \
			aw_agent_##point(__VA_ARGS__);                                             \
	} while (0)

#endif
