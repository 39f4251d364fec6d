/* SPDX-License-Identifier: MIT */
/*
 * Hook of a task's stack overflow. It runs in a signal handler, on a thread that may be anywhere, even in another hook:
 * it opens no writer, and takes the mutex only if it is free, since this thread may hold it already.
 */
#include <time.h>

#include "agent/record/atomics.h"
#include "agent/record/interned.h"
#include "agent/record/put_finding.h"
#include "agent/record/recorder.h"
#include "agent/record/ring.h"
#include "agent/record/stack_capture.h"
#include "agent/record/writer.h"

#define LONGEST_WAIT_MS 200u
#define MOST_FRAMES	8u /* of a recursion: the others repeat these */

/* 0: the mutex is not free, or there is no frame. */
static uint32_t intern(void *const *frames, size_t count, uint32_t link)
{
	uint64_t numbers[AW__STACK_FRAMES + AW__STACK_MOST_FRAMES];
	const size_t depth = AW__OPTION(stack_depth);
	const size_t most = depth < MOST_FRAMES ? depth : MOST_FRAMES;
	const size_t kept = count < most ? count : most;

	if (kept == 0 || pthread_mutex_trylock(&aw__recorder.mutex) != 0)
		return 0;
	pthread_mutex_unlock(&aw__recorder.mutex);
	for (size_t i = 0; i < kept; i++)
		numbers[AW__STACK_FRAMES + i] = (uint64_t)(uintptr_t)frames[i];
	aw__modules_mark(numbers + AW__STACK_FRAMES, kept);
	return aw__stack_intern(numbers, (uint32_t)kept, link, kept < count ? AW__STACK_CUT : 0);
}

/* The process is about to end: wait until a trace's writer has read the finding. */
static void wait_for_trace(const struct aw__ring *ring)
{
	const struct timespec pause = { .tv_nsec = 1000000 };

	for (unsigned i = 0; i < LONGEST_WAIT_MS && AW__LOAD(aw__recorder.lossless) &&
			     AW__LOAD_ACQUIRE(ring->shared->consumed) < ring->head;
	     i++)
		nanosleep(&pause, NULL);
}

void aw_agent_task_overflowed(struct aw_agent_task *task, uint64_t stack_bytes, void *const *frames,
			      size_t count)
{
	struct aw__writer *writer = aw__writer_own;

	if (!writer->open || !writer->has_rings)
		return;
	aw__writer_now(writer);
	aw__task_finding(writer, task,
			 &(struct aw__task_found){ .kind = AW__STACK_OVERFLOW,
						   .stack = intern(frames, count, task->stack),
						   .value = stack_bytes });
	wait_for_trace(&writer->rings[AW__FINDINGS]);
}
