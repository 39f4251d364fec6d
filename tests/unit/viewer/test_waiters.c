/* SPDX-License-Identifier: MIT */
/* Tests of grouping waiting tasks by target, against a slow search of every task for every target. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <awry/agent.h>

#include "base/alloc.h"
#include "model_items.h"
#include "viewer/tui/waiters.h"

#define TASKS	1000u
#define TARGETS 120u

static uint64_t random_state = 11;

static uint64_t below(uint64_t end)
{
	random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (random_state >> 33) % end;
}

/* Tasks are reported in random order, and some end, so that the model's list of live tasks is not sorted. */
static struct aw__model *make_model(void)
{
	static const uint64_t kinds[] = { AW_WAIT_TASK, AW_WAIT_READ, AW_WAIT_WRITE, AW_WAIT_LOCK,
					  AW_WAIT_SLEEP };
	struct aw__model *model = aw__model_create();

	for (uint64_t i = 0; i < TASKS; i++) {
		const uint64_t id = 1 + i * 7 % TASKS;
		const uint64_t args[AW__EVENT_ARGS] = { kinds[below(5)], below(TARGETS) };

		items_created(model, 1, id, 0, 0, 0, NULL);
		items_event(model, AW__TASK_STEP, 2, id, NULL, 0, NULL, NULL);
		if (below(8) > 0)
			items_event(model, AW__TASK_WAIT, 3, id, args, 0, NULL, NULL);
		if (below(8) == 0)
			items_done(model, 4, id, AW_OUTCOME_RESULT, 0);
	}
	return model;
}

static bool waits_for(const struct aw__task *task, uint64_t target)
{
	return task->live && task->state == AW__TASK_WAITING && task->wait_target != 0 &&
	       task->wait_kind != AW_WAIT_SLEEP &&
	       aw__waiters_resource(task->wait_kind, task->wait_target) == target;
}

static void check_target(const struct aw__model *model, const struct aw__waiters *waiters,
			 uint64_t target)
{
	const struct aw__waiter *found;
	size_t count, expected = 0;

	found = aw__waiters_of(waiters, target, &count);
	for (uint64_t id = 1; id <= TASKS; id++) {
		const struct aw__task *task = aw__model_task(model, id);

		if (task == NULL || !waits_for(task, target))
			continue;
		assert_true(expected < count);
		assert_ptr_equal(found[expected].task, task); /* sorted by id */
		assert_int_equal(found[expected++].target, target);
	}
	assert_int_equal(count, expected);
}

static void waiters__are_those_that_wait(void **state)
{
	struct aw__model *model = make_model();
	struct aw__app app = { .model = model };
	struct aw__waiters waiters;
	size_t in_groups = 0;

	aw__waiters_find(&app, &waiters);
	for (uint64_t id = 1; id <= TARGETS; id++) {
		const uint64_t task = aw__waiters_task(id);
		size_t count;

		check_target(model, &waiters, task);
		check_target(model, &waiters, aw__waiters_resource(AW_WAIT_LOCK, id));
		check_target(model, &waiters, aw__waiters_resource(AW_WAIT_WRITE, id));
		aw__waiters_of(&waiters, task, &count);
		assert_true(count == 0 || aw__waiters_may_have(&waiters, id));
	}
	for (size_t i = 0; i < waiters.group_count; i++)
		in_groups += waiters.groups[i].count;
	assert_int_equal(in_groups, waiters.count);
	assert_true(waiters.count > TASKS / 3);
	aw__waiters_finish(&waiters);
	aw__model_destroy(model);
	assert_int_equal(aw__alloc_live(), 0);
}

static void waiters__of_an_empty_model_are_none(void **state)
{
	struct aw__model *model = aw__model_create();
	struct aw__app app = { .model = model };
	struct aw__waiters waiters;
	size_t count = 7;

	aw__waiters_find(&app, &waiters);
	aw__waiters_of(&waiters, aw__waiters_task(1), &count);
	assert_int_equal(count, 0);
	assert_false(aw__waiters_may_have(&waiters, 1));
	aw__waiters_finish(&waiters);
	aw__model_destroy(model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waiters__are_those_that_wait),
		cmocka_unit_test(waiters__of_an_empty_model_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
