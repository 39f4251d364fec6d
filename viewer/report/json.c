/* SPDX-License-Identifier: MIT */
/*
 * Builders shared by the JSON reports: frames, places, tasks, losses, bounded lists and the document's head; and the
 * writers, which escape characters that a terminal or a browser would act on.
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
	facts = aw__labels_facts(&writing, id);
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

/* ---- bounds: an element's size is counted before it is added, and the document says how many are left out ---- */

bool aw__json_has_room(struct aw__json_limit *limit)
{
	if (limit->bytes < AW__REPORT_MOST_BYTES)
		return true;
	limit->left_out++;
	return false;
}

bool aw__json_add(struct aw__json_limit *limit, json_t *list, json_t *value_take)
{
	if (limit->bytes < AW__REPORT_MOST_BYTES)
		limit->bytes += json_dumpb(value_take, NULL, 0, JSON_COMPACT | JSON_ENCODE_ANY);
	if (limit->bytes <= AW__REPORT_MOST_BYTES && json_array_append_new(list, value_take) == 0)
		return true;
	if (limit->bytes > AW__REPORT_MOST_BYTES)
		json_decref(value_take);
	limit->bytes = AW__REPORT_MOST_BYTES;
	limit->left_out++;
	return false;
}

static void put(json_t *object, const char *key, const struct aw__json_limit *limit)
{
	if (limit->left_out > 0)
		json_object_set_new(object, key, aw__json_number(limit->left_out));
}

void aw__json_left_out(json_t *document, const struct aw__json_limits *limits)
{
	json_t *object = json_object();

	put(object, "findings", &limits->findings);
	put(object, "errors", &limits->errors);
	put(object, "stacks", &limits->stacks);
	put(object, "tasks", &limits->tasks);
	if (json_object_size(object) > 0)
		json_object_set_new(document, "left_out", object);
	else
		json_decref(object);
}

/* ---- the writers ---- */

/* Escape characters that a terminal would act on. jansson passes whole characters. */
static int append(const char *bytes, size_t length, void *arg)
{
	aw__text_json(arg, bytes, length);
	return 0;
}

/* Escape '<', '>' and '&', too: "</script>" or "<!--" would end the script element. */
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
