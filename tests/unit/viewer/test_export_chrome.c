/* SPDX-License-Identifier: MIT */
/* Tests of the export for chrome://tracing, read back by jansson; and of the time of eager tasks, there and in folded stacks. */
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

#include "export_case.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chrome__draws_tasks_steps_and_arrows),
		cmocka_unit_test(chrome__has_errors_findings_and_losses),
		cmocka_unit_test(chrome__escapes_hostile_text),
		cmocka_unit_test(chrome__a_broken_file_is_noticed),
		cmocka_unit_test(chrome__a_truncated_recording_gives_a_valid_file),
		cmocka_unit_test(chrome__a_snapshot_shows_its_tasks),
		cmocka_unit_test(export__an_eager_step_is_not_time_of_its_creator),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
