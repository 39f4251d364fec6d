/* SPDX-License-Identifier: MIT */
/* `awry export perfetto`: writes tasks, each with a track, slices for its life and its states, and flows from the tasks
 * that created it and woke it. */
#include "viewer/export/perfetto.h"

#include <inttypes.h>

#include "base/alloc.h"

static uint64_t track_of(uint64_t task)
{
	return aw__perfetto_uuid(AW__PERFETTO_TASK, task);
}

uint64_t aw__perfetto_task_track(struct aw__export *export, uint64_t task, uint32_t thread)
{
	struct aw__perfetto *state = export->state;

	if (aw__follow_task(&state->follow, task) != NULL)
		return track_of(task);
	return aw__perfetto_thread_track(export, thread);
}

/* The creator's track, or the loop's if the creator's is nested too deeply. */
static uint64_t parent_of(struct aw__export *export, const struct aw__followed *task,
			  uint32_t *ret_depth)
{
	struct aw__perfetto *state = export->state;
	const struct aw__followed *creator = aw__follow_task(&state->follow, task->creator);
	const struct aw__perfetto_task *own = creator != NULL ? creator->own : NULL;

	*ret_depth = own != NULL ? own->depth + 1 : 1;
	if (own != NULL && creator != task && *ret_depth < AW__PERFETTO_MOST_DEPTH)
		return track_of(creator->id);
	*ret_depth = 1;
	return aw__perfetto_loop_track(export, task->loop, task->thread);
}

static void tell_spawn(struct aw__export *export, const struct aw__followed *task, uint64_t time_ns)
{
	struct aw__perfetto_event event;

	aw__perfetto_event(export, &event, AW__PERFETTO_INSTANT, track_of(task->creator), "spawn",
			   "spawn", true);
	aw__perfetto_arg_number(export, &event, "task", task->id);
	event.flow = track_of(task->id);
	aw__perfetto_event_write(export, &event, time_ns);
}

static void begin_life(struct aw__export *export, const struct aw__followed *task, bool spawned)
{
	struct aw__perfetto_event event;
	uint64_t stack = aw__perfetto_callstack(export, task->stack);

	aw__perfetto_event(export, &event, AW__PERFETTO_BEGIN, track_of(task->id), "task",
			   task->name, true);
	aw__perfetto_arg_number(export, &event, "task", task->id);
	if (task->creator != 0)
		aw__perfetto_arg_number(export, &event, "creator", task->creator);
	aw__perfetto_arg_place(export, &event, "coroutine", task->coroutine);
	if (task->before_recording)
		aw__perfetto_arg_string(export, &event, "created", "before recording began");
	event.message.has_callstack_iid = stack != 0;
	event.message.callstack_iid = stack;
	event.ending_flow = spawned ? track_of(task->id) : 0;
	aw__perfetto_event_write(export, &event, task->from_ns);
}

static void appeared(struct aw__export *export, struct aw__followed *task,
		     const struct aw__event *event)
{
	struct aw__perfetto *state = export->state;
	struct aw__perfetto_task *own = aw__alloc_must_zeroed(1, sizeof(*own));
	uint64_t parent;
	bool spawned;

	parent = parent_of(export, task, &own->depth);
	task->own = own;
	spawned = task->created && task->creator != task->id &&
		  aw__follow_task(&state->follow, task->creator) != NULL;
	aw__perfetto_track(export, track_of(task->id), parent, task->name);
	if (spawned)
		tell_spawn(export, task, task->from_ns);
	begin_life(export, task, spawned);
}

static void renamed(struct aw__export *export, struct aw__followed *task)
{
	struct aw__perfetto *state = export->state;
	struct aw__perfetto_event event;

	aw__perfetto_event(export, &event, AW__PERFETTO_INSTANT, track_of(task->id), "task",
			   "renamed", true);
	aw__perfetto_arg_string(export, &event, "name", task->name);
	aw__perfetto_event_write(export, &event, state->follow.last_ns);
}

static void phase_ended(struct aw__export *export, struct aw__followed *task, uint64_t now_ns)
{
	struct aw__perfetto_task *own = task->own;
	char space[48];

	if (task->phase == AW__PHASE_UNKNOWN)
		return;
	aw__perfetto_slice(export, track_of(task->id), "step",
			   aw__phase_name(task->phase, task->wait_kind, space), task->since_ns,
			   now_ns, task->phase == AW__PHASE_READY ? own->waker : 0);
	if (task->phase == AW__PHASE_READY)
		own->waker = 0;
}

static void finished(struct aw__export *export, struct aw__followed *task, uint64_t now_ns,
		     uint64_t outcome, const struct aw__event *event)
{
	struct aw__perfetto_event end;

	aw__perfetto_event(export, &end, AW__PERFETTO_END, track_of(task->id), "task", NULL, true);
	aw__perfetto_arg_string(export, &end, "outcome", aw__outcome_name(outcome));
	if (event->kind == AW__TASK_DONE) {
		if (event->done.error != 0)
			aw__perfetto_arg_number(export, &end, "error", event->done.error);
		aw__perfetto_arg_number(export, &end, "run_ns", event->done.run_ns);
		aw__perfetto_arg_number(export, &end, "steps", event->done.steps);
	}
	aw__perfetto_event_write(export, &end, now_ns);
}

static void forgotten(struct aw__export *export, struct aw__followed *task)
{
	aw__alloc_free(task->own);
}

void aw__perfetto_woken(struct aw__export *export, const struct aw__event *event)
{
	struct aw__perfetto *state = export->state;
	const struct aw__followed *task = aw__follow_task(&state->follow, event->subject);
	const struct aw__followed *by = aw__follow_task(&state->follow, event->woken.by);
	struct aw__perfetto_task *own;
	struct aw__perfetto_event wake;

	if (task == NULL || by == NULL || task == by || !task->open)
		return;
	own = task->own;
	own->waker = aw__perfetto_uuid(AW__PERFETTO_WAKE, ++state->flows);
	aw__perfetto_event(export, &wake, AW__PERFETTO_INSTANT, track_of(by->id), "wake", "wake",
			   true);
	aw__perfetto_arg_number(export, &wake, "task", task->id);
	wake.flow = own->waker;
	aw__perfetto_event_write(export, &wake, event->time_ns);
}

const struct aw__follow_calls aw__perfetto_task_calls = {
	.appeared = appeared,
	.renamed = renamed,
	.phase_ended = phase_ended,
	.finished = finished,
	.forgotten = forgotten,
};
