/* SPDX-License-Identifier: MIT */
/* Tests of --fail-on and allow-lists with several processes, and with more findings than are kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "model_items.h"
#include "viewer/model/model_internal.h"
#include "viewer/report/allow.h"
#include "viewer/report/gate.h"

#define MS	UINT64_C(1000000)
#define PER_ONE (AW__MODEL_FIRST + 2 * AW__MODEL_NEWEST) /* kept of one group, at most */

static int tear_down(void **state)
{
	return aw__alloc_live() == 0 ? 0 : -1;
}

static void blocked(struct aw__model *model, uint64_t id, uint64_t value_ns)
{
	items_found(model, id, id, AW__BLOCKED_LOOP, 0, 0, 20, value_ns, 0);
}

/* Whether the gate fails for these processes; requires that its explanation is `expected`. */
static bool fails(const char *terms, struct aw__model *const *models, size_t count,
		  const char *allow, const char *expected)
{
	struct aw__report_process processes[3] = { 0 };
	struct aw__verdicts verdicts[3];
	struct aw__buffer why = AW__BUFFER_EMPTY;
	struct aw__allow_list *list = NULL;
	struct aw__gate gate = { 0 };
	struct aw__problem problem;
	bool failed;

	assert_true(aw__gate_parse(&gate, terms, &problem));
	if (allow != NULL)
		list = aw__allow_list_parse("allow", allow, strlen(allow), "2026-11-21", &problem);
	assert_true(allow == NULL || list != NULL);
	for (size_t i = 0; i < count; i++) {
		aw__verdicts_init(&verdicts[i], list, models[i]);
		processes[i] =
			(struct aw__report_process){ .model = models[i], .verdicts = &verdicts[i] };
	}
	failed = aw__gate_fails(&gate, processes, count, &why);
	assert_string_equal(aw__buffer_string(&why), expected);
	for (size_t i = 0; i < count; i++)
		aw__verdicts_finish(&verdicts[i]);
	aw__allow_list_destroy(list);
	aw__buffer_finish(&why);
	return failed;
}

static void gate__of_several_processes_sums_and_takes_the_longest(void **state)
{
	struct aw__model *models[3];

	for (uint64_t i = 0; i < 3; i++) {
		models[i] = aw__model_create();
		for (uint64_t id = 1; id <= 2 * i + 1; id++)
			items_found(models[i], id, id, AW__NEVER_AWAITED, 0, 0, 20, 0, 10);
	}
	blocked(models[1], 100, 300 * MS);
	blocked(models[1], 101, 200 * MS);
	blocked(models[2], 100, 100 * MS);
	assert_true(fails("never-awaited>=9", models, 3, NULL, "never-awaited>=9: 9 findings\n"));
	assert_false(fails("never-awaited>=10", models, 3, NULL, ""));
	assert_true(fails("blocked-loop>200ms", models, 3, NULL, "blocked-loop>200ms: 300 ms\n"));
	assert_true(fails("any>200ms", models, 2, NULL, "any>200ms: 300 ms\n"));
	assert_false(fails("blocked-loop>300ms", models, 3, NULL, ""));
	for (size_t i = 0; i < 3; i++)
		aw__model_destroy(models[i]);
}

/* The value of other kinds of findings is a number of tasks or percent, not a duration. */
static void gate__ignores_values_that_are_no_durations(void **state)
{
	struct aw__model *model = aw__model_create();

	items_found(model, 1, 1, AW__DEADLOCK, 0, 0, 20, 5000 * MS, 10);
	items_found(model, 2, 2, AW__UNCLOSED_HANDLE, 0, 0, 20, 5000 * MS, 10);
	items_found(model, 3, 3, AW__BUSY_TASK, 0, 0, 20, 5000 * MS, 10);
	assert_false(fails("any>1ms", &model, 1, NULL, ""));
	items_found(model, 4, 4, AW__ORPHAN_TASK, 0, 0, 20, 2 * MS, 10);
	assert_true(fails("any>1ms", &model, 1, NULL, "any>1ms: 2 ms\n"));
	aw__model_destroy(model);
}

/* The longest is neither among the first nor among the newest, so the model has only counted it. */
static struct aw__model *flood(uint64_t longest_ns)
{
	struct aw__model *model = aw__model_create();

	for (uint64_t id = 1; id <= 2 * PER_ONE; id++)
		blocked(model, id, id == AW__MODEL_FIRST + 10 ? longest_ns : 100 * MS);
	assert_true(aw__model_found_group_count(model) == 1);
	assert_null(aw__model_found(model, AW__MODEL_FIRST + 10));
	assert_non_null(aw__model_found(model, AW__MODEL_FIRST));
	assert_non_null(aw__model_found(model, 2 * PER_ONE));
	return model;
}

static void gate__knows_the_longest_of_findings_that_are_only_counted(void **state)
{
	static const char allow[] = "[allow]\nkind = blocked-loop\nreason = r\n";
	struct aw__model *model = flood(900 * MS);

	assert_true(fails("blocked-loop>500ms", &model, 1, NULL, "blocked-loop>500ms: 900 ms\n"));
	assert_true(fails("any>500ms", &model, 1, NULL, "any>500ms: 900 ms\n"));
	assert_false(fails("any>900ms", &model, 1, NULL, ""));
	assert_false(fails("any,any>500ms", &model, 1, allow, ""));
	aw__model_destroy(model);
}

/* The model is so full that it keeps no more findings of a known kind. */
static void gate__knows_the_longest_of_findings_that_were_never_kept(void **state)
{
	struct aw__model *model = aw__model_create();
	const uint64_t many = AW__MODEL_MAX_FINDINGS;

	blocked(model, 1, 100 * MS);
	blocked(model, 2, 100 * MS);
	for (uint64_t id = 3; id < many; id++)
		items_found(model, id, id, AW__NEVER_AWAITED, 0, 0, id, 0, id);
	assert_int_equal(aw__retention_room(model), 0);
	blocked(model, many + 1, 700 * MS);
	blocked(model, many + 2, 100 * MS);
	assert_null(aw__model_found(model, many + 1));
	items_found(model, many + 3, many + 3, AW__LOST_EVENTS, 0, 0, 0, 5, 0);
	assert_non_null(aw__model_found(model, many + 3)); /* always kept */
	assert_true(fails("blocked-loop>500ms", &model, 1, NULL, "blocked-loop>500ms: 700 ms\n"));
	aw__model_destroy(model);
}

/* Findings that are only counted are allowed only if all kept ones are: here, those of another site are not. */
static void allow__of_some_kept_findings_does_not_allow_counted_ones(void **state)
{
	static const char allow[] = "[allow]\nfunction = one\nreason = r\n";
	struct aw__model *model = aw__model_create();
	struct aw__allow_list *list;
	struct aw__verdicts verdicts;
	struct aw__problem problem;
	uint64_t rest;

	items_string(model, 1, "demo.c");
	items_string(model, 2, "one");
	items_string(model, 3, "two");
	items_place(model, 10, 2, 1, 5);
	items_place(model, 11, 3, 1, 9);
	for (uint64_t id = 1; id <= 2 * PER_ONE; id++) {
		const struct items_error error = { .time_ns = id,
						   .id = 100000 + id,
						   .site = id == 2 * PER_ONE ? 11 : 10 };

		items_error(model, &error);
		items_found(model, id, id, AW__NEVER_RETRIEVED, 0, error.id, 0, 0, 0);
	}
	assert_int_equal(aw__model_found_group_count(model), 1);
	rest = 2 * PER_ONE - aw__model_found_group_at(model, 0)->kept;
	list = aw__allow_list_parse("allow", allow, strlen(allow), "2026-11-21", &problem);
	aw__verdicts_init(&verdicts, list, model);
	assert_int_equal(verdicts.count, 2 * PER_ONE - rest - 1);
	assert_false(aw__verdicts_spare_rest(&verdicts, aw__model_found_group_at(model, 0)));
	aw__verdicts_finish(&verdicts);
	aw__allow_list_destroy(list);
	aw__model_destroy(model);
}

/* Two findings differ only in their messages. One is allowed, so their group is not. */
static void allow__of_one_does_not_allow_its_group(void **state)
{
	static const char allow[] = "[allow]\nmessage = known*\nreason = r\n";
	struct aw__model *model = aw__model_create();
	struct items_error error = { .id = 500, .message = "known for long" };
	struct aw__allow_list *list;
	struct aw__verdicts verdicts;
	struct aw__problem problem;

	items_error(model, &error);
	items_found(model, 1, 1, AW__NEVER_RETRIEVED, 0, 500, 0, 0, 0);
	error.id = 501;
	error.message = "new";
	items_error(model, &error);
	items_found(model, 2, 2, AW__NEVER_RETRIEVED, 0, 501, 0, 0, 0);
	assert_int_equal(aw__model_found_group_count(model), 1);
	list = aw__allow_list_parse("allow", allow, strlen(allow), "2026-11-21", &problem);
	aw__verdicts_init(&verdicts, list, model);
	assert_int_equal(verdicts.count, 1);
	assert_false(aw__verdicts_spare(&verdicts, aw__model_found_group_at(model, 0)));
	aw__verdicts_finish(&verdicts);
	aw__allow_list_destroy(list);
	aw__model_destroy(model);
}

#define TEST(f) cmocka_unit_test_teardown(f, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(gate__of_several_processes_sums_and_takes_the_longest),
		TEST(gate__ignores_values_that_are_no_durations),
		TEST(gate__knows_the_longest_of_findings_that_are_only_counted),
		TEST(gate__knows_the_longest_of_findings_that_were_never_kept),
		TEST(allow__of_some_kept_findings_does_not_allow_counted_ones),
		TEST(allow__of_one_does_not_allow_its_group),
	};

	return cmocka_run_group_tests_name("gate", tests, NULL, NULL);
}
