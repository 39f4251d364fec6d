/* SPDX-License-Identifier: MIT */
/*
 * Restricts an export or a view to a time range and to some tasks: it passes on the events that belong to them,
 * after a snapshot of what already existed when the range begins.
 */
#include "viewer/export/part.h"

#include <string.h>

#include "base/alloc.h"

#define MOST_THREADS 4096u

struct aw__part {
	struct aw__export *export;
	uint64_t from_ns, until_ns;
	const struct aw__map *tasks;
	struct aw__model *model; /* the state before the part, and the task of each error */
	bool begun;
};

struct aw__part *aw__part_create(struct aw__export *export, uint64_t from_ns, uint64_t until_ns,
				 const struct aw__map *tasks)
{
	struct aw__part *part = aw__alloc_must_zeroed(1, sizeof(*part));

	part->export = export;
	part->from_ns = from_ns;
	part->until_ns = until_ns;
	part->tasks = tasks;
	part->model = aw__model_create();
	part->begun = from_ns == 0;
	return part;
}

void aw__part_destroy(struct aw__part *part)
{
	if (part == NULL)
		return;
	aw__model_destroy(part->model);
	aw__alloc_free(part);
}

static bool is_wanted(const struct aw__part *part, uint64_t task)
{
	return part->tasks == NULL || aw__map_get(part->tasks, task) != NULL;
}

static void tell(struct aw__part *part, struct aw__event *event, const char *text)
{
	struct aw__item item = { .kind = AW__ITEM_EVENT };

	event->text = text;
	event->text_length = text != NULL ? (uint32_t)strlen(text) : 0;
	event->time_ns = part->from_ns;
	item.event = *event;
	aw__export_item(part->export, &item);
}

static void tell_threads(struct aw__part *part)
{
	for (uint32_t i = 0; i < MOST_THREADS; i++) {
		struct aw__event event = { .kind = AW__THREAD_STARTED, .thread = i };

		event.thread_started.tid = aw__model_thread_tid(part->model, i);
		event.subject = i;
		if (event.thread_started.tid != 0)
			tell(part, &event, aw__model_thread_name(part->model, i));
	}
}

static void tell_loops(struct aw__part *part)
{
	for (size_t i = 0; i < aw__model_loop_count(part->model); i++) {
		const struct aw__loop *loop = aw__model_loop_at(part->model, i);
		struct aw__event event = { .kind = AW__LOOP_STATE };

		if (loop->closed)
			continue;
		event.subject = loop->id;
		event.thread = loop->thread;
		event.loop_state.tid = loop->tid;
		event.loop_state.busy_since_ns = loop->busy_since_ns;
		event.loop_state.task = loop->task;
		event.loop_state.iterations = loop->iterations;
		tell(part, &event, loop->label);
	}
}

static void tell_task(struct aw__part *part, const struct aw__task *task)
{
	const struct aw__loop *loop = aw__model_loop(part->model, task->facts.loop);
	const uint64_t row[AW__STATE_NUMBERS] = {
		[AW__STATE_CREATED_NS] = task->known_since_ns,
		[AW__STATE_CHANGED_NS] = task->changed_ns,
		[AW__STATE_RUN_NS] = task->run_ns,
		[AW__STATE_STEPS] = task->steps,
		[AW__STATE_WAIT_KIND] = task->wait_kind,
		[AW__STATE_WAIT_TARGET] = task->wait_target,
		[AW__STATE_SCOPE] = task->scope,
		[AW__STATE_WAIT_STACK] = task->wait_stack,
	};
	struct aw__event event = { .kind = AW__TASK_STATE, .subject = task->id };

	event.thread = loop != NULL ? loop->thread : 0;
	event.state.creator = task->facts.creator;
	event.state.coroutine = task->facts.coroutine;
	event.state.stack = task->facts.stack;
	event.state.loop = task->facts.loop;
	event.state.state = task->state;
	event.list = row;
	event.list_length = AW__STATE_NUMBERS;
	tell(part, &event, task->facts.name);
}

static void tell_tasks(struct aw__part *part)
{
	const struct aw__task *task = aw__model_task_roots(part->model);
	struct aw__event begin = { .kind = AW__SNAPSHOT_BEGIN };
	struct aw__event end = { .kind = AW__SNAPSHOT_END };
	int depth = 0;

	tell(part, &begin, NULL);
	for (; task != NULL; task = aw__model_task_next(task, &depth))
		if (task->live && is_wanted(part, task->id))
			tell_task(part, task);
	tell(part, &end, NULL);
}

static void begin_part(struct aw__part *part)
{
	if (part->begun)
		return;
	part->begun = true;
	tell_threads(part);
	tell_loops(part);
	tell_tasks(part);
}

/* The task that an event belongs to; false if it belongs to none. */
static bool task_of(const struct aw__model *model, const struct aw__event *event,
		    uint64_t *ret_task)
{
	const struct aw__error *error;

	switch (event->kind) {
	case AW__TASK_CREATED:
	case AW__TASK_NAMED:
	case AW__TASK_FUNCTION:
	case AW__TASK_STEP:
	case AW__TASK_WAIT:
	case AW__TASK_WOKEN:
	case AW__TASK_WAITS_AT:
	case AW__TASK_DONE:
	case AW__TASK_STATE:
	case AW__CANCEL_ASKED:
		*ret_task = event->subject;
		return true;
	case AW__ERROR:
		*ret_task = event->error.task;
		return true;
	case AW__ERROR_NOTE:
	case AW__ERROR_ATTRIBUTE:
	case AW__ERROR_RETRIEVED:
		error = aw__model_error(model, event->subject);
		*ret_task = error != NULL ? error->task : 0;
		return true;
	case AW__FINDING:
		*ret_task = event->finding.task;
		return true;
	case AW__ATTEMPT:
	case AW__SERVICE:
		*ret_task = aw__event_listed(event, 0);
		return true;
	case AW__HANDLE_OPENED:
		*ret_task = event->handle.task;
		return true;
	default:
		return false;
	}
}

/* A deadlock belongs to each of its tasks. */
static bool has_wanted_member(const struct aw__map *tasks, const struct aw__event *event)
{
	if (event->kind != AW__FINDING || event->finding.kind != AW__DEADLOCK)
		return false;
	for (uint32_t at = AW__FINDING_MEMBERS; at + AW__MEMBER_NUMBERS <= event->list_length;
	     at += AW__MEMBER_NUMBERS)
		if (aw__map_get(tasks, event->list[at + AW__MEMBER_TASK]) != NULL)
			return true;
	return false;
}

bool aw__part_wants(const struct aw__model *model, const struct aw__map *tasks,
		    const struct aw__item *item)
{
	uint64_t task;

	if (item->kind == AW__ITEM_EVENT && has_wanted_member(tasks, &item->event))
		return true;
	return item->kind != AW__ITEM_EVENT || !task_of(model, &item->event, &task) ||
	       aw__map_get(tasks, task) != NULL;
}

static bool take_event(struct aw__part *part, const struct aw__item *item)
{
	const struct aw__event *event = &item->event;

	if (!part->begun && event->time_ns >= part->from_ns)
		begin_part(part);
	if (!part->begun || part->tasks != NULL)
		aw__model_ingest(part->model, item);
	if (!part->begun || event->time_ns < part->from_ns || event->time_ns >= part->until_ns)
		return true;
	if (part->tasks != NULL && !aw__part_wants(part->model, part->tasks, item))
		return true;
	return aw__export_item(part->export, item);
}

bool aw__part_item(struct aw__part *part, const struct aw__item *item)
{
	if (item->kind == AW__ITEM_EVENT)
		return take_event(part, item);
	if (item->kind == AW__ITEM_DEFINITION)
		aw__model_ingest(part->model, item);
	if (item->kind == AW__ITEM_GOODBYE)
		begin_part(part);
	return aw__export_item(part->export, item);
}

void aw__part_end(struct aw__part *part)
{
	begin_part(part);
}
