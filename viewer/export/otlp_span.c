/* SPDX-License-Identifier: MIT */
/* Writes tasks as OpenTelemetry spans, with ids, parents, links, status and events, when they finish. */
#include "viewer/export/otlp.h"

#include <string.h>

#include <awry/agent.h>

#include "base/alloc.h"

#define KIND_INTERNAL 1u
#define STATUS_OK     1u
#define STATUS_ERROR  2u

/* Convert to wall-clock time; times before 1970 become 1970. */
uint64_t aw__otlp_time(const struct aw__export *export, uint64_t monotonic_ns)
{
	const struct aw__hello *hello = aw__model_hello(export->names);
	uint64_t ago_ns;

	if (hello == NULL)
		return monotonic_ns;
	if (monotonic_ns >= hello->monotonic_ns)
		return aw__model_realtime_ns(export->names, monotonic_ns);
	ago_ns = hello->monotonic_ns - monotonic_ns;
	return ago_ns < hello->realtime_ns ? hello->realtime_ns - ago_ns : 1;
}

/* Ids are hashes: the same recording always gives the same ids, another process gives others. */
static uint64_t mix(uint64_t number)
{
	number += UINT64_C(0x9e3779b97f4a7c15);
	number = (number ^ number >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	number = (number ^ number >> 27) * UINT64_C(0x94d049bb133111eb);
	return number ^ number >> 31;
}

static ProtobufCBinaryData id(struct aw__otlp_arena *arena, uint64_t first, uint64_t second,
			      size_t length)
{
	const uint64_t words[2] = { first != 0 ? first : 1, second };
	ProtobufCBinaryData data = { length, aw__otlp_alloc(arena, length) };

	memcpy(data.data, words, length);
	return data;
}

ProtobufCBinaryData aw__otlp_trace_id(const struct aw__export *export, struct aw__otlp_arena *arena,
				      uint64_t root)
{
	const struct aw__otlp *state = export->state;

	return id(arena, mix(state->process ^ mix(root)), mix(root ^ mix(state->process + 1)),
		  AW__OTLP_TRACE_BYTES);
}

ProtobufCBinaryData aw__otlp_span_id(const struct aw__export *export, struct aw__otlp_arena *arena,
				     uint64_t task)
{
	const struct aw__otlp *state = export->state;

	return id(arena, mix(state->process ^ mix(task + 2)), 0, AW__OTLP_SPAN_BYTES);
}

static void appeared(struct aw__export *export, struct aw__followed *task,
		     const struct aw__event *event)
{
	struct aw__otlp *state = export->state;
	const struct aw__followed *creator = aw__follow_task(&state->follow, task->creator);
	struct aw__otlp_task *own = aw__alloc_must_zeroed(1, sizeof(*own));

	own->root = task->id;
	if (creator != NULL && creator->own != NULL)
		own->root = ((const struct aw__otlp_task *)creator->own)->root;
	task->own = own;
}

Otlp__Event *aw__otlp_span_event(struct aw__export *export, struct aw__followed *task,
				 const char *name, uint64_t time_ns,
				 struct aw__otlp_attributes *ret_attributes)
{
	const struct aw__otlp *state = export->state;
	struct aw__otlp_task *own = task->own;
	Otlp__Event *it;

	if (own->event_count == AW__OTLP_MOST_EVENTS || own->arena.bytes > AW__OTLP_BATCH_BYTES ||
	    state->waiting > AW__OTLP_MOST_WAITING) {
		own->dropped++;
		return NULL;
	}
	it = aw__otlp_alloc(&own->arena, sizeof(*it));
	otlp__event__init(it);
	it->time_unix_nano = aw__otlp_time(export, time_ns);
	it->name = aw__otlp_text(&own->arena, name, strlen(name));
	own->events[own->event_count++] = it;
	aw__otlp_attributes(ret_attributes, &own->arena);
	return it;
}

void aw__otlp_span_event_end(struct aw__export *export, struct aw__followed *task,
			     Otlp__Event *event, const struct aw__otlp_attributes *attributes)
{
	struct aw__otlp *state = export->state;
	struct aw__otlp_task *own = task->own;

	event->n_attributes = attributes->count;
	event->attributes = attributes->items;
	event->dropped_attributes_count = attributes->dropped;
	state->waiting += own->arena.bytes - own->counted;
	own->counted = own->arena.bytes;
}

static void set_name(struct aw__export *export, const struct aw__followed *task, Otlp__Span *span,
		     struct aw__otlp_arena *arena)
{
	struct aw__frame frame;
	const char *name = task->name;

	if (aw__model_place(export->names, task->coroutine, &frame) && frame.function != NULL &&
	    frame.function[0] != '\0')
		name = frame.function;
	span->name = aw__otlp_text(arena, name, strlen(name));
}

static void set_attributes(struct aw__export *export, const struct aw__followed *task,
			   Otlp__Span *span, struct aw__otlp_arena *arena,
			   const struct aw__event *event, uint64_t outcome)
{
	struct aw__otlp_attributes attributes;

	aw__otlp_attributes(&attributes, arena);
	aw__otlp_attribute_number(&attributes, "awry.task.id", task->id);
	aw__otlp_attribute_string(&attributes, "awry.task.name", task->name);
	aw__otlp_attribute_place(&attributes, export, task->coroutine);
	if (task->loop != 0)
		aw__otlp_attribute_number(&attributes, "awry.loop.id", task->loop);
	if (task->before_recording)
		aw__otlp_attribute_bool(&attributes, "awry.task.before_recording", true);
	if (event == NULL)
		aw__otlp_attribute_bool(&attributes, "awry.task.unfinished", true);
	else
		aw__otlp_attribute_string(&attributes, "awry.task.outcome",
					  aw__outcome_name(outcome));
	if (event != NULL && event->kind == AW__TASK_DONE) {
		aw__otlp_attribute_number(&attributes, "awry.task.run_ns", event->done.run_ns);
		aw__otlp_attribute_number(&attributes, "awry.task.steps", event->done.steps);
	}
	span->n_attributes = attributes.count;
	span->attributes = attributes.items;
}

/* Set the creator's span as parent, or as link if it has ended. */
static void set_parent(struct aw__export *export, const struct aw__followed *task, Otlp__Span *span,
		       struct aw__otlp_arena *arena)
{
	struct aw__otlp *state = export->state;
	const struct aw__followed *creator = aw__follow_task(&state->follow, task->creator);
	Otlp__Link *link;

	if (task->creator == 0 || creator == task)
		return;
	if (creator != NULL && creator->open) {
		span->parent_span_id = aw__otlp_span_id(export, arena, creator->id);
		return;
	}
	link = aw__otlp_alloc(arena, sizeof(*link));
	otlp__link__init(link);
	link->trace_id = span->trace_id;
	link->span_id = aw__otlp_span_id(export, arena, task->creator);
	span->n_links = 1;
	span->links = aw__otlp_alloc(arena, sizeof(Otlp__Link *));
	span->links[0] = link;
}

static void set_status(const struct aw__followed *task, Otlp__Span *span,
		       struct aw__otlp_arena *arena, uint64_t outcome)
{
	const struct aw__otlp_task *own = task->own;
	Otlp__Status *status = aw__otlp_alloc(arena, sizeof(*status));

	if (outcome == AW_OUTCOME_CANCELLED)
		return;
	otlp__status__init(status);
	status->code = outcome == AW_OUTCOME_ERROR ? STATUS_ERROR : STATUS_OK;
	if (outcome == AW_OUTCOME_ERROR && own->failure != NULL)
		status->message = own->failure;
	span->status = status;
}

/* `event` NULL: the task has not finished. */
static void write_span(struct aw__export *export, struct aw__followed *task, uint64_t now_ns,
		       uint64_t outcome, const struct aw__event *event)
{
	struct aw__otlp *state = export->state;
	struct aw__otlp_arena *arena = &state->spans_arena;
	struct aw__otlp_task *own = task->own;
	Otlp__Span *span = aw__otlp_alloc(arena, sizeof(*span));

	otlp__span__init(span);
	span->trace_id = aw__otlp_trace_id(export, arena, own->root);
	span->span_id = aw__otlp_span_id(export, arena, task->id);
	span->kind = KIND_INTERNAL;
	span->start_time_unix_nano = aw__otlp_time(export, task->from_ns);
	span->end_time_unix_nano = aw__otlp_time(export, now_ns);
	set_name(export, task, span, arena);
	set_parent(export, task, span, arena);
	set_attributes(export, task, span, arena, event, outcome);
	if (event != NULL)
		set_status(task, span, arena, outcome);
	span->dropped_events_count = own->dropped;
	state->spans[state->span_count++] = span;
}

/* Move the span's events, which are in the task's arena, to the batch with that arena's chunks. */
static void hand_over_events(struct aw__otlp *state, struct aw__otlp_task *own)
{
	Otlp__Span *span = state->spans[state->span_count - 1];
	size_t bytes = own->event_count * sizeof(Otlp__Event *);

	if (own->event_count == 0)
		return;
	span->n_events = own->event_count;
	span->events = aw__otlp_alloc(&state->spans_arena, bytes);
	memcpy(span->events, own->events, bytes);
	aw__otlp_arena_join(&state->spans_arena, &own->arena);
	state->waiting -= own->counted;
	own->counted = 0;
	own->event_count = 0;
	own->failure = NULL;
}

static void finished(struct aw__export *export, struct aw__followed *task, uint64_t now_ns,
		     uint64_t outcome, const struct aw__event *event)
{
	struct aw__otlp *state = export->state;

	write_span(export, task, now_ns, outcome, event);
	hand_over_events(state, task->own);
	if (state->span_count == AW__OTLP_BATCH || state->spans_arena.bytes > AW__OTLP_BATCH_BYTES)
		aw__otlp_flush_spans(export);
}

static void left(struct aw__export *export, struct aw__followed *task, uint64_t now_ns)
{
	finished(export, task, now_ns, 0, NULL);
}

static void forgotten(struct aw__export *export, struct aw__followed *task)
{
	struct aw__otlp_task *own = task->own;

	if (own == NULL)
		return;
	((struct aw__otlp *)export->state)->waiting -= own->counted;
	aw__otlp_arena_finish(&own->arena);
	aw__alloc_free(own);
}

const struct aw__follow_calls aw__otlp_task_calls = {
	.appeared = appeared,
	.finished = finished,
	.left = left,
	.forgotten = forgotten,
};
