/* SPDX-License-Identifier: MIT */
/*
 * Threads and event loops of a process: what each does, how often and how long it was blocked, and its lag
 * histogram.
 */
#include "viewer/model/model_internal.h"

#include "base/alloc.h"

static struct aw__loop *need(struct aw__model *model, uint64_t id)
{
	struct aw__loop *loop = aw__map_get(&model->loops, id);

	if (loop != NULL || id == 0)
		return loop;
	if (model->loops.count >= AW__MODEL_MAX_LOOPS) {
		model->counts.nonsense++;
		return NULL;
	}
	loop = aw__alloc_must_zeroed(1, sizeof(*loop));
	loop->id = id;
	aw__map_put(&model->loops, id, loop);
	aw__model_append(&model->loop_list, loop);
	return loop;
}

static void thread_started(struct aw__model *model, const struct aw__event *event)
{
	uint64_t key = event->thread;
	struct aw__thread_name *thread = aw__map_get(&model->threads, key);

	if (thread == NULL) {
		if (model->threads.count >= AW__MODEL_MAX_LOOPS) {
			model->counts.nonsense++;
			return;
		}
		thread = aw__alloc_must_zeroed(1, sizeof(*thread));
		aw__map_put(&model->threads, key, thread);
	}
	thread->tid = event->thread_started.tid;
	aw__model_drop(model, thread->name);
	thread->name = aw__model_copy(model, event->text, event->text_length);
}

static void name_loop(struct aw__model *model, struct aw__loop *loop, const struct aw__event *event)
{
	loop->tid = event->loop_opened.tid;
	if (loop->label == NULL)
		loop->label = aw__model_copy(model, event->text, event->text_length);
}

/* Add to the time that the loop was blocked. */
static void add_blocked(struct aw__loop *loop, uint64_t more_ns, uint64_t duration_ns)
{
	loop->blocked_ns += more_ns;
	if (duration_ns > loop->blocked_max_ns)
		loop->blocked_max_ns = duration_ns;
}

/*
 * A block that still lasts counts with its duration so far: a viewer may be watching, or the process may end during it.
 */
static void blocked_so_far(struct aw__loop *loop, struct aw__found *found, uint64_t duration_ns)
{
	if (found->lasted_ns != 0 || duration_ns <= found->value)
		return;
	add_blocked(loop, duration_ns - found->value, duration_ns);
	found->value = duration_ns;
}

void aw__loops_found(struct aw__model *model, const struct aw__found *found)
{
	struct aw__loop *loop = need(model, found->loop);

	if (loop == NULL)
		return;
	loop->blocked_count++;
	add_blocked(loop, found->value, found->value);
}

static void unblocked(struct aw__model *model, struct aw__loop *loop, const struct aw__event *event)
{
	const uint64_t duration_ns = event->loop_unblocked.duration_ns;
	struct aw__found *found = aw__map_get(&model->found, event->loop_unblocked.finding);

	if (found != NULL && found->lasted_ns != 0)
		return;
	if (found == NULL || found->loop != loop->id) {
		loop->blocked_count++;
		add_blocked(loop, duration_ns, duration_ns);
	} else if (duration_ns > found->value) {
		add_blocked(loop, duration_ns - found->value, duration_ns);
	}
	if (found != NULL)
		found->lasted_ns = duration_ns;
}

static void still_blocked(struct aw__model *model, struct aw__loop *loop,
			  const struct aw__event *event)
{
	struct aw__found *found = aw__map_get(&model->found, event->loop_unblocked.finding);

	if (found != NULL && found->kind == AW__BLOCKED_LOOP && found->loop == loop->id)
		blocked_so_far(loop, found, event->loop_unblocked.duration_ns);
}

/*
 * The loop was still busy at `time_ns`. If its newest finding was made after the iteration began, the finding is about
 * this block, and its duration is updated.
 */
static void busy_until(struct aw__model *model, struct aw__loop *loop, uint64_t time_ns)
{
	for (size_t i = model->found_list.count;
	     i > 0 && loop->busy_since_ns != 0 && time_ns > loop->busy_since_ns; i--) {
		struct aw__found *found = model->found_list.items[i - 1];

		if (found->time_ns < loop->busy_since_ns)
			return;
		if (found->kind == AW__BLOCKED_LOOP && found->loop == loop->id) {
			blocked_so_far(loop, found, time_ns - loop->busy_since_ns);
			return;
		}
	}
}

void aw__model_lasts(struct aw__model *model, uint64_t until_ns)
{
	for (size_t i = 0; i < model->loop_list.count; i++)
		busy_until(model, model->loop_list.items[i], until_ns);
}

/* Histograms only grow: a smaller one is older, such as a record behind a black box's snapshot. */
static void note_lags(struct aw__loop *loop, const struct aw__event *event)
{
	struct aw__lags lags;
	uint64_t count;

	aw__lags_of_list(&lags, event->loop_lags.longest_ns, event->list, event->list_length);
	count = aw__lags_count(&lags);
	if (count < aw__lags_count(&loop->lags))
		return;
	loop->lags = lags;
	if (loop->iterations < count)
		loop->iterations = count;
}

void aw__loops_event(struct aw__model *model, const struct aw__event *event)
{
	struct aw__loop *loop;

	if (event->kind == AW__THREAD_STARTED) {
		thread_started(model, event);
		return;
	}
	loop = need(model, event->subject);
	if (loop == NULL)
		return;
	switch (event->kind) {
	case AW__LOOP_OPENED:
		loop->opened_ns = event->time_ns;
		loop->thread = event->thread;
		name_loop(model, loop, event);
		break;
	case AW__LOOP_STATE:
		name_loop(model, loop, event);
		loop->thread = event->thread;
		loop->busy_since_ns = event->loop_state.busy_since_ns;
		loop->task = event->loop_state.task;
		loop->iterations = event->loop_state.iterations;
		busy_until(model, loop, event->time_ns);
		break;
	case AW__LOOP_BLOCKED:
		still_blocked(model, loop, event);
		break;
	case AW__LOOP_LAGS:
		note_lags(loop, event);
		break;
	case AW__LOOP_CLOSED:
		loop->closed = true;
		loop->busy_since_ns = 0;
		loop->task = 0;
		break;
	default:
		unblocked(model, loop, event);
		break;
	}
}

void aw__loops_finish(struct aw__model *model)
{
	for (size_t i = 0; i < model->loop_list.count; i++) {
		struct aw__loop *loop = model->loop_list.items[i];

		aw__alloc_free(loop->label);
		aw__alloc_free(loop);
	}
	for (size_t i = 0; i < model->threads.capacity; i++) {
		struct aw__thread_name *thread = model->threads.slots[i].value;

		if (thread != NULL)
			aw__alloc_free(thread->name);
		aw__alloc_free(thread);
	}
	aw__alloc_free(model->loop_list.items);
	aw__map_finish(&model->loops);
	aw__map_finish(&model->threads);
}

size_t aw__model_loop_count(const struct aw__model *model)
{
	return model->loop_list.count;
}

const struct aw__loop *aw__model_loop_at(const struct aw__model *model, size_t index)
{
	return index < model->loop_list.count ? model->loop_list.items[index] : NULL;
}

const struct aw__loop *aw__model_loop(const struct aw__model *model, uint64_t id)
{
	return aw__map_get(&model->loops, id);
}

const char *aw__model_thread_name(const struct aw__model *model, uint32_t index)
{
	const struct aw__thread_name *thread = aw__map_get(&model->threads, index);

	return thread != NULL ? thread->name : NULL;
}

uint64_t aw__model_thread_tid(const struct aw__model *model, uint32_t index)
{
	const struct aw__thread_name *thread = aw__map_get(&model->threads, index);

	return thread != NULL ? thread->tid : 0;
}
