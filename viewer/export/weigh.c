/* SPDX-License-Identifier: MIT */
/*
 * Sums up how long tasks ran, waited and were ready, by creation stack and coroutine: the samples of the folded,
 * pprof and speedscope exporters.
 */
#include "viewer/export/weigh.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static uint64_t hash(const struct aw__weight *weight)
{
	uint64_t sum = aw__map_hash(weight->stack);

	sum = aw__map_hash(sum ^ weight->coroutine);
	return aw__map_hash(sum ^ (weight->wait_kind << 8 | (uint64_t)weight->phase));
}

static bool same(const struct aw__weight *a, const struct aw__weight *b)
{
	return a->stack == b->stack && a->coroutine == b->coroutine && a->phase == b->phase &&
	       a->wait_kind == b->wait_kind;
}

static struct aw__weight *find(struct aw__weigh *weigh, const struct aw__weight *wanted)
{
	uint64_t key = hash(wanted);
	struct aw__weight *first = aw__map_get(&weigh->map, key), *weight;

	for (weight = first; weight != NULL; weight = weight->chain)
		if (same(weight, wanted))
			return weight;
	if (weigh->count >= AW__WEIGHTS_MOST)
		return &weigh->others;
	weight = aw__alloc_must_zeroed(1, sizeof(*weight));
	*weight = *wanted;
	weight->chain = first;
	aw__map_put(&weigh->map, key, weight);
	weigh->count++;
	return weight;
}

static void add(struct aw__weigh *weigh, const struct aw__followed *task, enum aw__phase phase,
		uint64_t ns)
{
	const struct aw__weight wanted = {
		.stack = task->stack,
		.coroutine = task->coroutine,
		.phase = phase,
		.wait_kind = phase == AW__PHASE_WAITING ? task->wait_kind : 0,
	};
	struct aw__weight *weight = find(weigh, &wanted);

	weight->ns += ns < UINT64_MAX - weight->ns ? ns : UINT64_MAX - weight->ns;
	weight->count++;
}

static void phase_ended(struct aw__export *export, struct aw__followed *task, uint64_t now_ns)
{
	if (task->phase != AW__PHASE_UNKNOWN)
		add(export->state, task, task->phase, now_ns - task->since_ns);
}

/* Without recorded steps only the task's end has its running time. */
static void finished(struct aw__export *export, struct aw__followed *task, uint64_t now_ns,
		     uint64_t outcome, const struct aw__event *event)
{
	uint64_t life_ns = now_ns - task->since_ns, run_ns = 0;

	if (task->stepped)
		return;
	if (event->kind == AW__TASK_DONE)
		run_ns = event->done.run_ns < life_ns ? event->done.run_ns : life_ns;
	if (run_ns > 0)
		add(export->state, task, AW__PHASE_RUNNING, run_ns);
	add(export->state, task, AW__PHASE_UNKNOWN, life_ns - run_ns);
}

static void left(struct aw__export *export, struct aw__followed *task, uint64_t now_ns)
{
	if (task->phase == AW__PHASE_UNKNOWN)
		add(export->state, task, AW__PHASE_UNKNOWN, now_ns - task->since_ns);
}

void aw__weigh_init(struct aw__weigh *weigh, struct aw__export *export)
{
	static const struct aw__follow_calls calls = {
		.phase_ended = phase_ended,
		.finished = finished,
		.left = left,
	};

	memset(weigh, 0, sizeof(*weigh));
	aw__follow_init(&weigh->follow, export, &calls);
}

void aw__weigh_event(struct aw__weigh *weigh, const struct aw__event *event)
{
	aw__follow_event(&weigh->follow, event);
}

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int in_order(const void *a, const void *b)
{
	const struct aw__weight *x = *(void *const *)a, *y = *(void *const *)b;
	int order = compare(x->stack, y->stack);

	order = order != 0 ? order : compare(x->coroutine, y->coroutine);
	order = order != 0 ? order : compare((uint64_t)x->phase, (uint64_t)y->phase);
	return order != 0 ? order : compare(x->wait_kind, y->wait_kind);
}

struct aw__weight **aw__weigh_sum(struct aw__weigh *weigh, size_t *ret_count)
{
	struct aw__weight **weights;
	size_t count = 0;

	aw__follow_finish(&weigh->follow);
	weights = aw__alloc_must_zeroed(weigh->count + 2, sizeof(struct aw__weight *));
	for (size_t i = 0; i < weigh->map.capacity; i++)
		for (struct aw__weight *at = weigh->map.slots[i].value; at != NULL; at = at->chain)
			weights[count++] = at;
	if (weigh->others.count > 0)
		weights[count++] = &weigh->others;
	qsort(weights, count, sizeof(struct aw__weight *), in_order);
	*ret_count = count;
	return weights;
}

void aw__weigh_finish(struct aw__weigh *weigh)
{
	for (size_t i = 0; i < weigh->map.capacity; i++) {
		struct aw__weight *at = weigh->map.slots[i].value, *next;

		for (; at != NULL; at = next) {
			next = at->chain;
			aw__alloc_free(at);
		}
	}
	aw__map_finish(&weigh->map);
}

/*
 * Count names against the bound on the output for every stack, although some formats write each name only once: they
 * are looked up for every stack.
 */
static void charge(struct aw__export *export, const struct aw__stitched *stitched)
{
	for (size_t i = 0; i < stitched->count; i++) {
		const struct aw__frame *frame = &stitched->frames[i];

		export->written += frame->function != NULL ? strlen(frame->function) : 0;
		export->written += frame->file != NULL ? strlen(frame->file) : 0;
	}
}

void aw__weight_frames(struct aw__export *export, const struct aw__weight *weight,
		       struct aw__stitched *ret)
{
	struct aw__frame coroutine;

	aw__stitch(export, weight->stack, ret);
	charge(export, ret);
	if (!aw__model_place(export->names, weight->coroutine, &coroutine))
		return;
	if (ret->count == AW__STITCHED_MOST) {
		ret->count--;
		ret->cut = true;
	}
	memmove(ret->frames + 1, ret->frames, ret->count * sizeof(ret->frames[0]));
	memmove(ret->creates + 1, ret->creates, ret->count * sizeof(ret->creates[0]));
	ret->frames[0] = coroutine;
	ret->creates[0] = false;
	if (ret->count++ > 0)
		ret->creates[1] = true;
}
