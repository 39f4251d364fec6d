/* SPDX-License-Identifier: MIT */
/*
 * The timers of a loop: a heap with four children per node, which has half the depth of a binary one, and whose
 * siblings share a cache line.
 */
#include "agent/runtime/loop/timer.h"

#include "base/alloc.h"

enum {
	CHILDREN = 4,
};

void aw__timers_finish(struct aw__timers *timers)
{
	aw__alloc_free(timers->heap);
	*timers = (struct aw__timers){ 0 };
}

static bool earlier(const struct aw__timer *a, const struct aw__timer *b)
{
	if (a->deadline_ns != b->deadline_ns)
		return a->deadline_ns < b->deadline_ns;
	return a->order < b->order;
}

static void put(struct aw__timers *timers, size_t index, struct aw__timer *timer)
{
	timers->heap[index] = timer;
	timer->place = index + 1;
}

static void sift_up(struct aw__timers *timers, size_t index, struct aw__timer *timer)
{
	while (index > 0) {
		size_t parent = (index - 1) / CHILDREN;

		if (!earlier(timer, timers->heap[parent]))
			break;
		put(timers, index, timers->heap[parent]);
		index = parent;
	}
	put(timers, index, timer);
}

static void sift_down(struct aw__timers *timers, size_t index, struct aw__timer *timer)
{
	for (;;) {
		size_t first = index * CHILDREN + 1, least = first;

		if (first >= timers->count)
			break;
		for (size_t i = first + 1; i < first + CHILDREN && i < timers->count; i++) {
			if (earlier(timers->heap[i], timers->heap[least]))
				least = i;
		}
		if (!earlier(timers->heap[least], timer))
			break;
		put(timers, index, timers->heap[least]);
		index = least;
	}
	put(timers, index, timer);
}

bool aw__timer_add(struct aw__timers *timers, struct aw__timer *timer, uint64_t deadline_ns)
{
	if (timers->count == timers->capacity) {
		size_t capacity = timers->capacity > 0 ? timers->capacity * 2 : 32;
		struct aw__timer **heap =
			aw__alloc_resize(timers->heap, capacity * sizeof(timers->heap[0]));

		if (heap == NULL)
			return false;
		timers->heap = heap;
		timers->capacity = capacity;
	}
	timer->deadline_ns = deadline_ns;
	timer->order = timers->next_order++;
	sift_up(timers, timers->count++, timer);
	return true;
}

void aw__timer_remove(struct aw__timers *timers, struct aw__timer *timer)
{
	size_t index = timer->place - 1;
	struct aw__timer *last;

	if (timer->place == 0)
		return;
	timer->place = 0;
	last = timers->heap[--timers->count];
	if (last == timer)
		return;
	if (index > 0 && earlier(last, timers->heap[(index - 1) / CHILDREN]))
		sift_up(timers, index, last);
	else
		sift_down(timers, index, last);
}
