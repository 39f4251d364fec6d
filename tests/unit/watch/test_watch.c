/* SPDX-License-Identifier: MIT */
/* Tests of the watchdog's findings from the task table, on a fake clock. Deadlocks: test_watch_deadlock.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/record/recorder.h"
#include "proto/finding.h"
#include "watch_case.h"

static void orphan__is_reported_once_when_its_creator_has_ended(void **state)
{
	struct aw_agent_task creator = make(NULL, 0), task = make(&creator, 0);

	aw_agent_task_wait(&task, AW_WAIT_SLEEP, 7);
	aw_agent_task_unreferenced(&task, true);
	look(20);
	assert_string_equal(found(), "");
	end(&creator);
	look(8);
	assert_string_equal(found(), "");
	look(20);
	assert_string_equal(found(), "orphan-task");
	assert_int_equal(last.finding.task, task.id);
	end(&task);
}

static void orphan__similar_cases_have_no_finding(void **state)
{
	struct aw_agent_task creator = make(NULL, 0), kept = make(&creator, 0);
	struct aw_agent_task member = make(&creator, 99), again = make(&creator, 0);
	struct aw_agent_task rootless = make(NULL, 0);

	aw_agent_task_unreferenced(&member, true);
	aw_agent_task_unreferenced(&rootless, true);
	aw_agent_task_unreferenced(&again, true);
	aw_agent_task_unreferenced(&again, false);
	end(&creator);
	look(30);
	assert_string_equal(found(), "");
	end(&kept);
	end(&member);
	end(&again);
	end(&rootless);
}

/* Another task has reused the creator's slot. */
static void orphan__of_a_creator_whose_slot_was_reused(void **state)
{
	struct aw_agent_task creator = make(NULL, 0), task = make(&creator, 0), heir;
	const uint32_t place = creator.slot;

	aw_agent_task_wait(&task, AW_WAIT_SLEEP, 7);
	aw_agent_task_unreferenced(&task, true);
	end(&creator);
	heir = make(NULL, 0);
	assert_int_equal(heir.slot, place);
	look(20);
	assert_string_equal(found(), "orphan-task");
	end(&task);
	end(&heir);
}

/* The creator keeps its slot until its error is retrieved. */
static void orphan__of_a_creator_that_failed(void **state)
{
	struct aw_agent_task creator = make(NULL, 0), task = make(&creator, 0);

	aw_agent_task_wait(&task, AW_WAIT_SLEEP, 7);
	aw_agent_task_unreferenced(&task, true);
	aw_agent_task_done(&creator, AW_OUTCOME_ERROR, 77);
	look(20);
	assert_string_equal(found(), "orphan-task");
	end(&task);
	aw_agent_error_retrieved(&creator, 77, NULL);
}

#define MOST_LEFT 4u

static struct aw_agent_task left[MOST_LEFT];

/* Each creator makes some tasks at one and the same place, and ends. */
__attribute__((noinline)) static void leave(unsigned creators, unsigned each)
{
	/* volatile: an unrolled loop would have several places */
	for (volatile unsigned i = 0; i < creators * each; i++) {
		static struct aw_agent_task creator;

		if (i % each == 0)
			creator = make(NULL, 0);
		left[i] = make(&creator, 0);
		aw_agent_task_wait(&left[i], AW_WAIT_FUTURE, 7);
		if (i % each == each - 1)
			end(&creator);
	}
}

static void end_left(unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		end(&left[i]);
}

static void leaked__waits_for_a_future(void **state)
{
	struct aw_agent_task creator = make(NULL, 0);
	struct aw_agent_task idle = make(&creator, 0), timed = make(&creator, 0);

	end(&creator);
	aw_agent_task_timed(&timed, true);
	aw_agent_task_wait(&timed, AW_WAIT_FUTURE, 7);
	aw_agent_task_wait(&idle, AW_WAIT_QUEUE, 8);
	/* at one place; the second time it is known */
	for (volatile unsigned creators = 2; creators > 0; creators--) {
		leave(creators, 1);
		look(590);
		assert_string_equal(found(), "");
		look(100);
		assert_string_equal(found(),
				    creators == 2 ? "leaked-task leaked-task" : "leaked-task");
		assert_int_equal(last.finding.task, left[0].id);
		look(100);
		assert_string_equal(found(), "");
		end(&left[0]);
	}
	end(&left[1]);
	end(&idle);
	end(&timed);
}

static void leaked__is_not_one_task_nor_those_of_one_creator(void **state)
{
	leave(1, 1);
	look(2000);
	assert_string_equal(found(), "");
	end_left(1);
	leave(1, MOST_LEFT);
	look(2000);
	assert_string_equal(found(), "");
	end_left(MOST_LEFT);
}

static void leaked__needs_to_know_the_place(void **state)
{
	leave(2, 1);
	for (unsigned i = 0; i < 2; i++) /* as if the box had no room for its stack */
		AW__STORE(aw__slot_table()[left[i].slot].coroutine_stack, 0);
	look(2000);
	assert_string_equal(found(), "");
	end_left(2);
}

static void leaked__is_not_one_task_after_the_other(void **state)
{
	for (unsigned i = 0; i < 3; i++) {
		leave(1, 1);
		look(700);
		assert_string_equal(found(), "");
		end_left(1);
	}
}

static void starved__is_ready_while_its_loop_is_not_blocked(void **state)
{
	struct aw_agent_task task = make(NULL, 0);

	aw_agent_task_wait(&task, AW_WAIT_FUTURE, 7);
	aw_agent_task_woken(&task, 0);
	aw_agent_loop_busy(&loop);
	look(30); /* a single long iteration is a blocked loop instead */
	assert_string_equal(found(), "");
	aw_agent_loop_idle(&loop);
	look(3);
	assert_string_equal(found(), "starved-task");
	look(30);
	assert_string_equal(found(), "");
	end(&task);
}

static void starved__counts_from_its_birth_if_it_was_born_ready(void **state)
{
	struct aw_agent_task unknown = { .id = aw_agent_new_task_id() };
	struct aw_agent_task ready = { .id = aw_agent_new_task_id() };
	struct aw_agent_task waiting = { .id = aw_agent_new_task_id() };

	aw_agent_task_created(&unknown, &(struct aw_agent_birth){ .loop = &loop });
	aw_agent_task_created(&waiting, &(struct aw_agent_birth){ .loop = &loop,
								  .born = AW_BORN_WAITING,
								  .wait = AW_WAIT_READ });
	look(30); /* the first may have to be started by the program, and the other one waits */
	assert_string_equal(found(), "");
	aw_agent_task_created(&ready,
			      &(struct aw_agent_birth){ .loop = &loop, .born = AW_BORN_READY });
	look(30);
	assert_string_equal(found(), "starved-task");
	assert_int_equal(last.finding.task, ready.id);
	aw_agent_task_woken(&unknown, 0);
	look(30);
	assert_string_equal(found(), "starved-task");
	assert_int_equal(last.finding.task, unknown.id);
	aw_agent_task_woken(&waiting, 0);
	look(30);
	assert_string_equal(found(), "starved-task");
	assert_int_equal(last.finding.task, waiting.id);
	end(&waiting);
	end(&unknown);
	end(&ready);
}

static void leaked__that_nothing_can_finish_is_reported_once_at_once(void **state)
{
	struct aw_agent_task creator = make(NULL, 0), task = make(&creator, 0);

	aw_agent_task_wait(&task, AW_WAIT_FUTURE, 7);
	aw_agent_task_unreferenced(&task, true);
	aw_agent_task_forsaken(&task);
	assert_string_equal(found(), "leaked-task");
	assert_int_equal(last.finding.task, task.id);
	end(&creator);
	look(1000);
	assert_string_equal(found(), "");
	end(&task);
}

static void work(struct aw_agent_task *task, uint64_t busy_ns, uint64_t idle_ns)
{
	aw_agent_task_step(task);
	now += busy_ns;
	aw__watch_busy(&thresholds); /* sees the task running */
	aw_agent_task_wait(task, AW_WAIT_SLEEP, 7);
	now += idle_ns;
}

static void busy__has_most_of_the_time(void **state)
{
	struct aw_agent_task task = make(NULL, 0);

	aw_agent_loop_busy(&loop);
	for (unsigned i = 0; i < 200; i++)
		work(&task, SECOND / 20, SECOND / 20);
	assert_string_equal(found(), "");
	for (unsigned i = 0; i < 200; i++)
		work(&task, SECOND / 20, SECOND / 200);
	assert_string_equal(found(), "busy-task");
	assert_in_range(last.finding.value, 85, 95);
	/* it rests, and is busy again: no second finding */
	for (unsigned i = 0; i < 400; i++)
		work(&task, SECOND / 20, i < 200 ? SECOND / 20 : SECOND / 200);
	assert_string_equal(found(), "");
	aw_agent_loop_idle(&loop);
	end(&task);
}

static void cancel(struct aw_agent_task *task, const struct aw_agent_task *by)
{
	const struct aw_agent_cancel request = { .by = by };

	aw_agent_cancel_asked(task, &request);
	aw_agent_cancel_delivered(task);
}

static void cancel__that_is_swallowed_is_reported_once(void **state)
{
	struct aw_agent_task by = make(NULL, 0), task = make(NULL, 0), ended = make(NULL, 0);

	cancel(&task, &by);
	cancel(&ended, &by);
	aw_agent_cancel_swallowed(&ended);
	end(&ended);
	assert_string_equal(found(), "swallowed-cancel");
	assert_int_equal(last_list[AW__FINDING_BY], by.id);
	look(98);
	assert_string_equal(found(), "");
	look(4);
	assert_string_equal(found(), "swallowed-cancel");
	assert_int_equal(last.finding.task, task.id);
	aw_agent_cancel_swallowed(&task);
	end(&task);
	end(&by);
	look(2);
	assert_string_equal(found(), "");
}

static void cancel__that_was_taken_back_is_no_finding(void **state)
{
	struct aw_agent_task task = make(NULL, 0);

	cancel(&task, NULL);
	aw_agent_cancel_taken_back(&task);
	look(200);
	end(&task);
	assert_string_equal(found(), "");
}

/* There is no room to remember all tasks; a task that ends has its finding anyway. */
static void cancel__of_many_is_bounded(void **state)
{
	enum { MANY = 3000 };
	struct aw_agent_task *tasks = calloc(MANY, sizeof(*tasks));

	for (unsigned i = 0; i < MANY; i++) {
		tasks[i] = make(NULL, 0);
		cancel(&tasks[i], NULL);
	}
	for (unsigned i = 0; i + 1 < MANY; i++)
		end(&tasks[i]);
	aw_agent_cancel_swallowed(&tasks[MANY - 1]);
	end(&tasks[MANY - 1]);
	assert_string_equal(found(), "swallowed-cancel");
	look(200);
	assert_string_equal(found(), "");
	free(tasks);
}

/* ---- more and more tasks ---- */

enum {
	MOST = 400,
	COUNTS = 12,
};

static struct aw_agent_task crowd[MOST];
static unsigned alive;

/* Creates the tasks at one place. They wait for input, which has no time limit. */
static void grow_to(unsigned count)
{
	for (; alive < count; alive++, now++) {
		crowd[alive] = make(NULL, 0);
		aw_agent_task_wait(&crowd[alive], AW_WAIT_READ, 7);
	}
}

/* Ends the oldest tasks. */
static void shrink_to(unsigned count)
{
	const unsigned ended = alive - count;

	for (unsigned i = 0; i < ended; i++)
		end(&crowd[i]);
	memmove(crowd, crowd + ended, count * sizeof(crowd[0]));
	alive = count;
}

/* Passes the time from one count to the next: a little more than 60 s. */
static void pass(void)
{
	now += 60 * SECOND;
	look(3);
}

/* Has size(when) tasks at each count. */
static void live_through(unsigned (*size)(unsigned when))
{
	for (unsigned when = 0; when < COUNTS; when++) {
		const unsigned wanted = size(when);

		if (wanted < alive)
			shrink_to(wanted);
		grow_to(wanted);
		pass();
	}
}

static void forget_crowd(void)
{
	shrink_to(0);
	pass();
	pass();
}

static unsigned leaks(unsigned when)
{
	return 20 * when + 5;
}

static void growth__is_reported_once_with_its_oldest_task(void **state)
{
	live_through(leaks);
	assert_string_equal(found(), "leaked-task");
	assert_int_equal(last.finding.task, crowd[0].id);
	assert_int_equal(last.finding.stack, crowd[9].stack);
	assert_non_null(strstr(last_text, "105 that were created there are older than 1m00s; "));
	assert_non_null(strstr(last_text, "there were 5, and more at each of 5 counts since"));
	forget_crowd();
}

static unsigned ramp(unsigned when)
{
	return when < 4 ? 50 * (when + 1) : 200;
}

static unsigned burst(unsigned when)
{
	static const unsigned sizes[COUNTS] = { 100, 200, 300, 400, 250, 100, 50, 10 };

	return sizes[when];
}

static unsigned steady(unsigned when)
{
	return 200 + when % 3;
}

static unsigned few(unsigned when)
{
	return 8 * (when + 1);
}

static unsigned hardly(unsigned when)
{
	return 150 + when;
}

static void growth__similar_cases_have_no_finding(void **state)
{
	static unsigned (*const neighbours[])(unsigned when) = { ramp, burst, steady, few, hardly };

	for (size_t i = 0; i < sizeof(neighbours) / sizeof(neighbours[0]); i++) {
		live_through(neighbours[i]);
		assert_string_equal(found(), "");
		forget_crowd();
	}
}

/* More and more tasks are created, and all of them end before they are old. */
static void growth__needs_old_tasks(void **state)
{
	for (unsigned when = 0; when < COUNTS; when++) {
		grow_to(30 * (when + 1));
		now += 30 * SECOND;
		look(3);
		shrink_to(0);
		now += 30 * SECOND;
	}
	assert_string_equal(found(), "");
}

/* A constant number of connections, each of which is replaced. */
static void growth__needs_a_growing_number_of_tasks(void **state)
{
	grow_to(300);
	for (unsigned when = 0; when < COUNTS; when++) {
		shrink_to(200);
		grow_to(300);
		pass();
	}
	assert_string_equal(found(), "");
	forget_crowd();
}

static void handle__that_was_left_open_is_reported(void **state)
{
	const aw_intern stack = aw_agent_handle_opened(88, "tcp", NULL);

	assert_true(stack != AW_NONE);
	aw_agent_handle_unclosed(88, "tcp", stack);
	assert_string_equal(found(), "unclosed-handle");
	assert_int_equal(last.finding.stack, stack);
	assert_int_equal(last.finding.value, 88);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(orphan__is_reported_once_when_its_creator_has_ended,
				       watch_set_up),
		cmocka_unit_test_setup(orphan__similar_cases_have_no_finding, watch_set_up),
		cmocka_unit_test_setup(orphan__of_a_creator_whose_slot_was_reused, watch_set_up),
		cmocka_unit_test_setup(orphan__of_a_creator_that_failed, watch_set_up),
		cmocka_unit_test_setup(leaked__waits_for_a_future, watch_set_up),
		cmocka_unit_test_setup(leaked__is_not_one_task_nor_those_of_one_creator,
				       watch_set_up),
		cmocka_unit_test_setup(leaked__needs_to_know_the_place, watch_set_up),
		cmocka_unit_test_setup(leaked__is_not_one_task_after_the_other, watch_set_up),
		cmocka_unit_test_setup(starved__is_ready_while_its_loop_is_not_blocked,
				       watch_set_up),
		cmocka_unit_test_setup(starved__counts_from_its_birth_if_it_was_born_ready,
				       watch_set_up),
		cmocka_unit_test_setup(leaked__that_nothing_can_finish_is_reported_once_at_once,
				       watch_set_up),
		cmocka_unit_test_setup(busy__has_most_of_the_time, watch_set_up),
		cmocka_unit_test_setup(cancel__that_is_swallowed_is_reported_once, watch_set_up),
		cmocka_unit_test_setup(cancel__that_was_taken_back_is_no_finding, watch_set_up),
		cmocka_unit_test_setup(cancel__of_many_is_bounded, watch_set_up),
		cmocka_unit_test_setup(growth__similar_cases_have_no_finding, watch_set_up),
		cmocka_unit_test_setup(growth__needs_old_tasks, watch_set_up),
		cmocka_unit_test_setup(growth__needs_a_growing_number_of_tasks, watch_set_up),
		cmocka_unit_test_setup(growth__is_reported_once_with_its_oldest_task, watch_set_up),
		cmocka_unit_test_setup(handle__that_was_left_open_is_reported, watch_set_up),
	};
	int failed;

	watch_open();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	return watch_close() ? failed : 1;
}
