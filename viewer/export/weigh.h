/* SPDX-License-Identifier: MIT */
/*
 * Where tasks spend their time, summed up: by the stack where the task was created, its coroutine, and what it did
 * (run, wait for something, be ready). If steps were not recorded, all that is known is how long a task ran and
 * how long it did not.
 */
#ifndef AW__EXPORT_WEIGH_H
#define AW__EXPORT_WEIGH_H

#include "viewer/export/follow.h"
#include "viewer/export/frames.h"

#define AW__WEIGHTS_MOST (1u << 18)

struct aw__weight {
	uint64_t stack, coroutine; /* both 0: all that found no room of their own */
	enum aw__phase phase;
	uint64_t wait_kind;
	uint64_t ns, count; /* how long altogether, how many times */
	struct aw__weight *chain;
};

struct aw__weigh {
	struct aw__follow follow; /* first: the calls find the rest by it */
	struct aw__map map;
	size_t count;
	struct aw__weight others;
};

/** Begin; `weigh` is (the first member of) export->state. */
void aw__weigh_init(struct aw__weigh *weigh, struct aw__export *export);
void aw__weigh_event(struct aw__weigh *weigh, const struct aw__event *event);
/**
 * End of the events. Returns the weights, sorted; the array is to be freed with aw__alloc_free(), the weights are
 * not.
 */
struct aw__weight **aw__weigh_sum(struct aw__weigh *weigh, size_t *ret_count);
void aw__weigh_finish(struct aw__weigh *weigh);

/** The frames of a weight: its coroutine, where the task was created, … main. */
void aw__weight_frames(struct aw__export *export, const struct aw__weight *weight,
		       struct aw__stitched *ret_innermost_first);

#endif
