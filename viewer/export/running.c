/* SPDX-License-Identifier: MIT */
/*
 * Keeps the running task of each thread, and the tasks that it interrupted, so that exporters count the first step of
 * an eager task once: not also as time of the task that created it.
 */
#include "viewer/export/running.h"

#include <stddef.h>

#include "base/alloc.h"

#define DEPTH_MOST   64u
#define THREADS_MOST 4096u

/* The last one runs; each of the others was interrupted by the next. */
struct thread {
	size_t count;
	uint64_t tasks[DEPTH_MOST];
};

static size_t position_of(const struct thread *thread, uint64_t task)
{
	size_t at = 0;

	while (at < thread->count && thread->tasks[at] != task)
		at++;
	return at;
}

uint64_t aw__running_begin(struct aw__running *running, uint32_t number, uint64_t task)
{
	struct thread *thread = aw__map_get(&running->threads, number + UINT64_C(1));
	size_t at;

	if (thread == NULL) {
		if (running->threads.count >= THREADS_MOST)
			return 0;
		thread = aw__alloc_must_zeroed(1, sizeof(*thread));
		aw__map_put(&running->threads, number + UINT64_C(1), thread);
	}
	at = position_of(thread, task);
	if (at < thread->count) { /* the steps above it have ended, also if that was not recorded */
		thread->count = at + 1;
		return 0;
	}
	if (thread->count == DEPTH_MOST)
		thread->count = 0;
	thread->tasks[thread->count++] = task;
	return thread->count > 1 ? thread->tasks[thread->count - 2] : 0;
}

uint64_t aw__running_end(struct aw__running *running, uint32_t number, uint64_t task)
{
	struct thread *thread = aw__map_get(&running->threads, number + UINT64_C(1));
	size_t at;

	if (thread == NULL)
		return 0;
	at = position_of(thread, task);
	if (at == thread->count)
		return 0;
	thread->count = at;
	return at > 0 ? thread->tasks[at - 1] : 0;
}

void aw__running_finish(struct aw__running *running)
{
	for (size_t i = 0; i < running->threads.capacity; i++)
		aw__alloc_free(running->threads.slots[i].value);
	aw__map_finish(&running->threads);
}
