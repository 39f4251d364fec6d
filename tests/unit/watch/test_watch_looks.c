/* SPDX-License-Identifier: MIT */
/*
 * Tests of when the watchdog reports: at which check, after which time, above which number. Each case has a
 * counterexample that is one check, or one nanosecond, short of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/record/atomics.h"
#include "agent/record/box_tables.h"
#include "agent/record/interned.h"
#include "agent/record/recorder.h"
#include "proto/finding.h"
#include "watch_case.h"

static unsigned words(const char *text)
{
	unsigned count = text[0] != '\0';

	for (; *text != '\0'; text++)
		count += *text == ' ';
	return count;
}

/* ---- starved, leaked ---- */

static void starved__is_reported_at_the_second_check(void **state)
{
	struct aw_agent_task task = make(NULL, 0);

	aw_agent_task_wait(&task, AW_WAIT_FUTURE, 7);
	aw_agent_task_woken(&task, 0);
	look(9);
	assert_string_equal(found(), "");
	look(1); /* a second has passed: the first observation */
	assert_string_equal(found(), "");
	look(1);
	assert_string_equal(found(), "starved-task");
	end(&task);
}

/* The task ran between two checks, so it is another wait. */
static void starved__is_seen_twice_in_one_wait(void **state)
{
	struct aw_agent_task task = make(NULL, 0);

	for (unsigned i = 0; i < 4; i++) {
		aw_agent_task_wait(&task, AW_WAIT_FUTURE, 7);
		aw_agent_task_woken(&task, 0);
		look(10);
		aw_agent_task_step(&task);
	}
	assert_string_equal(found(), "");
	end(&task);
}

static void starved__is_no_task_whose_loop_has_a_finding(void **state)
{
	struct aw_agent_task task = make(NULL, 0);
	struct aw__box_loop *entry = &aw__recorder.loops[loop.slot - 1];

	aw_agent_task_wait(&task, AW_WAIT_FUTURE, 7);
	aw_agent_task_woken(&task, 0);
	AW__STORE(entry->finding, 5);
	look(30);
	assert_string_equal(found(), "");
	AW__STORE(entry->finding, 0);
	look(2);
	assert_string_equal(found(), "starved-task");
	end(&task);
}

static void starved__is_no_task_whose_loop_never_ran(void **state)
{
	struct aw_agent_loop fresh = { 0 }, own = loop;
	struct aw_agent_task task;

	aw_agent_loop_opened(&fresh, NULL);
	loop = fresh;
	task = make(NULL, 0);
	loop = own;
	aw_agent_task_wait(&task, AW_WAIT_FUTURE, 7);
	aw_agent_task_woken(&task, 0);
	look(30);
	assert_string_equal(found(), "");
	end(&task);
	aw_agent_loop_closed(&fresh);
}

static void starved__is_reported_when_not_run_for_the_threshold(void **state)
{
	struct aw_agent_task task = make(NULL, 0);

	aw_agent_task_wait(&task, AW_WAIT_SLEEP, 0);
	assert_false(aw_agent_task_not_run(&task, SECOND - 1));
	assert_string_equal(found(), "");
	assert_true(aw_agent_task_not_run(&task, SECOND));
	assert_string_equal(found(), "starved-task");
	assert_int_equal(last.finding.task, task.id);
	assert_int_equal(last.finding.value, SECOND);
	end(&task);
}

static void task__that_is_run_again_and_again_takes_the_time_in_between(void **state)
{
	struct aw_agent_task task = make(NULL, 0);

	aw_agent_loop_busy(&loop);
	aw_agent_task_wait(&task, AW_WAIT_SLEEP, 0);
	for (unsigned i = 0; i < 200; i++) {
		now += SECOND / 20;
		aw_agent_task_step_again(&task);
		aw__watch_busy(&thresholds);
		aw_agent_task_wait(&task, AW_WAIT_SLEEP, 0);
	}
	assert_string_equal(found(), "busy-task");
	assert_in_range(last.finding.value, 99, 100);
	aw_agent_loop_idle(&loop);
	end(&task);
}

static void findings__of_one_check_are_bounded(void **state)
{
	enum { MANY = 100, A_LOOK = 64 };
	struct aw_agent_task tasks[MANY];

	for (unsigned i = 0; i < MANY; i++) {
		tasks[i] = make(NULL, 0);
		aw_agent_task_wait(&tasks[i], AW_WAIT_FUTURE, 7);
		aw_agent_task_woken(&tasks[i], 0);
	}
	look(10);
	assert_string_equal(found(), "");
	look(1);
	assert_int_equal(words(found()), A_LOOK);
	look(1);
	assert_int_equal(words(found()), MANY - A_LOOK);
	look(1);
	assert_string_equal(found(), "");
	for (unsigned i = 0; i < MANY; i++)
		end(&tasks[i]);
}

static void leaked__is_no_member_of_a_group(void **state)
{
	struct aw_agent_task creator = make(NULL, 0), member = make(&creator, 99);

	end(&creator);
	aw_agent_task_wait(&member, AW_WAIT_FUTURE, 7);
	look(700);
	assert_string_equal(found(), "");
	end(&member);
}

/* ---- deadlocks ---- */

static void deadlock__is_reported_at_the_second_check(void **state)
{
	struct aw_agent_task one = make(NULL, 0), two = make(NULL, 0);
	unsigned looks = 0;

	aw_agent_task_wait(&one, AW_WAIT_TASK, two.id);
	aw_agent_task_wait(&two, AW_WAIT_TASK, one.id);
	now += 10 * SECOND; /* the tasks have waited for long at the first check */
	while (found()[0] == '\0' && looks < 50) {
		aw__watch_deadlocks(thresholds.deadlock_ns);
		now += thresholds.deadlock_ns;
		looks++;
	}
	assert_int_equal(looks, 2);
	end(&one);
	end(&two);
}

static void deadlock__lists_sixteen_of_more(void **state)
{
	enum { MANY = 20, LISTED = 16 };
	struct aw_agent_task tasks[MANY];

	for (unsigned i = 0; i < MANY; i++)
		tasks[i] = make(NULL, 0);
	for (unsigned i = 0; i < MANY; i++)
		aw_agent_task_wait(&tasks[i], AW_WAIT_TASK, tasks[(i + 1) % MANY].id);
	look(50);
	assert_string_equal(found(), "deadlock");
	assert_int_equal(last.finding.value, MANY);
	assert_int_equal(last.list_length, AW__FINDING_MEMBERS + LISTED * AW__MEMBER_NUMBERS);
	for (unsigned i = 0; i < MANY; i++)
		end(&tasks[i]);
}

static void deadlock__of_a_lock_whose_holder_has_ended(void **state)
{
	struct aw_agent_task holder = make(NULL, 0), task = make(NULL, 0);

	aw_agent_task_wait(&task, AW_WAIT_LOCK, 501);
	aw_agent_resource_held(501, holder.id);
	end(&holder);
	look(50);
	assert_string_equal(found(), "deadlock");
	assert_int_equal(last.finding.task, task.id);
	assert_non_null(strstr(last_text, "has ended"));
	aw_agent_resource_held(501, 0);
	end(&task);
}

static void deadlock__of_a_group_needs_one_of_its_children(void **state)
{
	struct aw_agent_task owner = make(NULL, 0), stuck = make(&owner, 77);
	struct aw_agent_task other = make(&owner, 77);

	aw_agent_resource_held(501, owner.id);
	aw_agent_task_wait(&owner, AW_WAIT_GROUP, 77);
	aw_agent_task_wait(&stuck, AW_WAIT_LOCK, 501);
	aw_agent_task_wait(&other, AW_WAIT_SLEEP, 9); /* will end, but the group waits for both */
	look(50);
	assert_string_equal(found(), "deadlock");
	aw_agent_resource_held(501, 0);
	end(&other);
	end(&stuck);
	end(&owner);
}

/* A group without children in the table: unknown tasks may end it. */
static void deadlock__of_a_group_without_children_is_not_reported(void **state)
{
	struct aw_agent_task owner = make(NULL, 0), other = make(NULL, 0);

	aw_agent_task_wait(&owner, AW_WAIT_GROUP, 77);
	aw_agent_task_wait(&other, AW_WAIT_TASK, owner.id);
	look(50);
	assert_string_equal(found(), "");
	end(&owner);
	end(&other);
}

/* ---- growth ---- */

static void growth__is_reported_at_the_fifth_count(void **state)
{
	static struct aw_agent_task tasks[400];
	unsigned count = 0;

	for (unsigned when = 0; when < 8; when++) {
		for (; count < 60 + 30 * when; count++) {
			tasks[count] = make(NULL, 0);
			aw_agent_task_wait(&tasks[count], AW_WAIT_READ, 7);
		}
		now += 60 * SECOND;
		look(3);
	}
	assert_string_equal(found(), "leaked-task");
	assert_non_null(strstr(last_text, "210 that were created there"));
	assert_non_null(strstr(last_text, "there were 60, and more at each of 5 counts since"));
	while (count > 0)
		end(&tasks[--count]);
	now += 60 * SECOND;
	look(3);
	now += 60 * SECOND;
	look(3);
}

/* ---- cancellations, tasks ---- */

static void cancel__names_where_it_was_asked_for(void **state)
{
	struct aw_agent_task task = make(NULL, 0);
	const struct aw_agent_cancel request = { .by = NULL };

	aw_agent_cancel_asked(&task, &request);
	aw_agent_cancel_delivered(&task);
	assert_int_not_equal(task.cancel_stack, task.stack);
	aw_agent_cancel_swallowed(&task);
	assert_string_equal(found(), "swallowed-cancel");
	assert_int_equal(last.finding.stack, task.cancel_stack);
	end(&task);
}

static void task__that_never_ran_took_no_time(void **state)
{
	struct aw_agent_task task = { .id = aw_agent_new_task_id() };
	const struct aw_agent_birth birth = { .loop = &loop };
	const struct aw__box_task *slot;

	aw_agent_task_created(&task, &birth);
	slot = aw__task_slot(&task);
	now += SECOND;
	aw_agent_task_done(&task, AW_OUTCOME_CANCELLED, 99); /* keeps the slot for its error */
	assert_int_equal(slot->run_ns, 0);
	aw_agent_error_retrieved(&task, 99, NULL);
}

static void task__took_as_long_as_its_steps(void **state)
{
	struct aw_agent_task task = make(NULL, 0);
	const struct aw__box_task *slot = aw__task_slot(&task);

	for (unsigned i = 1; i <= 3; i++) {
		now += i * SECOND;
		aw_agent_task_wait(&task, AW_WAIT_SLEEP, 1);
		now += 10 * SECOND;
		aw_agent_task_step(&task);
	}
	assert_int_equal(slot->run_ns, 6 * SECOND);
	end(&task);
}

static void task__steps_stop_at_their_most(void **state)
{
	struct aw_agent_task task = make(NULL, 0);
	struct aw__box_task *slot = aw__task_slot(&task);

	slot->loop_steps |= UINT32_MAX;
	aw_agent_task_step(&task);
	assert_int_equal(slot->loop_steps, loop.id << 32 | UINT32_MAX);
	end(&task);
}

static void task__a_long_name_is_cut(void **state)
{
	static const char name[] = "a name that is so long that there is no room for it in a slot";
	const struct aw_agent_birth birth = {
		.loop = &loop,
		.name = name,
		.name_length = sizeof(name) - 1,
	};
	struct aw_agent_task task = { .id = aw_agent_new_task_id() };

	aw_agent_task_created(&task, &birth);
	assert_int_equal(aw__task_slot(&task)->status >> 24 & 0xff, AW__TASK_NAME_BYTES);
	end(&task);
}

/* ---- blocked loops ---- */

static void blocked__is_due_at_the_threshold(void **state)
{
	struct aw__blocked blocked;

	aw_agent_loop_busy(&loop);
	now += SECOND / 10 - 1;
	assert_false(aw__watch_blocked_next(-1, SECOND / 10, &blocked));
	now++;
	assert_true(aw__watch_blocked_next(-1, SECOND / 10, &blocked));
	assert_false(aw__watch_blocked_next(blocked.loop, SECOND / 10, &blocked));
	aw_agent_loop_idle(&loop);
}

static bool is_due(uint64_t lasted_ms, uint64_t first_look_ms, uint64_t waited_ms)
{
	const struct aw__blocked blocked = { .lasted_ns = lasted_ms * 1000000 };

	return aw__watch_blocked_is_due(&blocked, SECOND / 10, first_look_ms * 1000000,
					waited_ms * 1000000);
}

static void blocked__waits_for_a_processor_do_not_count(void **state)
{
	assert_true(is_due(100, 20, 0));
	assert_false(is_due(99, 20, 0));
	assert_true(is_due(100, 0, 0)); /* the kernel does not report waits */
	/* the thread waited after the first check, so it probably waited before it, too */
	assert_true(is_due(104, 20, 4));
	assert_false(is_due(103, 20, 4));
	assert_false(is_due(149, 20, 30));
	assert_true(is_due(150, 20, 30));
	/* the first check came late: the agent's thread itself had no processor */
	assert_true(is_due(100, 62, 0));
	assert_false(is_due(119, 119, 0));
	assert_false(is_due(162, 63, 0));
	assert_true(is_due(163, 63, 0));
}

static const struct aw__blocked_stack none = { .whole = true };

/* Whether the finding of a block says that its thread waited for a processor. */
static bool excuses(uint64_t lasted_ns, uint64_t waited_ns)
{
	struct aw__blocked blocked;

	aw_agent_loop_busy(&loop);
	now += lasted_ns;
	assert_true(aw__watch_blocked_next(-1, SECOND / 10, &blocked));
	aw__watch_blocked_finding(&blocked, &none, waited_ns);
	assert_false(aw__watch_blocked_next(-1, SECOND / 10, &blocked)); /* already reported */
	assert_string_equal(found(), "blocked-loop");
	assert_int_equal(last.finding.value, lasted_ns);
	aw_agent_loop_idle(&loop);
	assert_true(last_text[0] == '\0' || strstr(last_text, "waited for a processor") != NULL);
	return last_text[0] != '\0';
}

static void blocked__a_tenth_without_a_processor_is_reported(void **state)
{
	assert_false(excuses(SECOND, 0));
	assert_false(excuses(SECOND, SECOND / 10 - 1));
	assert_true(excuses(SECOND, SECOND / 10));
	assert_true(excuses(SECOND, SECOND));
	assert_non_null(strstr(last_text, "at least 1.0 s of"));
}

static unsigned told_again(struct aw__box_cursor *cursor)
{
	struct aw__item item;
	unsigned count = 0;

	aw__watch_still_blocked();
	aw__box_cursor_mark(cursor);
	while (aw__box_cursor_next(cursor, &item))
		count += item.kind == AW__ITEM_EVENT && item.event.kind == AW__LOOP_BLOCKED;
	return count;
}

static void blocked__is_reported_again_when_it_lasted_twice_as_long(void **state)
{
	struct aw__box_cursor *cursor = aw__box_cursor_create(box_fixture_box());
	struct aw__blocked blocked;

	told_again(cursor);
	aw_agent_loop_busy(&loop);
	now += SECOND;
	assert_true(aw__watch_blocked_next(-1, SECOND / 10, &blocked));
	aw__watch_blocked_finding(&blocked, &none, 0);
	assert_int_equal(told_again(cursor), 0);
	now += SECOND - 1;
	assert_int_equal(told_again(cursor), 0);
	now += 1;
	assert_int_equal(told_again(cursor), 1);
	assert_int_equal(told_again(cursor), 0);
	now += 2 * SECOND - 1;
	assert_int_equal(told_again(cursor), 0);
	now += 1;
	assert_int_equal(told_again(cursor), 1);
	aw_agent_loop_idle(&loop);
	aw__box_cursor_destroy(cursor);
}

/* ---- the arena ---- */

static void intern__a_long_text_is_cut(void **state)
{
	static char text[5000];
	struct aw__definition definition;
	uint32_t id;

	memset(text, 'x', sizeof(text));
	id = aw__intern(AW__STRING, NULL, 0, text, sizeof(text));
	assert_true(aw__box_definition(box_fixture_box(), id, &definition));
	assert_int_equal(definition.text_length, 4096);
	assert_int_equal(aw__intern(AW__STRING, NULL, 0, text, 4096), id);
	assert_int_not_equal(aw__intern(AW__STRING, NULL, 0, text, 4095), id);
}

#define CASE(name) cmocka_unit_test_setup(name, watch_set_up)

/* A semaphore wakes a waiter when any owner releases a permit, so all owners must be blocked. */
static void deadlock__of_a_semaphore_needs_all_its_owners(void **state)
{
	struct aw_agent_task one = make(NULL, 0), two = make(NULL, 0), waiter = make(NULL, 0);
	const uint64_t owners[] = { one.id, two.id };

	aw_agent_task_wait(&one, AW_WAIT_TASK, waiter.id);
	aw_agent_task_wait(&waiter, AW_WAIT_LOCK, 601);
	aw_agent_task_wait(&two, AW_WAIT_SLEEP, 9);
	look(50);
	assert_string_equal(found(), ""); /* the owners are not known */
	aw_agent_resource_shared(601, owners, 2);
	look(50);
	assert_string_equal(found(), "");
	aw_agent_task_wait(&two, AW_WAIT_TASK, waiter.id);
	look(50);
	assert_string_equal(found(), "deadlock");
	assert_int_equal(last.finding.value, 2);
	assert_int_equal(last_list[AW__FINDING_MEMBERS + AW__MEMBER_TASK], one.id);
	aw_agent_resource_shared(601, owners, 0);
	end(&one);
	end(&two);
	end(&waiter);
}

/* An owner that is not in the table may release its permit, and so may owners beyond the limit of the list. */
static void deadlock__of_a_semaphore_needs_owners_that_are_known(void **state)
{
	struct aw_agent_task one = make(NULL, 0), waiter = make(NULL, 0), gone = make(NULL, 0);
	uint64_t owners[65] = { one.id, gone.id };

	end(&gone);
	aw_agent_task_wait(&one, AW_WAIT_TASK, waiter.id);
	aw_agent_task_wait(&waiter, AW_WAIT_LOCK, 602);
	aw_agent_resource_shared(602, owners, 2);
	look(50);
	assert_string_equal(found(), "");
	for (unsigned i = 0; i < 65; i++)
		owners[i] = one.id;
	aw_agent_resource_shared(602, owners, 65);
	look(50);
	assert_string_equal(found(), "");
	aw_agent_resource_shared(602, owners, 64);
	look(50);
	assert_string_equal(found(), "deadlock");
	aw_agent_resource_shared(602, owners, 0);
	end(&one);
	end(&waiter);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(starved__is_reported_at_the_second_check),
		CASE(starved__is_seen_twice_in_one_wait),
		CASE(starved__is_no_task_whose_loop_has_a_finding),
		CASE(starved__is_no_task_whose_loop_never_ran),
		CASE(starved__is_reported_when_not_run_for_the_threshold),
		CASE(task__that_is_run_again_and_again_takes_the_time_in_between),
		CASE(findings__of_one_check_are_bounded),
		CASE(leaked__is_no_member_of_a_group),
		CASE(deadlock__is_reported_at_the_second_check),
		CASE(deadlock__lists_sixteen_of_more),
		CASE(deadlock__of_a_lock_whose_holder_has_ended),
		CASE(deadlock__of_a_group_needs_one_of_its_children),
		CASE(deadlock__of_a_group_without_children_is_not_reported),
		CASE(growth__is_reported_at_the_fifth_count),
		CASE(cancel__names_where_it_was_asked_for),
		CASE(task__that_never_ran_took_no_time),
		CASE(task__took_as_long_as_its_steps),
		CASE(task__steps_stop_at_their_most),
		CASE(task__a_long_name_is_cut),
		CASE(blocked__is_due_at_the_threshold),
		CASE(blocked__waits_for_a_processor_do_not_count),
		CASE(blocked__a_tenth_without_a_processor_is_reported),
		CASE(blocked__is_reported_again_when_it_lasted_twice_as_long),
		CASE(intern__a_long_text_is_cut),
		CASE(deadlock__of_a_semaphore_needs_all_its_owners),
		CASE(deadlock__of_a_semaphore_needs_owners_that_are_known),
	};
	int failed;

	watch_open();
	failed = cmocka_run_group_tests_name("looks", tests, NULL, NULL);
	return watch_close() ? failed : 1;
}
