/* SPDX-License-Identifier: MIT */
/* Tests of the wait graph and its cycles, also from hostile recordings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <awry/agent.h>

#include "base/alloc.h"
#include "model_items.h"

static int set_up(void **state)
{
	*state = aw__model_create();
	return 0;
}

static int tear_down(void **state)
{
	aw__model_destroy(*state);
	return aw__alloc_live() == 0 ? 0 : -1;
}

static void waits(struct aw__model *model, uint64_t task, uint64_t kind, uint64_t target)
{
	const uint64_t args[AW__EVENT_ARGS] = { kind, target };

	if (aw__model_task(model, task) == NULL)
		items_created(model, 1, task, 0, 0, 0, NULL);
	items_event(model, AW__TASK_WAIT, 2, task, args, 0, NULL, NULL);
}

static void held(struct aw__model *model, uint64_t resource, uint64_t task)
{
	const uint64_t args[AW__EVENT_ARGS] = { task };

	items_event(model, AW__RESOURCE_HELD, 2, resource, args, 0, NULL, NULL);
}

/* Check the number of cycles, and the number of tasks in the first. */
static void check_circles(const struct aw__model *model, size_t count, size_t members)
{
	struct aw__circles circles;

	aw__circles_find(model, &circles);
	assert_int_equal(circles.count, count);
	if (count > 0)
		assert_int_equal(circles.items[0].count, members);
	aw__circles_finish(&circles);
}

static void waits__for_locks_in_a_cycle(void **state)
{
	struct aw__model *model = *state;
	struct aw__circles circles;

	held(model, 50, 3);
	held(model, 60, 2);
	waits(model, 3, AW_WAIT_LOCK, 60);
	waits(model, 2, AW_WAIT_LOCK, 50);
	waits(model, 4, AW_WAIT_LOCK, 50); /* waits for the cycle, but is not in it */
	assert_int_equal(aw__model_holder(model, 50), 3);
	aw__circles_find(model, &circles);
	assert_int_equal(circles.count, 1);
	assert_int_equal(circles.items[0].count, 2);
	assert_int_equal(circles.items[0].tasks[0]->id, 2);
	assert_int_equal(circles.items[0].tasks[1]->id, 3);
	aw__circles_finish(&circles);
}

static void waits__end_with_the_lock(void **state)
{
	struct aw__model *model = *state;
	const uint64_t none[AW__EVENT_ARGS] = { 0 };

	held(model, 50, 3);
	held(model, 60, 2);
	waits(model, 2, AW_WAIT_LOCK, 50);
	waits(model, 3, AW_WAIT_LOCK, 60);
	held(model, 60, 0);
	assert_int_equal(aw__model_holder(model, 60), 0);
	check_circles(model, 0, 0);
	held(model, 60, 2);
	check_circles(model, 1, 2);
	items_event(model, AW__SNAPSHOT_BEGIN, 3, 0, none, 0, NULL, NULL);
	check_circles(model, 0, 0);
}

static void waits__for_tasks_and_members(void **state)
{
	struct aw__model *model = *state;
	const uint64_t member[AW__EVENT_ARGS] = { 1, 0, 0, 0, 70 };

	items_created(model, 1, 1, 0, 0, 0, NULL);
	items_event(model, AW__TASK_CREATED, 1, 2, member, 0, NULL, NULL);
	items_event(model, AW__TASK_CREATED, 1, 3, member, 0, NULL, NULL);
	waits(model, 1, AW_WAIT_GROUP, 70);
	waits(model, 2, AW_WAIT_SLEEP, 0);
	check_circles(model, 0, 0);
	held(model, 80, 1);
	waits(model, 3, AW_WAIT_LOCK, 80);
	check_circles(model, 1, 2);
	waits(model, 1, AW_WAIT_TASK, 3);
	check_circles(model, 1, 2);
	items_done(model, 3, 3, AW_OUTCOME_RESULT, 0);
	check_circles(model, 0, 0);
}

static void waits__of_hostile_recordings_end(void **state)
{
	struct aw__model *model = *state;
	const uint64_t last = 100000;

	waits(model, 1, AW_WAIT_TASK, 1); /* waits for itself */
	check_circles(model, 1, 1);
	waits(model, 1, AW_WAIT_TASK, UINT64_MAX);
	held(model, 5, UINT64_MAX);
	held(model, 0, 7);
	waits(model, 2, AW_WAIT_LOCK, 5);
	waits(model, 3, 200, 5);
	check_circles(model, 0, 0);
	assert_true(aw__model_counts(model)->nonsense >= 2);
	for (uint64_t id = 10; id <= last; id++)
		waits(model, id, AW_WAIT_TASK, id < last ? id + 1 : 10);
	check_circles(model, 1, last - 9);
}

static void waits__holds_are_bounded(void **state)
{
	struct aw__model *model = *state;

	for (uint64_t id = 1; id <= AW__MODEL_MAX_HOLDS + 10; id++)
		held(model, id, 1);
	assert_int_equal(aw__model_counts(model)->nonsense, 10);
	assert_int_equal(aw__model_holder(model, AW__MODEL_MAX_HOLDS), 1);
	assert_int_equal(aw__model_holder(model, AW__MODEL_MAX_HOLDS + 1), 0);
}

static void deadlock__keeps_its_members_in_order(void **state)
{
	const uint64_t args[AW__EVENT_ARGS] = { AW__DEADLOCK, 2, 0, 0, 2 };
	const uint64_t list[] = { 0, 0, 0, 0, 0, 2, AW_WAIT_LOCK, 50, 3, AW_WAIT_LOCK, 60, 9 };
	struct aw__model *model = *state;
	const struct aw__found *found;

	items_event(model, AW__FINDING, 5, 1, args, sizeof(list) / sizeof(list[0]), list, NULL);
	found = aw__model_found(model, 1);
	assert_int_equal(found->member_count, 2);
	assert_int_equal(found->members[1].task, 3);
	assert_int_equal(found->members[1].wait_target, 60);
	assert_int_equal(aw__model_task(model, 3)->finding_count, 1);
	items_event(model, AW__FINDING, 5, 2, args, 3, list, NULL);
	assert_int_equal(aw__model_found(model, 2)->member_count, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(waits__for_locks_in_a_cycle),  TEST(waits__end_with_the_lock),
		TEST(waits__for_tasks_and_members), TEST(waits__of_hostile_recordings_end),
		TEST(waits__holds_are_bounded),	    TEST(deadlock__keeps_its_members_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
