/* SPDX-License-Identifier: MIT */
/* Tests of ended tasks that are kept: growing numbers from one creation stack become a finding, on a fake clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/record/hook_tables.h"
#include "agent/record/reset.h"
#include "watch_case.h"

enum {
	MOST = 3000,
	COUNTS = 12,
};

static struct aw_agent_task tasks[MOST];
static unsigned first, next; /* the tasks that are kept or alive: [first, next) */
static aw_intern stack;	     /* the creation stack of all tasks of a case */

/* Each case has another creation stack, because a stack is reported once only. */
static int set_up(void **state)
{
	static unsigned line;
	const aw_intern place = aw_agent_place("serve", "server.py", ++line, NULL);

	stack = aw_agent_stack_of(&place, 1, AW_NONE);
	return watch_set_up(state);
}

static void create(unsigned count)
{
	const struct aw_agent_birth birth = { .loop = &loop, .stack = stack };

	for (unsigned i = 0; i < count; i++, now++) {
		tasks[next] = (struct aw_agent_task){ .id = aw_agent_new_task_id() };
		aw_agent_task_created(&tasks[next], &birth);
		aw_agent_task_step(&tasks[next++]);
	}
}

static void end_and_keep(struct aw_agent_task *task)
{
	end(task);
	aw_agent_task_kept(task, true);
}

static void keep(unsigned count)
{
	const unsigned from = next;

	create(count);
	for (unsigned i = from; i < next; i++)
		end_and_keep(&tasks[i]);
}

/* Releases the oldest tasks. */
static void release(unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		aw_agent_task_kept(&tasks[first++], false);
}

static void release_all(void)
{
	release(next - first);
	first = next = 0;
}

/* Passes the time from one count to the next. */
static void pass(void)
{
	now += 60 * SECOND;
	look(3);
}

static void passes(unsigned counts)
{
	for (unsigned i = 0; i < counts; i++)
		pass();
}

static void forget(void)
{
	release_all();
	passes(3);
	assert_string_equal(found(), "");
}

static void kept__growing_numbers_are_reported_once(void **state)
{
	for (unsigned i = 0; i < COUNTS; i++) {
		keep(20);
		pass();
	}
	assert_string_equal(found(), "leaked-task");
	/* a task that has ended: it has no slot */
	assert_in_range(last.finding.task, tasks[100].id, tasks[next - 1].id);
	assert_int_equal(last.finding.stack, stack);
	assert_non_null(strstr(last_text,
			       "120 that were created there are older than 1m00s, and 120 of "
			       "them have ended and are kept; "));
	assert_non_null(strstr(last_text, "there were 20, and more at each of 5 counts since"));
	forget();
}

static void kept__and_alive_grow_together(void **state)
{
	for (unsigned i = 0; i < COUNTS; i++) {
		keep(8);
		create(12);
		pass();
	}
	assert_string_equal(found(), "leaked-task");
	/* most of the tasks live: the oldest live one is named */
	assert_int_equal(last.finding.task, tasks[8].id);
	/* tasks that have ended are counted one check later */
	assert_non_null(strstr(last_text,
			       "112 that were created there are older than 1m00s, and 40 of "
			       "them have ended and are kept; "));
	for (unsigned i = 0; i < next; i++)
		if (i % 20 >= 8)
			end(&tasks[i]);
	forget();
}

/* A cache that is full after a while, and replaces its entries. */
static void kept__in_a_bounded_cache_is_no_finding(void **state)
{
	for (unsigned i = 0; i < COUNTS; i++) {
		keep(60);
		if (next - first > 240)
			release(next - first - 240);
		pass();
	}
	assert_string_equal(found(), "");
	forget();
}

/* A gather() of many tasks: half of the rest ends between two counts, and all are kept until the last has ended. */
static void kept__until_the_last_has_ended_is_no_finding(void **state)
{
	unsigned ended = 0;

	create(2000);
	passes(2);
	for (unsigned i = 0; i < COUNTS; i++) {
		for (unsigned left = (2000 - ended + 1) / 2; left > 0; left--)
			end_and_keep(&tasks[ended++]);
		pass();
	}
	assert_string_equal(found(), "");
	assert_int_equal(ended, 2000);
	forget();
}

/* More and more tasks, none of which is kept from one count to the next. */
static void kept__for_a_short_time_is_no_finding(void **state)
{
	for (unsigned i = 0; i < COUNTS; i++) {
		keep(30 * (i + 1));
		now += 30 * SECOND;
		look(3);
		release_all();
		now += 30 * SECOND;
	}
	assert_string_equal(found(), "");
	forget();
}

static uint64_t kept_now(void)
{
	struct aw__kept kept;
	uint64_t count = 0;

	for (unsigned at = aw__kept_next(0, &kept); at != 0; at = aw__kept_next(at, &kept))
		count += kept.count;
	return count;
}

static void kept__is_counted_once(void **state)
{
	keep(3);
	aw_agent_task_kept(&tasks[0], true);
	passes(2);
	assert_int_equal(kept_now(), 3);
	aw_agent_task_kept(&tasks[0], false);
	aw_agent_task_kept(&tasks[0], false);
	assert_int_equal(kept_now(), 2);
	/* a task that was never kept, and one whose creation is not known */
	aw_agent_task_kept(&(struct aw_agent_task){ .id = 1 }, false);
	aw_agent_task_kept(&(struct aw_agent_task){ .id = 1 }, true);
	passes(2);
	assert_int_equal(kept_now(), 2);
	forget();
	assert_int_equal(kept_now(), 0);
}

/* Tasks are counted by the tick of their creation, in a table that wraps: they are removed from the right entry. */
static void kept__old_tasks_are_removed_when_released(void **state)
{
	keep(5);
	for (unsigned i = 0; i < 1025; i++)
		aw__kept_tick();
	assert_int_equal(kept_now(), 5);
	release_all();
	aw__kept_tick();
	aw__kept_tick();
	assert_int_equal(kept_now(), 0);
}

/* More creation stacks than fit, twice: empty entries are reused. */
static void kept__table_reuses_empty_entries(void **state)
{
	static struct aw_agent_task many[2000];

	for (unsigned round = 0; round < 2; round++) {
		for (uint32_t i = 0; i < 2000; i++) {
			many[i] = (struct aw_agent_task){ .id = i + 1,
							  .stack = 5000 * round + i + 1,
							  .coroutine = 7,
							  .kept = aw__kept_born() };
			aw_agent_task_kept(&many[i], true);
		}
		aw__kept_tick();
		aw__kept_tick();
		assert_in_range(kept_now(), 900, 1024);
		for (uint32_t i = 0; i < 2000; i++)
			aw_agent_task_kept(&many[i], false);
		assert_int_equal(kept_now(), 0);
	}
}

/* Another box, as in a forked child. */
static void kept__of_another_box_are_forgotten(void **state)
{
	keep(4);
	aw__kept_tick();
	aw__kept_tick();
	assert_int_equal(kept_now(), 4);
	aw__reset_after_fork();
	assert_int_equal(kept_now(), 0);
	release_all();
	keep(2);
	aw__kept_tick();
	aw__kept_tick();
	assert_int_equal(kept_now(), 2);
	forget();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(kept__growing_numbers_are_reported_once, set_up),
		cmocka_unit_test_setup(kept__is_counted_once, set_up),
		cmocka_unit_test_setup(kept__old_tasks_are_removed_when_released, set_up),
		cmocka_unit_test_setup(kept__table_reuses_empty_entries, set_up),
		cmocka_unit_test_setup(kept__of_another_box_are_forgotten, set_up),
		cmocka_unit_test_setup(kept__in_a_bounded_cache_is_no_finding, set_up),
		cmocka_unit_test_setup(kept__until_the_last_has_ended_is_no_finding, set_up),
		cmocka_unit_test_setup(kept__for_a_short_time_is_no_finding, set_up),
		cmocka_unit_test_setup(kept__and_alive_grow_together, set_up),
	};
	int failed;

	watch_open();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	return watch_close() ? failed : 1;
}
