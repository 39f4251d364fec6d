/* SPDX-License-Identifier: MIT */
/*
 * The entry point of the model: hands each item to the file that keeps its kind (tasks.c, errors.c, model_findings.c, …),
 * counts events and losses, and accounts for the bytes of all texts against the model's bound.
 */
#include "viewer/model/image.h"
#include "viewer/model/model_internal.h"

#include "base/alloc.h"

struct aw__model *aw__model_create(void)
{
	return aw__alloc_must_zeroed(1, sizeof(struct aw__model));
}

void aw__model_destroy(struct aw__model *model)
{
	if (model == NULL)
		return;
	aw__findings_finish(model);
	aw__errors_finish(model);
	aw__resilience_finish(model);
	aw__loops_finish(model);
	aw__handles_finish(model);
	aw__waits_forget(model);
	aw__tasks_finish(model);
	aw__definitions_finish(model);
	aw__alloc_free(model);
}

void aw__model_reset(struct aw__model *model)
{
	struct aw__model fresh = {
		.has_hello = model->has_hello,
		.hello = model->hello,
		.bytes = model->definition_bytes,
		.definition_bytes = model->definition_bytes,
		.definition_count = model->definition_count,
		.definitions = model->definitions,
		.resolve = model->resolve,
		.resolve_arg = model->resolve_arg,
	};

	aw__findings_finish(model);
	aw__errors_finish(model);
	aw__resilience_finish(model);
	aw__loops_finish(model);
	aw__waits_forget(model);
	aw__handles_finish(model);
	aw__tasks_finish(model);
	*model = fresh;
}

static void note_time(struct aw__model *model, uint64_t time_ns)
{
	struct aw__model_counts *counts = &model->counts;

	if (time_ns == 0) /* a row of a black box: the current state */
		return;
	if (counts->first_ns == 0)
		aw__findings_date_lost(model, time_ns);
	if (counts->first_ns == 0 || time_ns < counts->first_ns)
		counts->first_ns = time_ns;
	if (time_ns > counts->last_ns)
		counts->last_ns = time_ns;
}

static void add(uint64_t *total, uint64_t count)
{
	*total += count > UINT64_MAX - *total ? UINT64_MAX - *total : count;
}

/*
 * Losses of the recorder are events. Only the reader knows that findings were overwritten before they were read: this
 * becomes a finding here.
 */
static void count_loss(struct aw__model *model, const struct aw__event *event)
{
	const uint64_t count = event->lost.count;
	struct aw__model_counts *counts = &model->counts;

	add(event->lost.what == AW__LOST_HISTORY ? &counts->history : &counts->lost_events, count);
	if (event->lost.what == AW__LOST_RECORDS)
		add(&counts->lost_records, count);
	if (event->lost.what != AW__LOST_FINDINGS)
		return;
	add(&counts->lost_important, count);
	aw__findings_lost(model, count);
}

/* Snapshots after the first are not counted as events, since their number depends on the readers. */
static bool is_told_again(const struct aw__model *model, const struct aw__event *event)
{
	return (model->snapshot > 1 && model->in_snapshot) ||
	       (model->snapshot > 0 && event->kind == AW__SNAPSHOT_BEGIN);
}

static void ingest_event(struct aw__model *model, const struct aw__event *event)
{
	if (event->kind <= 0 || event->kind >= AW__EVENT_KINDS) {
		model->counts.nonsense++;
		return;
	}
	if (!is_told_again(model, event))
		model->counts.events[event->kind]++;
	note_time(model, event->time_ns);
	switch (event->kind) {
	case AW__THREAD_STARTED:
	case AW__LOOP_OPENED:
	case AW__LOOP_CLOSED:
	case AW__LOOP_STATE:
	case AW__LOOP_UNBLOCKED:
	case AW__LOOP_LAGS:
	case AW__LOOP_BLOCKED:
		aw__loops_event(model, event);
		break;
	case AW__ERROR:
	case AW__ERROR_NOTE:
	case AW__ERROR_ATTRIBUTE:
	case AW__ERROR_RETRIEVED:
		aw__errors_event(model, event);
		break;
	case AW__ATTEMPT:
	case AW__BREAKER:
	case AW__SERVICE:
	case AW__RECOVERY:
		aw__resilience_event(model, event);
		break;
	case AW__FINDING:
		aw__findings_event(model, event);
		break;
	case AW__HANDLE_OPENED:
	case AW__HANDLE_CLOSED:
		aw__handles_event(model, event);
		break;
	case AW__RESOURCE_HELD:
		aw__waits_event(model, event);
		break;
	case AW__EVENTS_LOST:
		count_loss(model, event);
		break;
	case AW__SNAPSHOT_BEGIN:
		aw__waits_forget(model);
		aw__tasks_event(model, event);
		break;
	default:
		aw__tasks_event(model, event);
		break;
	}
}

static void ingest_hello(struct aw__model *model, const struct aw__hello *hello)
{
	if (model->has_hello && (hello->pid != model->hello.pid ||
				 hello->process_start_ticks != model->hello.process_start_ticks)) {
		model->counts.nonsense++;
		return;
	}
	if (model->has_hello)
		return;
	model->hello = *hello;
	model->hello.runtime[sizeof(hello->runtime) - 1] = '\0';
	model->hello.program[sizeof(hello->program) - 1] = '\0';
	model->has_hello = true;
}

void aw__model_ingest(struct aw__model *model, const struct aw__item *item)
{
	model->counts.items++;
	switch (item->kind) {
	case AW__ITEM_HELLO:
		ingest_hello(model, &item->hello);
		break;
	case AW__ITEM_DEFINITION:
		aw__definitions_ingest(model, &item->definition);
		break;
	case AW__ITEM_EVENT:
		ingest_event(model, &item->event);
		break;
	case AW__ITEM_GOODBYE:
		model->ended = true;
		note_time(model, item->goodbye.monotonic_ns);
		break;
	default:
		model->counts.nonsense++;
		break;
	}
}

const char *aw__model_runtimes(const struct aw__model *model)
{
	return model->has_hello ? model->hello.runtime : "";
}

const struct aw__hello *aw__model_hello(const struct aw__model *model)
{
	return model->has_hello ? &model->hello : NULL;
}

bool aw__model_ended(const struct aw__model *model)
{
	return model->ended;
}

uint64_t aw__model_now_ns(const struct aw__model *model)
{
	return model->counts.last_ns;
}

uint64_t aw__model_realtime_ns(const struct aw__model *model, uint64_t monotonic_ns)
{
	if (!model->has_hello)
		return 0;
	return model->hello.realtime_ns + (monotonic_ns - model->hello.monotonic_ns);
}

bool aw__model_in_snapshot(const struct aw__model *model)
{
	return model->in_snapshot;
}

bool aw__model_listed(const struct aw__model *model, uint64_t *ret_ns)
{
	*ret_ns = model->snapshot_begin_ns;
	return model->snapshot > 0;
}

uint64_t aw__model_event_count(const struct aw__model *model)
{
	uint64_t total = 0;

	for (size_t kind = 0; kind < AW__EVENT_KINDS; kind++)
		total += model->counts.events[kind];
	return total;
}

uint64_t aw__model_span_ns(const struct aw__model *model, uint64_t now_ns)
{
	const struct aw__model_counts *counts = &model->counts;
	const uint64_t until_ns = now_ns > counts->last_ns ? now_ns : counts->last_ns;

	return counts->first_ns != 0 ? until_ns - counts->first_ns : 0;
}

const struct aw__model_counts *aw__model_counts(const struct aw__model *model)
{
	return &model->counts;
}

uint64_t aw__model_bytes(const struct aw__model *model)
{
	return model->bytes;
}

uint64_t aw__model_finding_count(const struct aw__model *model)
{
	uint64_t count = 0;

	for (size_t kind = 0; kind < AW__FINDING_KINDS; kind++)
		count += model->counts.findings[kind];
	return count;
}
