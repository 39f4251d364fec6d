/* SPDX-License-Identifier: MIT */
/* What the two halves of the sampler share: sampler.c looks and walks, sampler_stop.c stops a thread that runs. */
#ifndef AW__SAMPLER_H
#define AW__SAMPLER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "agent/record/walk_copy.h"
#include "agent/record/walk_interpreter.h"

/** Where a stack is copied to; filled from the stack pointer up. */
struct aw__sample {
	struct aw__stack_registers registers;
	uint64_t *words;
	size_t capacity_bytes;
	size_t bytes;
	/* An interpreter's frames of the same moment, if one runs on the thread (state != 0). */
	const struct aw_agent_interpreter *layout;
	uint64_t state;
	struct aw__interpreted *interpreted;
};

enum aw__sampler_state {
	AW__THREAD_RUNS,   /* in its own code, or in the kernel */
	AW__THREAD_SLEEPS, /* in a system call, or in the kernel for another reason */
	AW__THREAD_UNKNOWN /* the kernel does not say */
};

/**
 * What the kernel says about another thread of this process, without stopping it.
 *
 * @param folder         of the thread's task, with a slash at its end: AW__OWN_TASKS, or for another process AW__ALL_TASKS
 * @param ret_registers  may be NULL; set if the thread sleeps
 */
enum aw__sampler_state aw__sampler_look(const char *folder, pid_t tid,
					struct aw__stack_registers *ret_registers);
/** Read a file of a thread as a string. False: there is none. */
bool aw__sampler_read(const char *folder, pid_t tid, const char *name, char *ret, size_t size);

#define AW__OWN_TASKS "/proc/self/task/"
#define AW__ALL_TASKS "/proc/"

/** Read the frames of the interpreter, which are not on the thread's stack. Both halves call it while the thread sleeps or is stopped. */
static inline void aw__sampler_read_interpreter(const struct aw__sample *sample)
{
	if (sample->state != 0)
		aw__walk_interpreter(sample->layout, sample->state, aw__copy_memory,
				     sample->interpreted);
}

/** Stop a running thread, for less than a millisecond, and copy its registers and its stack. False: it could not be stopped. */
bool aw__sampler_stop(pid_t tid, struct aw__sample *sample);

#endif
