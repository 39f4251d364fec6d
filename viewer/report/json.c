/* SPDX-License-Identifier: MIT */
/*
 * Builders for what the JSON reports have in common: frames, places, tasks, errors, losses and the document's
 * head; and the writers that escape what a terminal or a browser would obey.
 */
#include "viewer/report/json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <awry/agent.h>

#include "base/text.h"

json_t *aw__json_text(const char *text)
{
	struct aw__buffer valid = AW__BUFFER_EMPTY;
	json_t *string;

	if (text == NULL)
		return json_null();
	aw__text_valid(&valid, text, strlen(text));
	string = json_stringn(aw__buffer_string(&valid), valid.length);
	aw__buffer_finish(&valid);
	return string;
}

json_t *aw__json_number(uint64_t number)
{
	return json_integer((json_int_t)(number < INT64_MAX ? number : INT64_MAX));
}

static json_t *address(uint64_t value)
{
	char text[24];

	if (value == 0)
		return json_null();
	snprintf(text, sizeof(text), "0x%" PRIx64, value);
	return json_string(text);
}

json_t *aw__json_frame(const struct aw__frame *frame)
{
	json_t *object = json_object();

	json_object_set_new(object, "function", aw__json_text(frame->function));
	json_object_set_new(object, "file", aw__json_text(frame->file));
	json_object_set_new(object, "line", aw__json_number(frame->line));
	if (frame->inlined)
		json_object_set_new(object, "inlined", json_true());
	if (frame->own)
		json_object_set_new(object, "machinery", json_true());
	if (frame->module != NULL) {
		json_object_set_new(object, "module", aw__json_text(frame->module));
		json_object_set_new(object, "offset", address(frame->offset));
	}
	if (frame->address != 0)
		json_object_set_new(object, "address", address(frame->address));
	return object;
}

json_t *aw__json_place(const struct aw__model *model, uint64_t place)
{
	struct aw__frame frame;

	return aw__model_place(model, place, &frame) ? aw__json_frame(&frame) : json_null();
}

json_t *aw__json_task(const struct aw__model *model, uint64_t id, bool strict)
{
	struct aw__report_options plain = { 0 };
	const struct aw__task_facts *facts;
	struct aw__writing writing;
	json_t *object;
	char space[32];

	if (id == 0)
		return json_null();
	aw__writing_init(&writing, model, &plain, NULL);
	writing.strict = strict;
	facts = aw__people_facts(&writing, id);
	object = json_object();
	json_object_set_new(object, "id", aw__json_number(id));
	json_object_set_new(object, "name",
			    facts != NULL ? aw__json_text(aw__task_name(facts, id, space))
					  : json_null());
	if (facts != NULL && facts->coroutine != 0)
		json_object_set_new(object, "coroutine", aw__json_place(model, facts->coroutine));
	aw__writing_finish(&writing);
	return object;
}

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
 * The innermost frame of the program itself in the stack of the cancelling task, or of where the timeout or group was
 * opened; as text.
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

json_t *aw__json_document(const struct aw__model *model, const char *schema)
{
	const struct aw__hello *hello = aw__model_hello(model);
	json_t *document = json_object(), *process = json_object();

	json_object_set_new(document, "schema", json_string(schema));
	json_object_set_new(document, "version", json_integer(AW__REPORT_JSON_VERSION));
	if (hello != NULL) {
		json_object_set_new(process, "pid", json_integer(hello->pid));
		json_object_set_new(process, "program", aw__json_text(hello->program));
		json_object_set_new(process, "runtime", aw__json_text(hello->runtime));
	}
	json_object_set_new(document, "process", process);
	return document;
}

json_t *aw__json_losses(const struct aw__model *model)
{
	const struct aw__model_counts *counts = aw__model_counts(model);
	json_t *losses = json_object();

	json_object_set_new(losses, "important", aw__json_number(counts->lost_important));
	json_object_set_new(losses, "records", aw__json_number(counts->lost_records));
	json_object_set_new(losses, "findings_beyond", aw__json_number(counts->findings_beyond));
	json_object_set_new(losses, "errors_beyond", aw__json_number(counts->errors_beyond));
	json_object_set_new(losses, "definitions_beyond",
			    aw__json_number(counts->definitions_beyond));
	return losses;
}

/* jansson passes whole characters; those that a terminal would obey are escaped. */
static int append(const char *bytes, size_t length, void *arg)
{
	aw__text_json(arg, bytes, length);
	return 0;
}

/* Escape what could end the script element ("</script>", "<!--"), and line separators. */
static int append_safe(const char *bytes, size_t length, void *arg)
{
	size_t plain = 0;

	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if (byte != '<' && byte != '>' && byte != '&')
			continue;
		aw__text_json(arg, bytes + plain, i - plain);
		aw__buffer_format(arg, "\\u%04x", byte);
		plain = i + 1;
	}
	aw__text_json(arg, bytes + plain, length - plain);
	return 0;
}

void aw__json_write_safe(json_t *document_take, struct aw__buffer *out)
{
	json_dump_callback(document_take, append_safe, out, JSON_COMPACT);
	json_decref(document_take);
}

void aw__json_write(json_t *document_take, struct aw__buffer *out)
{
	json_dump_callback(document_take, append, out, JSON_INDENT(2));
	aw__buffer_char(out, '\n');
	json_decref(document_take);
}
