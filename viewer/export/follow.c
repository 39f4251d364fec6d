/* SPDX-License-Identifier: MIT */
/*
 * Tracks what each task is doing (running, waiting, ready) from event to event, and calls the exporter at each
 * change: for chrome, perfetto, otlp and, through weigh.c, folded, pprof and speedscope.
 */
#include "viewer/export/follow.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "viewer/export/frames.h"

void aw__follow_init(struct aw__follow *follow, struct aw__export *export,
		     const struct aw__follow_calls *calls)
{
	*follow = (struct aw__follow){ .export = export, .calls = calls };
	follow->finished = aw__alloc_must(AW__FOLLOW_KEPT * sizeof(*follow->finished));
}

static void free_task(struct aw__follow *follow, struct aw__followed *task)
{
	if (task == NULL)
		return;
	if (follow->calls->forgotten != NULL)
		follow->calls->forgotten(follow->export, task);
	aw__alloc_free(task->name);
	aw__alloc_free(task);
}

/* Remember a finished task, and forget the oldest one if there is no room. */
static void remember_finished(struct aw__follow *follow, uint64_t id)
{
	uint64_t *place = &follow->finished[follow->finished_next];

	if (follow->finished_count == AW__FOLLOW_KEPT)
		free_task(follow, aw__map_remove(&follow->tasks, *place));
	else
		follow->finished_count++;
	*place = id;
	follow->finished_next = (follow->finished_next + 1) % AW__FOLLOW_KEPT;
}

static char *name_of(const struct aw__event *event)
{
	char number[32];

	if (event->text_length > 0)
		return aw__export_copy(event->text, event->text_length);
	return aw__alloc_must_copy(
		number, (size_t)snprintf(number, sizeof(number), "Task-%" PRIu64, event->subject));
}

static struct aw__followed *appear(struct aw__follow *follow, const struct aw__event *event,
				   uint64_t from_ns)
{
	struct aw__followed *task;

	if (event->subject == 0)
		return NULL;
	if (follow->tasks.count >= AW__FOLLOW_MAX_TASKS) {
		follow->left_out++;
		return NULL;
	}
	task = aw__alloc_must_zeroed(1, sizeof(*task));
	task->id = event->subject;
	task->creator = event->created.creator;
	task->coroutine = event->created.coroutine;
	task->stack = event->created.stack;
	task->loop = event->created.loop;
	task->scope = event->kind == AW__TASK_CREATED ? event->created.scope
						      : aw__event_listed(event, AW__STATE_SCOPE);
	task->thread = event->thread;
	task->name = name_of(event);
	task->from_ns = task->since_ns = from_ns;
	task->before_recording = aw__model_before_recording(follow->export->names, task->stack);
	task->created = event->kind == AW__TASK_CREATED && !task->before_recording;
	task->open = true;
	aw__map_put(&follow->tasks, task->id, task);
	if (follow->calls->appeared != NULL)
		follow->calls->appeared(follow->export, task, event);
	return task;
}

static void end_phase(struct aw__follow *follow, struct aw__followed *task, uint64_t time_ns)
{
	uint64_t now_ns = time_ns > task->since_ns ? time_ns : task->since_ns;

	if (follow->calls->phase_ended != NULL)
		follow->calls->phase_ended(follow->export, task, now_ns);
	task->since_ns = now_ns;
}

/* The step of `id` lasts, but the time until it goes on is another task's. */
static void interrupt(struct aw__follow *follow, uint64_t id, uint64_t time_ns)
{
	struct aw__followed *task = aw__follow_task(follow, id);

	if (task == NULL || !task->open || task->phase != AW__PHASE_RUNNING)
		return;
	end_phase(follow, task, time_ns);
	task->phase = AW__PHASE_UNKNOWN;
	task->step.interrupted = true;
	task->step.resumed = false;
}

static void resume(struct aw__follow *follow, uint64_t id, uint64_t time_ns)
{
	struct aw__followed *task = aw__follow_task(follow, id);

	if (task == NULL || !task->open || !task->step.interrupted)
		return;
	if (time_ns > task->since_ns)
		task->since_ns = time_ns;
	task->phase = AW__PHASE_RUNNING;
	task->step.interrupted = false;
	task->step.resumed = true;
}

/* Let other tasks of the thread pause and go on. True if the event is only the rest of a step that goes on. */
static bool take_turn(struct aw__follow *follow, struct aw__followed *task,
		      const struct aw__event *event)
{
	const struct aw__turn turn = aw__running_note(&follow->running, event, &task->step);

	interrupt(follow, turn.interrupted, event->time_ns);
	resume(follow, turn.resumed, event->time_ns);
	return turn.is_rest;
}

static void enter(struct aw__follow *follow, struct aw__followed *task, enum aw__phase phase,
		  const struct aw__event *event)
{
	if (!task->open || take_turn(follow, task, event))
		return;
	/* a new task is ready until its first step */
	if (task->phase == AW__PHASE_UNKNOWN && phase == AW__PHASE_RUNNING && task->created &&
	    !task->step.interrupted)
		task->phase = AW__PHASE_READY;
	end_phase(follow, task, event->time_ns);
	task->step.interrupted = false;
	task->stepped = true;
	task->phase = phase;
	task->wait_kind = phase == AW__PHASE_WAITING ? event->wait.kind : 0;
	task->wait_target = phase == AW__PHASE_WAITING ? event->wait.target : 0;
}

static void finish(struct aw__follow *follow, struct aw__followed *task, uint64_t time_ns,
		   uint64_t outcome, const struct aw__event *event)
{
	uint64_t now_ns = time_ns > task->since_ns ? time_ns : task->since_ns;

	if (!task->open)
		return;
	if (follow->calls->phase_ended != NULL)
		follow->calls->phase_ended(follow->export, task, now_ns);
	task->open = false;
	task->phase = AW__PHASE_UNKNOWN;
	if (follow->calls->finished != NULL)
		follow->calls->finished(follow->export, task, now_ns, outcome, event);
	remember_finished(follow, task->id);
}

/* The state of a task that existed before the recording: its phase may have begun long before. */
static void take_phase(struct aw__followed *task, const struct aw__event *event)
{
	uint64_t changed_ns = aw__event_listed(event, AW__STATE_CHANGED_NS);

	if (changed_ns < task->from_ns || changed_ns > event->time_ns)
		return;
	if (event->state.state == AW__TASK_WAITING)
		task->phase = AW__PHASE_WAITING;
	else if (event->state.state == AW__TASK_RUNNING)
		task->phase = AW__PHASE_RUNNING;
	else if (event->state.state == AW__TASK_READY)
		task->phase = AW__PHASE_READY;
	else
		return;
	task->since_ns = changed_ns;
	task->wait_kind = aw__event_listed(event, AW__STATE_WAIT_KIND);
	task->wait_target = aw__event_listed(event, AW__STATE_WAIT_TARGET);
}

/* Take a row with a task's state, from a snapshot or recorded before one of its errors. */
static void row(struct aw__follow *follow, const struct aw__event *event)
{
	uint64_t from_ns = aw__event_listed(event, AW__STATE_CREATED_NS);
	struct aw__followed *task;

	if (aw__follow_task(follow, event->subject) != NULL)
		return;
	if (from_ns == 0 || from_ns > event->time_ns)
		from_ns = event->time_ns;
	task = appear(follow, event, from_ns);
	if (task == NULL)
		return;
	if (event->state.state == AW__TASK_FINISHED)
		finish(follow, task, aw__event_listed(event, AW__STATE_CHANGED_NS),
		       aw__event_listed(event, AW__STATE_OUTCOME), event);
	else
		take_phase(task, event);
}

static void rename_task(struct aw__follow *follow, struct aw__followed *task,
			const struct aw__event *event)
{
	aw__alloc_free(task->name);
	task->name = name_of(event);
	if (follow->calls->renamed != NULL)
		follow->calls->renamed(follow->export, task);
}

static void know_function(struct aw__follow *follow, struct aw__followed *task,
			  const struct aw__event *event)
{
	task->coroutine = event->function.coroutine;
	if (follow->calls->function_known != NULL)
		follow->calls->function_known(follow->export, task);
}

static void move(struct aw__follow *follow, struct aw__followed *task,
		 const struct aw__event *event)
{
	switch (event->kind) {
	case AW__TASK_NAMED:
		rename_task(follow, task, event);
		break;
	case AW__TASK_FUNCTION:
		know_function(follow, task, event);
		break;
	case AW__TASK_STEP:
		enter(follow, task, AW__PHASE_RUNNING, event);
		break;
	case AW__TASK_WAIT:
		enter(follow, task, AW__PHASE_WAITING, event);
		break;
	case AW__TASK_WOKEN:
		enter(follow, task, AW__PHASE_READY, event);
		break;
	case AW__TASK_DONE:
		(void)take_turn(follow, task, event);
		finish(follow, task, event->time_ns, event->done.outcome, event);
		break;
	default:
		break;
	}
}

void aw__follow_event(struct aw__follow *follow, const struct aw__event *event)
{
	struct aw__followed *task = NULL;

	if (event->time_ns > follow->last_ns)
		follow->last_ns = event->time_ns;
	if ((event->kind < AW__TASK_CREATED || event->kind > AW__TASK_STATE) &&
	    event->kind != AW__TASK_FUNCTION)
		return;
	task = aw__follow_task(follow, event->subject);
	if (event->kind == AW__TASK_STATE)
		row(follow, event);
	else if (event->kind == AW__TASK_CREATED && task == NULL)
		appear(follow, event, event->time_ns);
	else if (task != NULL)
		move(follow, task, event);
}

struct aw__followed *aw__follow_task(const struct aw__follow *follow, uint64_t id)
{
	return id != 0 ? aw__map_get(&follow->tasks, id) : NULL;
}

static int by_id(const void *a, const void *b)
{
	const struct aw__followed *x = *(void *const *)a, *y = *(void *const *)b;

	return (x->id > y->id) - (x->id < y->id);
}

static void leave(struct aw__follow *follow, struct aw__followed *task)
{
	uint64_t now_ns = follow->last_ns > task->since_ns ? follow->last_ns : task->since_ns;

	if (task->open && follow->calls->phase_ended != NULL)
		follow->calls->phase_ended(follow->export, task, now_ns);
	if (task->open && follow->calls->left != NULL)
		follow->calls->left(follow->export, task, now_ns);
}

void aw__follow_finish(struct aw__follow *follow)
{
	size_t capacity = follow->tasks.capacity, count = 0;
	struct aw__followed **tasks = aw__alloc_must_zeroed(capacity + 1, sizeof(*tasks));

	for (size_t i = 0; i < capacity; i++)
		if (follow->tasks.slots[i].value != NULL)
			tasks[count++] = follow->tasks.slots[i].value;
	qsort(tasks, count, sizeof(*tasks), by_id);
	for (size_t i = 0; i < count; i++)
		leave(follow, tasks[i]);
	for (size_t i = 0; i < count; i++)
		free_task(follow, tasks[i]);
	aw__alloc_free(tasks);
	aw__alloc_free(follow->finished);
	aw__running_finish(&follow->running);
	aw__map_finish(&follow->tasks);
}

const char *aw__phase_name(enum aw__phase phase, uint64_t wait_kind, char space[48])
{
	switch (phase) {
	case AW__PHASE_RUNNING:
		return "running";
	case AW__PHASE_READY:
		return "ready";
	case AW__PHASE_WAITING:
		snprintf(space, 48, "waiting: %s", aw__wait_name(wait_kind));
		return space;
	default:
		return "suspended";
	}
}
