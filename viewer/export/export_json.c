/* SPDX-License-Identifier: MIT */
/*
 * `awry export json`: every item of a recording, one JSON object a line, for jq, scripts and other tools.
 *
 *	{"item":"hello","major":1,"minor":0,"pid":42,…,"program":"/usr/bin/demo"}
 *	{"item":"definition","kind":"place","id":7,"function":3,"file":2,"line":16,"address":"0x0"}
 *	{"item":"event","kind":"task-created","time_ns":…,"thread":0,"subject":2,
 *	 "args":{"creator":1,"coroutine":9,…},"text":"fetch"}
 *	{"item":"goodbye","monotonic_ns":…,"events_lost":0}
 *	{"item":"left-out","events":3}		only if the export would have become too large
 *
 * The table aw__event_specs[] has the names of arguments in their order, the meaning of the subject (a task, an error,
 * …) and of each number in `list`. `names` has the names of enumeration values. Addresses are strings in hexadecimal;
 * numbers that do not fit 63 bits are strings in decimal.
 */
#include "viewer/export/export_internal.h"

#include <string.h>

static const char *const definition_names[AW__DEFINITION_KINDS] = {
	[AW__STRING] = "string",   [AW__PLACE] = "place",   [AW__TYPE] = "type",
	[AW__STACK] = "stack",	   [AW__MODULE] = "module", [AW__BUILD_ID] = "build-id",
	[AW__RUNTIME] = "runtime",
};

static void begin_line(struct aw__export *export, const char *item)
{
	aw__write_begin(export, NULL, '{');
	aw__write_string(export, "item", item);
}

static void end_line(struct aw__export *export)
{
	aw__write_end(export, '}');
	aw__write_line(export, "\n");
}

static void hello(struct aw__export *export, const struct aw__hello *it)
{
	begin_line(export, "hello");
	aw__write_number(export, "major", it->major);
	aw__write_number(export, "minor", it->minor);
	aw__write_number(export, "pid", it->pid);
	aw__write_number(export, "process_start_ticks", it->process_start_ticks);
	aw__write_number(export, "monotonic_ns", it->monotonic_ns);
	aw__write_number(export, "realtime_ns", it->realtime_ns);
	aw__write_text(export, "runtime", it->runtime, strnlen(it->runtime, sizeof(it->runtime)));
	aw__write_text(export, "program", it->program, strnlen(it->program, sizeof(it->program)));
	end_line(export);
}

static void goodbye(struct aw__export *export, const struct aw__goodbye *it)
{
	begin_line(export, "goodbye");
	aw__write_number(export, "monotonic_ns", it->monotonic_ns);
	aw__write_number(export, "events_lost", it->events_lost);
	end_line(export);
}

static uint64_t number_at(const struct aw__definition *it, uint32_t at)
{
	return at < it->number_count ? it->numbers[at] : 0;
}

static void frames(struct aw__export *export, const struct aw__definition *it)
{
	aw__write_begin(export, "frames", '[');
	for (uint32_t i = AW__STACK_FRAMES; i < it->number_count; i++) {
		uint64_t frame = it->numbers[i];

		aw__write_begin(export, NULL, '{');
		if ((frame & AW__FRAME_IS_PLACE) != 0)
			aw__write_number(export, "place", frame & ~AW__FRAME_IS_PLACE);
		else
			aw__write_address(export, "address", frame);
		aw__write_end(export, '}');
	}
	aw__write_end(export, ']');
}

static void numbers(struct aw__export *export, const struct aw__definition *it)
{
	switch (it->kind) {
	case AW__PLACE:
		aw__write_number(export, "function", number_at(it, AW__PLACE_FUNCTION));
		aw__write_number(export, "file", number_at(it, AW__PLACE_FILE));
		aw__write_number(export, "line", number_at(it, AW__PLACE_LINE));
		aw__write_address(export, "address", number_at(it, AW__PLACE_ADDRESS));
		break;
	case AW__TYPE:
		aw__write_number(export, "base", number_at(it, 0));
		break;
	case AW__STACK:
		aw__write_number(export, "link", number_at(it, AW__STACK_LINK));
		aw__write_number(export, "flags", number_at(it, AW__STACK_FLAGS));
		frames(export, it);
		break;
	case AW__MODULE:
		aw__write_address(export, "start", number_at(it, AW__MODULE_START));
		aw__write_address(export, "end", number_at(it, AW__MODULE_END));
		aw__write_address(export, "bias", number_at(it, AW__MODULE_BIAS));
		break;
	case AW__BUILD_ID:
		aw__write_number(export, "module", number_at(it, 0));
		break;
	default:
		break;
	}
}

static void definition(struct aw__export *export, const struct aw__definition *it)
{
	if (it->kind <= 0 || it->kind >= AW__DEFINITION_KINDS)
		return;
	begin_line(export, "definition");
	aw__write_string(export, "kind", definition_names[it->kind]);
	aw__write_number(export, "id", it->id);
	numbers(export, it);
	if (it->kind != AW__PLACE && it->kind != AW__STACK)
		aw__write_text(export, "text", it->text, it->text_length);
	end_line(export);
}

/* The names of enumeration values. */
static void names(struct aw__export *export, const struct aw__event *event)
{
	switch (event->kind) {
	case AW__TASK_STATE:
		aw__write_begin(export, "names", '{');
		aw__write_string(export, "state", aw__task_state_name(event->state.state));
		if (event->state.state == AW__TASK_WAITING)
			aw__write_string(
				export, "wait kind",
				aw__wait_name(aw__event_listed(event, AW__STATE_WAIT_KIND)));
		if (event->state.state == AW__TASK_FINISHED)
			aw__write_string(
				export, "outcome",
				aw__outcome_name(aw__event_listed(event, AW__STATE_OUTCOME)));
		aw__write_end(export, '}');
		break;
	case AW__TASK_WAIT:
		aw__write_begin(export, "names", '{');
		aw__write_string(export, "kind", aw__wait_name(event->wait.kind));
		aw__write_end(export, '}');
		break;
	case AW__TASK_DONE:
		aw__write_begin(export, "names", '{');
		aw__write_string(export, "outcome", aw__outcome_name(event->done.outcome));
		aw__write_end(export, '}');
		break;
	case AW__ATTEMPT:
		aw__write_begin(export, "names", '{');
		aw__write_string(export, "outcome", aw__attempt_name(event->attempt.outcome));
		aw__write_end(export, '}');
		break;
	case AW__BREAKER:
		aw__write_begin(export, "names", '{');
		aw__write_string(export, "state", aw__breaker_name(event->breaker.state));
		aw__write_end(export, '}');
		break;
	case AW__RECOVERY:
		aw__write_begin(export, "names", '{');
		aw__write_string(export, "severity", aw__severity_name(event->recovery.severity));
		aw__write_end(export, '}');
		break;
	case AW__FINDING:
		aw__write_begin(export, "names", '{');
		aw__write_string(export, "kind", aw__finding_spec(event->finding.kind)->id);
		aw__write_end(export, '}');
		break;
	default:
		break;
	}
}

static void args(struct aw__export *export, const struct aw__event *event)
{
	const struct aw__event_spec *spec = &aw__event_specs[event->kind];
	unsigned count = aw__event_arg_count(event->kind);

	if (count == 0)
		return;
	aw__write_begin(export, "args", '{');
	for (unsigned i = 0; i < count; i++)
		aw__write_number(export, spec->args[i].name, event->args[i]);
	aw__write_end(export, '}');
}

static void event(struct aw__export *export, const struct aw__event *it)
{
	const struct aw__event_spec *spec;

	if (it->kind <= 0 || it->kind >= AW__EVENT_KINDS)
		return;
	spec = &aw__event_specs[it->kind];
	begin_line(export, "event");
	aw__write_string(export, "kind", spec->name);
	aw__write_number(export, "time_ns", it->time_ns);
	aw__write_number(export, "thread", it->thread);
	aw__write_number(export, "subject", it->subject);
	args(export, it);
	names(export, it);
	if (spec->list != NULL) {
		aw__write_begin(export, "list", '[');
		for (uint32_t i = 0; i < it->list_length; i++)
			aw__write_number(export, NULL, it->list[i]);
		aw__write_end(export, ']');
	}
	if (spec->text != NULL)
		aw__write_text(export, "text", it->text, it->text_length);
	end_line(export);
}

static void write_item(struct aw__export *export, const struct aw__item *it)
{
	switch (it->kind) {
	case AW__ITEM_HELLO:
		hello(export, &it->hello);
		break;
	case AW__ITEM_DEFINITION:
		definition(export, &it->definition);
		break;
	case AW__ITEM_EVENT:
		event(export, &it->event);
		break;
	case AW__ITEM_GOODBYE:
		goodbye(export, &it->goodbye);
		break;
	}
}

static void nothing(struct aw__export *export)
{
	(void)export;
}

/* A last line that says how many events were left out, if any. */
static void end(struct aw__export *export)
{
	if (export->left_out == 0)
		return;
	begin_line(export, "left-out");
	aw__write_number(export, "events", export->left_out);
	end_line(export);
}

const struct aw__exporter aw__json_exporter = {
	.name = "json",
	.description = "every item of the recording, one JSON object a line",
	.extension = "ndjson",
	.begin = nothing,
	.item = write_item,
	.end = end,
};
