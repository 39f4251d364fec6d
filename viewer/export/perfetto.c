/* SPDX-License-Identifier: MIT */
/*
 * `awry export perfetto`: the exporter's callbacks, the track of the process, and instants for errors, findings
 * and cancellations. Threads and loops are in perfetto_thread.c, tasks in perfetto_task.c.
 */
#include "viewer/export/perfetto.h"

#include <inttypes.h>
#include <string.h>

#include <awry/agent.h>

#include "base/alloc.h"
#include "base/text.h"

#define CLOCK_REALTIME_	 1u
#define CLOCK_MONOTONIC_ 3u
#define CLOCK_BOOTTIME_	 6u
#define MOST_LISTED	 64u

static void begin(struct aw__export *export)
{
	struct aw__perfetto *state = aw__alloc_must_zeroed(1, sizeof(*state));

	export->state = state;
	aw__follow_init(&state->follow, export, &aw__perfetto_task_calls);
}

/*
 * Perfetto's default clock (BOOTTIME) counts while the machine sleeps, ours (MONOTONIC) does not. Declaring both
 * equal keeps it from converting.
 */
static void clocks(struct aw__export *export, const struct aw__hello *it)
{
	Perfetto__Packet packet = PERFETTO__PACKET__INIT;
	Perfetto__ClockSnapshot snapshot = PERFETTO__CLOCK_SNAPSHOT__INIT;
	static const uint32_t ids[] = { CLOCK_MONOTONIC_, CLOCK_BOOTTIME_, CLOCK_REALTIME_ };
	Perfetto__ClockSnapshot__Clock all[3], *pointers[3];

	for (size_t i = 0; i < 3; i++) {
		pointers[i] = &all[i];
		perfetto__clock_snapshot__clock__init(&all[i]);
		all[i].has_clock_id = all[i].has_timestamp = true;
		all[i].clock_id = ids[i];
		all[i].timestamp = i < 2 ? it->monotonic_ns : it->realtime_ns;
	}
	snapshot.n_clocks = 3;
	snapshot.clocks = pointers;
	snapshot.has_primary_trace_clock = true;
	snapshot.primary_trace_clock = CLOCK_MONOTONIC_;
	packet.clock_snapshot = &snapshot;
	aw__perfetto_packet(export, &packet);
}

static void hello(struct aw__export *export, const struct aw__hello *it)
{
	struct aw__perfetto *state = export->state;
	Perfetto__Packet packet = PERFETTO__PACKET__INIT;
	Perfetto__TrackDescriptor track = PERFETTO__TRACK_DESCRIPTOR__INIT;
	Perfetto__ProcessDescriptor process = PERFETTO__PROCESS_DESCRIPTOR__INIT;
	struct aw__buffer name = AW__BUFFER_EMPTY;

	if (state->pid != 0)
		return;
	clocks(export, it);
	aw__text_valid(&name, it->program, strnlen(it->program, sizeof(it->program)));
	state->pid = it->pid;
	process.has_pid = true;
	process.pid = (int32_t)it->pid;
	process.process_name = (char *)(uintptr_t)aw__buffer_string(&name);
	track.has_uuid = true;
	track.uuid = aw__perfetto_uuid(AW__PERFETTO_PROCESS, 1);
	track.process = &process;
	packet.track_descriptor = &track;
	aw__perfetto_packet(export, &packet);
	aw__buffer_finish(&name);
}

static void instant(struct aw__export *export, struct aw__perfetto_event *it, uint64_t task,
		    const struct aw__event *event, const char *category, const char *name,
		    uint64_t stack)
{
	uint64_t number = aw__perfetto_callstack(export, stack);

	aw__perfetto_event(export, it, AW__PERFETTO_INSTANT,
			   aw__perfetto_task_track(export, task, event->thread), category, name,
			   strcmp(category, "error") != 0);
	it->message.has_callstack_iid = number != 0;
	it->message.callstack_iid = number;
}

static void arg_children(struct aw__export *export, struct aw__perfetto_event *it,
			 const struct aw__event *event)
{
	struct aw__buffer text = AW__BUFFER_EMPTY;
	uint32_t most = AW__ERROR_CHILDREN + MOST_LISTED;

	for (uint32_t i = AW__ERROR_CHILDREN; i < event->list_length && i < most; i++)
		aw__buffer_format(&text, "%s%" PRIu64, i > AW__ERROR_CHILDREN ? ", " : "",
				  event->list[i]);
	if (event->list_length > most)
		aw__buffer_format(&text, " and %" PRIu32 " more", event->list_length - most);
	aw__perfetto_arg_string(export, it, "children", aw__buffer_string(&text));
	aw__buffer_finish(&text);
}

static void error(struct aw__export *export, const struct aw__event *event)
{
	struct aw__buffer name = AW__BUFFER_EMPTY;
	struct aw__perfetto_event it;

	aw__error_text(export, event, &name);
	instant(export, &it, event->error.task, event, "error", aw__buffer_string(&name),
		event->error.stack);
	aw__buffer_finish(&name);
	aw__perfetto_arg_number(export, &it, "error", event->subject);
	aw__perfetto_arg_string(export, &it, "type",
				aw__model_type_name(export->names, event->error.type));
	aw__perfetto_arg_text(export, &it, "message", event->text, event->text_length);
	aw__perfetto_arg_number(export, &it, "task", event->error.task);
	aw__perfetto_arg_place(export, &it, "raised by", event->error.site);
	aw__perfetto_arg_number(export, &it, "lost", (event->error.flags & AW_ERROR_LOST) != 0);
	if (aw__event_listed(event, AW__ERROR_CAUSE) != 0)
		aw__perfetto_arg_number(export, &it, "cause",
					aw__event_listed(event, AW__ERROR_CAUSE));
	if (aw__event_listed(event, AW__ERROR_CONTEXT) != 0)
		aw__perfetto_arg_number(export, &it, "context",
					aw__event_listed(event, AW__ERROR_CONTEXT));
	arg_children(export, &it, event);
	aw__perfetto_event_write(export, &it, event->time_ns);
}

static void error_more(struct aw__export *export, const struct aw__event *event)
{
	bool retrieved = event->kind == AW__ERROR_RETRIEVED;
	struct aw__perfetto_event it;

	instant(export, &it, retrieved ? event->retrieved.by : 0, event, "error more",
		aw__event_specs[event->kind].name, 0);
	aw__perfetto_arg_number(export, &it, "error", event->subject);
	if (retrieved) {
		aw__perfetto_arg_number(export, &it, "owner", event->retrieved.owner);
		aw__perfetto_arg_number(export, &it, "by", event->retrieved.by);
	} else if (event->kind == AW__ERROR_ATTRIBUTE) {
		aw__perfetto_arg_string(export, &it, "key",
					aw__model_string(export->names, event->attribute.key));
	}
	if (!retrieved)
		aw__perfetto_arg_text(export, &it, "text", event->text, event->text_length);
	aw__perfetto_event_write(export, &it, event->time_ns);
}

static void finding(struct aw__export *export, const struct aw__event *event)
{
	const struct aw__finding_spec *spec = aw__finding_spec(event->finding.kind);
	struct aw__perfetto_event it;

	instant(export, &it, event->finding.task, event, "finding", spec->id, event->finding.stack);
	aw__perfetto_arg_number(export, &it, "finding", event->subject);
	aw__perfetto_arg_string(export, &it, "title",
				aw__finding_title(event->finding.kind, event->finding.task));
	aw__perfetto_arg_text(export, &it, "detail", event->text, event->text_length);
	aw__perfetto_arg_number(export, &it, "task", event->finding.task);
	if (event->finding.error != 0)
		aw__perfetto_arg_number(export, &it, "error", event->finding.error);
	if (event->finding.value != 0)
		aw__perfetto_arg_number(export, &it, "value", event->finding.value);
	aw__perfetto_arg_place(export, &it, "coroutine",
			       aw__event_listed(event, AW__FINDING_COROUTINE));
	aw__perfetto_arg_string(export, &it, "advice", spec->advice);
	aw__perfetto_event_write(export, &it, event->time_ns);
}

static void cancel(struct aw__export *export, const struct aw__event *event)
{
	struct aw__perfetto_event it;

	instant(export, &it, event->subject, event, "cancel", "asked to cancel",
		event->cancel.stack);
	aw__perfetto_arg_number(export, &it, "task", event->subject);
	aw__perfetto_arg_number(export, &it, "by", event->cancel.by);
	aw__perfetto_arg_string(export, &it, "why", aw__cancel_why_name(event->cancel.why));
	aw__perfetto_arg_text(export, &it, "message", event->text, event->text_length);
	aw__perfetto_event_write(export, &it, event->time_ns);
}

static void other(struct aw__export *export, const struct aw__event *event)
{
	bool opened = event->kind == AW__HANDLE_OPENED, lost = event->kind == AW__EVENTS_LOST;
	struct aw__perfetto_event it;

	instant(export, &it, opened ? event->handle.task : 0, event, lost ? "lost" : "handle",
		aw__event_specs[event->kind].name, 0);
	if (lost)
		aw__perfetto_arg_number(export, &it, "count", event->lost.count);
	else
		aw__perfetto_arg_number(export, &it, "handle", event->subject);
	if (opened)
		aw__perfetto_arg_string(export, &it, "kind",
					aw__model_string(export->names, event->handle.kind));
	aw__perfetto_event_write(export, &it, event->time_ns);
}

/* Write other kinds of events as instants, with their numbers under the names of the event table. */
static void plain(struct aw__export *export, const struct aw__event *event)
{
	const struct aw__event_spec *spec = &aw__event_specs[event->kind];
	bool has_task = event->kind == AW__ATTEMPT || event->kind == AW__SERVICE;
	struct aw__perfetto_event it;

	instant(export, &it, has_task ? aw__event_listed(event, 0) : 0, event, spec->subject,
		spec->name, 0);
	aw__perfetto_arg_number(export, &it, spec->subject, event->subject);
	for (unsigned i = 0; i < aw__event_arg_count(event->kind); i++)
		aw__perfetto_arg_number(export, &it, spec->args[i].name, event->args[i]);
	if (spec->text != NULL)
		aw__perfetto_arg_text(export, &it, spec->text, event->text, event->text_length);
	aw__perfetto_event_write(export, &it, event->time_ns);
}

static void event(struct aw__export *export, const struct aw__event *it)
{
	struct aw__perfetto *state = export->state;

	aw__follow_event(&state->follow, it);
	switch (it->kind) {
	case AW__THREAD_STARTED:
		aw__perfetto_thread_track(export, it->thread);
		break;
	case AW__LOOP_OPENED:
	case AW__LOOP_STATE:
		aw__perfetto_loop_opened(export, it);
		break;
	case AW__LOOP_CLOSED:
	case AW__LOOP_UNBLOCKED:
		aw__perfetto_loop_event(export, it);
		break;
	case AW__TASK_WOKEN:
		aw__perfetto_woken(export, it);
		break;
	case AW__CANCEL_ASKED:
		cancel(export, it);
		break;
	case AW__ERROR:
		error(export, it);
		break;
	case AW__ERROR_NOTE:
	case AW__ERROR_ATTRIBUTE:
	case AW__ERROR_RETRIEVED:
		error_more(export, it);
		break;
	case AW__FINDING:
		finding(export, it);
		break;
	case AW__HANDLE_OPENED:
	case AW__HANDLE_CLOSED:
	case AW__EVENTS_LOST:
		other(export, it);
		break;
	case AW__ATTEMPT:
	case AW__BREAKER:
	case AW__SERVICE:
	case AW__RECOVERY:
		plain(export, it);
		break;
	default: /* follow.c handles these */
		break;
	}
}

static void item(struct aw__export *export, const struct aw__item *it)
{
	if (it->kind == AW__ITEM_HELLO)
		hello(export, &it->hello);
	else if (it->kind == AW__ITEM_DEFINITION)
		aw__modules_define(&((struct aw__perfetto *)export->state)->modules,
				   &it->definition);
	else if (it->kind == AW__ITEM_EVENT)
		event(export, &it->event);
}

static void end(struct aw__export *export)
{
	struct aw__perfetto *state = export->state;
	struct aw__intern *interns[] = {
		&state->categories, &state->names,  &state->arg_names,
		&state->functions,  &state->files,  &state->paths,
		&state->build_ids,  &state->frames, &state->callstacks,
	};

	aw__follow_finish(&state->follow);
	for (size_t i = 0; i < sizeof(interns) / sizeof(interns[0]); i++)
		aw__intern_finish(interns[i]);
	aw__modules_finish(&state->modules);
	aw__map_finish(&state->threads);
	aw__map_finish(&state->loops);
	aw__alloc_free(state);
}

const struct aw__exporter aw__perfetto_exporter = {
	.name = "perfetto",
	.description = "Perfetto's, with flows and callstacks: for ui.perfetto.dev",
	.extension = "pftrace",
	.begin = begin,
	.item = item,
	.end = end,
};
