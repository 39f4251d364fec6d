/* SPDX-License-Identifier: MIT */
/* Tests of the viewer's lists: which row is selected, and how rows are sorted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <awry/agent.h>

#include "model_items.h"
#include "tui_case.h"

/* Rows before the selected one disappear, and the selection must not move to a later row. */
static void lists__keep_what_is_chosen_in_the_middle(void **state)
{
	struct viewer *viewer = *state;
	const struct aw__list *list = &viewer->app.lists[AW__VIEW_TASKS];
	size_t above;

	for (uint64_t id = 1; id <= 200; id++)
		items_created(viewer->model, id * SECOND / 100, id, 0, 0, 0, NULL);
	screen(viewer, "2    jjj", 80, 24); /* four pages down */
	above = list->chosen - list->top;
	check_has(screen(viewer, "\r", 80, 24), "Task-80  #80\n");
	screen(viewer, "q", 80, 24);
	for (uint64_t id = 20; id < 50; id++)
		items_done(viewer->model, 5 * SECOND, id, AW_OUTCOME_RESULT, 0);
	for (uint64_t id = 300; id <= 310; id++)
		items_created(viewer->model, 6 * SECOND, id, 0, 0, 0, NULL);
	check_has(screen(viewer, "", 80, 24), " 50/181\n");
	assert_int_equal(list->chosen - list->top, above); /* the same line of the screen */
	check_has(screen(viewer, "\r", 80, 24), "Task-80  #80\n");
	screen(viewer, "q", 80, 24);
	/* the selected row itself disappears: the next one is selected */
	items_done(viewer->model, 7 * SECOND, 80, AW_OUTCOME_RESULT, 0);
	check_has(screen(viewer, "\r", 80, 24), "Task-81  #81\n");
}

static void lists__keep_what_is_chosen(void **state)
{
	struct viewer *viewer = *state;

	fill(viewer->model);
	check_has(screen(viewer, "2j\r", 100, 30), "other  #3\n");
	screen(viewer, "q", 100, 30);
	items_done(viewer->model, 5 * SECOND, 1, AW_OUTCOME_RESULT, 0);
	check_has(screen(viewer, "\r", 100, 30), "other  #3\n");
}

/* Rows that compare equal are in the order of their keys, in both directions. */
static void lists__sort_the_same_both_ways(void **state)
{
	static const char *const names[] = { "a name of sixteen-b", "a name of sixteen-a",
					     "A NAME OF TWO", "a name of one" };
	struct viewer *viewer = *state;
	const struct aw__row *rows;
	size_t count;

	for (uint64_t id = 1; id <= 4; id++)
		items_created(viewer->model, SECOND, id, 0, 0, 0, names[id - 1]);
	screen(viewer, "2ssss", 80, 24); /* by name */
	rows = aw__list_rows(&viewer->app.lists[AW__VIEW_TASKS], &count);
	assert_int_equal(rows[0].id, 4);
	assert_int_equal(rows[1].id, 1); /* the first sixteen letters are equal: ordered by key */
	assert_int_equal(rows[2].id, 2);
	assert_int_equal(rows[3].id, 3);
	screen(viewer, "S", 80, 24);
	rows = aw__list_rows(&viewer->app.lists[AW__VIEW_TASKS], &count);
	assert_int_equal(rows[0].id, 3);
	assert_int_equal(rows[3].id, 4);
}

/* New rows before the selected one move the list, but not the selection. */
static void lists__keep_what_is_chosen_behind_new_rows(void **state)
{
	struct viewer *viewer = *state;
	const struct aw__list *list = &viewer->app.lists[AW__VIEW_TASKS];
	size_t above;

	for (uint64_t id = 1000; id < 1100; id++)
		items_created(viewer->model, SECOND, id, 0, 0, 0, NULL);
	/* from the last line of the screen up to its middle */
	screen(viewer, "2   kkkkkkkkkk", 80, 24);
	check_has(screen(viewer, "", 80, 24), " 48/100\n");
	above = list->chosen - list->top;
	for (uint64_t id = 1; id <= 10; id++)
		items_created(viewer->model, 2 * SECOND, id, 0, 0, 0, NULL);
	check_has(screen(viewer, "", 80, 24), " 58/110\n");
	assert_int_equal(list->chosen - list->top, above);
	check_has(screen(viewer, "b", 80, 24), " 39/110\n");
}

/* Rows that compare equal are in the order of their keys, whatever order they arrive in. */
static void lists__sort_by_key_in_the_end(void **state)
{
	struct viewer *viewer = *state;
	const struct aw__row *rows;
	size_t count;

	for (uint64_t id = 9; id > 0; id--)
		items_created(viewer->model, SECOND, id, 0, 0, 0, "one and the same");
	screen(viewer, "2ssss", 80, 24); /* by name */
	rows = aw__list_rows(&viewer->app.lists[AW__VIEW_TASKS], &count);
	assert_int_equal(count, 9);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(rows[i].id, i + 1);
}

/* Lists that are not of tasks never merge rows. */
static void lists__merge_only_tasks(void **state)
{
	struct viewer *viewer = *state;
	size_t before, after;

	fill(viewer->model);
	screen(viewer, "", 80, 24);
	aw__list_rows(&viewer->app.lists[AW__VIEW_FINDINGS], &before);
	screen(viewer, "=", 80, 24);
	screen(viewer, "", 80, 24);
	aw__list_rows(&viewer->app.lists[AW__VIEW_FINDINGS], &after);
	assert_int_equal(before, 2);
	assert_int_equal(after, 2);
}

/* A program in which each view has a row whose count is not 1: findings, waits, errors, loops and resources. */
static void fill_counted(struct aw__model *model)
{
	const uint64_t none[AW__EVENT_ARGS] = { 0 }, lock[AW__EVENT_ARGS] = { AW_WAIT_LOCK, 77 };

	fill(model);
	for (uint64_t i = 1; i < 2651; i++) {
		const struct items_error error = { .time_ns = 3 * SECOND,
						   .id = 1000 + i,
						   .type = 14,
						   .task = 2,
						   .site = 12,
						   .stack = 22,
						   .message = "not consumed" };

		items_error(model, &error);
		items_found(model, 4 * SECOND, 10000 + i, AW__NEVER_RETRIEVED, 2, 1000 + i, 21, 0,
			    13);
	}
	for (uint64_t id = 20; id < 23; id++) {
		items_created(model, 2 * SECOND, id, 0, 11, 20, NULL);
		items_event(model, AW__TASK_WAIT, 3 * SECOND, id, lock, 0, NULL, NULL);
	}
	items_event(model, AW__LOOP_OPENED, SECOND, 5, none, 0, NULL, NULL);
}

/* Rows that are not merged keep their counts, whatever a count means in the view. */
static void merged__rows_keep_their_counts(void **state)
{
	static const enum aw__views views[] = { AW__VIEW_FINDINGS, AW__VIEW_WAITS, AW__VIEW_ERRORS,
						AW__VIEW_LOOPS, AW__VIEW_RESOURCES };
	struct viewer *viewer = *state;
	struct aw__row *rows;
	uint64_t before[8];
	size_t count, after;

	fill_counted(viewer->model);
	for (size_t v = 0; v < sizeof(views) / sizeof(views[0]); v++) {
		const char keys[] = { (char)('1' + views[v]), '\0' };
		bool counted = false;

		screen(viewer, keys, 100, 24);
		rows = aw__list_rows(&viewer->app.lists[views[v]], &count);
		assert_in_range(count, 1, 8);
		for (size_t i = 0; i < count; i++)
			counted |= (before[i] = rows[i].count) != 1;
		assert_true(counted);
		screen(viewer, "=", 100, 24);
		rows = aw__list_rows(&viewer->app.lists[views[v]], &after);
		assert_int_equal(after, count);
		for (size_t i = 0; i < count; i++)
			assert_int_equal(rows[i].count, before[i]);
		screen(viewer, "=", 100, 24);
	}
	check_has(screen(viewer, "1=", 100, 24), " 2,651 ");
}

/* Columns of durations have room for minutes, hours and days, at every width of the screen that shows them. */
static void columns__have_room_for_durations(void **state)
{
	static const struct {
		uint64_t seconds;
		const char *text;
	} cases[] = { { 62, "1m02s" },
		      { 3599, "59m59s" },
		      { 86399, "23h59m" },
		      { 999 * UINT64_C(86400) + 86399, "999d23h" } };
	const uint64_t lock[AW__EVENT_ARGS] = { AW_WAIT_LOCK, 77 };
	struct viewer *viewer = *state;

	items_created(viewer->model, SECOND, 1, 0, 0, 0, NULL);
	items_event(viewer->model, AW__TASK_WAIT, SECOND, 1, lock, 0, NULL, NULL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (const char *view = "2348"; *view != '\0'; view++)
			for (int width = 60; width < 180; width++) {
				aw__app_key(&viewer->app, (uint32_t)*view);
				aw__app_refresh(&viewer->app, (cases[i].seconds + 1) * SECOND);
				aw__app_draw(&viewer->app, &viewer->grid, width, 12);
				aw__buffer_clear(&viewer->text);
				aw__grid_print(&viewer->grid, &viewer->text);
				check_has(aw__buffer_string(&viewer->text), cases[i].text);
			}
}

/* Lower-case letters match both cases, capitals match only capitals. */
static void search__of_small_letters_finds_capitals(void **state)
{
	struct viewer *viewer = *state;

	items_created(viewer->model, SECOND, 1, 0, 0, 0, "first");
	items_created(viewer->model, SECOND, 2, 0, 0, 0, "The Other");
	check_has(screen(viewer, "2/the oth\r", 100, 30), " 2/2\n");
	check_has(screen(viewer, "g/The\r", 100, 30), " 2/2\n");
	check_has(screen(viewer, "g/THE", 100, 30), "not found");
}

static void texts__scroll_up_to_what_is_chosen(void **state)
{
	struct viewer *viewer = *state;
	const char *text;

	fill(viewer->model);
	screen(viewer, "\r", 100, 10);
	screen(viewer, "G", 100, 10);
	assert_null(strstr(screen(viewer, "", 100, 10), "Task exception was never"));
	text = screen(viewer, "g", 100, 10);
	check_has(text, "Task exception was never retrieved");
}

static void lists__move_and_sort(void **state)
{
	struct viewer *viewer = *state;

	for (uint64_t id = 1; id <= 100; id++)
		items_created(viewer->model, (200 - id) * SECOND, id, 0, 0, 0, NULL);
	check_has(screen(viewer, "2G", 80, 24), " 100/100\n");
	check_has(screen(viewer, "g", 80, 24), " 1/100\n");
	check_has(screen(viewer, " ", 80, 24), " 20/100\n");
	check_has(screen(viewer, "bkk", 80, 24), " 1/100\n");
	check_has(screen(viewer, "ss", 80, 24), "by SINCE\n");
	check_has(screen(viewer, "\r", 80, 24), "Task-100  #100\n");
}

/* The counting sort by bytes orders whole numbers correctly. */
static void lists__sort_large_numbers(void **state)
{
	struct viewer *viewer = *state;
	const struct aw__row *rows;
	uint64_t id = 1;
	size_t count;

	for (int i = 0; i < 500; i++, id = id * 6364136223846793005u + 1442695040888963407u)
		items_created(viewer->model, 5, id, 0, 0, 0, NULL);
	screen(viewer, "2", 80, 24);
	rows = aw__list_rows(&viewer->app.lists[AW__VIEW_TASKS], &count);
	assert_int_equal(count, 500);
	for (size_t i = 1; i < count; i++)
		assert_true(rows[i - 1].id < rows[i].id);
	screen(viewer, "S", 80, 24);
	rows = aw__list_rows(&viewer->app.lists[AW__VIEW_TASKS], &count);
	for (size_t i = 1; i < count; i++)
		assert_true(rows[i - 1].id > rows[i].id);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, viewer_set_up, viewer_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lists__keep_what_is_chosen),
		TEST(lists__keep_what_is_chosen_in_the_middle),
		TEST(lists__keep_what_is_chosen_behind_new_rows),
		TEST(lists__sort_by_key_in_the_end),
		TEST(lists__merge_only_tasks),
		TEST(merged__rows_keep_their_counts),
		TEST(columns__have_room_for_durations),
		TEST(search__of_small_letters_finds_capitals),
		TEST(texts__scroll_up_to_what_is_chosen),
		TEST(lists__move_and_sort),
		TEST(lists__sort_the_same_both_ways),
		TEST(lists__sort_large_numbers),
	};

	return cmocka_run_group_tests_name("lists", tests, NULL, NULL);
}
