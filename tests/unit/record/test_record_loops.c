/* SPDX-License-Identifier: MIT */
/* Tests of recording loops: blocked iterations, and histograms of how long iterations took. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/watch/detectors.h"
#include "box_walk.h"
#include "proto/finding.h"

static void iterate(struct aw_agent_loop *loop, unsigned times, unsigned length_us)
{
	for (unsigned i = 0; i < times; i++) {
		aw_agent_loop_busy(loop);
		if (length_us > 0)
			usleep(length_us);
		aw_agent_loop_idle(loop);
	}
}

static void record__reuses_a_blocked_loops_slot(void **state)
{
	struct aw_agent_loop loop = { 0 };
	struct aw__blocked blocked;
	struct box_walk *walk;
	const struct aw__blocked_stack stack = { { (uint64_t)(uintptr_t)iterate }, 1, true, false };

	aw_agent_loop_opened(&loop, "main");
	aw_agent_loop_busy(&loop);
	usleep(3000);
	assert_false(aw__watch_blocked_next(-1, UINT64_C(3600000000000), &blocked));
	assert_true(aw__watch_blocked_next(-1, 1000000, &blocked));
	aw__watch_blocked_finding(&blocked, &stack, UINT64_C(2000000000));
	/* The loop is reported once, and again each time the duration has doubled. */
	assert_false(aw__watch_blocked_next(-1, 1000000, &blocked));
	aw__watch_still_blocked();
	for (unsigned i = 0; i < 16; i++) {
		usleep(2000);
		aw__watch_still_blocked();
	}
	aw_agent_loop_idle(&loop);
	aw__watch_still_blocked();
	assert_false(aw__watch_blocked_next(-1, 0, &blocked));
	aw_agent_loop_closed(&loop);
	walk = box_walk_all(true);
	assert_int_equal(walk->last[AW__FINDING].finding.kind, AW__BLOCKED_LOOP);
	assert_true(walk->last[AW__FINDING].finding.value >= 3000000);
	assert_string_equal(walk->text[AW__FINDING],
			    "for at least 2.0 s of it the thread waited for a processor");
	assert_int_equal(walk->counts[AW__LOOP_UNBLOCKED], 1);
	assert_int_equal(walk->last[AW__LOOP_UNBLOCKED].loop_unblocked.finding,
			 walk->last[AW__FINDING].subject);
	assert_in_range(walk->counts[AW__LOOP_BLOCKED], 1, 8);
	assert_true(walk->last[AW__LOOP_BLOCKED].loop_unblocked.duration_ns >= 6000000);
	assert_int_equal(walk->last[AW__LOOP_BLOCKED].loop_unblocked.finding,
			 walk->last[AW__FINDING].subject);
	assert_int_equal(walk->counts[AW__LOOP_STATE], 0);
	free(walk);
}

static uint64_t at_least(const struct aw__lags *lags, uint64_t ns)
{
	uint64_t count = 0;

	for (unsigned i = aw__lag_bucket(ns); i < AW__LAG_BUCKETS; i++)
		count += lags->counts[i];
	return count;
}

static void record__counts_every_iteration_by_its_length(void **state)
{
	struct box_walk walk = { .last_id = 0 };
	struct aw__box_cursor *cursor = box_read_all(&walk);
	struct aw_agent_loop loop = { 0 };

	aw_agent_loop_opened(&loop, "main");
	aw_agent_loop_idle(&loop); /* not busy before: no iteration */
	iterate(&loop, 5, 0);
	iterate(&loop, 3, 2000);
	aw_agent_loop_busy(&loop);
	aw__box_cursor_snapshot(cursor);
	box_walk_on(&walk, cursor);
	assert_int_equal(walk.counts[AW__LOOP_LAGS], 1);
	assert_int_equal(walk.last[AW__LOOP_LAGS].subject, loop.id);
	assert_int_equal(aw__lags_count(&walk.lags), 8);
	assert_in_range(at_least(&walk.lags, 2000000), 3, 8);
	assert_in_range(walk.lags.longest_ns, 2000000, UINT64_C(60000000000));
	aw_agent_loop_closed(&loop); /* ends the current iteration */
	box_walk_on(&walk, cursor);
	assert_int_equal(walk.counts[AW__LOOP_LAGS], 2);
	assert_int_equal(aw__lags_count(&walk.lags), 9);
	aw__box_cursor_destroy(cursor);
}

static void record__counts_iterations_between_polls_that_do_not_sleep(void **state)
{
	struct box_walk walk = { .last_id = 0 };
	struct aw__box_cursor *cursor = box_read_all(&walk);
	struct aw_agent_loop loop = { 0 };
	struct aw__blocked blocked;

	aw_agent_loop_opened(&loop, "main");
	aw_agent_loop_tick(&loop); /* not busy before: an iteration begins */
	assert_true(aw__watch_blocked_next(-1, 0, &blocked));
	usleep(3000);
	assert_true(aw__watch_blocked_next(-1, 3000000, &blocked));
	aw_agent_loop_tick(&loop);
	aw_agent_loop_tick(&loop);
	aw_agent_loop_idle(&loop);
	assert_false(aw__watch_blocked_next(-1, 0, &blocked));
	aw__box_cursor_snapshot(cursor);
	box_walk_on(&walk, cursor);
	assert_int_equal(aw__lags_count(&walk.lags), 3);
	assert_in_range(walk.lags.longest_ns, 3000000, UINT64_C(60000000000));
	assert_in_range(at_least(&walk.lags, 3000000), 1, 3);
	aw_agent_loop_closed(&loop);
	aw__box_cursor_destroy(cursor);
}

static void record__ends_a_block_when_the_loop_polls(void **state)
{
	struct box_walk walk = { .last_id = 0 };
	struct aw__box_cursor *cursor = box_read_all(&walk);
	struct aw_agent_loop loop = { 0 };
	struct aw__blocked blocked;
	const struct aw__blocked_stack stack = { { (uint64_t)(uintptr_t)iterate }, 1, true, false };

	aw_agent_loop_opened(&loop, "main");
	aw_agent_loop_busy(&loop);
	usleep(3000);
	assert_true(aw__watch_blocked_next(-1, 1000000, &blocked));
	aw__watch_blocked_finding(&blocked, &stack, 0);
	aw_agent_loop_tick(&loop);
	assert_false(aw__watch_blocked_next(-1, 3000000, &blocked));
	aw_agent_loop_closed(&loop);
	box_walk_on(&walk, cursor);
	assert_int_equal(walk.counts[AW__LOOP_UNBLOCKED], 1);
	assert_in_range(walk.last[AW__LOOP_UNBLOCKED].loop_unblocked.duration_ns, 3000000,
			UINT64_C(60000000000));
	aw__box_cursor_destroy(cursor);
}

static void record__a_loop_does_not_inherit_iterations(void **state)
{
	struct box_walk walk = { .last_id = 0 };
	struct aw__box_cursor *cursor = box_read_all(&walk);
	struct aw_agent_loop first = { 0 }, second = { 0 };
	uint32_t slot;

	aw_agent_loop_opened(&first, "first");
	slot = first.slot;
	iterate(&first, 4, 2000);
	aw_agent_loop_closed(&first);
	aw_agent_loop_opened(&second, "second");
	assert_int_equal(second.slot, slot);
	iterate(&second, 1, 0);
	box_walk_on(&walk, cursor);
	assert_int_equal(walk.last[AW__LOOP_LAGS].subject, first.id);
	assert_int_equal(aw__lags_count(&walk.lags), 4);
	aw_agent_loop_closed(&second);
	box_walk_on(&walk, cursor);
	assert_int_equal(walk.last[AW__LOOP_LAGS].subject, second.id);
	assert_int_equal(aw__lags_count(&walk.lags), 1);
	assert_true(walk.lags.longest_ns < 2000000);
	aw__box_cursor_destroy(cursor);
}

static void record__sends_a_reader_changed_lags(void **state)
{
	struct box_walk walk = { .last_id = 0 };
	struct aw__box_cursor *cursor = box_read_all(&walk);
	struct aw_agent_loop loop = { 0 };

	aw_agent_loop_opened(&loop, "main");
	iterate(&loop, 2, 0);
	box_walk_on(&walk, cursor);
	assert_int_equal(walk.counts[AW__LOOP_LAGS], 0); /* not requested yet */
	aw__box_cursor_lags(cursor, 77);
	box_walk_on(&walk, cursor);
	assert_int_equal(walk.counts[AW__LOOP_LAGS], 1);
	assert_int_equal(walk.last[AW__LOOP_LAGS].time_ns, 77);
	assert_int_equal(aw__lags_count(&walk.lags), 2);
	aw__box_cursor_lags(cursor, 78);
	box_walk_on(&walk, cursor);
	assert_int_equal(walk.counts[AW__LOOP_LAGS], 1); /* nothing changed since */
	iterate(&loop, 1, 0);
	aw__box_cursor_lags(cursor, 79);
	box_walk_on(&walk, cursor);
	assert_int_equal(walk.counts[AW__LOOP_LAGS], 2);
	assert_int_equal(aw__lags_count(&walk.lags), 3);
	aw_agent_loop_closed(&loop);
	aw__box_cursor_destroy(cursor);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(record__reuses_a_blocked_loops_slot),
		cmocka_unit_test(record__counts_every_iteration_by_its_length),
		cmocka_unit_test(record__counts_iterations_between_polls_that_do_not_sleep),
		cmocka_unit_test(record__ends_a_block_when_the_loop_polls),
		cmocka_unit_test(record__a_loop_does_not_inherit_iterations),
		cmocka_unit_test(record__sends_a_reader_changed_lags),
	};

	return cmocka_run_group_tests_name("record_loops", tests, box_open_small, box_close);
}
