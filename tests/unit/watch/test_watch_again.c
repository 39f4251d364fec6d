/* SPDX-License-Identifier: MIT */
/* Tests that detectors reset their state for the next recording, and in a forked child. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/record/hook_tables.h"
#include "agent/record/reset.h"
#include "watch_case.h"

static void open_next(void)
{
	aw__record_close();
	watch_open_next();
}

static unsigned cleared, cleared_after_fork;

static void count_clear(void)
{
	cleared++;
}

static void count_clear_after_fork(void)
{
	cleared_after_fork++;
}

static struct aw__reset resets[] = {
	{ .clear = count_clear },
	{ .clear = count_clear_after_fork, .only_after_fork = true },
};

/* Run `body` in a child. Returns its exit status; 0: success. */
static int in_child(int (*body)(void))
{
	const pid_t pid = fork();
	int status;

	if (pid == 0) {
		aw__record_forked();
		_exit(body());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int both_are_cleared(void)
{
	return cleared == 2 && cleared_after_fork == 1 ? 0 : 1;
}

static void reset__tables_are_cleared_for_another_box(void **state)
{
	aw__reset_register(&resets[0]);
	aw__reset_register(&resets[1]);
	open_next();
	assert_int_equal(cleared, 1);
	assert_int_equal(cleared_after_fork, 0);
	assert_int_equal(in_child(both_are_cleared), 0);
	open_next();
	assert_int_equal(cleared, 2);
}

/* Report this task to the next recording, as one that was created before it. */
static struct aw_agent_task tell_anew(struct aw_agent_task task)
{
	const struct aw_agent_birth birth = { .loop = &loop, .before_recording = true };

	aw_agent_task_created(&task, &birth);
	return task;
}

static const char *be_busy(struct aw_agent_task *task)
{
	aw_agent_loop_busy(&loop);
	aw_agent_task_step(task);
	for (unsigned i = 0; i < 200; i++) {
		aw_agent_task_wait(task, AW_WAIT_SLEEP, 0);
		aw_agent_task_step(task);
		now += SECOND / 20;
		aw__watch_busy(&thresholds);
	}
	aw_agent_loop_idle(&loop);
	return found();
}

static void busy__is_reported_again_in_the_next_recording(void **state)
{
	struct aw_agent_task task = make(NULL, 0);

	assert_string_equal(be_busy(&task), "busy-task");
	assert_string_equal(be_busy(&task), "");
	open_next();
	task = tell_anew(task);
	assert_string_equal(be_busy(&task), "busy-task");
	end(&task);
}

/* How often the loop was reported as still blocked. */
static unsigned told_blocked(void)
{
	struct aw__box_cursor *cursor = aw__box_cursor_create(box_fixture_box());
	struct aw__item item;
	unsigned count = 0;

	aw__box_cursor_mark(cursor);
	while (aw__box_cursor_next(cursor, &item))
		count += item.kind == AW__ITEM_EVENT && item.event.kind == AW__LOOP_BLOCKED;
	aw__box_cursor_destroy(cursor);
	return count;
}

static unsigned be_blocked(uint64_t for_ns)
{
	const struct aw__blocked_stack none = { .count = 0 };
	struct aw__blocked blocked;

	aw_agent_loop_busy(&loop);
	now += SECOND;
	assert_true(aw__watch_blocked_next(-1, SECOND / 10, &blocked));
	aw__watch_blocked_finding(&blocked, &none, 0);
	aw__watch_still_blocked();
	now += for_ns - SECOND;
	aw__watch_still_blocked();
	aw_agent_loop_idle(&loop);
	return told_blocked();
}

/* Findings are numbered from 1 in each recording, so the first block of the next one has the same number. */
static void blocked__is_reported_again_in_the_next_recording(void **state)
{
	open_next();
	assert_int_equal(be_blocked(100 * SECOND), 1);
	open_next();
	assert_int_equal(be_blocked(3 * SECOND), 1);
}

static const char *be_an_orphan(struct aw_agent_task *task)
{
	struct aw_agent_task creator = make(NULL, 0);
	const struct aw_agent_birth birth = { .creator = &creator, .loop = &loop };

	aw_agent_task_created(task, &birth);
	aw_agent_task_unreferenced(task, true);
	end(&creator);
	look(20);
	return found();
}

/* The finding is remembered by the task's slot, which has the same number in the next recording. */
static void orphan__is_reported_again_in_the_next_recording(void **state)
{
	struct aw_agent_task task = { .id = aw_agent_new_task_id() };

	assert_string_equal(be_an_orphan(&task), "orphan-task");
	look(20);
	assert_string_equal(found(), "");
	open_next();
	assert_string_equal(be_an_orphan(&task), "orphan-task");
	end(&task);
}

static struct aw_agent_task parents;

static int tell_in_child(void)
{
	watch_open_next();
	if (strcmp(be_an_orphan(&parents), "orphan-task") != 0)
		return 1;
	aw__record_close();
	return 0;
}

static void orphan__is_reported_again_in_a_forked_child(void **state)
{
	open_next(); /* so that the task's slot has the same number as in the child */
	parents.id = aw_agent_new_task_id();
	assert_string_equal(be_an_orphan(&parents), "orphan-task");
	assert_int_equal(in_child(tell_in_child), 0);
	end(&parents);
}

/* Tasks of one place become more at three counts in each recording; five counts in a row would be a finding. */
static void growth__begins_anew_in_the_next_recording(void **state)
{
	static const unsigned a_count[] = { 50, 500 };
	enum { COUNTS = 4 };

	for (unsigned recording = 0; recording < 2; recording++) {
		for (unsigned count = 0; count < COUNTS; count++) {
			for (unsigned i = 0; i < a_count[recording]; i++)
				(void)make(NULL, 0);
			now += 60 * SECOND;
			aw__watch_growth(&thresholds);
		}
		assert_string_equal(found(), "");
		open_next();
	}
}

static unsigned delivered_now(void)
{
	struct aw__delivered delivered;
	unsigned count = 0;

	for (unsigned at = aw__cancels_next(0, &delivered); at != 0;
	     at = aw__cancels_next(at, &delivered))
		count++;
	return count;
}

static void cancels__of_the_recording_before_are_forgotten(void **state)
{
	const struct aw_agent_cancel request = { .by = NULL };
	struct aw_agent_task task = make(NULL, 0);

	aw_agent_cancel_asked(&task, &request);
	aw_agent_cancel_delivered(&task);
	assert_int_equal(delivered_now(), 1);
	open_next();
	assert_int_equal(delivered_now(), 0);
}

static void shares__of_the_recording_before_are_forgotten(void **state)
{
	static struct aw__shares shares[AW__MOST_SHARED_RESOURCES];
	const struct aw_agent_task task = make(NULL, 0);

	aw_agent_resource_shared(701, &task.id, 1);
	assert_int_equal(aw__shares_copy(shares), 1);
	open_next();
	assert_int_equal(aw__shares_copy(shares), 0);
}

static void kept__of_the_recording_before_are_forgotten(void **state)
{
	struct aw_agent_task task = make(NULL, 0);
	struct aw__kept kept;

	aw_agent_task_kept(&task, true);
	end(&task);
	aw__kept_tick();
	aw__kept_tick();
	assert_int_not_equal(aw__kept_next(0, &kept), 0);
	open_next();
	assert_int_equal(aw__kept_next(0, &kept), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(reset__tables_are_cleared_for_another_box, watch_set_up),
		cmocka_unit_test_setup(busy__is_reported_again_in_the_next_recording, watch_set_up),
		cmocka_unit_test_setup(blocked__is_reported_again_in_the_next_recording,
				       watch_set_up),
		cmocka_unit_test_setup(orphan__is_reported_again_in_the_next_recording,
				       watch_set_up),
		cmocka_unit_test_setup(orphan__is_reported_again_in_a_forked_child, watch_set_up),
		cmocka_unit_test_setup(growth__begins_anew_in_the_next_recording, watch_set_up),
		cmocka_unit_test_setup(cancels__of_the_recording_before_are_forgotten,
				       watch_set_up),
		cmocka_unit_test_setup(shares__of_the_recording_before_are_forgotten, watch_set_up),
		cmocka_unit_test_setup(kept__of_the_recording_before_are_forgotten, watch_set_up),
	};
	int failed;

	watch_open();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	return watch_close() ? failed : 1;
}
