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
#include "export_case.h"
#include "perfetto.pb-c.h"

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
		cmocka_unit_test(perfetto__loop_is_below_the_thread_that_recorded_it),
		cmocka_unit_test(json__has_every_item_and_number),
		cmocka_unit_test(json__has_names_for_numbers),
		cmocka_unit_test(json__keeps_hostile_text_and_numbers),
		cmocka_unit_test(json__a_broken_line_is_noticed),
		cmocka_unit_test(export__finds_formats_by_their_whole_name),
		cmocka_unit_test(export__a_full_disk_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
