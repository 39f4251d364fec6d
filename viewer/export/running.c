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

/* Returns the task that this interrupts. */
static uint64_t begin(struct aw__running *running, uint32_t number, uint64_t task)
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

/* Returns the task that goes on. */
static uint64_t end(const struct aw__running *running, uint32_t number, uint64_t task)
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

struct aw__turn aw__running_note(struct aw__running *running, const struct aw__event *event,
				 struct aw__step *step)
{
	struct aw__turn turn = { 0 };

	if (event->kind == AW__TASK_STEP) {
		turn.interrupted = begin(running, event->thread, event->subject);
		turn.is_rest = step->resumed;
	} else {
		turn.resumed = end(running, event->thread, event->subject);
	}
	step->resumed = false;
	return turn;
}

void aw__running_finish(struct aw__running *running)
{
	for (size_t i = 0; i < running->threads.capacity; i++)
		aw__alloc_free(running->threads.slots[i].value);
	aw__map_finish(&running->threads);
}
