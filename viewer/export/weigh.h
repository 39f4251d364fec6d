/* SPDX-License-Identifier: MIT */
/*
 * Sums up where tasks spend their time, by creation stack, coroutine and state (running, waiting for something, ready).
 * Without recorded steps only the total times that a task ran and did not run are known.
 */
#ifndef AW__EXPORT_WEIGH_H
#define AW__EXPORT_WEIGH_H

#include "viewer/export/follow.h"
#include "viewer/export/frames.h"

#define AW__WEIGHTS_MOST (1u << 18)

struct aw__weight {
	uint64_t stack, coroutine; /* both 0: the sum of weights beyond the bound */
	enum aw__phase phase;
	uint64_t wait_kind;
	uint64_t ns, count; /* total duration, number of times */
	struct aw__weight *chain;
};

struct aw__weigh {
	struct aw__follow follow; /* first member: its calls cast it to this struct */
	struct aw__map map;
	size_t count;
	struct aw__weight others;
};

/** Begin; `weigh` is (the first member of) export->state. */
void aw__weigh_init(struct aw__weigh *weigh, struct aw__export *export);
void aw__weigh_event(struct aw__weigh *weigh, const struct aw__event *event);
/**
 * After the last event: returns the sorted weights. The caller frees the array with aw__alloc_free(), not the weights.
 */
struct aw__weight **aw__weigh_sum(struct aw__weigh *weigh, size_t *ret_count);
void aw__weigh_finish(struct aw__weigh *weigh);

/** The frames of a weight: its coroutine, where the task was created, … main. */
void aw__weight_frames(struct aw__export *export, const struct aw__weight *weight,
		       struct aw__stitched *ret_innermost_first);

#endif
