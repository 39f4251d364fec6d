/* SPDX-License-Identifier: MIT */
/* Tests of the search for deadlocks: cycles of tasks, and loops that nothing can wake. On a fake clock. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/record/record.h"
#include "proto/finding.h"
#include "watch_case.h"

#define CASE(name) cmocka_unit_test_setup(name, watch_set_up)

static void deadlock__is_reported_once_when_it_lasts(void **state)
{
	struct aw_agent_task one = make(NULL, 0), two = make(NULL, 0);

	aw_agent_resource_held(501, two.id);
	aw_agent_resource_held(502, one.id);
	aw_agent_task_wait(&one, AW_WAIT_LOCK, 501);
	aw_agent_task_wait(&two, AW_WAIT_LOCK, 502);
	look(9);
	assert_string_equal(found(), "");
	look(30);
	assert_string_equal(found(), "deadlock");
	assert_int_equal(last.finding.value, 2);
	assert_int_equal(last_list[AW__FINDING_MEMBERS + AW__MEMBER_TASK], one.id);
	assert_int_equal(last_list[AW__FINDING_MEMBERS + AW__MEMBER_NUMBERS + AW__MEMBER_TASK],
			 two.id);
	aw_agent_resource_held(501, 0);
	aw_agent_resource_held(502, 0);
	end(&one);
	end(&two);
}

/* A lock may be released while its next owner is ready, but does not run, because the loop is busy. */
static void deadlock__needs_a_turn_of_the_loop(void **state)
{
	struct aw_agent_task one = make(NULL, 0), two = make(NULL, 0);

	aw_agent_resource_held(501, one.id);
	aw_agent_task_wait(&two, AW_WAIT_LOCK, 501);
	aw_agent_task_wait(&one, AW_WAIT_TASK, two.id);
	aw_agent_loop_busy(&loop);
	look(50);
	assert_string_equal(found(), "");
	aw_agent_loop_idle(&loop);
	aw_agent_loop_busy(&loop);
	look(50);
	assert_string_equal(found(), "");
	aw_agent_loop_idle(&loop);
	aw_agent_loop_busy(&loop);
	look(50);
	assert_string_equal(found(), "deadlock");
	look(50);
	assert_string_equal(found(), "");
	aw_agent_loop_idle(&loop);
	aw_agent_resource_held(501, 0);
	end(&one);
	end(&two);
}

/* A timeout in a task that awaits a member of the cycle can end the cycle, too. */
static void deadlock__is_none_if_a_timer_ends_it(void **state)
{
	struct aw_agent_task one = make(NULL, 0), two = make(NULL, 0), outer = make(NULL, 0);

	aw_agent_resource_held(501, two.id);
	aw_agent_resource_held(502, one.id);
	aw_agent_task_wait(&one, AW_WAIT_LOCK, 501);
	aw_agent_task_wait(&two, AW_WAIT_LOCK, 502);
	aw_agent_task_timed(&outer, true);
	aw_agent_task_wait(&outer, AW_WAIT_TASK, one.id);
	look(50);
	assert_string_equal(found(), "");
	aw_agent_task_timed(&outer, false);
	look(50);
	assert_string_equal(found(), "deadlock");
	aw_agent_resource_held(501, 0);
	aw_agent_resource_held(502, 0);
	end(&one);
	end(&two);
	end(&outer);
}

/* A timer that ends the wait for shielded tasks does not cancel them. */
static void deadlock__is_reported_behind_a_shield_that_a_timer_ends(void **state)
{
	struct aw_agent_task outer = make(NULL, 0), one = make(&outer, 77), two = make(&outer, 77);

	aw_agent_task_wait(&one, AW_WAIT_TASK, two.id);
	aw_agent_task_wait(&two, AW_WAIT_TASK, one.id);
	aw_agent_task_timed(&outer, true);
	aw_agent_task_shields(&outer, true);
	aw_agent_task_wait(&outer, AW_WAIT_GROUP, 77);
	look(50);
	assert_string_equal(found(), "deadlock");
	aw_agent_task_shields(&outer, false);
	end(&one);
	end(&two);
	end(&outer);
}

static void deadlock__of_a_gather_needs_all_its_children(void **state)
{
	struct aw_agent_task owner = make(NULL, 0), stuck = make(&owner, 77);
	struct aw_agent_task other = make(&owner, 77);

	aw_agent_resource_held(501, owner.id);
	aw_agent_task_wait(&owner, AW_WAIT_GATHER, 77);
	aw_agent_task_wait(&stuck, AW_WAIT_LOCK, 501);
	aw_agent_task_wait(&other, AW_WAIT_SLEEP, 9); /* may still fail, and end the gather */
	look(50);
	assert_string_equal(found(), "");
	end(&other);
	look(50);
	assert_string_equal(found(), "deadlock");
	aw_agent_resource_held(501, 0);
	end(&stuck);
	end(&owner);
}

/* A cycle at the end of the run is a deadlock, unless a timer could end it or a member sleeps. */
static void deadlock__at_the_end_is_reported_at_once(void **state)
{
	struct aw_agent_task one = make(NULL, 0), other = make(NULL, 0), third = make(NULL, 0);

	aw_agent_task_wait(&one, AW_WAIT_TASK, other.id);
	aw_agent_task_wait(&other, AW_WAIT_TASK, third.id);
	aw_agent_task_wait(&third, AW_WAIT_SLEEP, 9);
	aw_agent_loop_ending(&loop);
	assert_string_equal(found(), "");
	aw_agent_task_wait(&third, AW_WAIT_TASK, one.id);
	aw_agent_task_timed(&third, true);
	aw_agent_loop_ending(&loop);
	assert_string_equal(found(), "");
	aw_agent_task_timed(&third, false);
	aw_agent_loop_ending(&loop);
	assert_string_equal(found(), "deadlock");
	assert_int_equal(last.finding.value, 3);
	aw_agent_loop_ending(&loop);
	look(50);
	assert_string_equal(found(), "");
	end(&one);
	end(&other);
	end(&third);
}

static void deadlock__at_the_end_is_not_reported_again(void **state)
{
	struct aw_agent_task one = make(NULL, 0), other = make(NULL, 0);

	aw_agent_task_wait(&one, AW_WAIT_TASK, other.id);
	aw_agent_task_wait(&other, AW_WAIT_TASK, one.id);
	look(50);
	assert_string_equal(found(), "deadlock");
	aw_agent_loop_ending(&loop);
	assert_string_equal(found(), "");
	end(&one);
	end(&other);
}

/* The search at a loop's end skips cycles with tasks of another loop, which run meanwhile: the watchdog finds them. */
static void deadlock__at_the_end_has_tasks_of_one_loop_only(void **state)
{
	struct aw_agent_loop second = { 0 }, mine = loop;
	struct aw_agent_task one = make(NULL, 0), other;

	aw_agent_loop_opened(&second, NULL);
	loop = second;
	other = make(NULL, 0);
	loop = mine;
	aw_agent_task_wait(&one, AW_WAIT_TASK, other.id);
	aw_agent_task_wait(&other, AW_WAIT_TASK, one.id);
	aw_agent_loop_ending(&loop);
	aw_agent_loop_ending(&second);
	assert_string_equal(found(), "");
	look(50);
	assert_string_equal(found(), "deadlock");
	end(&one);
	end(&other);
	aw_agent_loop_closed(&second);
}

static void stuck__loop_is_reported_at_once(void **state)
{
	struct aw_agent_task task = make(NULL, 0);

	aw_agent_task_wait(&task, AW_WAIT_QUEUE, 9);
	aw_agent_loop_stuck(&loop);
	look(1);
	assert_string_equal(found(), "deadlock");
	assert_int_equal(last.finding.value, 1);
	assert_true(last.text_length > 0);
	look(50);
	assert_string_equal(found(), "");
	aw_agent_loop_busy(&loop);
	aw_agent_loop_idle(&loop);
	end(&task);
}

/* ---- loops that other threads could wake: the agent's thread does not run here, so there are two besides the loop's ---- */

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_t threads[2];

static void *wait_for_gate(void *nothing)
{
	pthread_mutex_lock(&gate);
	pthread_mutex_unlock(&gate);
	return NULL;
}

static void start_threads(void)
{
	pthread_mutex_lock(&gate);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, wait_for_gate, NULL), 0);
}

static void end_threads(void)
{
	pthread_mutex_unlock(&gate);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
}

static void stuck__loop_that_threads_could_wake_is_reported_when_they_have_ended(void **state)
{
	struct aw_agent_task task = make(NULL, 0);

	start_threads();
	aw_agent_task_wait(&task, AW_WAIT_QUEUE, 9);
	aw_agent_loop_stuck_if_alone(&loop);
	look(50);
	look(50);
	assert_string_equal(found(), "");
	end_threads();
	look(8);
	assert_string_equal(found(), "");
	start_threads();
	aw_agent_loop_busy(&loop);
	aw_agent_loop_stuck_if_alone(&loop);
	aw_agent_loop_idle(&loop);
	end_threads();
	look(8);
	assert_string_equal(found(), ""); /* the loop was woken meanwhile */
	look(5);
	assert_string_equal(found(), "deadlock");
	aw_agent_loop_busy(&loop);
	aw_agent_loop_idle(&loop);
	end(&task);
}

static void stuck__loop_without_other_threads_is_reported_at_once(void **state)
{
	struct aw_agent_task task = make(NULL, 0);

	aw_agent_task_wait(&task, AW_WAIT_QUEUE, 9);
	errno = ENOTTY;
	aw_agent_loop_stuck_if_alone(&loop);
	assert_int_equal(errno, ENOTTY);
	look(1);
	assert_string_equal(found(), "deadlock");
	aw_agent_loop_busy(&loop);
	aw_agent_loop_idle(&loop);
	end(&task);
}

static unsigned thread_count(void)
{
	struct stat status;

	assert_int_equal(stat("/proc/self/task", &status), 0);
	return (unsigned)status.st_nlink - 2;
}

static _Atomic int waiting_for_findings;

static void *wait_for_findings(void *nothing)
{
	aw_agent_thread_waits_for_findings(true);
	waiting_for_findings = 1;
	pthread_mutex_lock(&gate);
	pthread_mutex_unlock(&gate);
	return NULL;
}

static void stuck__thread_that_waits_for_findings_does_not_count(void **state)
{
	struct aw_agent_task task = make(NULL, 0);
	pthread_t one, other;
	bool has_another;

	pthread_mutex_lock(&gate);
	assert_int_equal(pthread_create(&one, NULL, wait_for_findings, NULL), 0);
	while (!waiting_for_findings)
		usleep(100);
	has_another = thread_count() > 2; /* ThreadSanitizer and QEMU have one of their own */
	if (!has_another)
		assert_int_equal(pthread_create(&other, NULL, wait_for_gate, NULL), 0);
	aw_agent_task_wait(&task, AW_WAIT_QUEUE, 9);
	aw_agent_loop_stuck_if_alone(&loop);
	look(1);
	assert_string_equal(found(),
			    "deadlock"); /* three threads: there is no agent's thread here */
	pthread_mutex_unlock(&gate);
	if (!has_another)
		assert_int_equal(pthread_join(other, NULL), 0);
	assert_int_equal(pthread_join(one, NULL), 0);
	aw_agent_loop_busy(&loop);
	start_threads();
	aw_agent_loop_stuck_if_alone(&loop);
	aw_agent_loop_idle(&loop);
	look(50);
	assert_string_equal(found(), ""); /* the thread has ended, and counts no more */
	end_threads();
	aw_agent_thread_waits_for_findings(false);
	aw_agent_loop_busy(&loop);
	aw_agent_loop_idle(&loop);
	end(&task);
}

/* ---- a loop that becomes stuck while it is checked ---- */

static _Atomic bool is_over;

static void *look_on(void *nothing)
{
	while (!is_over) {
		for (unsigned i = 0; i < 20; i++)
			aw__watch_deadlocks(1);
		usleep(1); /* Valgrind runs one thread at a time, and would not switch */
	}
	return NULL;
}

static void stuck__loop_is_reported_during_a_concurrent_check(void **state)
{
	struct aw_agent_task task = make(NULL, 0);
	const char *found_text;
	pthread_t thread;

	is_over = false;
	assert_int_equal(pthread_create(&thread, NULL, look_on, NULL), 0);
	for (unsigned round = 0; round < 200; round++) {
		aw_agent_loop_busy(&loop);
		aw_agent_task_step(&task);
		for (volatile unsigned i = 0; i < round * 30; i++)
			;
		aw_agent_task_wait(&task, AW_WAIT_QUEUE, 9);
		aw_agent_loop_stuck(&loop);
		aw_agent_loop_idle(&loop);
		for (unsigned tries = 0; strcmp(found_text = found(), "") == 0; tries++) {
			assert_true(tries < 20000);
			usleep(100);
		}
		assert_string_equal(found_text, "deadlock");
		assert_int_equal(last.finding.value, 1);
	}
	is_over = true;
	pthread_join(thread, NULL);
	aw_agent_loop_busy(&loop);
	aw_agent_loop_idle(&loop);
	end(&task);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(deadlock__is_reported_once_when_it_lasts),
		CASE(deadlock__needs_a_turn_of_the_loop),
		CASE(deadlock__is_none_if_a_timer_ends_it),
		CASE(deadlock__is_reported_behind_a_shield_that_a_timer_ends),
		CASE(deadlock__of_a_gather_needs_all_its_children),
		CASE(deadlock__at_the_end_is_reported_at_once),
		CASE(deadlock__at_the_end_is_not_reported_again),
		CASE(deadlock__at_the_end_has_tasks_of_one_loop_only),
		CASE(stuck__loop_is_reported_at_once),
		CASE(stuck__loop_that_threads_could_wake_is_reported_when_they_have_ended),
		CASE(stuck__loop_without_other_threads_is_reported_at_once),
		CASE(stuck__thread_that_waits_for_findings_does_not_count),
		CASE(stuck__loop_is_reported_during_a_concurrent_check),
	};

	int failed;

	watch_open();
	failed = cmocka_run_group_tests_name("watch_deadlock", tests, NULL, NULL);
	return watch_close() ? failed : 1;
}
