/* SPDX-License-Identifier: MIT */
/* Tests of loops in the model: how long they were blocked, and when that is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model_items.h"
#include "model_case.h"
#include "proto/lags.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, model_case_set_up, model_case_tear_down)

static void loops__know_how_long_they_were_blocked(void **state)
{
	struct aw__model *model = *state;
	uint64_t tid[AW__EVENT_ARGS] = { 77 };
	uint64_t lasted[AW__EVENT_ARGS] = { 500, 9 };

	items_event(model, AW__LOOP_OPENED, 1, 3, tid, 0, NULL, "main loop");
	items_found(model, 2, 9, AW__BLOCKED_LOOP, 0, 0, 0, 100, 0);
	items_event(model, AW__LOOP_UNBLOCKED, 5, 3, lasted, 0, NULL, NULL);
	items_event(model, AW__LOOP_UNBLOCKED, 5, 3, lasted, 0, NULL, NULL);
	assert_string_equal(aw__model_loop(model, 3)->label, "main loop");
	assert_int_equal(aw__model_loop(model, 3)->blocked_count, 1);
	assert_int_equal(aw__model_loop(model, 3)->blocked_max_ns, 500);
	assert_int_equal(aw__model_found(model, 9)->lasted_ns, 500);
}

static void block(struct aw__model *model, uint64_t found_ns, uint64_t value_ns)
{
	uint64_t list[AW__FINDING_NUMBERS] = { [AW__FINDING_LOOP] = 3 };
	uint64_t args[AW__EVENT_ARGS] = { AW__BLOCKED_LOOP, 0, 0, 0, value_ns };

	items_event(model, AW__FINDING, found_ns, 9, args, AW__FINDING_NUMBERS, list, NULL);
}

/* A block that still lasts, or lasted until the process died, counts with its known duration. */
static void loops__a_block_counts_while_it_lasts(void **state)
{
	struct aw__model *model = *state;
	uint64_t so_far[AW__EVENT_ARGS] = { 400, 9 }, lasted[AW__EVENT_ARGS] = { 900, 9 };
	uint64_t busy[AW__EVENT_ARGS] = { 77, 100 }, late[AW__EVENT_ARGS] = { 5000, 9 };

	block(model, 200, 100);
	assert_int_equal(aw__model_loop(model, 3)->blocked_count, 1);
	assert_int_equal(aw__model_loop(model, 3)->blocked_ns, 100);
	items_event(model, AW__LOOP_BLOCKED, 500, 3, so_far, 0, NULL, NULL);
	items_event(model, AW__LOOP_BLOCKED, 500, 3, so_far, 0, NULL, NULL);
	assert_int_equal(aw__model_found(model, 9)->value, 400);
	assert_int_equal(aw__model_found(model, 9)->lasted_ns, 0);
	assert_int_equal(aw__model_loop(model, 3)->blocked_ns, 400);
	items_event(model, AW__LOOP_STATE, 700, 3, busy, 0, NULL, NULL);
	assert_int_equal(aw__model_found(model, 9)->value, 600);
	aw__model_lasts(model, 800);
	assert_int_equal(aw__model_loop(model, 3)->blocked_max_ns, 700);
	items_event(model, AW__LOOP_UNBLOCKED, 1000, 3, lasted, 0, NULL, NULL);
	items_event(model, AW__LOOP_BLOCKED, 1001, 3, late, 0, NULL, NULL);
	aw__model_lasts(model, 9000);
	assert_int_equal(aw__model_found(model, 9)->lasted_ns, 900);
	assert_int_equal(aw__model_loop(model, 3)->blocked_count, 1);
	assert_int_equal(aw__model_loop(model, 3)->blocked_ns, 900);
	assert_int_equal(aw__model_loop(model, 3)->blocked_max_ns, 900);
}

/* A loop that is busy since after the finding is in another iteration. */
static void loops__another_iteration_does_not_count_as_the_block(void **state)
{
	struct aw__model *model = *state;
	uint64_t busy[AW__EVENT_ARGS] = { 77, 300 };

	block(model, 200, 100);
	items_event(model, AW__LOOP_STATE, 700, 3, busy, 0, NULL, NULL);
	aw__model_lasts(model, 9000);
	assert_int_equal(aw__model_found(model, 9)->value, 100);
}

/* Rows without a time do not change the recording's times, and a second snapshot does not count as events. */
static void loops__lists_are_not_events(void **state)
{
	struct aw__model *model = *state;
	const struct aw__model_counts *counts = aw__model_counts(model);
	uint64_t one[AW__EVENT_ARGS] = { 1, 0 };

	items_created(model, 50, 1, 0, 0, 0, NULL);
	for (unsigned i = 0; i < 3; i++) {
		items_event(model, AW__SNAPSHOT_BEGIN, 0, 0, one, 0, NULL, NULL);
		items_told(model, 0, 1, 0, 0, 0, AW__TASK_WAITING, NULL);
		items_event(model, AW__SNAPSHOT_END, 0, 0, NULL, 0, NULL, NULL);
	}
	items_created(model, 60, 2, 0, 0, 0, NULL);
	assert_int_equal(counts->first_ns, 50);
	assert_int_equal(counts->last_ns, 60);
	assert_int_equal(counts->events[AW__TASK_STATE], 1);
	assert_int_equal(counts->events[AW__SNAPSHOT_BEGIN], 1);
	assert_int_equal(counts->events[AW__SNAPSHOT_END], 1);
	assert_int_equal(counts->events[AW__TASK_CREATED], 2);
}

static void loops__newest_lags_replace_older_ones(void **state)
{
	struct aw__model *model = *state;
	const uint64_t older[] = { 1024, 7, 4096, 1 };
	const uint64_t newer[] = { 1024, 9, 4096, 2, 1 << 20, 1 };
	uint64_t longest[AW__EVENT_ARGS] = { 1500000 }, less[AW__EVENT_ARGS] = { 5000 };
	const struct aw__loop *loop;

	items_event(model, AW__LOOP_LAGS, 5, 3, longest, 6, newer, NULL);
	items_event(model, AW__LOOP_LAGS, 4, 3, less, 4, older, NULL);
	loop = aw__model_loop(model, 3);
	assert_int_equal(aw__lags_count(&loop->lags), 12);
	assert_int_equal(loop->iterations, 12);
	assert_int_equal(loop->lags.longest_ns, 1500000);
	assert_int_equal(loop->lags.counts[aw__lag_bucket(4096)], 2);
	assert_int_equal(aw__lags_quantile_ns(&loop->lags, 500), 1535);
	items_event(model, AW__LOOP_CLOSED, 6, 3, NULL, 0, NULL, NULL);
	assert_int_equal(aw__lags_count(&loop->lags), 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(loops__know_how_long_they_were_blocked),
		TEST(loops__a_block_counts_while_it_lasts),
		TEST(loops__another_iteration_does_not_count_as_the_block),
		TEST(loops__lists_are_not_events),
		TEST(loops__newest_lags_replace_older_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
