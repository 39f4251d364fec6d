/* SPDX-License-Identifier: MIT */
/*
 * The state of each task. Finished tasks that nothing refers to are in a queue; the oldest is dropped when the queue is
 * full (retention.h).
 *
 * State comes from two sources: from events, and from rows (of a snapshot, or recorded with an error or a finding).
 * An item that is older than the known state changes nothing; a finished task stays finished. A row outside of a
 * snapshot may be of a task that ended long ago: it describes the task, but does not show that it is alive.
 */
#include "viewer/model/model_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <awry/agent.h>

#include "base/alloc.h"

static void dequeue(struct aw__model *model, struct aw__task *task)
{
	if (!task->queued)
		return;
	*(task->older != NULL ? &task->older->newer : &model->oldest) = task->newer;
	*(task->newer != NULL ? &task->newer->older : &model->newest) = task->older;
	task->older = task->newer = NULL;
	task->queued = false;
	model->finished_count--;
}

static void free_task(struct aw__model *model, struct aw__task *task)
{
	aw__model_drop(model, task->facts.name);
	if (task->recorded != NULL)
		aw__model_drop(model, task->recorded->facts.name);
	if (task->cancel != NULL)
		aw__model_drop(model, task->cancel->message);
	aw__alloc_free(task->recorded);
	aw__alloc_free(task->cancel);
	aw__alloc_free(task);
}

static void forget(struct aw__model *model, struct aw__task *task)
{
	struct aw__task *parent;

	for (; task != NULL; task = parent) {
		parent = task->parent;
		dequeue(model, task);
		aw__tree_unlink(model, task);
		aw__map_remove(&model->tasks, task->id);
		free_task(model, task);
		if (parent == NULL || parent->known || parent->first_child != NULL ||
		    aw__retention_needs_task(parent))
			break;
	}
}

static void enqueue(struct aw__model *model, struct aw__task *task)
{
	if (task->queued || aw__retention_needs_task(task))
		return;
	task->queued = true;
	task->older = model->newest;
	*(model->newest != NULL ? &model->newest->newer : &model->oldest) = task;
	model->newest = task;
	if (++model->finished_count > AW__MODEL_MAX_FINISHED)
		forget(model, model->oldest);
}

struct aw__task *aw__tasks_need(struct aw__model *model, uint64_t id)
{
	struct aw__task *task = id != 0 ? aw__map_get(&model->tasks, id) : NULL;

	if (task != NULL || id == 0)
		return task;
	if (model->tasks.count >= AW__MODEL_MAX_TASKS) {
		model->counts.tasks_beyond++;
		return NULL;
	}
	task = aw__alloc_must_zeroed(1, sizeof(*task));
	task->id = id;
	aw__map_put(&model->tasks, id, task);
	aw__tree_link(model, task);
	return task;
}

void aw__tasks_pin(struct aw__model *model, uint64_t id, bool finding)
{
	struct aw__task *task = aw__tasks_need(model, id);

	if (task == NULL)
		return;
	dequeue(model, task);
	if (finding)
		task->finding_count++;
	else
		task->error_count++;
}

void aw__tasks_unpin(struct aw__model *model, uint64_t id, bool finding)
{
	struct aw__task *task = id != 0 ? aw__map_get(&model->tasks, id) : NULL;
	uint32_t *count;

	if (task == NULL)
		return;
	count = finding ? &task->finding_count : &task->error_count;
	if (*count == 0)
		return;
	--*count;
	enqueue(model, task);
}

void aw__tasks_list_live(struct aw__model *model, struct aw__task *task)
{
	task->position = model->live.count;
	aw__model_append(&model->live, task);
}

static void unlist(struct aw__model *model, struct aw__task *task)
{
	struct aw__task *last = model->live.items[--model->live.count];

	model->live.items[task->position] = last;
	last->position = task->position;
}

size_t aw__model_task_live_count(const struct aw__model *model)
{
	return model->live.count;
}

const struct aw__task *aw__model_task_live_at(const struct aw__model *model, size_t index)
{
	return index < model->live.count ? model->live.items[index] : NULL;
}

static void set_live(struct aw__model *model, struct aw__task *task)
{
	task->known = true;
	if (task->live || task->state == AW__TASK_FINISHED)
		return;
	dequeue(model, task);
	task->live = true;
	aw__tasks_list_live(model, task);
	model->counts.tasks_live++;
}

static void set_finished(struct aw__model *model, struct aw__task *task, uint64_t time_ns)
{
	if (task->live) {
		model->counts.tasks_live--;
		unlist(model, task);
	}
	task->known = true;
	task->live = false;
	task->state = AW__TASK_FINISHED;
	task->changed_ns = time_ns;
	task->wait_kind = 0;
	task->wait_target = 0;
	task->wait_stack = 0;
	enqueue(model, task);
}

static void set_name(struct aw__model *model, char **name, const char *text, size_t length)
{
	if (length == 0 || aw__model_same_text(*name, text, length))
		return;
	aw__model_drop(model, *name);
	*name = aw__model_copy(model, text, length);
}

static void fill(uint64_t *fact, uint64_t value)
{
	if (*fact == 0)
		*fact = value;
}

static void fill_facts(struct aw__task_facts *facts, const uint64_t args[AW__EVENT_ARGS])
{
	fill(&facts->creator, args[0]);
	fill(&facts->coroutine, args[1]);
	fill(&facts->stack, args[2]);
	fill(&facts->loop, args[3]);
}

static void created(struct aw__model *model, struct aw__task *task, const struct aw__event *event)
{
	fill(&task->known_since_ns, event->time_ns);
	if (!task->counted)
		model->counts.tasks_created++;
	task->counted = true;
	fill_facts(&task->facts, event->args);
	fill(&task->scope, event->created.scope);
	if (task->facts.name == NULL)
		set_name(model, &task->facts.name, event->text, event->text_length);
	if (task->state == AW__TASK_PENDING && task->changed_ns == 0) {
		task->changed_ns = event->time_ns;
		if (!aw__model_steps_recorded(model))
			task->state = AW__TASK_UNTOLD;
	}
	set_live(model, task);
	aw__tree_set_parent(model, task);
}

static void moved(struct aw__model *model, struct aw__task *task, const struct aw__event *event)
{
	if (task->state == AW__TASK_FINISHED || event->time_ns < task->changed_ns)
		return;
	if (task->state == AW__TASK_RUNNING && event->kind != AW__TASK_STEP)
		task->run_ns += event->time_ns - task->changed_ns;
	task->changed_ns = event->time_ns;
	task->wait_kind = 0;
	task->wait_target = 0;
	task->wait_stack = 0;
	if (event->kind == AW__TASK_STEP) {
		task->state = AW__TASK_RUNNING;
		task->steps++;
	} else if (event->kind == AW__TASK_WOKEN) {
		task->state = AW__TASK_READY;
	} else {
		task->state = AW__TASK_WAITING;
		task->wait_kind =
			event->wait.kind < UINT8_MAX ? (uint8_t)event->wait.kind : UINT8_MAX;
		task->wait_target = event->wait.target;
	}
	set_live(model, task);
}

uint64_t aw__model_run_ns(const struct aw__task *task, uint64_t now_ns)
{
	if (task->state != AW__TASK_RUNNING || task->changed_ns == 0 || now_ns < task->changed_ns)
		return task->run_ns;
	return task->run_ns + (now_ns - task->changed_ns);
}

static void waits_at(struct aw__task *task, const struct aw__event *event)
{
	if (task->state == AW__TASK_WAITING && event->time_ns >= task->changed_ns)
		task->wait_stack = event->waits_at.stack;
}

/* A task's end is seen as an event or in a snapshot, in either order: it is counted once. */
static bool know_outcome(struct aw__model *model, struct aw__task *task, uint64_t outcome)
{
	if (task->state == AW__TASK_FINISHED && !task->vanished)
		return false;
	task->vanished = false;
	model->counts.tasks_finished += outcome != AW__OUTCOME_DESTROYED;
	model->counts.tasks_result += outcome == AW_OUTCOME_RESULT;
	model->counts.tasks_error += outcome == AW_OUTCOME_ERROR;
	model->counts.tasks_cancelled += outcome == AW_OUTCOME_CANCELLED;
	task->outcome = outcome < UINT8_MAX ? (uint8_t)outcome : UINT8_MAX;
	return true;
}

static void done(struct aw__model *model, struct aw__task *task, const struct aw__event *event)
{
	if (!know_outcome(model, task, event->done.outcome))
		return;
	task->error = event->done.error;
	task->run_ns = event->done.run_ns;
	task->steps = event->done.steps;
	set_finished(model, task, event->time_ns);
}

static void cancel_asked(struct aw__model *model, struct aw__task *task,
			 const struct aw__event *event)
{
	struct aw__task_cancel *cancel = task->cancel;

	if (cancel == NULL)
		cancel = task->cancel = aw__alloc_must_zeroed(1, sizeof(*cancel));
	if (cancel->count > 0 && event->time_ns <= cancel->time_ns)
		return;
	cancel->count++;
	cancel->time_ns = event->time_ns;
	cancel->by = event->cancel.by;
	cancel->stack = event->cancel.stack;
	cancel->why = event->cancel.why;
	cancel->origin = event->cancel.origin;
	cancel->deadline_ns = event->cancel.deadline_ns;
	set_name(model, &cancel->message, event->text, event->text_length);
}

/* Remember a task's row. A row from after the task's end lacks the fields of its slot: earlier values stay. */
static void note_recorded(struct aw__model *model, struct aw__task *task,
			  const struct aw__event *event)
{
	struct aw__task_recorded *recorded = task->recorded;

	if (recorded != NULL && event->time_ns < recorded->time_ns)
		return;
	if (recorded == NULL)
		recorded = task->recorded = aw__alloc_must_zeroed(1, sizeof(*recorded));
	recorded->time_ns = event->time_ns;
	fill_facts(&recorded->facts, event->args);
	recorded->state = event->state.state;
	recorded->outcome = aw__event_listed(event, AW__STATE_OUTCOME);
	recorded->wait_kind = aw__event_listed(event, AW__STATE_WAIT_KIND);
	recorded->wait_target = aw__event_listed(event, AW__STATE_WAIT_TARGET);
	recorded->wait_stack = aw__event_listed(event, AW__STATE_WAIT_STACK);
	set_name(model, &recorded->facts.name, event->text, event->text_length);
}

static void cancel_told(struct aw__task *task, const struct aw__event *event)
{
	struct aw__task_recorded *recorded = task->recorded;

	if (recorded == NULL)
		recorded = task->recorded = aw__alloc_must_zeroed(1, sizeof(*recorded));
	if (event->cancel_told.time_ns < recorded->cancel.time_ns)
		return;
	recorded->cancel = (struct aw__task_cancel){
		.time_ns = event->cancel_told.time_ns,
		.by = event->cancel_told.by,
		.stack = event->cancel_told.stack,
		.why = event->cancel_told.why,
		.origin = event->cancel_told.origin,
	};
}

/* A row beside a finding shows the state at that time; without recorded steps no event shows when it changes. */
static void update_from_row(const struct aw__model *model, struct aw__task *task,
			    const struct aw__event *event)
{
	uint64_t wait_kind = aw__event_listed(event, AW__STATE_WAIT_KIND);

	fill(&task->scope, aw__event_listed(event, AW__STATE_SCOPE));
	fill(&task->known_since_ns, aw__event_listed(event, AW__STATE_CREATED_NS));
	if (task->state == AW__TASK_FINISHED ||
	    aw__event_listed(event, AW__STATE_CHANGED_NS) < task->changed_ns ||
	    (!model->in_snapshot && !aw__model_steps_recorded(model)))
		return;
	task->changed_ns = aw__event_listed(event, AW__STATE_CHANGED_NS);
	task->run_ns = aw__event_listed(event, AW__STATE_RUN_NS);
	task->steps = aw__event_listed(event, AW__STATE_STEPS);
	if (event->state.state < AW__TASK_FINISHED || event->state.state == AW__TASK_UNTOLD)
		task->state = (uint8_t)event->state.state;
	task->wait_kind = wait_kind < UINT8_MAX ? (uint8_t)wait_kind : UINT8_MAX;
	task->wait_target = aw__event_listed(event, AW__STATE_WAIT_TARGET);
	task->wait_stack = aw__event_listed(event, AW__STATE_WAIT_STACK);
}

static void row(struct aw__model *model, struct aw__task *task, const struct aw__event *event)
{
	fill_facts(&task->facts, event->args);
	task->known = true;
	if (task->facts.name == NULL || model->in_snapshot)
		set_name(model, &task->facts.name, event->text, event->text_length);
	update_from_row(model, task, event);
	aw__tree_set_parent(model, task);
	if (!model->in_snapshot) {
		note_recorded(model, task, event);
		enqueue(model, task);
		return;
	}
	model->snapshot_rows++;
	task->snapshot = model->snapshot;
	if (event->state.state == AW__TASK_FINISHED) {
		(void)know_outcome(model, task, aw__event_listed(event, AW__STATE_OUTCOME));
		if (task->outcome == AW_OUTCOME_ERROR && task->error == 0)
			task->error = aw__event_listed(event, AW__STATE_WAIT_TARGET);
		set_finished(model, task, aw__event_listed(event, AW__STATE_CHANGED_NS));
	} else {
		set_live(model, task);
	}
}

static void snapshot_begin(struct aw__model *model, const struct aw__event *event)
{
	model->in_snapshot = true;
	model->snapshot++;
	model->snapshot_begin_ns = event->time_ns;
	model->snapshot_tasks = event->snapshot.tasks;
	model->snapshot_unlisted = event->snapshot.unlisted;
	model->snapshot_rows = 0;
	model->counts.unlisted_tasks = event->snapshot.unlisted;
}

static int by_id(const void *a, const void *b)
{
	const struct aw__task *one = *(struct aw__task *const *)a,
			      *other = *(struct aw__task *const *)b;

	return (one->id > other->id) - (one->id < other->id);
}

/* Live tasks that are missing in a complete snapshot have finished, and the event was lost. */
static void snapshot_end(struct aw__model *model)
{
	bool complete = model->in_snapshot && model->snapshot_unlisted == 0 &&
			model->snapshot_rows >= model->snapshot_tasks;
	struct aw__pointers vanished = { 0 };

	model->in_snapshot = false;
	if (!complete)
		return;
	for (size_t i = 0; i < model->tasks.capacity; i++) {
		struct aw__task *task = model->tasks.slots[i].value;

		if (task != NULL && task->live && task->snapshot != model->snapshot &&
		    task->changed_ns < model->snapshot_begin_ns)
			aw__model_append(&vanished, task);
	}
	if (vanished.count > 1) /* sorted, because the first ones are dropped first */
		qsort(vanished.items, vanished.count, sizeof(vanished.items[0]), by_id);
	for (size_t i = 0; i < vanished.count; i++) {
		struct aw__task *task = vanished.items[i];

		task->vanished = true;
		set_finished(model, task, model->snapshot_begin_ns);
	}
	aw__alloc_free(vanished.items);
}

void aw__tasks_destroyed(struct aw__model *model, uint64_t id, uint64_t time_ns)
{
	struct aw__task *task = aw__map_get(&model->tasks, id);

	if (task == NULL || (task->state == AW__TASK_FINISHED && !task->vanished))
		return;
	task->vanished = false;
	task->outcome = AW__OUTCOME_DESTROYED;
	set_finished(model, task, time_ns);
}

void aw__tasks_event(struct aw__model *model, const struct aw__event *event)
{
	struct aw__task *task;

	if (event->kind == AW__SNAPSHOT_BEGIN) {
		snapshot_begin(model, event);
		return;
	}
	if (event->kind == AW__SNAPSHOT_END) {
		snapshot_end(model);
		return;
	}
	task = aw__tasks_need(model, event->subject);
	if (task == NULL)
		return;
	switch (event->kind) {
	case AW__TASK_CREATED:
		created(model, task, event);
		break;
	case AW__TASK_NAMED:
		set_name(model, &task->facts.name, event->text, event->text_length);
		break;
	case AW__TASK_FUNCTION:
		task->facts.coroutine = event->function.coroutine;
		break;
	case AW__TASK_STEP:
	case AW__TASK_WAIT:
	case AW__TASK_WOKEN:
		moved(model, task, event);
		break;
	case AW__TASK_WAITS_AT:
		waits_at(task, event);
		break;
	case AW__TASK_DONE:
		done(model, task, event);
		break;
	case AW__TASK_STATE:
		row(model, task, event);
		break;
	case AW__CANCEL_TOLD:
		cancel_told(task, event);
		break;
	case AW__CANCEL_ASKED:
		cancel_asked(model, task, event);
		break;
	default:
		break;
	}
}

void aw__tasks_finish(struct aw__model *model)
{
	for (size_t i = 0; i < model->tasks.capacity; i++)
		if (model->tasks.slots[i].value != NULL)
			free_task(model, model->tasks.slots[i].value);
	aw__map_finish(&model->tasks);
	aw__alloc_free(model->live.items);
}

const struct aw__task *aw__model_task(const struct aw__model *model, uint64_t id)
{
	return id != 0 ? aw__map_get(&model->tasks, id) : NULL;
}

const char *aw__task_name(const struct aw__task_facts *facts, uint64_t id, char space[32])
{
	if (facts != NULL && facts->name != NULL)
		return facts->name;
	snprintf(space, 32, "Task-%" PRIu64, id);
	return space;
}

bool aw__model_steps_recorded(const struct aw__model *model)
{
	const uint64_t *events = model->counts.events;

	return events[AW__TASK_STEP] + events[AW__TASK_WAIT] + events[AW__TASK_WOKEN] > 0;
}
