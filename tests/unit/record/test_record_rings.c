/* SPDX-License-Identifier: MIT */
/* Tests of the rings while they are read: which records they keep, overwrite and count as lost. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "box_walk.h"
#include "proto/blackbox.h"
#include "proto/finding.h"

static void record__counts_what_it_overwrites(void **state)
{
	struct aw__box_cursor *cursor = aw__box_cursor_create(box_fixture_box());
	struct box_walk *walk = calloc(1, sizeof(*walk));
	struct aw_agent_task task = box_task(NULL, NULL);
	const unsigned rounds = 10000; /* the ring holds 1,024 */
	uint64_t before;

	box_walk_on(walk, cursor);
	before = aw__box_cursor_lost(cursor);
	memset(walk->counts, 0, sizeof(walk->counts));
	walk->lost = 0;
	for (unsigned i = 0; i < rounds; i++)
		aw_agent_task_named(&task, NULL, 0);
	box_walk_on(walk, cursor);
	assert_int_equal(walk->counts[AW__TASK_NAMED], 1024);
	assert_int_equal(walk->lost, rounds - 1024);
	assert_int_equal(aw__box_cursor_lost(cursor) - before, rounds - 1024);
	aw_agent_task_done(&task, AW_OUTCOME_RESULT, 0);
	aw__box_cursor_destroy(cursor);
	free(walk);
}

struct growing {
	struct aw__box_cursor *cursor;
	struct box_walk *walk;
	unsigned named;
};

/* Writes in portions that divide no capacity, and reads in between. */
static void *fill_a_new_ring(void *arg)
{
	struct growing *growing = arg;
	struct aw_agent_task task = box_task(NULL, NULL);
	static const char name[] = "a name that takes a unit more than the record itself";

	for (; growing->named < 700; growing->named++) {
		aw_agent_task_named(&task, name, growing->named % 2 * 40);
		if (growing->named % 37 == 0)
			box_walk_on(growing->walk, growing->cursor);
	}
	box_walk_on(growing->walk, growing->cursor);
	aw_agent_task_done(&task, AW_OUTCOME_RESULT, 0);
	return NULL;
}

/* A new thread's ring starts with 256 units and grows to 1,024. */
static void record__lets_a_ring_grow_under_its_reader(void **state)
{
	struct growing growing = { aw__box_cursor_create(box_fixture_box()),
				   calloc(1, sizeof(*growing.walk)), 0 };
	const struct aw__box *box = box_fixture_box();
	uint64_t before;
	uint32_t rings;
	pthread_t thread;

	box_walk_on(growing.walk, growing.cursor);
	before = aw__box_cursor_lost(growing.cursor);
	rings = aw__box_cursor_rings(growing.cursor);
	memset(growing.walk->counts, 0, sizeof(growing.walk->counts));
	assert_int_equal(pthread_create(&thread, NULL, fill_a_new_ring, &growing), 0);
	pthread_join(thread, NULL);
	assert_int_equal(growing.walk->counts[AW__TASK_NAMED], growing.named);
	assert_int_equal(aw__box_cursor_lost(growing.cursor), before);
	assert_int_equal(aw__box_cursor_rings(growing.cursor), rings + 2);
	assert_int_equal(box->rings[rings].capacity, 1024);
	assert_int_equal(box->rings[rings + 1].capacity, 256);
	aw__box_cursor_destroy(growing.cursor);
	free(growing.walk);
}

/* A reader that is overtaken continues half a ring later, and counts the units that it skips. */
static void record__goes_on_half_a_ring_after_it_was_overtaken(void **state)
{
	struct aw__box_cursor *cursor = aw__box_cursor_create(box_fixture_box());
	struct box_walk *walk = calloc(1, sizeof(*walk));
	struct aw_agent_task task = box_task(NULL, NULL);
	uint64_t before, lost;
	struct aw__item item;

	box_walk_on(walk, cursor);
	before = aw__box_cursor_lost(cursor);
	for (unsigned i = 0; i < 1000; i++)
		aw_agent_task_named(&task, NULL, 0);
	aw__box_cursor_mark(cursor);
	assert_true(aw__box_cursor_next(cursor, &item)); /* stops in the middle of the ring */
	for (unsigned i = 0; i < 300; i++)
		aw_agent_task_named(&task, NULL, 0);
	assert_true(aw__box_cursor_next(cursor, &item));
	box_walk_on(walk, cursor);
	lost = aw__box_cursor_lost(cursor) - before;
	/* of 1,000 + 300 units the ring has 1,024: 276 are overwritten, and half a ring is skipped */
	assert_in_range(lost, 276 + 512 - 2, 276 + 512 + 2);
	aw_agent_task_done(&task, AW_OUTCOME_RESULT, 0);
	aw__box_cursor_destroy(cursor);
	free(walk);
}

static unsigned pressed;

static void count_pressure(void)
{
	pressed++;
}

/* The ring of 1,024 units is full, so each 256 further units cause pressure. */
static void record__notifies_readers_at_each_quarter(void **state)
{
	struct aw_agent_task task = box_task(NULL, NULL);

	for (unsigned i = 0; i < 1024; i++)
		aw_agent_task_named(&task, NULL, 0);
	aw__record_on_pressure(count_pressure);
	pressed = 0;
	for (unsigned i = 0; i < 10 * 256; i++)
		aw_agent_task_named(&task, NULL, 0);
	assert_int_equal(pressed, 10);
	aw__record_on_pressure(NULL);
	for (unsigned i = 0; i < 1024; i++)
		aw_agent_task_named(&task, NULL, 0);
	assert_int_equal(pressed, 10);
	aw_agent_task_done(&task, AW_OUTCOME_RESULT, 0);
}

/* A flood of tasks does not overwrite a lost error: findings have a ring of their own. */
static void record__keeps_a_lost_error_through_a_flood(void **state)
{
	struct aw_agent_task task = box_task(NULL, "lost");
	const struct aw_agent_error error = {
		.id = aw_agent_new_id(),
		.type = aw_agent_type("ValueError", aw_agent_type("Exception", 0)),
		.flags = AW_ERROR_LOST,
		.message = "not consumed",
		.message_length = 12,
	};
	struct box_walk *walk;

	aw_agent_task_step(&task);
	aw_agent_task_done(&task, AW_OUTCOME_ERROR, error.id);
	aw_agent_error(&error);
	aw_agent_error_lost(&task, error.id);
	for (unsigned i = 0; i < 20000; i++) {
		struct aw_agent_task other = box_task(NULL, NULL);

		aw_agent_task_done(&other, AW_OUTCOME_RESULT, 0);
	}
	walk = box_walk_all(false);
	assert_int_equal(walk->counts[AW__FINDING], 1);
	assert_int_equal(walk->last[AW__FINDING].finding.kind, AW__NEVER_RETRIEVED);
	assert_int_equal(walk->last[AW__FINDING].finding.error, error.id);
	assert_int_equal(walk->counts[AW__ERROR], 1);
	assert_string_equal(walk->text[AW__ERROR], "not consumed");
	assert_string_equal(walk->text[AW__TASK_STATE], "lost");
	free(walk);
}

static void *run_thread(void *arg)
{
	for (unsigned i = 0; i < 2000; i++) {
		struct aw_agent_task task = box_task(NULL, "of a thread");

		aw_agent_task_step(&task);
		aw_agent_task_wait(&task, AW_WAIT_TASK, 7);
		aw_agent_task_woken(&task, 7);
		aw_agent_task_done(&task, AW_OUTCOME_RESULT, 0);
	}
	return arg;
}

/* Rings are reused: forty threads, two at a time, do not need forty pairs. */
static void record__reuses_rings_of_ended_threads(void **state)
{
	struct box_walk *walk = calloc(1, sizeof(*walk));
	struct aw__box_cursor *cursor = aw__box_cursor_create(box_fixture_box());

	for (unsigned i = 0; i < 20; i++) {
		pthread_t threads[2];

		for (unsigned t = 0; t < 2; t++)
			assert_int_equal(pthread_create(&threads[t], NULL, run_thread, NULL), 0);
		for (unsigned t = 0; t < 2; t++)
			pthread_join(threads[t], NULL);
		box_walk_on(walk, cursor);
	}
	assert_in_range(aw__box_cursor_rings(cursor), 2, 6);
	assert_true(walk->counts[AW__TASK_DONE] > 0);
	/* Each creation and end of a task was either read or counted as lost. */
	assert_true(walk->counts[AW__TASK_DONE] + walk->counts[AW__TASK_CREATED] + walk->lost >=
		    2u * 40 * 2000);
	aw__box_cursor_destroy(cursor);
	free(walk);
}

/* Reads the box while a thread writes it: no record is torn. */
static void record__is_read_while_it_is_written(void **state)
{
	struct box_walk *walk = calloc(1, sizeof(*walk));
	struct aw__box_cursor *cursor = aw__box_cursor_create(box_fixture_box());
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, run_thread, NULL), 0);
	for (unsigned i = 0; i < 300; i++) {
		aw__box_cursor_snapshot(cursor);
		box_walk_on(walk, cursor);
		assert_true(walk->last[AW__TASK_STATE].state.state <= AW__TASK_FINISHED);
	}
	pthread_join(thread, NULL);
	box_walk_on(walk, cursor);
	aw__box_cursor_destroy(cursor);
	free(walk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(record__counts_what_it_overwrites),
		cmocka_unit_test(record__lets_a_ring_grow_under_its_reader),
		cmocka_unit_test(record__goes_on_half_a_ring_after_it_was_overtaken),
		cmocka_unit_test(record__notifies_readers_at_each_quarter),
		cmocka_unit_test(record__keeps_a_lost_error_through_a_flood),
		cmocka_unit_test(record__reuses_rings_of_ended_threads),
		cmocka_unit_test(record__is_read_while_it_is_written),
	};

	return cmocka_run_group_tests_name("record_rings", tests, box_open_small, box_close);
}
