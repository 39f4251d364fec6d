/* SPDX-License-Identifier: MIT */
/* Tests of floods of errors and findings: rare ones are kept, all are counted, and memory is bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <awry/agent.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "model_items.h"
#include "proto/row.h"
#include "viewer/model/image.h"
#include "viewer/model/image_fields.h"
#include "viewer/report/allow.h"
#include "viewer/report/report.h"

#define MANY	1000000u
#define PER_ONE (AW__MODEL_FIRST + 2 * AW__MODEL_NEWEST) /* kept of one group, at most */

/* A task fails, and its error is lost. The time is the task's id. */
static void lose(struct aw__model *model, uint64_t id, uint64_t type)
{
	struct items_error error = { .time_ns = id,
				     .id = 3 * id,
				     .type = type,
				     .task = id,
				     .stack = type,
				     .cause = 3 * id + 2,
				     .message = "one of a flood" };
	struct items_error cause = {
		.time_ns = id, .id = 3 * id + 2, .type = 99, .task = id, .message = "its cause"
	};

	items_error(model, &cause);
	items_error(model, &error);
	items_event(model, AW__ERROR_NOTE, id, error.id, NULL, 0, NULL, "a note");
	error.flags = cause.flags = AW_ERROR_LOST;
	items_told(model, id, id, 0, 0, 0, AW__TASK_FINISHED, "failing");
	items_error(model, &cause);
	items_error(model, &error);
	items_event(model, AW__ERROR_NOTE, id, error.id, NULL, 0, NULL, "a note");
	items_found(model, id, 3 * id + 1, AW__NEVER_RETRIEVED, id, error.id, 0, 0, 0);
}

static const struct aw__found_group *group_of(const struct aw__model *model, uint64_t type)
{
	for (size_t i = 0; i < aw__model_found_group_count(model); i++)
		if (aw__model_found_group_at(model, i)->error_type == type)
			return aw__model_found_group_at(model, i);
	return NULL;
}

static bool says(const struct aw__model *model, const char *what)
{
	struct aw__report_options options = { 0 };
	struct aw__buffer out = AW__BUFFER_EMPTY;
	bool found;

	aw__report_findings(model, &options, &out);
	aw__report_errors(model, &options, &out);
	found = strstr(aw__buffer_string(&out), what) != NULL;
	aw__buffer_finish(&out);
	return found;
}

static void flood__of_one_error_does_not_hide_another(void **state)
{
	struct aw__model *model = *state;
	const int64_t blocks = aw__alloc_live();
	const struct aw__found_group *group;
	uint64_t bytes = 0;

	items_type(model, 1, "Common", 0);
	items_type(model, 2, "Rare", 0);
	for (uint64_t id = 1; id <= MANY; id++) {
		lose(model, id, 1);
		if (id == MANY / 10)
			bytes = aw__model_bytes(model);
	}
	assert_true(aw__model_bytes(model) < bytes + bytes / 2);
	assert_true(aw__model_bytes(model) < (UINT64_C(4) << 20));
	/* for each kept finding: an error, its cause, notes, a task and its row; plus finished tasks */
	assert_true(aw__alloc_live() - blocks <
		    15 * (int64_t)PER_ONE + 4 * (int64_t)AW__MODEL_MAX_FINISHED);
	lose(model, MANY + 1, 2);
	group = group_of(model, 1);
	assert_int_equal(group->count, MANY);
	assert_int_equal(group->first_ns, 1);
	assert_int_equal(group->last_ns, MANY);
	assert_in_range(group->kept, AW__MODEL_FIRST + AW__MODEL_NEWEST, PER_ONE);
	assert_int_equal(group->first->task, 1);
	assert_int_equal(group->last->task, MANY);
	assert_int_equal(group_of(model, 2)->count, 1);
	assert_int_equal(aw__model_counts(model)->findings[AW__NEVER_RETRIEVED], MANY + 1);
	assert_int_equal(aw__model_counts(model)->errors, 2 * (MANY + 1));
	assert_int_equal(aw__model_counts(model)->errors_lost, MANY + 1);
	assert_int_equal(aw__model_counts(model)->findings_beyond, 0);
	assert_int_equal(aw__model_counts(model)->errors_beyond, 0);
	assert_int_equal(aw__model_error(model, 3)->group->count, MANY);
	assert_non_null(aw__model_error(model, 5)); /* the cause of the first error */
	assert_null(aw__model_error(model, 3 * (MANY / 2)));
	assert_null(aw__model_error(model, 3 * (MANY / 2) + 2));
	assert_true(says(model, "Rare: one of a flood"));
	assert_true(says(model, "999,999 more times"));
	assert_true(says(model, "1,000,000 lost") || says(model, "1000000 lost"));
}

static void flood__that_is_reported_again_is_not_counted_again(void **state)
{
	struct aw__model *model = *state;
	const uint64_t first = 2 * PER_ONE, last = 4 * PER_ONE;
	struct aw__model_counts before;
	size_t errors;

	for (uint64_t id = 1; id <= last; id++)
		lose(model, id, 1);
	before = *aw__model_counts(model);
	errors = aw__model_error_count(model);
	for (uint64_t id = first; id <= last; id++)
		lose(model, id, 1);
	assert_int_equal(group_of(model, 1)->count, last);
	assert_int_equal(group_of(model, 1)->kept,
			 before.findings[AW__NEVER_RETRIEVED] - (last - group_of(model, 1)->kept));
	assert_int_equal(aw__model_counts(model)->errors, before.errors);
	assert_int_equal(aw__model_counts(model)->errors_lost, before.errors_lost);
	assert_int_equal(aw__model_counts(model)->findings[AW__NEVER_RETRIEVED], last);
	assert_int_equal(aw__model_error_count(model), errors);
	assert_int_equal(aw__model_error(model, 3)->group->count, last);
}

/* Errors of more types than can be kept; further errors of a type that is kept are counted. */
static void flood__of_many_kinds_reaches_the_bound_and_reports_it(void **state)
{
	const uint64_t kinds = AW__MODEL_MAX_FINDINGS + 20000;
	struct aw__model *model = *state;
	uint64_t counted = 0;

	for (uint64_t id = 1; id <= kinds; id++)
		lose(model, id, 1000 + id);
	for (uint64_t id = 1; id <= 1000; id++)
		lose(model, kinds + id, 1001);
	assert_true(aw__model_error_count(model) <= AW__MODEL_MAX_ERRORS);
	assert_true(aw__model_bytes(model) < AW__MODEL_MAX_BYTES);
	assert_int_equal(group_of(model, 1001)->count, 1001);
	assert_int_equal(group_of(model, 1001)->last_ns, kinds + 1000);
	for (size_t i = 0; i < aw__model_found_group_count(model); i++)
		counted += aw__model_found_group_at(model, i)->count;
	assert_true(aw__model_counts(model)->findings_beyond > 0);
	assert_int_equal(counted + aw__model_counts(model)->findings_beyond, kinds + 1000);
	assert_int_equal(aw__model_counts(model)->findings[AW__NEVER_RETRIEVED], kinds + 1000);
	assert_true(says(model, " further findings are counted, but not kept"));
}

/* Many errors of each type: none of them takes the room of types that come later. */
static void flood__of_some_kinds_leaves_room_for_later_ones(void **state)
{
	struct aw__model *model = *state;
	uint64_t id = 0;

	for (uint64_t kind = 1; kind <= 200; kind++)
		for (uint64_t i = 0; i < PER_ONE; i++)
			lose(model, ++id, 1000 + kind);
	for (uint64_t kind = 1; kind <= 200; kind++) {
		assert_int_equal(group_of(model, 1000 + kind)->count, PER_ONE);
		assert_true(group_of(model, 1000 + kind)->kept > 0);
	}
	assert_int_equal(aw__model_counts(model)->findings_beyond, 0);
}

/* Pending errors, neither retrieved nor lost, have no findings. */
static void flood__of_pending_errors_is_counted(void **state)
{
	struct aw__model *model = *state;
	struct items_error error = { .type = 1, .task = 1, .message = "kept by somebody" };
	uint64_t args[AW__EVENT_ARGS] = { 0 };

	for (error.id = 1; error.id <= MANY; error.id++)
		items_error(model, &error);
	assert_true(aw__model_error_count(model) < AW__MODEL_MAX_ERRORS / 4 * 3);
	assert_int_equal(aw__model_counts(model)->errors, MANY);
	assert_int_equal(aw__model_error(model, 1)->group->count, MANY);
	lose(model, MANY, 2);
	assert_int_equal(group_of(model, 2)->count, 1);
	/* the last of them is lost later, and the one before it is retrieved */
	error.id = MANY;
	error.flags = AW_ERROR_LOST;
	items_error(model, &error);
	items_found(model, 9, 9, AW__NEVER_RETRIEVED, 1, MANY, 0, 0, 0);
	items_event(model, AW__ERROR_RETRIEVED, 9, MANY - 1, args, 0, NULL, NULL);
	items_event(model, AW__ERROR_RETRIEVED, 9, MANY - 1, args, 0, NULL, NULL);
	assert_int_equal(aw__model_error(model, MANY)->state, AW__ERROR_LOST);
	assert_int_equal(aw__model_error(model, 1)->group->count, MANY);
	assert_int_equal(aw__model_counts(model)->errors, MANY + 2);
	assert_int_equal(aw__model_counts(model)->errors_retrieved, 1);
}

static void flood__of_retrieved_errors_does_not_hide_another(void **state)
{
	struct aw__model *model = *state;
	struct items_error rare = { .id = 1, .type = 2, .message = "taken once" };
	struct items_error error = { .type = 1, .message = "taken often" };

	items_type(model, 2, "Rare", 0);
	items_error(model, &rare);
	items_event(model, AW__ERROR_RETRIEVED, 1, 1, NULL, 0, NULL, NULL);
	for (error.id = 2; error.id < 3 * AW__MODEL_MAX_TAKEN; error.id++) {
		items_error(model, &error);
		items_event(model, AW__ERROR_RETRIEVED, 1, error.id, NULL, 0, NULL, NULL);
	}
	assert_true(says(model, "Rare: taken once"));
	assert_true(says(model, "24574 retrieved") || says(model, "24,574 retrieved"));
}

static void flood__is_allowed_by_type_but_not_by_message(void **state)
{
	static const char by_type[] = "[allow]\nerror = Common\nreason = known\n";
	static const char by_message[] = "[allow]\nmessage = one of*\nreason = known\n";
	struct aw__model *model = *state;
	const char *const lists[] = { by_type, by_message };

	items_type(model, 1, "Common", 0);
	for (uint64_t id = 1; id <= 2 * PER_ONE; id++)
		lose(model, id, 1);
	for (size_t i = 0; i < 2; i++) {
		struct aw__problem problem;
		struct aw__verdicts verdicts;
		struct aw__report_options options = { 0 };
		struct aw__buffer out = AW__BUFFER_EMPTY;
		struct aw__allow_list *list = aw__allow_list_parse(
			"list", lists[i], strlen(lists[i]), "2026-01-01", &problem);

		assert_non_null(list);
		aw__verdicts_init(&verdicts, list, model);
		assert_int_equal(aw__verdicts_spare(&verdicts, group_of(model, 1)), i == 0);
		assert_int_equal(verdicts.count, i == 0 ? 2 * PER_ONE : group_of(model, 1)->kept);
		assert_int_equal(list->entries[0].used, verdicts.count);
		options.verdicts = &verdicts;
		aw__report_findings_json(model, &options, &out);
		/* only if some are not allowed: which are */
		assert_true((strstr(aw__buffer_string(&out), "\"allowed_ids\": [") != NULL) ==
			    (i == 1));
		aw__buffer_finish(&out);
		aw__verdicts_finish(&verdicts);
		aw__allow_list_destroy(list);
	}
}

struct loading {
	struct aw__image_loading *loading;
	bool well;
};

static void load_row(void *arg, const struct aw__wire_row *row)
{
	struct loading *loading = arg;

	loading->well = loading->well && aw__image_load_row(loading->loading, row);
}

static void assert_same_report(const struct aw__model *a, const struct aw__model *b)
{
	struct aw__report_options options = { 0 };
	struct aw__buffer one = AW__BUFFER_EMPTY, other = AW__BUFFER_EMPTY;

	aw__report_findings(a, &options, &one);
	aw__report_errors(a, &options, &one);
	aw__report_findings(b, &options, &other);
	aw__report_errors(b, &options, &other);
	assert_string_equal(aw__buffer_string(&one), aw__buffer_string(&other));
	aw__buffer_finish(&one);
	aw__buffer_finish(&other);
}

/* An image is saved in the middle of a flood: the copy continues as the model does, with repeated events, too. */
static void flood__continues_in_a_loaded_image(void **state)
{
	struct aw__model *model = *state, *copy = aw__model_create();
	struct loading loading = { aw__image_load_begin(copy), true };
	const uint64_t middle = 2 * PER_ONE + 7;

	items_hello(copy, 42);
	for (uint64_t id = 1; id <= middle; id++)
		lose(model, id, 1 + id % 2);
	aw__model_save(model, load_row, &loading);
	assert_true(loading.well);
	assert_true(aw__image_load_end(loading.loading));
	assert_same_report(model, copy);
	for (uint64_t id = middle / 2; id <= 3 * middle; id++) {
		lose(model, id, 1 + id % 2);
		lose(copy, id, 1 + id % 2);
	}
	assert_same_report(model, copy);
	for (uint64_t type = 1; type <= 2; type++) {
		assert_int_equal(group_of(model, type)->kept, group_of(copy, type)->kept);
		assert_int_equal(group_of(model, type)->count, group_of(copy, type)->count);
		assert_int_equal(group_of(model, type)->middle->id,
				 group_of(copy, type)->middle->id);
	}
	assert_int_equal(group_of(model, 1)->count + group_of(model, 2)->count, 3 * middle);
	assert_int_equal(aw__model_error_count(model), aw__model_error_count(copy));
	aw__model_destroy(copy);
}

static void load_with_findings_beyond(void *arg, const struct aw__wire_row *row)
{
	const struct aw__image_fields *fields = &aw__image_fields[AW__IMAGE_COUNTS];
	struct aw__wire_row changed = *row;
	uint64_t numbers[AW__IMAGE_MOST_FIELDS];

	for (uint32_t i = 0; row->kind == AW__IMAGE_COUNTS && i < fields->count; i++) {
		numbers[i] = row->numbers[i];
		if (fields->fields[i].offset == offsetof(struct aw__model, counts.findings_beyond))
			numbers[i] = 4321;
		changed.numbers = numbers;
	}
	load_row(arg, &changed);
}

static void flood__beyond_the_bound_is_reported_in_every_format(void **state)
{
	struct aw__model *model = *state, *full = aw__model_create();
	struct loading loading = { aw__image_load_begin(full), true };
	struct aw__report_process process = { .model = full };
	struct aw__report_options options = { 0 };
	const struct aw__report_format *format;

	lose(model, 1, 1);
	aw__model_save(model, load_with_findings_beyond, &loading);
	assert_true(loading.well);
	assert_true(aw__image_load_end(loading.loading));
	for (size_t i = 0; (format = aw__report_format_at(i)) != NULL; i++) {
		struct aw__buffer out = AW__BUFFER_EMPTY;
		const char *text;

		format->write(&process, 1, &options, &out);
		text = aw__buffer_string(&out);
		if (strstr(text, "4321") == NULL && strstr(text, "4,321") == NULL)
			fail_msg("%s does not tell of it", format->name);
		if (strcmp(format->name, "json") != 0)
			assert_non_null(strstr(text, "not kept"));
		aw__buffer_finish(&out);
	}
	aw__model_destroy(full);
}

static int setup(void **state)
{
	*state = aw__model_create();
	items_hello(*state, 42);
	return 0;
}

static int teardown(void **state)
{
	aw__model_destroy(*state);
	return aw__alloc_live() == 0 ? 0 : -1;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(flood__of_one_error_does_not_hide_another),
		TEST(flood__that_is_reported_again_is_not_counted_again),
		TEST(flood__of_many_kinds_reaches_the_bound_and_reports_it),
		TEST(flood__of_some_kinds_leaves_room_for_later_ones),
		TEST(flood__of_pending_errors_is_counted),
		TEST(flood__of_retrieved_errors_does_not_hide_another),
		TEST(flood__is_allowed_by_type_but_not_by_message),
		TEST(flood__continues_in_a_loaded_image),
		TEST(flood__beyond_the_bound_is_reported_in_every_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
