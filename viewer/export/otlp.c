/* SPDX-License-Identifier: MIT */
/*
 * `awry export otlp`: the exporter's callbacks, and log records for findings and losses. Spans are in otlp_span.c,
 * errors in otlp_error.c, requests in otlp_batch.c.
 */
#include "viewer/export/otlp.h"

#include <inttypes.h>
#include <string.h>

#include <awry/agent.h>

#include "base/alloc.h"

static void begin(struct aw__export *export)
{
	struct aw__otlp *state = aw__alloc_must_zeroed(1, sizeof(*state));

	export->state = state;
	aw__follow_init(&state->follow, export, &aw__otlp_task_calls);
}

static void hello(struct aw__export *export, const struct aw__hello *it)
{
	struct aw__otlp *state = export->state;

	state->process = it->process_start_ticks * UINT64_C(0x100000001b3) ^
			 (uint64_t)it->pid << 32 ^ it->realtime_ns;
}

Otlp__LogRecord *aw__otlp_log_record(struct aw__export *export, uint64_t task, uint64_t time_ns,
				     unsigned severity, struct aw__otlp_attributes *ret_attributes)
{
	struct aw__otlp *state = export->state;
	const struct aw__followed *of = aw__follow_task(&state->follow, task);
	struct aw__otlp_arena *arena = &state->logs_arena;
	Otlp__LogRecord *it = aw__otlp_alloc(arena, sizeof(*it));

	otlp__log_record__init(it);
	it->time_unix_nano = it->observed_time_unix_nano = aw__otlp_time(export, time_ns);
	it->severity_number = severity;
	it->severity_text = aw__otlp_text(arena, severity == AW__OTLP_WARN ? "WARN" : "ERROR",
					  severity == AW__OTLP_WARN ? 4 : 5);
	if (of != NULL) {
		const struct aw__otlp_task *own = of->own;

		it->trace_id = aw__otlp_trace_id(export, arena, own->root);
		it->span_id = aw__otlp_span_id(export, arena, task);
	}
	state->logs[state->log_count++] = it;
	aw__otlp_attributes(ret_attributes, arena);
	return it;
}

void aw__otlp_log_record_end(struct aw__export *export, Otlp__LogRecord *it,
			     const struct aw__otlp_attributes *attributes, const char *name,
			     const char *body)
{
	struct aw__otlp *state = export->state;
	struct aw__otlp_arena *arena = &state->logs_arena;

	it->n_attributes = attributes->count;
	it->attributes = attributes->items;
	it->dropped_attributes_count = attributes->dropped;
	it->event_name = aw__otlp_text(arena, name, strlen(name));
	it->body = aw__otlp_alloc(arena, sizeof(*it->body));
	otlp__any_value__init(it->body);
	it->body->value_case = OTLP__ANY_VALUE__VALUE_STRING_VALUE;
	it->body->string_value = aw__otlp_text(arena, body, strlen(body));
	if (state->log_count == AW__OTLP_BATCH || arena->bytes > AW__OTLP_BATCH_BYTES)
		aw__otlp_flush_logs(export);
}

static void finding(struct aw__export *export, const struct aw__event *event)
{
	const struct aw__finding_spec *spec = aw__finding_spec(event->finding.kind);
	struct aw__otlp_attributes attributes;
	Otlp__LogRecord *it;

	it = aw__otlp_log_record(export, event->finding.task, event->time_ns, AW__OTLP_WARN,
				 &attributes);
	aw__otlp_attribute_string(&attributes, "awry.finding.kind", spec->id);
	aw__otlp_attribute_number(&attributes, "awry.finding.id", event->subject);
	aw__otlp_attribute_text(&attributes, "awry.finding.detail", event->text,
				event->text_length);
	aw__otlp_attribute_string(&attributes, "awry.finding.advice", spec->advice);
	if (event->finding.task != 0)
		aw__otlp_attribute_number(&attributes, "awry.task.id", event->finding.task);
	if (event->finding.error != 0)
		aw__otlp_attribute_number(&attributes, "awry.error.id", event->finding.error);
	if (event->finding.value != 0)
		aw__otlp_attribute_number(&attributes, "awry.finding.value", event->finding.value);
	aw__otlp_attribute_place(&attributes, export,
				 aw__event_listed(event, AW__FINDING_COROUTINE));
	aw__otlp_log_record_end(export, it, &attributes, "awry.finding",
				aw__finding_title(event->finding.kind, event->finding.task));
}

static void cancel(struct aw__export *export, const struct aw__event *event)
{
	struct aw__otlp *state = export->state;
	struct aw__followed *task = aw__follow_task(&state->follow, event->subject);
	struct aw__otlp_attributes attributes;
	Otlp__Event *it;

	if (task == NULL || !task->open)
		return;
	it = aw__otlp_span_event(export, task, "awry.cancel", event->time_ns, &attributes);
	if (it == NULL)
		return;
	aw__otlp_attribute_string(&attributes, "awry.cancel.why",
				  aw__cancel_why_name(event->cancel.why));
	aw__otlp_attribute_text(&attributes, "awry.cancel.message", event->text,
				event->text_length);
	if (event->cancel.by != 0)
		aw__otlp_attribute_number(&attributes, "awry.cancel.by", event->cancel.by);
	aw__otlp_span_event_end(export, task, it, &attributes);
}

static void lost(struct aw__export *export, const struct aw__event *event)
{
	struct aw__otlp_attributes attributes;
	Otlp__LogRecord *it;

	it = aw__otlp_log_record(export, 0, event->time_ns, AW__OTLP_WARN, &attributes);
	aw__otlp_attribute_number(&attributes, "awry.lost.count", event->lost.count);
	aw__otlp_log_record_end(export, it, &attributes, "awry.lost", "events were lost");
}

static void event(struct aw__export *export, const struct aw__event *it)
{
	struct aw__otlp *state = export->state;

	if (it->kind == AW__TASK_DONE || it->kind == AW__TASK_STATE)
		aw__otlp_errors_settle(export, it->subject);
	aw__follow_event(&state->follow, it);
	switch (it->kind) {
	case AW__ERROR:
	case AW__ERROR_NOTE:
	case AW__ERROR_ATTRIBUTE:
		aw__otlp_errors_event(export, it);
		break;
	case AW__FINDING:
		finding(export, it);
		break;
	case AW__CANCEL_ASKED:
		cancel(export, it);
		break;
	case AW__EVENTS_LOST:
		lost(export, it);
		break;
	default: /* follow.c handles the rest; OpenTelemetry has nothing for handles and loops */
		break;
	}
}

static void item(struct aw__export *export, const struct aw__item *it)
{
	if (it->kind == AW__ITEM_HELLO)
		hello(export, &it->hello);
	else if (it->kind == AW__ITEM_EVENT)
		event(export, &it->event);
}

static void end(struct aw__export *export)
{
	struct aw__otlp *state = export->state;

	aw__otlp_errors_finish(export);
	aw__follow_finish(&state->follow);
	aw__otlp_flush_spans(export);
	aw__otlp_flush_logs(export);
	aw__alloc_free(state);
}

const struct aw__exporter aw__otlp_exporter = {
	.name = "otlp",
	.description = "OpenTelemetry's spans and logs: JSON lines, or --endpoint",
	.extension = "jsonl",
	.sends = true,
	.begin = begin,
	.item = item,
	.end = end,
};
