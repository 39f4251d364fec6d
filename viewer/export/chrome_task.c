/* SPDX-License-Identifier: MIT */
/* `awry export chrome`: writes tasks, each with a track, a slice for its life, slices for its states, and an arrow from
 * its creator. */
#include "viewer/export/chrome.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* Track numbers of tasks, above those of all threads. */
#define FIRST_TASK_TRACK (UINT64_C(1) << 24)

static void free_task(struct aw__chrome_task *task)
{
	aw__alloc_free(task->name);
	aw__alloc_free(task);
}

static void forget(struct aw__chrome *chrome, uint64_t id)
{
	struct aw__chrome_task *task = aw__map_remove(&chrome->tasks, id);

	if (task != NULL)
		free_task(task);
}

/* Remember a finished task, and forget the oldest one if there is no room. */
static void remember_finished(struct aw__chrome *chrome, uint64_t id)
{
	if (chrome->finished_count == AW__CHROME_KEPT)
		forget(chrome, chrome->finished[chrome->finished_next]);
	else
		chrome->finished_count++;
	chrome->finished[chrome->finished_next] = id;
	chrome->finished_next = (chrome->finished_next + 1) % AW__CHROME_KEPT;
}

static char *name_of(struct aw__chrome *chrome, uint64_t id, const struct aw__event *event)
{
	char number[32];

	if (event->text_length > 0)
		return aw__export_copy(event->text, event->text_length);
	return aw__alloc_must_copy(number,
				   (size_t)snprintf(number, sizeof(number), "Task-%" PRIu64, id));
}

static struct aw__track group_of(struct aw__chrome *chrome, const struct aw__event *event)
{
	const struct aw__chrome_loop *loop = aw__map_get(&chrome->loops, event->created.loop);
	struct aw__track track = { 0, FIRST_TASK_TRACK + event->subject };

	track.pid = loop != NULL ? loop->pid : aw__chrome_thread_track(chrome, event->thread).pid;
	return track;
}

static void draw_arrow(struct aw__chrome *chrome, const struct aw__chrome_task *task,
		       const struct aw__event *event)
{
	const struct aw__chrome_task *creator = aw__map_get(&chrome->tasks, event->created.creator);
	struct aw__track from = { task->track.pid, task->track.pid };
	struct aw__export *export = chrome->export;

	if (creator != NULL)
		from = creator->track;
	for (int end = 0; end < 2; end++) {
		struct aw__track track = end == 0 ? from : task->track;

		aw__chrome_begin(chrome, end == 0 ? "s" : "f", "spawn", track, event->time_ns,
				 "spawn");
		aw__write_end(export, '}');
		aw__write_number(export, "id", task->id);
		if (end == 1)
			aw__write_string(export, "bp", "e");
		aw__write_end(export, '}');
		aw__write_line(export, "");
	}
}

static void begin_life(struct aw__chrome *chrome, struct aw__chrome_task *task,
		       const struct aw__event *event, uint64_t from_ns)
{
	struct aw__export *export = chrome->export;

	aw__chrome_name(chrome, "thread_name", task->track, task->name);
	aw__chrome_begin(chrome, "B", "task", task->track, from_ns, task->name);
	aw__write_number(export, "task", task->id);
	aw__write_number(export, "creator", event->created.creator);
	aw__chrome_place(chrome, "coroutine", event->created.coroutine);
	aw__chrome_top(chrome, "created at", event->created.stack);
	if (aw__model_before_recording(export->names, event->created.stack))
		aw__write_string(export, "created", "before recording began");
	aw__chrome_end(chrome);
	task->open = true;
}

/* Begin a task that was created now, or was alive when the recording began. */
static void appear(struct aw__chrome *chrome, const struct aw__event *event, uint64_t from_ns)
{
	struct aw__chrome_task *task = aw__map_get(&chrome->tasks, event->subject);

	if (task != NULL || event->subject == 0)
		return;
	if (chrome->tasks.count >= AW__CHROME_MAX_TASKS) {
		chrome->tasks_left_out++;
		return;
	}
	task = aw__alloc_must_zeroed(1, sizeof(*task));
	task->id = event->subject;
	task->track = group_of(chrome, event);
	task->name = name_of(chrome, task->id, event);
	task->since_ns = from_ns;
	aw__map_put(&chrome->tasks, task->id, task);
	begin_life(chrome, task, event, from_ns);
	if (event->kind == AW__TASK_CREATED &&
	    !aw__model_before_recording(chrome->export->names, event->created.stack))
		draw_arrow(chrome, task, event);
}

static void rename_task(struct aw__chrome *chrome, struct aw__chrome_task *task,
			const struct aw__event *event)
{
	aw__alloc_free(task->name);
	task->name = name_of(chrome, task->id, event);
	aw__chrome_name(chrome, "thread_name", task->track, task->name);
}

static void draw_phase(struct aw__chrome *chrome, const struct aw__chrome_task *task,
		       uint64_t now_ns)
{
	struct aw__track loop = { task->track.pid, task->track.pid };
	char waiting[48];
	const char *name = task->phase == AW__CHROME_RUNNING ? "running" : "ready";

	if (task->phase == AW__CHROME_UNKNOWN)
		return;
	if (task->phase == AW__CHROME_WAITING) {
		snprintf(waiting, sizeof(waiting), "waiting: %s", aw__wait_name(task->wait_kind));
		name = waiting;
	}
	aw__chrome_begin_slice(chrome, "step", task->track, task->since_ns, now_ns, name);
	aw__chrome_end(chrome);
	if (task->phase != AW__CHROME_RUNNING)
		return;
	aw__chrome_begin_slice(chrome, "step", loop, task->since_ns, now_ns, task->name);
	aw__write_number(chrome->export, "task", task->id);
	aw__chrome_end(chrome);
}

/* As in follow.c: the time until the step goes on is another task's. */
static void interrupt(struct aw__chrome *chrome, uint64_t id, uint64_t now_ns)
{
	struct aw__chrome_task *task = id != 0 ? aw__map_get(&chrome->tasks, id) : NULL;

	if (task == NULL || !task->open || task->phase != AW__CHROME_RUNNING)
		return;
	draw_phase(chrome, task, now_ns);
	task->phase = AW__CHROME_UNKNOWN;
	task->step.interrupted = true;
	task->step.resumed = false;
}

static void resume(struct aw__chrome *chrome, uint64_t id, uint64_t now_ns)
{
	struct aw__chrome_task *task = id != 0 ? aw__map_get(&chrome->tasks, id) : NULL;

	if (task == NULL || !task->open || !task->step.interrupted)
		return;
	task->phase = AW__CHROME_RUNNING;
	task->since_ns = now_ns;
	task->step.interrupted = false;
	task->step.resumed = true;
}

/* Let other tasks of the thread pause and go on. True if the event is only the rest of a step that goes on. */
static bool take_turn(struct aw__chrome *chrome, struct aw__chrome_task *task,
		      const struct aw__event *event)
{
	const struct aw__turn turn = aw__running_note(&chrome->running, event, &task->step);

	interrupt(chrome, turn.interrupted, event->time_ns);
	resume(chrome, turn.resumed, event->time_ns);
	return turn.is_rest;
}

static void enter(struct aw__chrome *chrome, struct aw__chrome_task *task,
		  enum aw__chrome_phase phase, const struct aw__event *event)
{
	if (!task->open || take_turn(chrome, task, event))
		return;
	draw_phase(chrome, task, event->time_ns);
	task->step.interrupted = false;
	task->phase = phase;
	task->since_ns = event->time_ns;
	if (phase == AW__CHROME_WAITING)
		task->wait_kind = event->wait.kind;
}

static void end_life(struct aw__chrome *chrome, struct aw__chrome_task *task, uint64_t time_ns,
		     uint64_t outcome)
{
	aw__chrome_begin(chrome, "E", "task", task->track, time_ns, NULL);
	aw__write_string(chrome->export, "outcome", aw__outcome_name(outcome));
	task->open = false;
}

static void done(struct aw__chrome *chrome, struct aw__chrome_task *task,
		 const struct aw__event *event)
{
	if (!task->open)
		return;
	enter(chrome, task, AW__CHROME_UNKNOWN, event);
	end_life(chrome, task, event->time_ns, event->done.outcome);
	if (event->done.error != 0)
		aw__write_number(chrome->export, "error", event->done.error);
	aw__write_us(chrome->export, "run us", event->done.run_ns);
	aw__write_number(chrome->export, "steps", event->done.steps);
	aw__chrome_end(chrome);
	remember_finished(chrome, task->id);
}

static void asked_to_cancel(struct aw__chrome *chrome, const struct aw__event *event)
{
	struct aw__track track = aw__chrome_task_track(chrome, event->subject, event->thread);

	aw__chrome_begin(chrome, "i", "cancel", track, event->time_ns, "asked to cancel");
	aw__write_number(chrome->export, "task", event->subject);
	aw__write_number(chrome->export, "by", event->cancel.by);
	aw__write_text(chrome->export, "why", aw__cancel_why_name(event->cancel.why),
		       strlen(aw__cancel_why_name(event->cancel.why)));
	aw__write_text(chrome->export, "message", event->text, event->text_length);
	aw__chrome_stack(chrome, "stack", event->cancel.stack);
	aw__chrome_end(chrome);
}

/* Take a row with a task's state, from a snapshot or recorded before one of its errors. */
static void state(struct aw__chrome *chrome, const struct aw__event *event)
{
	bool finished = event->state.state == AW__TASK_FINISHED;
	uint64_t from_ns = aw__event_listed(event, AW__STATE_CREATED_NS);
	bool known = aw__map_get(&chrome->tasks, event->subject) != NULL;
	struct aw__chrome_task *task;

	if (known)
		return;
	appear(chrome, event, from_ns != 0 ? from_ns : event->time_ns);
	task = aw__map_get(&chrome->tasks, event->subject);
	if (!finished || task == NULL)
		return;
	end_life(chrome, task,
		 event->list_length > AW__STATE_CHANGED_NS ? event->list[AW__STATE_CHANGED_NS]
							   : event->time_ns,
		 aw__event_listed(event, AW__STATE_OUTCOME));
	aw__chrome_end(chrome);
	remember_finished(chrome, task->id);
}

struct aw__track aw__chrome_task_track(struct aw__chrome *chrome, uint64_t id, uint32_t thread)
{
	const struct aw__chrome_task *task = id != 0 ? aw__map_get(&chrome->tasks, id) : NULL;

	return task != NULL ? task->track : aw__chrome_thread_track(chrome, thread);
}

void aw__chrome_task_event(struct aw__chrome *chrome, const struct aw__event *event)
{
	struct aw__chrome_task *task = aw__map_get(&chrome->tasks, event->subject);

	if (event->kind == AW__TASK_CREATED) {
		appear(chrome, event, event->time_ns);
		return;
	}
	if (event->kind == AW__TASK_STATE) {
		state(chrome, event);
		return;
	}
	if (event->kind == AW__CANCEL_ASKED) {
		asked_to_cancel(chrome, event);
		return;
	}
	if (task == NULL)
		return;
	switch (event->kind) {
	case AW__TASK_NAMED:
		rename_task(chrome, task, event);
		break;
	case AW__TASK_STEP:
		enter(chrome, task, AW__CHROME_RUNNING, event);
		break;
	case AW__TASK_WAIT:
		enter(chrome, task, AW__CHROME_WAITING, event);
		break;
	case AW__TASK_WOKEN:
		enter(chrome, task, AW__CHROME_READY, event);
		break;
	default:
		done(chrome, task, event);
		break;
	}
}

static int by_id(const void *a, const void *b)
{
	const struct aw__chrome_task *x = *(void *const *)a, *y = *(void *const *)b;

	return (x->id > y->id) - (x->id < y->id);
}

void aw__chrome_tasks_finish(struct aw__chrome *chrome)
{
	size_t capacity = chrome->tasks.capacity, count = 0;
	struct aw__chrome_task **tasks = aw__alloc_must_zeroed(capacity + 1, sizeof(*tasks));

	for (size_t i = 0; i < capacity; i++)
		if (chrome->tasks.slots[i].value != NULL)
			tasks[count++] = chrome->tasks.slots[i].value;
	qsort(tasks, count, sizeof(*tasks), by_id);
	for (size_t i = 0; i < count; i++) {
		if (tasks[i]->open)
			draw_phase(chrome, tasks[i], chrome->last_ns);
		free_task(tasks[i]);
	}
	aw__alloc_free(tasks);
	aw__running_finish(&chrome->running);
	aw__map_finish(&chrome->tasks);
}
