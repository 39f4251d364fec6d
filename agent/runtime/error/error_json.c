/* SPDX-License-Identifier: MIT */
/*
 * aw_error_json(): an error tree as a JSON list of errors that refer to each other by number.
 *
 * Numbers are assigned breadth first, over the whole tree, before anything is written: so a reference has the same
 * number whether there was room for its error or not. Each error is written into the list, and removed again if
 * that made the list too long.
 */
#include <awry/error.h>

#include <inttypes.h>
#include <string.h>

#include "agent/runtime/error/error_node.h"
#include "agent/runtime/error/error_set.h"
#include "base/alloc.h"
#include "base/text.h"

#define TAIL_BYTES 64u /* room for the end of the text and for the count */

struct json {
	struct aw__buffer out;
	struct aw__error_set numbers;
	size_t text_max; /* bytes of a message, a note, a value */
	size_t max_bytes;
};

/* ---- values ---- */

static void escaped(struct aw__buffer *out, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '"' || c == '\\')
			aw__buffer_format(out, "\\%c", c);
		else if (c == '\n')
			aw__buffer_text(out, "\\n");
		else if (c < 0x20 || c == 0x7f)
			aw__buffer_format(out, "\\u%04x", c);
		else
			aw__buffer_char(out, (char)c);
	}
}

/* The length to which a text is cut, without splitting a character. */
static size_t cut_at(const char *text, size_t length, size_t most)
{
	if (length <= most)
		return length;
	while (most > 0 && ((unsigned char)text[most] & 0xc0) == 0x80)
		most--;
	return most;
}

static void string(struct json *json, const char *text, size_t length)
{
	const size_t kept = cut_at(text, length, json->text_max);
	struct aw__buffer valid = AW__BUFFER_EMPTY;

	aw__text_valid(&valid, text, kept);
	aw__buffer_char(&json->out, '"');
	escaped(&json->out, aw__buffer_string(&valid), valid.length);
	if (kept < length)
		aw__buffer_format(&json->out, "… (%zu bytes more)", length - kept);
	aw__buffer_char(&json->out, '"');
	json->out.failed |= valid.failed;
	aw__buffer_finish(&valid);
}

static void text_or_null(struct json *json, const char *text)
{
	if (text != NULL)
		string(json, text, strlen(text));
	else
		aw__buffer_text(&json->out, "null");
}

static void key(struct json *json, const char *name)
{
	aw__buffer_format(&json->out, ", \"%s\": ", name);
}

static void id_or_null(struct json *json, const char *name, uint64_t id)
{
	key(json, name);
	if (id != 0)
		aw__buffer_format(&json->out, "%" PRIu64, id);
	else
		aw__buffer_text(&json->out, "null");
}

static void hex(struct json *json, const char *bytes, size_t length)
{
	const size_t kept = length < json->text_max / 2 ? length : json->text_max / 2;

	aw__buffer_text(&json->out, "{\"hex\": \"");
	for (size_t i = 0; i < kept; i++)
		aw__buffer_format(&json->out, "%02x", (unsigned char)bytes[i]);
	aw__buffer_char(&json->out, '"');
	if (kept < length)
		aw__buffer_format(&json->out, ", \"length\": %zu", length);
	aw__buffer_char(&json->out, '}');
}

/* ---- one error ---- */

static void bases(struct json *json, const aw_error_type *type)
{
	const char *before = "";

	key(json, "bases");
	aw__buffer_char(&json->out, '[');
	for (type = type->base; type != NULL; type = type->base) {
		aw__buffer_text(&json->out, before);
		text_or_null(json, type->name);
		before = ", ";
	}
	aw__buffer_char(&json->out, ']');
}

static void place(struct json *json, const aw_error_place *at)
{
	aw__buffer_text(&json->out, "{\"file\": ");
	text_or_null(json, at->file);
	aw__buffer_format(&json->out, ", \"line\": %d, \"function\": ", at->line);
	text_or_null(json, at->function);
	aw__buffer_char(&json->out, '}');
}

static void places(struct json *json, const aw_error *err)
{
	key(json, "site");
	if (err->site.file != NULL)
		place(json, &err->site);
	else
		aw__buffer_text(&json->out, "null");
	key(json, "passed");
	aw__buffer_char(&json->out, '[');
	for (uint32_t i = 0; i < aw__error_passed_kept(err); i++) {
		aw__buffer_text(&json->out, i > 0 ? ", " : "");
		place(json, &err->passed[i]);
	}
	aw__buffer_char(&json->out, ']');
}

/* Tell whether a newer attribute has the key of this one. */
static bool hidden(const aw_error *err, const struct aw__error_detail *detail)
{
	return aw__error_detail_find(err->details, detail->key, detail->kind) != detail;
}

static void attribute(struct json *json, const struct aw__error_detail *detail)
{
	string(json, detail->key, strlen(detail->key));
	aw__buffer_text(&json->out, ": ");
	if (detail->kind == AW__ERROR_INT)
		aw__buffer_format(&json->out, "%" PRId64, detail->number);
	else if (detail->kind == AW__ERROR_STR)
		string(json, detail->bytes, detail->length);
	else
		hex(json, detail->bytes, detail->length);
}

/* The first error is never removed, so its lists must stop once the text is full. */
static bool is_full(const struct json *json)
{
	return json->out.length >= json->max_bytes;
}

static void details(struct json *json, const aw_error *err)
{
	const char *before = "";

	key(json, "notes");
	aw__buffer_char(&json->out, '[');
	for (size_t i = 0; i < aw_error_note_count(err) && !is_full(json); i++) {
		aw__buffer_text(&json->out, i > 0 ? ", " : "");
		text_or_null(json, aw_error_note_at(err, i));
	}
	aw__buffer_char(&json->out, ']');
	key(json, "attributes");
	aw__buffer_char(&json->out, '{');
	for (const struct aw__error_detail *at = err->details; at != NULL && !is_full(json);
	     at = at->older) {
		if (at->kind == AW__ERROR_NOTE || hidden(err, at))
			continue;
		aw__buffer_text(&json->out, before);
		attribute(json, at);
		before = ", ";
	}
	aw__buffer_char(&json->out, '}');
}

static void link_to(struct json *json, const char *name, const aw_error *part)
{
	key(json, name);
	if (part != NULL)
		aw__buffer_format(&json->out, "%zu", aw__error_set_find(&json->numbers, part));
	else
		aw__buffer_text(&json->out, "null");
}

static void one(struct json *json, const aw_error *err)
{
	aw__buffer_text(&json->out, "{\"type\": ");
	text_or_null(json, err->type->name);
	bases(json, err->type);
	key(json, "message");
	string(json, err->message, err->message_length);
	places(json, err);
	id_or_null(json, "task", err->task);
	id_or_null(json, "stack", err->stack);
	key(json, "suppress_context");
	aw__buffer_text(&json->out, (err->flags & AW__ERROR_SUPPRESS) != 0 ? "true" : "false");
	details(json, err);
	link_to(json, "cause", err->cause);
	link_to(json, "context", err->context);
	key(json, "child_count");
	aw__buffer_format(&json->out, "%zu", err->child_count);
	key(json, "children");
	aw__buffer_char(&json->out, '[');
	for (size_t i = 0; i < err->child_count && !is_full(json); i++)
		aw__buffer_format(&json->out, "%s%zu", i > 0 ? ", " : "",
				  aw__error_set_find(&json->numbers, err->children[i]));
	aw__buffer_text(&json->out, "]}");
}

/* ---- the tree ---- */

static bool number(struct aw__error_set *numbers, const aw_error *err)
{
	if (err == NULL || aw__error_set_find(numbers, err) != AW__ERROR_SET_NONE)
		return true;
	return aw__error_set_add(numbers, err);
}

static bool number_all(struct aw__error_set *numbers, const aw_error *root)
{
	bool fine = number(numbers, root);

	for (size_t i = 0; fine && i < numbers->count; i++) {
		const aw_error *err = numbers->items[i];

		fine = number(numbers, err->cause) && number(numbers, err->context);
		for (size_t j = 0; fine && j < err->child_count; j++)
			fine = number(numbers, err->children[j]);
	}
	return fine;
}

static void write_all(struct json *json)
{
	aw__buffer_format(&json->out, "{\"count\": %zu, \"errors\": [", json->numbers.count);
	for (size_t i = 0; i < json->numbers.count && !json->out.failed; i++) {
		const size_t length = json->out.length;

		aw__buffer_text(&json->out, i > 0 ? ",\n" : "\n");
		one(json, json->numbers.items[i]);
		if (i > 0 && json->out.length > json->max_bytes && !json->out.failed) {
			json->out.length = length;
			json->out.data[length] = '\0';
			break;
		}
	}
	aw__buffer_text(&json->out, "\n]}\n");
}

char *aw_error_json(const aw_error *err, size_t max_bytes)
{
	struct json json = { .out = AW__BUFFER_EMPTY };
	char *made = NULL;

	if (err == NULL)
		return NULL;
	if (max_bytes == 0)
		max_bytes = AW_ERROR_JSON_BYTES;
	json.text_max = max_bytes / 4;
	json.max_bytes = max_bytes > TAIL_BYTES ? max_bytes - TAIL_BYTES : 0;
	if (number_all(&json.numbers, err))
		write_all(&json);
	if (json.out.length > 0 && !json.out.failed) {
		made = aw__alloc_give(json.out.data);
		json.out.data = NULL;
	}
	aw__error_set_finish(&json.numbers);
	aw__buffer_finish(&json.out);
	return made;
}
