/* SPDX-License-Identifier: MIT */
/* Writes an error in JSON reports: its notes, attributes, retries, and the source of its cancellation. */
#include "viewer/report/json.h"

#include <awry/agent.h>

static json_t *notes_json(const struct aw__error *error)
{
	json_t *notes = json_array();

	for (uint32_t i = 0; i < error->note_count; i++)
		json_array_append_new(
			notes,
			aw__json_text(error->notes[i].text != NULL ? error->notes[i].text : ""));
	return notes;
}

static json_t *attributes_json(const struct aw__model *model, const struct aw__error *error)
{
	json_t *attributes = json_array();

	for (uint32_t i = 0; i < error->attribute_count; i++) {
		const struct aw__error_note *attribute = &error->attributes[i];
		json_t *object = json_object();

		json_object_set_new(object, "key",
				    aw__json_text(aw__model_string(model, attribute->key)));
		json_object_set_new(object, "value", aw__json_text(attribute->text));
		json_array_append_new(attributes, object);
	}
	return attributes;
}

static json_t *children_json(const struct aw__error *error)
{
	json_t *children = json_array();

	for (uint32_t i = 0; i < error->child_count; i++)
		json_array_append_new(children, aw__json_number(error->children[i]));
	return children;
}

static json_t *breaker_json(const struct aw__handled *handled)
{
	json_t *object = json_object();

	json_object_set_new(object, "name", aw__json_text(handled->breaker_name));
	json_object_set_new(object, "state", json_string(aw__breaker_name(handled->breaker_state)));
	json_object_set_new(object, "since_ns", aw__json_number(handled->breaker_since_ns));
	json_object_set_new(object, "failures", aw__json_number(handled->breaker_failures));
	return object;
}

static json_t *decision_json(const struct aw__handled *handled)
{
	json_t *object = json_object();

	json_object_set_new(object, "operation", aw__json_text(handled->operation));
	json_object_set_new(object, "severity", json_string(aw__severity_name(handled->severity)));
	json_object_set_new(object, "retry_count", aw__json_number(handled->retry_count));
	json_object_set_new(object, "wait_ns", aw__json_number(handled->wait_ns));
	json_object_set_new(object, "again", json_boolean(handled->again));
	return object;
}

/* Retries, breaker, service and decision of an error; null if nothing is known. */
static json_t *handled_json(const struct aw__handled *handled)
{
	json_t *object;

	if (handled == NULL)
		return json_null();
	object = json_object();
	if (handled->attempts > 0) {
		json_object_set_new(object, "attempt", aw__json_number(handled->attempt));
		json_object_set_new(object, "attempts", aw__json_number(handled->attempts));
		json_object_set_new(object, "of", aw__json_text(handled->what));
		json_object_set_new(object, "outcome",
				    json_string(aw__attempt_name(handled->outcome)));
		json_object_set_new(object, "delay_ns", aw__json_number(handled->delay_ns));
	}
	if (handled->breaker)
		json_object_set_new(object, "breaker", breaker_json(handled));
	if (handled->services > 0) {
		json_object_set_new(object, "service", aw__json_text(handled->service));
		json_object_set_new(object, "service_index",
				    aw__json_number(handled->service_index));
		json_object_set_new(object, "services", aw__json_number(handled->services));
		json_object_set_new(object, "service_failures",
				    aw__json_number(handled->service_failures));
	}
	if (handled->decided)
		json_object_set_new(object, "recovery", decision_json(handled));
	return object;
}

static json_t *id_or_null(uint64_t id)
{
	return id != 0 ? aw__json_number(id) : json_null();
}

/*
 * As text, the innermost frame of the program in the stack that opened the timeout or group, or that called cancel().
 */
static json_t *where_json(const struct aw__model *model, const struct aw__task_cancel *cancel)
{
	struct aw__buffer out = AW__BUFFER_EMPTY;
	struct aw__frame frame;
	json_t *text;

	if (!aw__model_program_frame(model, cancel->origin != 0 ? cancel->origin : cancel->stack,
				     &frame))
		return json_null();
	aw__buffer_format(&out, "%s at %s:%u", frame.function != NULL ? frame.function : "?",
			  frame.file, frame.line);
	text = aw__json_text(aw__buffer_string(&out));
	aw__buffer_finish(&out);
	return text;
}

static json_t *cancel_json(struct aw__json *json, const struct aw__error *error)
{
	const struct aw__task_cancel *cancel =
		aw__model_error_cancel(json->model, error, json->strict);
	json_t *object;

	if (cancel == NULL)
		return json_null();
	object = json_object();
	json_object_set_new(object, "why", json_string(aw__cancel_why_name(cancel->why)));
	json_object_set_new(object, "by", aw__json_task(json->model, cancel->by, json->strict));
	json_object_set_new(object, "times", id_or_null(cancel->count));
	json_object_set_new(object, "time_ns", aw__json_number(cancel->time_ns));
	json_object_set_new(object, "deadline_ns", id_or_null(cancel->deadline_ns));
	json_object_set_new(object, "message", aw__json_text(cancel->message));
	json_object_set_new(object, "where", where_json(json->model, cancel));
	json_object_set_new(object, "stack", aw__json_stack(json, cancel->stack));
	json_object_set_new(object, "origin", aw__json_stack(json, cancel->origin));
	return object;
}

json_t *aw__json_error(struct aw__json *json, const struct aw__error *error)
{
	const struct aw__model *model = json->model;
	static const char *const states[] = { "pending", "retrieved", "lost" };
	json_t *object = json_object();
	struct aw__frame site;

	json_object_set_new(object, "id", aw__json_number(error->id));
	json_object_set_new(object, "type", aw__json_text(aw__model_type_name(model, error->type)));
	json_object_set_new(object, "message", aw__json_text(error->message));
	json_object_set_new(object, "state", json_string(states[error->state]));
	json_object_set_new(object, "task", aw__json_task(model, error->task, json->strict));
	json_object_set_new(object, "site",
			    aw__model_place(model, error->site, &site)
				    ? aw__json_frame_and_source(json, &site)
				    : json_null());
	json_object_set_new(object, "stack", aw__json_stack(json, error->stack));
	json_object_set_new(object, "cause", id_or_null(error->cause));
	json_object_set_new(object, "context", id_or_null(error->context));
	json_object_set_new(object, "suppress_context",
			    json_boolean(error->flags & AW_ERROR_SUPPRESS_CONTEXT));
	json_object_set_new(object, "group", json_boolean(error->flags & AW_ERROR_IS_GROUP));
	json_object_set_new(object, "cut", json_boolean(error->flags & AW_ERROR_CUT));
	json_object_set_new(object, "children", children_json(error));
	json_object_set_new(object, "notes", notes_json(error));
	json_object_set_new(object, "attributes", attributes_json(model, error));
	json_object_set_new(object, "handled", handled_json(error->handled));
	json_object_set_new(object, "cancel", cancel_json(json, error));
	json_object_set_new(object, "taker", aw__json_task(model, error->taker, json->strict));
	return object;
}
