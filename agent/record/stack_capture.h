/* SPDX-License-Identifier: MIT */
/* Captures stacks, and interns them (stack.c). */
#ifndef AW__STACK_CAPTURE_H
#define AW__STACK_CAPTURE_H

#include <awry/agent.h>
#include <stdint.h>

/** Capture the native stack from the frame that returns to `from` on, and intern it. */
uint32_t aw__stack_capture(uint32_t link, const void *from);
/** Bounds of a capture: return addresses of functions on the stack. NULL, or an address that is not on the stack: no bound. */
struct aw__stack_bounds {
	const void *caller; /* of the hook that asks */
	const void
		*from; /* the function that returns there, and those that it called, are left out */
	const void *until; /* the function that returns there, and its callers, are left out */
};

/** Capture the native stack within these bounds, and intern it. Without a frame in between, returns the link, or else AW_STACK_NONE. */
uint32_t aw__stack_between(uint32_t link, const struct aw__stack_bounds *bounds);
/** Walk a stack that is suspended, and intern it. 0: its rules are not known. */
uint32_t aw__stack_suspended(uint32_t link, const struct aw_agent_registers *registers);
uint32_t aw__stack_intern(uint64_t *numbers, uint32_t frame_count, uint32_t link, uint64_t flags);
void aw__stack_warm_up(void);
/** The creation stack of a task that was created before recording began. `known`: where that was; AW_NONE, AW_STACK_NONE: not known. */
uint32_t aw__stack_before_recording(uint32_t known);
/** A stack that a runtime gave, or else the native one from the frame that returns to `from` on. */
static inline uint32_t aw__stack_given(aw_intern given, uint32_t link, const void *from)
{
	if (given == AW_STACK_NONE)
		return AW_NONE;
	return given != AW_NONE ? given : aw__stack_capture(link, from);
}

#endif
