/* SPDX-License-Identifier: MIT */
/*
 * `awry export otlp`: exports errors with their notes and attributes, which are recorded after them. So the newest
 * errors are kept open until their task ends or newer errors push them out; then each becomes a span event and a log
 * record.
 *
 * Notes become one attribute, awry.error.notes, a list of texts. An attribute gets its name from the semantic
 * conventions, or is awry.error.attribute.KEY. Values are recorded in the form of Python's repr(): whole numbers become
 * numbers again, and strings without an escape lose their quotes.
 */
#include "viewer/export/otlp.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"

struct attribute {
	uint64_t key; /* id of a string */
	char *value;
};

struct aw__otlp_error {
	struct aw__event event; /* its list and text point to `parts` and `text` */
	uint64_t parts[AW__ERROR_CHILDREN];
	char *text;
	char *notes[AW__OTLP_MOST_NOTES];
	struct attribute attributes[AW__OTLP_MOST_NOTES];
	size_t note_count, attribute_count;
	uint32_t dropped_notes, dropped_attributes;
};

/* Conventions: https://opentelemetry.io/docs/specs/semconv/registry/attributes/ */
static const struct {
	const char *key, *name;
} conventions[] = {
	{ "filename", "file.path" },
	{ "uri", "url.full" },
	{ "status_code", "http.response.status_code" },
	{ "returncode", "process.exit.code" },
};

/* Copy a text with NUL bytes made visible; a long one is cut. */
static char *copy(const struct aw__event *event)
{
	const uint32_t length = event->text_length;

	return aw__export_copy(event->text,
			       length < AW__OTLP_MOST_TEXT ? length : AW__OTLP_MOST_TEXT);
}

static void free_error(struct aw__otlp_error *error)
{
	for (size_t i = 0; i < error->note_count; i++)
		aw__alloc_free(error->notes[i]);
	for (size_t i = 0; i < error->attribute_count; i++)
		aw__alloc_free(error->attributes[i].value);
	aw__alloc_free(error->text);
	aw__alloc_free(error);
}

static bool is_number(const char *text)
{
	const char *digits = text + (*text == '-');
	size_t length = strlen(digits);

	for (const char *at = digits; *at != '\0'; at++)
		if (!isdigit((unsigned char)*at))
			return false;
	return length > 0 && length <= 18; /* 18 digits always fit an int64_t */
}

static int64_t number_of(const char *text)
{
	int64_t number = 0;

	for (const char *at = text + (*text == '-'); *at != '\0'; at++)
		number = number * 10 + (*at - '0');
	return *text == '-' ? -number : number;
}

static void put_value(struct aw__otlp_attributes *out, const char *name, const char *value)
{
	const size_t length = strlen(value);

	if (is_number(value))
		aw__otlp_attribute_integer(out, name, number_of(value));
	else if (length > 2 && (value[0] == '\'' || value[0] == '"') &&
		 value[length - 1] == value[0] && strchr(value, '\\') == NULL)
		aw__otlp_attribute_text(out, name, value + 1, length - 2);
	else
		aw__otlp_attribute_string(out, name, value);
}

static void put_attribute(const struct aw__export *export, struct aw__otlp_attributes *out,
			  const struct attribute *attribute)
{
	const char *key = aw__model_string(export->names, attribute->key);
	struct aw__buffer name = AW__BUFFER_EMPTY;

	for (size_t i = 0; key != NULL && i < sizeof(conventions) / sizeof(conventions[0]); i++)
		if (strcmp(key, conventions[i].key) == 0)
			aw__buffer_text(&name, conventions[i].name);
	if (name.length == 0 && key != NULL)
		aw__buffer_format(&name, "awry.error.attribute.%.*s", (int)AW__OTLP_MOST_TEXT, key);
	else if (name.length == 0)
		aw__buffer_format(&name, "awry.error.attribute.%" PRIu64, attribute->key);
	if (!aw__otlp_attribute_is_there(out, aw__buffer_string(&name)))
		put_value(out, aw__buffer_string(&name), attribute->value);
	aw__buffer_finish(&name);
}

static void put_all(const struct aw__export *export, struct aw__otlp_attributes *out,
		    const struct aw__otlp_error *error)
{
	aw__otlp_attribute_exception(out, export, &error->event);
	if (error->parts[AW__ERROR_CAUSE] != 0)
		aw__otlp_attribute_number(out, "awry.error.cause", error->parts[AW__ERROR_CAUSE]);
	if (error->parts[AW__ERROR_CONTEXT] != 0)
		aw__otlp_attribute_number(out, "awry.error.context",
					  error->parts[AW__ERROR_CONTEXT]);
	aw__otlp_attribute_texts(out, "awry.error.notes", error->notes, error->note_count);
	if (error->dropped_notes > 0)
		aw__otlp_attribute_number(out, "awry.error.notes_dropped", error->dropped_notes);
	for (size_t i = 0; i < error->attribute_count; i++)
		put_attribute(export, out, &error->attributes[i]);
	out->dropped += error->dropped_attributes;
}

static void put_in_span(struct aw__export *export, const struct aw__otlp_error *error,
			const char *text)
{
	struct aw__otlp *state = export->state;
	struct aw__followed *task = aw__follow_task(&state->follow, error->event.error.task);
	struct aw__otlp_attributes attributes;
	struct aw__otlp_task *own;
	Otlp__Event *it;

	if (task == NULL || !task->open)
		return;
	it = aw__otlp_span_event(export, task, "exception", error->event.time_ns, &attributes);
	if (it == NULL)
		return;
	put_all(export, &attributes, error);
	own = task->own;
	own->failure = aw__otlp_text(&own->arena, text, strlen(text));
	aw__otlp_span_event_end(export, task, it, &attributes);
}

static void put_in_log(struct aw__export *export, const struct aw__otlp_error *error,
		       const char *text)
{
	struct aw__otlp_attributes attributes;
	Otlp__LogRecord *it = aw__otlp_log_record(
		export, error->event.error.task, error->event.time_ns, AW__OTLP_ERROR, &attributes);

	put_all(export, &attributes, error);
	aw__otlp_log_record_end(export, it, &attributes, "exception", text);
}

static void settle_at(struct aw__export *export, size_t at)
{
	struct aw__otlp *state = export->state;
	struct aw__otlp_error *error = state->open[at];
	struct aw__buffer text = AW__BUFFER_EMPTY;

	memmove(&state->open[at], &state->open[at + 1],
		(--state->open_count - at) * sizeof(state->open[0]));
	aw__error_text(export, &error->event, &text);
	put_in_span(export, error, aw__buffer_string(&text));
	put_in_log(export, error, aw__buffer_string(&text));
	aw__buffer_finish(&text);
	free_error(error);
}

void aw__otlp_errors_settle(struct aw__export *export, uint64_t task)
{
	struct aw__otlp *state = export->state;
	size_t at = 0;

	while (at < state->open_count)
		if (state->open[at]->event.error.task == task)
			settle_at(export, at);
		else
			at++;
}

/* Whether an error was seen before: a lost error is reported again, but exported once. */
static bool is_told(struct aw__otlp *state, uint64_t error)
{
	if (aw__map_get(&state->seen, error) != NULL)
		return true;
	if (state->seen.count < AW__OTLP_MOST_SEEN)
		aw__map_put(&state->seen, error, state);
	return false;
}

/* Export an open error before its notes and attributes are reported again. */
static void settle_again(struct aw__export *export, uint64_t id)
{
	struct aw__otlp *state = export->state;

	for (size_t at = 0; at < state->open_count; at++)
		if (state->open[at]->event.subject == id) {
			settle_at(export, at);
			return;
		}
}

static void open_error(struct aw__export *export, const struct aw__event *event)
{
	struct aw__otlp *state = export->state;
	struct aw__otlp_error *error;

	if (is_told(state, event->subject)) {
		settle_again(export, event->subject);
		return;
	}
	if (state->open_count == AW__OTLP_MOST_OPEN)
		settle_at(export, 0);
	error = aw__alloc_must_zeroed(1, sizeof(*error));
	error->event = *event;
	error->text = copy(event);
	error->event.text = error->text;
	error->event.text_length = (uint32_t)strlen(error->text);
	for (uint32_t i = 0; i < AW__ERROR_CHILDREN && i < event->list_length; i++)
		error->parts[i] = event->list[i];
	error->event.list = error->parts;
	error->event.list_length = AW__ERROR_CHILDREN;
	state->open[state->open_count++] = error;
}

static void add_note(struct aw__otlp_error *error, const struct aw__event *event)
{
	if (error->note_count < AW__OTLP_MOST_NOTES)
		error->notes[error->note_count++] = copy(event);
	else
		error->dropped_notes++;
}

static void add_attribute(struct aw__otlp_error *error, const struct aw__event *event)
{
	if (error->attribute_count < AW__OTLP_MOST_NOTES)
		error->attributes[error->attribute_count++] =
			(struct attribute){ event->attribute.key, copy(event) };
	else
		error->dropped_attributes++;
}

void aw__otlp_errors_event(struct aw__export *export, const struct aw__event *event)
{
	struct aw__otlp *state = export->state;
	size_t at = state->open_count;

	if (event->kind == AW__ERROR) {
		open_error(export, event);
		return;
	}
	while (at > 0 && state->open[at - 1]->event.subject != event->subject)
		at--;
	if (at == 0)
		return; /* an error that was exported before */
	if (event->kind == AW__ERROR_NOTE)
		add_note(state->open[at - 1], event);
	else
		add_attribute(state->open[at - 1], event);
}

void aw__otlp_errors_finish(struct aw__export *export)
{
	struct aw__otlp *state = export->state;

	while (state->open_count > 0)
		settle_at(export, 0);
	aw__map_finish(&state->seen);
}
