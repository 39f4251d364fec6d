/* SPDX-License-Identifier: MIT */
/* Tests of the exporters: their output, read back by jansson, is compared with the recording. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include <awry/agent.h>

#include "base/alloc.h"
#include "perfetto.pb-c.h"
#include "viewer/export/export.h"

#define MAX_ITEMS 64
#define START_NS  1000

static const char hostile[] = "a\"b\\c\n\x1b[31m\xff\xc3(\0nul\xe2\x80\xaeZ";
#define HOSTILE_LENGTH (sizeof(hostile) - 1)

struct recording {
	struct aw__item items[MAX_ITEMS];
	uint64_t lists[MAX_ITEMS][16];
	size_t count;
};

static struct aw__item *add(struct recording *recording, enum aw__item_kind kind)
{
	struct aw__item *item = &recording->items[recording->count++];

	memset(item, 0, sizeof(*item));
	item->kind = kind;
	return item;
}

static void define(struct recording *recording, uint32_t id, enum aw__definition_kind kind,
		   size_t count, const uint64_t *numbers, const char *text, size_t length)
{
	uint64_t *copy = recording->lists[recording->count];
	struct aw__definition *it = &add(recording, AW__ITEM_DEFINITION)->definition;

	if (count > 0)
		memcpy(copy, numbers, count * sizeof(*copy));
	*it = (struct aw__definition){ id, kind, (uint32_t)count, (uint32_t)length, copy, text };
}

static struct aw__event *happen(struct recording *recording, enum aw__event_kind kind,
				uint64_t time_ns, uint64_t subject, const uint64_t args[5],
				const char *text, size_t length)
{
	struct aw__event *it = &add(recording, AW__ITEM_EVENT)->event;

	it->kind = kind;
	it->time_ns = START_NS + time_ns;
	it->subject = subject;
	it->text = text;
	it->text_length = (uint32_t)length;
	if (args != NULL)
		memcpy(it->args, args, sizeof(it->args));
	return it;
}

#define ARGS(...) ((const uint64_t[5]){ __VA_ARGS__ })
#define TEXT(s)	  (s), strlen(s)

static void begin(struct recording *recording)
{
	struct aw__hello *hello = &add(recording, AW__ITEM_HELLO)->hello;

	hello->major = AW__PROTOCOL_MAJOR;
	hello->pid = 42;
	hello->monotonic_ns = START_NS;
	hello->realtime_ns = UINT64_C(1700000000000000000);
	strcpy(hello->runtime, "awry");
	strcpy(hello->program, "/usr/bin/demo");
	define(recording, 1, AW__STRING, 0, NULL, TEXT("demo.c"));
	define(recording, 2, AW__STRING, 0, NULL, TEXT("bug"));
	define(recording, 3, AW__PLACE, 4, (const uint64_t[]){ 2, 1, 5, 0 }, NULL, 0);
	define(recording, 4, AW__TYPE, 1, (const uint64_t[]){ 0 }, TEXT("ValueError"));
	define(recording, 5, AW__STACK, 4,
	       (const uint64_t[]){ 0, 0, 3 | AW__FRAME_IS_PLACE, 0x5555 }, NULL, 0);
	happen(recording, AW__THREAD_STARTED, 0, 1, ARGS(42), TEXT("main"));
	happen(recording, AW__LOOP_OPENED, 0, 9, ARGS(42), TEXT("main"));
}

/* Task 1 creates task 2, which runs, waits, and fails; its error is never retrieved. */
static void fill(struct recording *recording)
{
	static const uint64_t parts[] = { 0, 0, 8 };
	static const uint64_t found[] = { 3, 9, 0, 1 };
	struct aw__event *event;

	begin(recording);
	happen(recording, AW__TASK_CREATED, 1000, 1, ARGS(0, 3, 5, 9), NULL, 0);
	happen(recording, AW__TASK_CREATED, 2000, 2, ARGS(1, 3, 5, 9), hostile, HOSTILE_LENGTH);
	happen(recording, AW__TASK_STEP, 3000, 2, NULL, NULL, 0);
	happen(recording, AW__TASK_WAIT, 4500, 2, ARGS(AW_WAIT_SLEEP), NULL, 0);
	happen(recording, AW__TASK_WOKEN, 6000, 2, NULL, NULL, 0);
	happen(recording, AW__TASK_STEP, 7000, 2, NULL, NULL, 0);
	event = happen(recording, AW__ERROR, 7500, 7, ARGS(4, 2, 3, 5, AW_ERROR_IS_GROUP), hostile,
		       HOSTILE_LENGTH);
	event->list = parts;
	event->list_length = 3;
	happen(recording, AW__ERROR_NOTE, 7500, 7, NULL, hostile, HOSTILE_LENGTH);
	happen(recording, AW__TASK_DONE, 8000, 2, ARGS(AW_OUTCOME_ERROR, 7, 2500, 2), NULL, 0);
	event = happen(recording, AW__FINDING, 9000, 77, ARGS(AW__NEVER_RETRIEVED, 2, 7, 5), NULL,
		       0);
	event->list = found;
	event->list_length = 4;
	happen(recording, AW__LOOP_UNBLOCKED, 400000, 9, ARGS(300000, 78), NULL, 0);
	happen(recording, AW__EVENTS_LOST, 400000, 0, ARGS(13, AW__LOST_RECORDS), NULL, 0);
	add(recording, AW__ITEM_GOODBYE)->goodbye.monotonic_ns = START_NS + 500000;
}

/* Owner: the caller, free(). */
static char *export_all(const char *format, const struct recording *recording, size_t *ret_length)
{
	struct aw__problem problem;
	struct aw__export *export;
	char *text = NULL;
	FILE *file = open_memstream(&text, ret_length);

	export = aw__export_open(aw__exporter_find(format, strlen(format)), file);
	for (size_t i = 0; i < recording->count; i++)
		assert_true(aw__export_item(export, &recording->items[i]));
	assert_true(aw__export_close(export, &problem));
	fclose(file);
	assert_int_equal(aw__alloc_live(), 0);
	return text;
}

/* What chrome://tracing requires of a file: one object, events with the fields of their phase, slices that
 * end where they began. */
static bool chrome_is_valid(const char *text, size_t length, json_t **ret_root)
{
	json_t *root = json_loadb(text, length, JSON_ALLOW_NUL, NULL), *event;
	json_t *events = json_object_get(root, "traceEvents");
	int depth = 0;
	size_t i;

	*ret_root = root;
	if (!json_is_array(events))
		return false;
	json_array_foreach(events, i, event) {
		const char *phase = json_string_value(json_object_get(event, "ph"));

		if (phase == NULL || !json_is_integer(json_object_get(event, "pid")) ||
		    !json_is_integer(json_object_get(event, "tid")))
			return false;
		if (phase[0] != 'M' && !json_is_real(json_object_get(event, "ts")))
			return false;
		if (phase[0] == 'X' && !json_is_real(json_object_get(event, "dur")))
			return false;
		if ((phase[0] == 's' || phase[0] == 'f') && json_object_get(event, "id") == NULL)
			return false;
		depth += phase[0] == 'B' ? 1 : phase[0] == 'E' ? -1 : 0;
		if (depth < 0)
			return false;
	}
	return true;
}

static json_t *nth_event(json_t *root, const char *phase, const char *category, size_t nth)
{
	json_t *event;
	size_t i;

	json_array_foreach(json_object_get(root, "traceEvents"), i, event) {
		const char *is = json_string_value(json_object_get(event, "cat"));

		if (strcmp(json_string_value(json_object_get(event, "ph")), phase) == 0 &&
		    (category == NULL || (is != NULL && strcmp(is, category) == 0)) && nth-- == 0)
			return event;
	}
	return NULL;
}

static size_t count_events(json_t *root, const char *phase, const char *category)
{
	size_t count = 0;

	while (nth_event(root, phase, category, count) != NULL)
		count++;
	return count;
}

static double real(const json_t *event, const char *key)
{
	return json_real_value(json_object_get(event, key));
}

static void chrome__draws_tasks_steps_and_arrows(void **state)
{
	struct recording recording = { .count = 0 };
	json_t *root, *slice, *from, *to;
	size_t length;
	char *text;

	fill(&recording);
	text = export_all("chrome", &recording, &length);
	assert_true(chrome_is_valid(text, length, &root));
	assert_int_equal(count_events(root, "B", "task"), 2);
	assert_int_equal(count_events(root, "E", "task"), 1);
	assert_int_equal(count_events(root, "s", "spawn"), 2);
	assert_int_equal(count_events(root, "f", "spawn"), 2);
	/* running, waiting, ready, running: two of them on the loop's track, too */
	assert_int_equal(count_events(root, "X", "step"), 6);
	slice = nth_event(root, "X", "step", 0);
	assert_string_equal(json_string_value(json_object_get(slice, "name")), "running");
	assert_true(real(slice, "ts") == 3.0 && real(slice, "dur") == 1.5);
	slice = nth_event(root, "X", "step", 2);
	assert_string_equal(json_string_value(json_object_get(slice, "name")), "waiting: sleep");
	assert_true(real(slice, "ts") == 4.5 && real(slice, "dur") == 1.5);
	from = nth_event(root, "s", "spawn", 1);
	to = nth_event(root, "f", "spawn", 1);
	assert_int_equal(json_integer_value(json_object_get(from, "id")), 2);
	assert_true(json_equal(json_object_get(from, "id"), json_object_get(to, "id")));
	assert_false(json_equal(json_object_get(from, "tid"), json_object_get(to, "tid")));
	assert_true(json_equal(json_object_get(from, "ts"), json_object_get(to, "ts")));
	json_decref(root);
	free(text);
}

static void chrome__has_errors_findings_and_losses(void **state)
{
	struct recording recording = { .count = 0 };
	json_t *root, *args, *event;
	size_t length;
	char *text;

	fill(&recording);
	text = export_all("chrome", &recording, &length);
	assert_true(chrome_is_valid(text, length, &root));
	assert_int_equal(count_events(root, "i", "error"), 2);
	event = nth_event(root, "i", "error", 0);
	args = json_object_get(event, "args");
	assert_string_equal(json_string_value(json_object_get(args, "raised by")),
			    "bug at demo.c:5");
	assert_int_equal(json_array_size(json_object_get(args, "stack")), 2);
	assert_int_equal(json_integer_value(json_array_get(json_object_get(args, "children"), 0)),
			 8);
	event = nth_event(root, "i", "finding", 0);
	assert_string_equal(json_string_value(json_object_get(event, "name")), "never-retrieved");
	assert_true(json_equal(json_object_get(event, "tid"),
			       json_object_get(nth_event(root, "B", "task", 1), "tid")));
	event = nth_event(root, "X", "loop", 0);
	assert_true(real(event, "ts") == 100.0 && real(event, "dur") == 300.0);
	assert_int_equal(json_integer_value(json_object_get(json_object_get(root, "otherData"),
							    "events_lost")),
			 13);
	json_decref(root);
	free(text);
}

static void chrome__escapes_hostile_text(void **state)
{
	struct recording recording = { .count = 0 };
	const char *name;
	json_t *root;
	size_t length;
	char *text;

	fill(&recording);
	text = export_all("chrome", &recording, &length);
	assert_true(chrome_is_valid(text, length, &root));
	name = json_string_value(json_object_get(nth_event(root, "B", "task", 1), "name"));
	assert_string_equal(name, "a\"b\\c\n\x1b[31m\xef\xbf\xbd\xef\xbf\xbd(\\0nul\xe2\x80\xaeZ");
	json_decref(root);
	free(text);
}

/* The control: the same check rejects a broken file. */
static void chrome__a_broken_file_is_noticed(void **state)
{
	struct recording recording = { .count = 0 };
	json_t *root;
	size_t length;
	char *text, *at;

	fill(&recording);
	text = export_all("chrome", &recording, &length);
	assert_false(chrome_is_valid(text, length - 4, &root));
	json_decref(root);
	at = strstr(text, "\"dur\"");
	assert_non_null(at);
	at[1] = 'q';
	assert_false(chrome_is_valid(text, length, &root));
	json_decref(root);
	free(text);
}

static void chrome__a_truncated_recording_gives_a_valid_file(void **state)
{
	struct recording recording = { .count = 0 };
	json_t *root;

	fill(&recording);
	for (size_t count = 0; count <= recording.count; count++) {
		struct recording part = recording;
		size_t length;
		char *text;

		part.count = count;
		text = export_all("chrome", &part, &length);
		assert_true(chrome_is_valid(text, length, &root));
		json_decref(root);
		free(text);
	}
}

static void chrome__a_snapshot_shows_its_tasks(void **state)
{
	static const uint64_t row[AW__STATE_NUMBERS] = { [AW__STATE_CREATED_NS] = 1 };
	struct recording recording = { .count = 0 };
	struct aw__event *event;
	json_t *root, *slice;
	size_t length;
	char *text;

	begin(&recording);
	event = happen(&recording, AW__TASK_STATE, 5000, 3, ARGS(0, 3, 5, 9, AW__TASK_WAITING),
		       TEXT("old"));
	event->list = row;
	event->list_length = AW__STATE_NUMBERS;
	happen(&recording, AW__TASK_STATE, 5000, 3, ARGS(0, 3, 5, 9, AW__TASK_WAITING),
	       TEXT("old"));
	text = export_all("chrome", &recording, &length);
	assert_true(chrome_is_valid(text, length, &root));
	assert_int_equal(count_events(root, "B", "task"), 1);
	slice = nth_event(root, "B", "task", 0);
	assert_true(real(slice, "ts") == 0.0);
	assert_string_equal(json_string_value(json_object_get(slice, "name")), "old");
	json_decref(root);
	free(text);
}

/* Line `index` of NDJSON; NULL if it is not there or not an object. */
static json_t *line_at(const char *text, size_t length, size_t index)
{
	const char *end = text + length;

	for (; text < end; index--) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		json_t *value;

		if (newline == NULL)
			return NULL;
		if (index == 0) {
			value = json_loadb(text, (size_t)(newline - text), JSON_ALLOW_NUL, NULL);
			if (!json_is_object(value) || json_object_get(value, "item") == NULL) {
				json_decref(value);
				return NULL;
			}
			return value;
		}
		text = newline + 1;
	}
	return NULL;
}

static bool line_matches(const char *text, size_t length, const struct aw__item *item, size_t index)
{
	json_t *line = line_at(text, length, index);
	const char *kind = json_string_value(json_object_get(line, "kind"));
	bool same = line != NULL;

	if (same && item->kind == AW__ITEM_EVENT) {
		const struct aw__event *event = &item->event;
		json_t *args = json_object_get(line, "args"), *list = json_object_get(line, "list");

		same = kind != NULL && strcmp(kind, aw__event_specs[event->kind].name) == 0 &&
		       json_object_size(args) == aw__event_arg_count(event->kind) &&
		       json_array_size(list) == event->list_length &&
		       (uint64_t)json_integer_value(json_object_get(line, "time_ns")) ==
			       event->time_ns &&
		       (uint64_t)json_integer_value(json_object_get(line, "subject")) ==
			       event->subject;
		for (unsigned i = 0; same && i < aw__event_arg_count(event->kind); i++)
			same = (uint64_t)json_integer_value(json_object_get(
				       args, aw__event_specs[event->kind].args[i].name)) ==
			       event->args[i];
	}
	json_decref(line);
	return same;
}

static void json__has_every_item_and_number(void **state)
{
	struct recording recording = { .count = 0 };
	size_t length;
	char *text;

	fill(&recording);
	text = export_all("json", &recording, &length);
	for (size_t i = 0; i < recording.count; i++)
		assert_true(line_matches(text, length, &recording.items[i], i));
	assert_null(line_at(text, length, recording.count));
	free(text);
}

static void json__has_names_for_numbers(void **state)
{
	struct recording recording = { .count = 0 };
	json_t *line, *frames;
	size_t length;
	char *text;

	fill(&recording);
	text = export_all("json", &recording, &length);
	line = line_at(text, length, 5);
	frames = json_object_get(line, "frames");
	assert_int_equal(json_array_size(frames), 2);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(frames, 0), "place")),
			 3);
	assert_string_equal(
		json_string_value(json_object_get(json_array_get(frames, 1), "address")), "0x5555");
	json_decref(line);
	assert_non_null(strstr(text, "\"names\":{\"kind\":\"never-retrieved\"}"));
	assert_non_null(strstr(text, "\"names\":{\"kind\":\"sleep\"}"));
	free(text);
}

static void json__keeps_hostile_text_and_numbers(void **state)
{
	static const char expected[] =
		"a\"b\\c\n\x1b[31m\xef\xbf\xbd\xef\xbf\xbd(\0nul\xe2\x80\xaeZ";
	struct recording recording = { .count = 0 };
	json_t *line, *string;
	size_t length;
	char *text;

	happen(&recording, AW__TASK_NAMED, 0, UINT64_MAX, NULL, hostile, HOSTILE_LENGTH);
	text = export_all("json", &recording, &length);
	line = line_at(text, length, 0);
	string = json_object_get(line, "text");
	assert_int_equal(json_string_length(string), sizeof(expected) - 1);
	assert_memory_equal(json_string_value(string), expected, sizeof(expected) - 1);
	assert_string_equal(json_string_value(json_object_get(line, "subject")),
			    "18446744073709551615");
	json_decref(line);
	free(text);
}

/* The control: the check rejects a broken line. */
static void json__a_broken_line_is_noticed(void **state)
{
	struct recording recording = { .count = 0 };
	size_t length;
	char *text;

	fill(&recording);
	text = export_all("json", &recording, &length);
	assert_false(line_matches(text, length - 1, &recording.items[recording.count - 1],
				  recording.count - 1));
	recording.items[8].event.args[1]++;
	assert_false(line_matches(text, length, &recording.items[8], 8));
	free(text);
}

/* Task 1 runs, and creates task 2, whose first step runs at once; `told` is false if the rest of task 1's step is no event. */
static void fill_eager(struct recording *recording, bool told)
{
	begin(recording);
	happen(recording, AW__TASK_CREATED, 1000, 1, ARGS(0, 3, 5, 9), NULL, 0);
	happen(recording, AW__TASK_STEP, 2000, 1, NULL, NULL, 0);
	happen(recording, AW__TASK_CREATED, 3000, 2, ARGS(1, 3, 5, 9), NULL, 0);
	happen(recording, AW__TASK_STEP, 3000, 2, NULL, NULL, 0);
	happen(recording, AW__TASK_WAIT, 50000, 2, ARGS(AW_WAIT_SLEEP), NULL, 0);
	if (told)
		happen(recording, AW__TASK_STEP, 50000, 1, NULL, NULL, 0);
	happen(recording, AW__TASK_WAIT, 60000, 1, ARGS(AW_WAIT_TASK, 2), NULL, 0);
	happen(recording, AW__TASK_STEP, 70000, 2, NULL, NULL, 0);
	happen(recording, AW__TASK_DONE, 80000, 2, ARGS(AW_OUTCOME_RESULT), NULL, 0);
	happen(recording, AW__TASK_STEP, 90000, 1, NULL, NULL, 0);
	happen(recording, AW__TASK_DONE, 95000, 1, ARGS(AW_OUTCOME_RESULT), NULL, 0);
}

/* The total time that tasks ran, and in how many slices, of a chrome export: both are on the loop's track, too. */
static double chrome_ran_us(const char *text, size_t length, size_t *ret_slices)
{
	json_t *root, *slice;
	double us = 0;

	*ret_slices = 0;
	assert_true(chrome_is_valid(text, length, &root));
	for (size_t i = 0; (slice = nth_event(root, "X", "step", i)) != NULL; i++) {
		if (strcmp(json_string_value(json_object_get(slice, "name")), "running") != 0)
			continue;
		us += real(slice, "dur");
		++*ret_slices;
	}
	json_decref(root);
	return us;
}

static void export__an_eager_step_is_not_time_of_its_creator(void **state)
{
	for (int told = 0; told < 2; told++) {
		struct recording recording = { .count = 0 };
		size_t length, slices;
		char *text;

		fill_eager(&recording, told);
		text = export_all("folded", &recording, &length);
		assert_non_null(strstr(text, ";[running] 73\n"));
		free(text);
		text = export_all("chrome", &recording, &length);
		assert_int_equal(chrome_ran_us(text, length, &slices), 73);
		assert_int_equal(slices, 5);
		free(text);
	}
}

static void export__finds_formats_by_their_whole_name(void **state)
{
	assert_non_null(aw__exporter_find("json", 4));
	assert_null(aw__exporter_find("json", 3));
	assert_null(aw__exporter_find("jsonx", 5));
	assert_null(aw__exporter_find("", 0));
	for (size_t i = 0; aw__exporter_at(i) != NULL; i++) {
		const struct aw__exporter *exporter = aw__exporter_at(i);

		assert_ptr_equal(aw__exporter_find(exporter->name, strlen(exporter->name)),
				 exporter);
		assert_true(exporter->description[0] != '\0' && exporter->extension[0] != '\0');
	}
}

static void export__a_full_disk_is_reported(void **state)
{
	struct recording recording = { .count = 0 };
	struct aw__problem problem = { "" };

	fill(&recording);
	for (size_t format = 0; aw__exporter_at(format) != NULL; format++) {
		FILE *file = fopen("/dev/full", "w");
		struct aw__export *export;

		assert_non_null(file);
		export = aw__export_open(aw__exporter_at(format), file);
		for (size_t i = 0; i < recording.count; i++)
			aw__export_item(export, &recording.items[i]);
		assert_false(aw__export_close(export, &problem));
		assert_non_null(strstr(problem.text, "No space left"));
		fclose(file);
	}
	assert_int_equal(aw__alloc_live(), 0);
}

/* The parent of the track of a loop. */
static uint64_t loop_parent(const Perfetto__Trace *trace, const char *name)
{
	for (size_t i = 0; i < trace->n_packet; i++) {
		const Perfetto__TrackDescriptor *track = trace->packet[i]->track_descriptor;

		if (track != NULL && track->name != NULL && strcmp(track->name, name) == 0)
			return track->parent_uuid;
	}
	return 0;
}

static uint64_t thread_uuid(const Perfetto__Trace *trace, const char *name)
{
	for (size_t i = 0; i < trace->n_packet; i++) {
		const Perfetto__TrackDescriptor *track = trace->packet[i]->track_descriptor;

		if (track != NULL && track->thread != NULL &&
		    strcmp(track->thread->thread_name, name) == 0)
			return track->uuid;
	}
	return 0;
}

/* The kernel gave the id of a thread that ended to a later one; another loop's id was not recorded. */
static void perfetto__loop_is_below_the_thread_that_recorded_it(void **state)
{
	struct recording recording = { .count = 0 };
	Perfetto__Trace *trace;
	uint64_t uuid;
	size_t length;
	char *text;

	begin(&recording);
	happen(&recording, AW__THREAD_STARTED, 1, 1, ARGS(50), TEXT("ended"))->thread = 1;
	happen(&recording, AW__THREAD_STARTED, 2, 70, ARGS(50), TEXT("later"))->thread = 70;
	happen(&recording, AW__LOOP_OPENED, 3, 10, ARGS(50), TEXT("same"))->thread = 70;
	happen(&recording, AW__LOOP_OPENED, 4, 11, ARGS(0), TEXT("unknown"))->thread = 70;
	text = export_all("perfetto", &recording, &length);
	trace = perfetto__trace__unpack(NULL, length, (const uint8_t *)text);
	assert_non_null(trace);
	uuid = thread_uuid(trace, "later");
	assert_true(uuid != 0);
	assert_true(loop_parent(trace, "loop same") == uuid);
	assert_true(loop_parent(trace, "loop unknown") == uuid);
	perfetto__trace__free_unpacked(trace, NULL);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chrome__draws_tasks_steps_and_arrows),
		cmocka_unit_test(chrome__has_errors_findings_and_losses),
		cmocka_unit_test(chrome__escapes_hostile_text),
		cmocka_unit_test(chrome__a_broken_file_is_noticed),
		cmocka_unit_test(chrome__a_truncated_recording_gives_a_valid_file),
		cmocka_unit_test(chrome__a_snapshot_shows_its_tasks),
		cmocka_unit_test(perfetto__loop_is_below_the_thread_that_recorded_it),
		cmocka_unit_test(json__has_every_item_and_number),
		cmocka_unit_test(json__has_names_for_numbers),
		cmocka_unit_test(json__keeps_hostile_text_and_numbers),
		cmocka_unit_test(json__a_broken_line_is_noticed),
		cmocka_unit_test(export__an_eager_step_is_not_time_of_its_creator),
		cmocka_unit_test(export__finds_formats_by_their_whole_name),
		cmocka_unit_test(export__a_full_disk_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
