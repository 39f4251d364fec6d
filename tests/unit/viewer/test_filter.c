/* SPDX-License-Identifier: MIT */
/* Tests of the filter language: what each field means, and the messages for wrong filters. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <awry/agent.h>

#include "base/alloc.h"
#include "model_items.h"
#include "viewer/model/task_filter.h"

#define S UINT64_C(1000000000)

/* Task-1 created Task-2 ("db reader"), which waits for a lock since 4 s, and Task-3, which failed and has a finding. */
static struct aw__model *some_tasks(void)
{
	struct aw__model *model = aw__model_create();
	const uint64_t wait[AW__EVENT_ARGS] = { AW_WAIT_LOCK, 17 };
	const struct items_error error = {
		.time_ns = 8 * S, .id = 7, .type = 4, .task = 3, .message = "no such row"
	};

	items_hello(model, 42);
	items_string(model, 1, "/src/db/reader.c");
	items_string(model, 2, "read_rows");
	items_place(model, 3, 2, 1, 5);
	items_type(model, 4, "ValueError", 0);
	items_created(model, 1 * S, 1, 0, 0, 0, "main");
	items_created(model, 2 * S, 2, 1, 3, 0, "db reader");
	items_created(model, 3 * S, 3, 1, 0, 0, "");
	items_event(model, AW__TASK_STEP, 5 * S, 2, (const uint64_t[AW__EVENT_ARGS]){ 0 }, 0, NULL,
		    NULL);
	items_event(model, AW__TASK_WAIT, 6 * S, 2, wait, 0, NULL, NULL);
	items_error(model, &error);
	items_done(model, 9 * S, 3, AW_OUTCOME_ERROR, 7);
	items_found(model, 9 * S, 77, AW__NEVER_RETRIEVED, 3, 7, 0, 0, 0);
	return model;
}

/* The ids of the tasks that match a valid filter, as "1,3". */
static const char *fitting(const char *text)
{
	static char ids[64];
	struct aw__model *model = some_tasks();
	struct aw__problem problem = { "" };
	struct aw__filter *filter = aw__filter_create(text, &problem);

	if (filter == NULL)
		fail_msg("%s: %s", text, problem.text);
	ids[0] = '\0';
	for (uint64_t id = 1; id <= 3; id++)
		if (aw__filter_matches(filter, model, aw__model_task(model, id), 10 * S))
			snprintf(ids + strlen(ids), sizeof(ids) - strlen(ids), "%s%d",
				 ids[0] != '\0' ? "," : "", (int)id);
	aw__filter_destroy(filter);
	aw__model_destroy(model);
	assert_int_equal(aw__alloc_live(), 0);
	return ids;
}

static void filter__knows_each_field(void **state)
{
	static const char *const cases[][2] = {
		{ "state:waiting", "2" },
		{ "state:live", "1,2" },
		{ "state:waiting,finished", "2,3" },
		{ "state!=waiting", "1,3" },
		{ "name:DB", "2" },
		{ "name=\"db reader\"", "2" },
		{ "name=db", "" },
		{ "name!=\"db reader\"", "1,3" },
		{ "name~/^db.r/", "2" },
		{ "name!~db", "1,3" },
		{ "name:main,Task-3", "1,3" },
		{ "coro:rows", "2" },
		{ "file~/\\/db\\//", "2" },
		{ "wait:lock", "2" },
		{ "wait:sleep,read", "" },
		{ "target:17", "2" },
		{ "outcome:error", "3" },
		{ "error:valueerror", "3" },
		{ "error~row$", "3" },
		{ "kind:never-retrieved", "3" },
		{ "kind:blocked-loop", "" },
		{ "has:finding", "3" },
		{ "has:children", "1" },
		{ "has:creator", "2,3" },
		{ "has:error", "3" },
		{ "id>=2", "2,3" },
		{ "creator=1", "2,3" },
		{ "age>7.5s", "1,2" },
		{ "age<6001ms", "3" },
		{ "since:4s", "2" },
		{ "steps:1", "2" },
		{ "created<1500ms", "1,2" },
		{ "finished>0s", "3" },
		{ "findings>0 errors=1", "3" },
		{ "reader", "2" },
		{ "-reader", "1,3" },
		{ "not reader -has:finding", "1" },
		{ "- - reader", "2" },
		{ "\"db reader\"", "2" },
		{ "id<1k id>0.001Ki", "2,3" },
		{ "   id:2   ", "2" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (strcmp(fitting(cases[i][0]), cases[i][1]) != 0)
			fail_msg("%s means %s, not %s", cases[i][0], fitting(cases[i][0]),
				 cases[i][1]);
}

/* The message for a wrong filter, and the column of the caret. */
static void filter__points_at_the_mistake(void **state)
{
	static const struct {
		const char *text, *says;
		size_t column;
	} cases[] = {
		{ "age>5s nme:x", "unknown field 'nme'; allowed are state, name", 7 },
		{ "state:wating", "allowed are pending, running", 6 },
		{ "age>5", "250ms", 4 },
		{ "age>1.5.5s", "invalid duration '1.5.5s'", 4 },
		{ "id:x", "invalid number 'x'", 3 },
		{ "id~2", "takes : = != < <= > >=", 2 },
		{ "name<x", "takes : = != ~ !~", 4 },
		{ "name~/(/", "parenthesis", 5 },
		{ "name~/x", "not closed", 5 },
		{ "a \"b", "not closed", 2 },
		{ "has:", "a value is wanted", 4 },
		{ "x -", "a term is wanted", 3 },
		{ "id>99999999999999999999", "invalid number", 3 },
		{ "age>999999999999999999d", "invalid duration", 4 },
		{ "h\xc3\xa9h\xc3\xa9 age>5", "250ms", 9 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct aw__problem problem = { "" };
		const char *caret;

		assert_null(aw__filter_create(cases[i].text, &problem));
		if (strstr(problem.text, cases[i].says) == NULL)
			fail_msg("%s: %s", cases[i].text, problem.text);
		caret = strrchr(problem.text, '\n');
		assert_non_null(caret);
		if (strlen(caret + 1) != cases[i].column + 3 || caret[strlen(caret) - 1] != '^')
			fail_msg("%s: the caret is elsewhere:\n%s", cases[i].text, problem.text);
	}
	assert_int_equal(aw__alloc_live(), 0);
}

static void filter__is_bounded(void **state)
{
	static char text[2 * AW__FILTER_MOST_BYTES];
	struct aw__problem problem;

	memset(text, 'x', sizeof(text) - 1);
	assert_null(aw__filter_create(text, &problem));
	for (size_t i = 0; i < 2 * (AW__FILTER_MOST_TERMS + 1); i++)
		text[i] = i % 2 == 0 ? 'x' : ' ';
	text[2 * (AW__FILTER_MOST_TERMS + 1)] = '\0';
	assert_null(aw__filter_create(text, &problem));
	assert_non_null(strstr(problem.text, "at most 64 terms"));
	assert_null(aw__filter_create(" ", &problem));
	assert_int_equal(aw__alloc_live(), 0);
}

static void filter__a_regular_expression_gives_up(void **state)
{
	struct aw__model *model = aw__model_create();
	struct aw__problem problem;
	struct aw__filter *filter = aw__filter_create("name~/^(a|aa|a*)*(a*a*)*b$/", &problem);

	assert_non_null(filter);
	items_created(model, 1, 1, 0, 0, 0, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac");
	assert_false(aw__filter_matches(filter, model, aw__model_task(model, 1), 10));
	assert_true(aw__filter_gave_up(filter) <= 1);
	aw__filter_destroy(filter);
	filter = aw__filter_create("name~/(?:(?:a+)+)+(?!x)b|(a+)+$/", &problem);
	assert_non_null(filter);
	assert_false(aw__filter_matches(filter, model, aw__model_task(model, 1), 10));
	assert_int_equal(aw__filter_gave_up(filter), 1);
	aw__filter_destroy(filter);
	aw__model_destroy(model);
}

static void filter__fields_are_listed_for_help(void **state)
{
	for (const struct aw__filter_field *field = aw__filter_fields; field->name != NULL;
	     field++) {
		assert_true(field->help != NULL && field->help[0] != '\0');
		assert_int_equal(field->type == AW__FILTER_CHOICE, field->choice != NULL);
		if (field->choice != NULL)
			assert_non_null(field->choice(0));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(filter__knows_each_field),
		cmocka_unit_test(filter__points_at_the_mistake),
		cmocka_unit_test(filter__is_bounded),
		cmocka_unit_test(filter__a_regular_expression_gives_up),
		cmocka_unit_test(filter__fields_are_listed_for_help),
	};

	setlocale(LC_ALL, "C.UTF-8"); /* else messages quote the filter in ASCII */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
