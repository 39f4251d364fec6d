/* SPDX-License-Identifier: MIT */
/*
 * `awry export chrome`: the exporter's callbacks. This file writes errors, findings, handles and losses as
 * instants; tasks and threads are in chrome_task.c and chrome_thread.c.
 */
#include "viewer/export/chrome.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <awry/agent.h>

#include "base/alloc.h"

static void begin(struct aw__export *export)
{
	struct aw__chrome *chrome = aw__alloc_must_zeroed(1, sizeof(*chrome));

	chrome->export = export;
	chrome->finished = aw__alloc_must(AW__CHROME_KEPT * sizeof(*chrome->finished));
	snprintf(chrome->program, sizeof(chrome->program), "?");
	export->state = chrome;
	aw__write_begin(export, NULL, '{');
	aw__write_string(export, "displayTimeUnit", "ns");
	aw__write_begin(export, "traceEvents", '[');
}

static void hello(struct aw__chrome *chrome, const struct aw__hello *it)
{
	size_t length = strnlen(it->program, sizeof(it->program));
	const char *slash = memrchr(it->program, '/', length);
	size_t skip = slash != NULL ? (size_t)(slash + 1 - it->program) : 0;

	chrome->process = it->pid;
	snprintf(chrome->program, sizeof(chrome->program), "%.*s", (int)(length - skip),
		 it->program + skip);
	if (!chrome->has_base)
		chrome->base_ns = it->monotonic_ns;
	chrome->has_base = true;
}

/* "ValueError: message", as the instant's name. */
static void begin_error(struct aw__chrome *chrome, const struct aw__event *event)
{
	struct aw__buffer name = AW__BUFFER_EMPTY;

	aw__error_text(chrome->export, event, &name);
	aw__chrome_begin(chrome, "i", "error",
			 aw__chrome_task_track(chrome, event->error.task, event->thread),
			 event->time_ns, aw__buffer_string(&name));
	aw__buffer_finish(&name);
}

static void error(struct aw__chrome *chrome, const struct aw__event *event)
{
	struct aw__export *export = chrome->export;

	begin_error(chrome, event);
	aw__write_number(export, "error", event->subject);
	aw__write_number(export, "task", event->error.task);
	aw__write_bool(export, "lost", (event->error.flags & AW_ERROR_LOST) != 0);
	aw__chrome_place(chrome, "raised by", event->error.site);
	if (aw__event_listed(event, AW__ERROR_CAUSE) != 0)
		aw__write_number(export, "cause", aw__event_listed(event, AW__ERROR_CAUSE));
	if (aw__event_listed(event, AW__ERROR_CONTEXT) != 0)
		aw__write_number(export, "context", aw__event_listed(event, AW__ERROR_CONTEXT));
	if (event->list_length > AW__ERROR_CHILDREN) {
		aw__write_begin(export, "children", '[');
		for (uint32_t i = AW__ERROR_CHILDREN; i < event->list_length; i++)
			aw__write_number(export, NULL, event->list[i]);
		aw__write_end(export, ']');
	}
	aw__chrome_stack(chrome, "stack", event->error.stack);
	aw__chrome_end(chrome);
}

static void error_more(struct aw__chrome *chrome, const struct aw__event *event)
{
	struct aw__export *export = chrome->export;
	struct aw__track track = aw__chrome_thread_track(chrome, event->thread);

	if (event->kind == AW__ERROR_RETRIEVED)
		track = aw__chrome_task_track(chrome, event->retrieved.by, event->thread);
	aw__chrome_begin(chrome, "i", "error", track, event->time_ns,
			 aw__event_specs[event->kind].name);
	aw__write_number(export, "error", event->subject);
	if (event->kind == AW__ERROR_RETRIEVED) {
		aw__write_number(export, "owner", event->retrieved.owner);
		aw__write_number(export, "by", event->retrieved.by);
	} else {
		if (event->kind == AW__ERROR_ATTRIBUTE)
			aw__write_string(export, "key",
					 aw__model_string(export->names, event->attribute.key));
		aw__write_text(export, "text", event->text, event->text_length);
	}
	aw__chrome_end(chrome);
}

static void finding(struct aw__chrome *chrome, const struct aw__event *event)
{
	const struct aw__finding_spec *spec = aw__finding_spec(event->finding.kind);
	struct aw__export *export = chrome->export;

	aw__chrome_begin(chrome, "i", "finding",
			 aw__chrome_task_track(chrome, event->finding.task, event->thread),
			 event->time_ns, spec->id);
	aw__write_number(export, "finding", event->subject);
	aw__write_string(export, "title",
			 aw__finding_title(event->finding.kind, event->finding.task));
	if (event->text_length > 0)
		aw__write_text(export, "detail", event->text, event->text_length);
	aw__write_number(export, "task", event->finding.task);
	if (event->finding.error != 0)
		aw__write_number(export, "error", event->finding.error);
	if (event->finding.value != 0)
		aw__write_number(export, "value", event->finding.value);
	aw__chrome_place(chrome, "coroutine", aw__event_listed(event, AW__FINDING_COROUTINE));
	if (aw__event_listed(event, AW__FINDING_CREATOR) != 0)
		aw__write_number(export, "creator", aw__event_listed(event, AW__FINDING_CREATOR));
	aw__chrome_stack(chrome, "stack", event->finding.stack);
	aw__write_string(export, "advice", spec->advice);
	aw__chrome_end(chrome);
}

static void handle(struct aw__chrome *chrome, const struct aw__event *event)
{
	struct aw__export *export = chrome->export;
	bool opened = event->kind == AW__HANDLE_OPENED;
	const char *kind = opened ? aw__model_string(export->names, event->handle.kind) : NULL;

	aw__chrome_begin(
		chrome, "i", "handle",
		aw__chrome_task_track(chrome, opened ? event->handle.task : 0, event->thread),
		event->time_ns, aw__event_specs[event->kind].name);
	aw__write_number(export, "handle", event->subject);
	aw__write_string(export, "kind", kind);
	aw__chrome_end(chrome);
}

/* Write events about retries, breakers, services and recoveries, with their numbers under the event table's names. */
static void resilience(struct aw__chrome *chrome, const struct aw__event *event)
{
	const struct aw__event_spec *spec = &aw__event_specs[event->kind];
	const uint64_t task = spec->list != NULL ? aw__event_listed(event, AW__ATTEMPT_TASK) : 0;
	struct aw__export *export = chrome->export;

	aw__chrome_begin(chrome, "i", "resilience",
			 aw__chrome_task_track(chrome, task, event->thread), event->time_ns,
			 spec->name);
	aw__write_text(export, spec->text, event->text, event->text_length);
	for (unsigned i = 0; i < aw__event_arg_count(event->kind); i++)
		aw__write_number(export, spec->args[i].name, event->args[i]);
	aw__chrome_end(chrome);
}

static void lost(struct aw__chrome *chrome, const struct aw__event *event)
{
	chrome->events_lost += event->lost.count;
	aw__chrome_begin(chrome, "i", "lost", aw__chrome_thread_track(chrome, event->thread),
			 event->time_ns, "events lost");
	aw__write_number(chrome->export, "count", event->lost.count);
	aw__chrome_end(chrome);
}

static void dispatch(struct aw__chrome *chrome, const struct aw__event *event)
{
	switch (event->kind) {
	case AW__THREAD_STARTED:
	case AW__LOOP_OPENED:
	case AW__LOOP_CLOSED:
	case AW__LOOP_STATE:
	case AW__LOOP_UNBLOCKED:
		aw__chrome_thread_event(chrome, event);
		break;
	case AW__TASK_CREATED:
	case AW__TASK_NAMED:
	case AW__TASK_STEP:
	case AW__TASK_WAIT:
	case AW__TASK_WOKEN:
	case AW__TASK_DONE:
	case AW__TASK_STATE:
	case AW__CANCEL_ASKED:
		aw__chrome_task_event(chrome, event);
		break;
	case AW__ERROR:
		error(chrome, event);
		break;
	case AW__ERROR_NOTE:
	case AW__ERROR_ATTRIBUTE:
	case AW__ERROR_RETRIEVED:
		error_more(chrome, event);
		break;
	case AW__FINDING:
		finding(chrome, event);
		break;
	case AW__HANDLE_OPENED:
	case AW__HANDLE_CLOSED:
		handle(chrome, event);
		break;
	case AW__EVENTS_LOST:
		lost(chrome, event);
		break;
	case AW__ATTEMPT:
	case AW__BREAKER:
	case AW__SERVICE:
	case AW__RECOVERY:
		resilience(chrome, event);
		break;
	case AW__SNAPSHOT_BEGIN: /* the rows of the snapshot have everything */
	case AW__SNAPSHOT_END:
	case AW__RESOURCE_HELD:
	case AW__TASK_WAITS_AT:
	case AW__TASK_FUNCTION: /* a slice gets arguments only at its beginning */
	case AW__LOOP_BLOCKED:
	case AW__LOOP_LAGS:
	case AW__CANCEL_TOLD:
	case AW__EVENT_KINDS:
		break;
	}
}

static void event(struct aw__chrome *chrome, const struct aw__event *it)
{
	if (!chrome->any && (!chrome->has_base || it->time_ns < chrome->base_ns)) {
		chrome->has_base = true;
		chrome->base_ns = it->time_ns;
	}
	if (it->time_ns > chrome->last_ns)
		chrome->last_ns = it->time_ns;
	dispatch(chrome, it);
}

static void item(struct aw__export *export, const struct aw__item *it)
{
	struct aw__chrome *chrome = export->state;

	if (it->kind == AW__ITEM_HELLO)
		hello(chrome, &it->hello);
	else if (it->kind == AW__ITEM_EVENT)
		event(chrome, &it->event);
}

static void end(struct aw__export *export)
{
	struct aw__chrome *chrome = export->state;

	aw__chrome_tasks_finish(chrome);
	aw__chrome_threads_finish(chrome);
	aw__write_end(export, ']');
	aw__write_begin(export, "otherData", '{');
	aw__write_number(export, "start_monotonic_ns", chrome->base_ns);
	aw__write_number(export, "events_lost", chrome->events_lost);
	aw__write_number(export, "tasks_left_out", chrome->tasks_left_out);
	aw__write_number(export, "left_out", export->left_out);
	aw__write_end(export, '}');
	aw__write_end(export, '}');
	aw__write_line(export, "\n");
	aw__alloc_free(chrome->finished);
	aw__alloc_free(chrome);
}

const struct aw__exporter aw__chrome_exporter = {
	.name = "chrome",
	.description = "Chrome trace events: for chrome://tracing and ui.perfetto.dev",
	.extension = "json",
	.begin = begin,
	.item = item,
	.end = end,
};
