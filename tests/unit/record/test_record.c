/* SPDX-License-Identifier: MIT */
/* Tests of recording tasks: from the hooks into the box, and out again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/record/box_tables.h"
#include "box_walk.h"
#include "proto/finding.h"

/* The wait stack in the task's last row. `snapshot`: include the rows of the task table. */
static uint64_t wait_stack_of(const struct aw_agent_task *task, bool snapshot)
{
	struct aw__box_cursor *cursor = aw__box_cursor_create(box_fixture_box());
	uint64_t stack = UINT64_MAX;
	struct aw__item item;

	if (snapshot)
		aw__box_cursor_snapshot(cursor);
	aw__box_cursor_mark(cursor);
	while (aw__box_cursor_next(cursor, &item))
		if (item.kind == AW__ITEM_EVENT && item.event.kind == AW__TASK_STATE &&
		    item.event.subject == task->id)
			stack = item.event.list[AW__STATE_WAIT_STACK];
	aw__box_cursor_destroy(cursor);
	return stack;
}

static void record__keeps_a_tasks_life(void **state)
{
	struct aw_agent_task task = box_task(NULL, "fetch-BTC");
	struct box_walk *walk;

	aw_agent_task_step(&task);
	aw_agent_task_wait(&task, AW_WAIT_SLEEP, 0);
	walk = box_walk_all(true);
	assert_int_equal(walk->listed, 1);
	assert_string_equal(walk->text[AW__TASK_STATE], "fetch-BTC");
	assert_int_equal(walk->last[AW__TASK_STATE].state.state, AW__TASK_WAITING);
	assert_int_equal(walk->list[AW__TASK_STATE][AW__STATE_WAIT_KIND], AW_WAIT_SLEEP);
	assert_int_equal(walk->list[AW__TASK_STATE][AW__STATE_STEPS], 1);
	/* Steps are recorded only on request. */
	assert_int_equal(walk->counts[AW__TASK_STEP] + walk->counts[AW__TASK_WAIT], 0);
	free(walk);

	aw__record_steps(true);
	aw_agent_task_step(&task);
	aw__record_steps(false);
	aw_agent_task_done(&task, AW_OUTCOME_RESULT, 0);
	walk = box_walk_all(true);
	assert_int_equal(walk->counts[AW__TASK_STEP], 1);
	assert_int_equal(walk->counts[AW__TASK_DONE], 1);
	assert_int_equal(walk->last[AW__TASK_DONE].done.steps, 2);
	assert_int_equal(walk->listed, 0);
	free(walk);
}

/* The wait stack is in the slot during the wait, and among the events if steps are recorded. */
static void record__keeps_where_a_task_waits(void **state)
{
	struct aw_agent_task task = box_task(NULL, "fetch-BTC");
	const aw_intern place = aw_agent_place("fetch", "feed.c", 44, NULL);
	const aw_intern stack = aw_agent_stack_of(&place, 1, AW_NONE);
	struct box_walk *walk;

	aw_agent_task_step(&task);
	aw_agent_task_wait(&task, AW_WAIT_SLEEP, 0);
	aw_agent_task_waits_at(&task, stack);
	aw_agent_task_waits_at(&task, AW_STACK_NONE);
	aw_agent_task_waits_at(&task, AW_NONE);
	assert_int_equal(wait_stack_of(&task, true), stack);
	aw_agent_task_step(&task); /* ends the wait */
	assert_int_equal(wait_stack_of(&task, true), 0);
	aw__record_steps(true);
	aw_agent_task_wait(&task, AW_WAIT_SLEEP, 0); /* a new wait, without a stack */
	assert_int_equal(wait_stack_of(&task, true), 0);
	aw_agent_task_waits_at(&task, stack);
	aw__record_steps(false);
	walk = box_walk_all(false);
	assert_int_equal(walk->counts[AW__TASK_WAITS_AT], 1);
	assert_int_equal(walk->last[AW__TASK_WAITS_AT].waits_at.stack, stack);
	free(walk);
	/* a finding that names the task has the wait stack, too */
	aw_agent_task_forsaken(&task);
	assert_int_equal(wait_stack_of(&task, false), stack);
	aw_agent_task_step(&task);
	aw_agent_task_forsaken(&task);
	assert_int_equal(wait_stack_of(&task, false), 0);
	aw_agent_task_done(&task, AW_OUTCOME_RESULT, 0);
}

/* The function in the task's slot. */
static uint64_t function_of(const struct aw_agent_task *task)
{
	struct aw__task_view view;

	assert_true(aw__slot_view(task->slot, &view));
	assert_int_equal(view.task.id, task->id);
	return view.coroutine_stack >> 32;
}

/* A job in another thread has a stack in its row while it runs; other tasks do not, and no job that has ended. */
static void record__keeps_where_a_job_runs(void **state)
{
	struct aw_agent_task job = box_task(NULL, "Job-1"), other = box_task(NULL, "other");
	const aw_intern place = aw_agent_place("compute", "feed.c", 7, NULL);
	const aw_intern stack = aw_agent_stack_of(&place, 1, AW_NONE);

	aw_agent_task_runs_at(&job, stack); /* it has not begun */
	aw_agent_task_step(&job);
	assert_int_equal(wait_stack_of(&job, true), 0);
	aw_agent_task_runs_at(&job, stack);
	aw_agent_task_runs_at(&job, AW_NONE);
	aw_agent_task_runs_at(&job, AW_STACK_NONE);
	assert_int_equal(wait_stack_of(&job, true), stack);
	aw_agent_task_forsaken(&job);
	assert_int_equal(wait_stack_of(&job, false), stack);
	aw_agent_task_done(&job, AW_OUTCOME_RESULT, 0);
	aw_agent_task_runs_at(&job, stack);
	/* a task that runs does not keep the stack of its last wait */
	aw_agent_task_step(&other);
	aw_agent_task_wait(&other, AW_WAIT_JOB, job.id);
	aw_agent_task_waits_at(&other, stack);
	aw_agent_task_step(&other);
	assert_int_equal(wait_stack_of(&other, true), 0);
	aw_agent_task_done(&other, AW_OUTCOME_RESULT, 0);
}

/* The finding names no task, but the job's function, the task that submitted it, and where. */
static void record__reports_the_lost_error_of_a_jobs_future(void **state)
{
	struct aw_agent_task by = box_task(NULL, "saver"), job = { .id = 1u << 30 };
	const aw_intern place = aw_agent_place("save", "feed.c", 8, NULL);
	const struct aw_agent_birth birth = { .creator = &by,
					      .coroutine = place,
					      .name = "Job-1 in disk_0",
					      .name_length = strlen("Job-1 in disk_0") };
	const struct aw__event *found;
	struct box_walk *walk;

	job.stack = aw_agent_stack_of(&place, 1, by.stack);
	aw_agent_future_lost(&job, &birth, 77);
	walk = box_walk_all(false);
	found = &walk->last[AW__FINDING];
	assert_int_equal(found->finding.kind, AW__NEVER_RETRIEVED);
	assert_int_equal(found->finding.task, 0);
	assert_int_equal(found->finding.error, 77);
	assert_int_equal(found->finding.stack, job.stack);
	/* the job's row comes before the finding */
	assert_int_equal(walk->last[AW__TASK_STATE].subject, job.id);
	assert_int_equal(walk->last[AW__TASK_STATE].state.creator, by.id);
	assert_int_equal(walk->last[AW__TASK_STATE].state.coroutine, place);
	assert_int_equal(walk->last[AW__TASK_STATE].text_length, birth.name_length);
	free(walk);
	aw_agent_task_done(&by, AW_OUTCOME_RESULT, 0);
}

static void record__takes_a_tasks_function_later(void **state)
{
	struct aw_agent_task task = { .id = aw_agent_new_task_id() }, gone = { .id = 1u << 30 };
	const aw_intern function = aw_agent_place("handler", "server.c", 7, NULL);
	struct box_walk *walk;

	aw_agent_task_created(&task, &(struct aw_agent_birth){ 0 });
	aw_agent_task_function(&task, AW_NONE);
	assert_int_equal(function_of(&task), 0);
	aw_agent_task_function(&task, function);
	assert_int_equal(function_of(&task), function);
	assert_int_equal(task.coroutine, function);
	/* the creation stack is in the same word of the slot */
	assert_int_equal((uint32_t)aw__task_slot(&task)->coroutine_stack, task.stack);
	walk = box_walk_all(false);
	assert_int_equal(walk->counts[AW__TASK_FUNCTION], 1);
	assert_int_equal(walk->last[AW__TASK_FUNCTION].subject, task.id);
	assert_int_equal(walk->last[AW__TASK_FUNCTION].function.coroutine, function);
	free(walk);
	aw_agent_task_done(&task, AW_OUTCOME_RESULT, 0);
	/* a task that is not in the table, or was removed from it, has no slot to write to */
	aw_agent_task_function(&task, function);
	aw_agent_task_function(&gone, function);
	assert_int_equal(gone.coroutine, function);
}

static struct aw__definition stack_of(const struct aw_agent_task *task)
{
	struct aw__definition stack;

	assert_true(aw__box_definition(box_fixture_box(), task->stack, &stack));
	assert_int_equal(stack.kind, AW__STACK);
	return stack;
}

/* The creation stack of an old task is unknown; the stack of a task that it creates links to it. */
static void record__lists_tasks_of_before_the_recording_without_a_stack(void **state)
{
	struct aw_agent_task old = { .id = aw_agent_new_task_id() };
	struct aw_agent_task other = { .id = aw_agent_new_task_id() }, child;

	aw_agent_task_created(&old, &(struct aw_agent_birth){ .before_recording = true });
	assert_int_equal(stack_of(&old).number_count, AW__STACK_FRAMES);
	assert_int_equal(stack_of(&old).numbers[AW__STACK_FLAGS], AW__STACK_BEFORE_RECORDING);
	/* two such tasks do not count as a chain of successors */
	aw_agent_task_created(&other, &(struct aw_agent_birth){ .creator = &old,
								.stack = AW_STACK_NONE,
								.before_recording = true });
	assert_int_equal(other.stack, old.stack);
	child = box_task(&old, NULL);
	assert_true(stack_of(&child).number_count > AW__STACK_FRAMES);
	assert_int_equal(stack_of(&child).numbers[AW__STACK_LINK], old.stack);
	assert_int_equal(stack_of(&child).numbers[AW__STACK_FLAGS] & AW__STACK_BEFORE_RECORDING, 0);
	aw_agent_task_done(&child, AW_OUTCOME_RESULT, 0);
	aw_agent_task_done(&other, AW_OUTCOME_RESULT, 0);
	aw_agent_task_done(&old, AW_OUTCOME_RESULT, 0);
}

static void record__keeps_a_known_stack_of_before_the_recording(void **state)
{
	struct aw_agent_task task = { .id = aw_agent_new_task_id() };
	const aw_intern places[] = { aw_agent_place("make", "old.c", 3, NULL),
				     aw_agent_place("main", "old.c", 9, NULL) };
	const aw_intern link = aw_agent_stack_of(places + 1, 1, AW_NONE);
	const aw_intern known = aw_agent_stack_of(places, 1, link);
	const struct aw_agent_birth birth = { .stack = known, .before_recording = true };
	struct aw__definition stack;

	aw_agent_task_created(&task, &birth);
	assert_true(task.stack != known);
	stack = stack_of(&task);
	assert_int_equal(stack.number_count, AW__STACK_FRAMES + 1);
	assert_int_equal(stack.numbers[AW__STACK_FRAMES], places[0] | AW__FRAME_IS_PLACE);
	assert_int_equal(stack.numbers[AW__STACK_LINK], link);
	assert_true(stack.numbers[AW__STACK_FLAGS] & AW__STACK_BEFORE_RECORDING);
	aw_agent_task_done(&task, AW_OUTCOME_RESULT, 0);
}

static void record__accepts_tasks_that_are_born_waiting(void **state)
{
	struct aw_agent_task task = { .id = aw_agent_new_task_id() };
	const struct aw_agent_birth birth = { .born = AW_BORN_WAITING,
					      .wait = AW_WAIT_CONNECT,
					      .wait_target = 77 };
	struct aw__task_view view;
	struct box_walk *walk;
	unsigned told;

	walk = box_walk_all(false);
	told = walk->counts[AW__TASK_WAIT];
	free(walk);
	aw_agent_task_created(&task, &birth);
	assert_true(aw__slot_view(task.slot, &view));
	assert_int_equal(AW__VIEW_STATE(&view), AW__TASK_WAITING);
	assert_int_equal(AW__VIEW_WAIT(&view), AW_WAIT_CONNECT);
	assert_int_equal(view.wait_target, 77);
	assert_int_equal(view.changed_ns, view.created_ns);
	assert_int_equal(view.status & AW__STATUS_FLAG(AW__TASK_QUEUED), 0);
	walk = box_walk_all(false);
	assert_int_equal(walk->counts[AW__TASK_WAIT], told);
	free(walk);
	aw_agent_task_waits_for(&task, AW_WAIT_LOCK, 78);
	assert_int_equal(aw__task_slot(&task)->wait_target, 78);
	aw_agent_task_done(&task, AW_OUTCOME_RESULT, 0);

	aw__record_steps(true); /* now the wait is an event, too */
	aw_agent_task_created(&task, &birth);
	aw__record_steps(false);
	walk = box_walk_all(false);
	assert_int_equal(walk->counts[AW__TASK_WAIT], told + 1);
	assert_int_equal(walk->last[AW__TASK_WAIT].subject, task.id);
	assert_int_equal(walk->last[AW__TASK_WAIT].wait.kind, AW_WAIT_CONNECT);
	assert_int_equal(walk->last[AW__TASK_WAIT].wait.target, 77);
	free(walk);
	aw_agent_task_done(&task, AW_OUTCOME_RESULT, 0);
}

static uint64_t changed_ns(const struct aw_agent_task *task)
{
	return aw__task_slot(task)->changed_ns;
}

/* The clock is read where time may have passed, and only there. */
static void record__reads_the_clock_only_where_time_may_pass(void **state)
{
	struct aw_agent_task one = box_task(NULL, NULL), other = box_task(NULL, NULL);

	aw_agent_task_step(&one);
	aw_agent_task_wait(&one, AW_WAIT_SLEEP, 0);
	aw_agent_task_step_next(&other);
	assert_int_equal(changed_ns(&other), changed_ns(&one));

	usleep(1000);
	aw_agent_task_woken(&one, other.id);
	assert_true(changed_ns(&one) >= changed_ns(&other) + 1000000);
	aw_agent_task_wait(&one, AW_WAIT_TASK, other.id);
	usleep(1000);
	aw_agent_task_step(&other);
	assert_true(changed_ns(&other) >= changed_ns(&one) + 1000000);

	usleep(1000);
	aw_agent_task_done(&other, AW_OUTCOME_ERROR, 77);
	aw_agent_task_woken(&one, other.id);
	assert_int_equal(changed_ns(&one), changed_ns(&other));
	aw_agent_task_step_next(&one);
	assert_int_equal(changed_ns(&one), changed_ns(&other));
	aw_agent_error_retrieved(&other, 77, &one);
	aw_agent_task_done(&one, AW_OUTCOME_RESULT, 0);
}

static void record__links_stacks_across_tasks(void **state)
{
	struct aw_agent_task parent = box_task(NULL, NULL), child = box_task(&parent, NULL);
	struct aw__definition stack;

	assert_true(aw__box_definition(box_fixture_box(), child.stack, &stack));
	assert_int_equal(stack.kind, AW__STACK);
	assert_true(stack.number_count > AW__STACK_FRAMES);
	assert_true(parent.stack != 0 && parent.stack != child.stack);
	aw_agent_task_done(&child, AW_OUTCOME_RESULT, 0);
	aw_agent_task_done(&parent, AW_OUTCOME_RESULT, 0);
}

/* Each task creates its successor, from two places in turn: an endless chain must not fill the arena. */
static void record__bounds_a_chain_of_successors(void **state)
{
	struct aw_agent_task tasks[2] = { box_task(NULL, NULL) };
	struct box_walk *before, *after;

	for (unsigned i = 1; i < 200; i++) {
		if (i % 2 == 0)
			tasks[i % 2] = box_task(&tasks[(i - 1) % 2], NULL);
		else
			tasks[i % 2] = box_task(&tasks[(i - 1) % 2], "other");
		aw_agent_task_done(&tasks[(i - 1) % 2], AW_OUTCOME_RESULT, 0);
	}
	before = box_walk_all(false);
	for (unsigned i = 200; i < 3000; i++) {
		if (i % 2 == 0)
			tasks[i % 2] = box_task(&tasks[(i - 1) % 2], NULL);
		else
			tasks[i % 2] = box_task(&tasks[(i - 1) % 2], "other");
		aw_agent_task_done(&tasks[(i - 1) % 2], AW_OUTCOME_RESULT, 0);
	}
	after = box_walk_all(false);
	/* The second loop's two places are new; they add at most the entries of one chain. */
	assert_in_range(after->last_id - before->last_id, 0, 2 * 33 * (2 + 2 + 16));
	aw_agent_task_done(&tasks[1], AW_OUTCOME_RESULT, 0);
	free(before);
	free(after);
}

static void record__cuts_long_texts_and_says_so(void **state)
{
	char message[5000];
	struct aw_agent_error error = { .id = aw_agent_new_id(),
					.message = message,
					.message_length = 5000 };
	struct aw__box_cursor *cursor = aw__box_cursor_create(box_fixture_box());
	struct aw__item item;
	bool seen = false;

	memset(message, 'x', sizeof(message));
	aw_agent_error(&error);
	aw__box_cursor_mark(cursor);
	while (aw__box_cursor_next(cursor, &item)) {
		if (item.kind != AW__ITEM_EVENT || item.event.kind != AW__ERROR ||
		    item.event.subject != error.id)
			continue;
		seen = true;
		assert_in_range(item.event.text_length, 900, 1024);
		assert_non_null(
			memmem(item.event.text, item.event.text_length, " bytes more)", 12));
	}
	assert_true(seen);
	aw__box_cursor_destroy(cursor);
}

/* The task table has 2 MiB: 16,384 slots. */
static void record__counts_tasks_beyond_the_bound(void **state)
{
	const unsigned count = 17000;
	struct aw_agent_task *tasks = calloc(count, sizeof(*tasks));
	struct box_walk *walk;

	for (unsigned i = 0; i < count; i++)
		tasks[i] = box_task(NULL, NULL);
	walk = box_walk_all(true);
	assert_int_equal(walk->listed + walk->last[AW__SNAPSHOT_BEGIN].snapshot.unlisted, count);
	assert_in_range(walk->last[AW__SNAPSHOT_BEGIN].snapshot.unlisted, count - 16384,
			count - 16000);
	free(walk);
	for (unsigned i = 0; i < count; i++)
		aw_agent_task_done(&tasks[i], AW_OUTCOME_RESULT, 0);
	walk = box_walk_all(true);
	assert_int_equal(walk->last[AW__SNAPSHOT_BEGIN].snapshot.unlisted, 0);
	assert_int_equal(walk->listed, 0);
	free(walk);
	free(tasks);
}

/* The child's options ask for less memory than its parent's, but the parent's names must fit. */
static void open_box_in_child(void)
{
	struct aw__record_options options = box_fixture_small();
	struct aw__problem problem;

	options.memory_bytes /= 4;
	if (!aw__record_open(&options, "child", &problem))
		_exit(3);
}

static int run_child(aw_intern place, const char *parent_path)
{
	struct aw_agent_task task = { .id = aw_agent_new_task_id() };
	const struct aw_agent_birth birth = { .coroutine = place };
	struct aw__problem problem;
	struct aw__definition known;
	struct aw__box box;
	bool good;

	aw__record_forked();
	aw__record_runtime("another"); /* the first recorded call in the child: it opens the box */
	aw_agent_task_created(&task, &birth);
	if (aw__record_is_forked() || strcmp(parent_path, aw__record_path()) == 0)
		return 4;
	if (!aw__box_open(&box, aw__record_path(), &problem))
		return 5;
	good = aw__box_definition(&box, place, &known) && known.kind == AW__PLACE;
	aw__box_close(&box);
	aw__record_close();
	return good ? 0 : 6;
}

static void record__gives_a_forked_child_its_own_box(void **state)
{
	aw_intern last = 0;
	char path[256];
	int status;
	pid_t pid;

	snprintf(path, sizeof(path), "%s", aw__record_path());
	for (int i = 0; i < 1000; i++) {
		char name[200];

		snprintf(name, sizeof(name), "%0190d", i);
		last = aw_agent_place(name, "parent.c", 1, NULL);
	}
	assert_int_not_equal(last, 0);
	aw__record_on_first_use(open_box_in_child);
	pid = fork();
	if (pid == 0)
		_exit(run_child(last, path));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(access(path, F_OK), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(record__keeps_a_tasks_life),
		cmocka_unit_test(record__keeps_where_a_task_waits),
		cmocka_unit_test(record__takes_a_tasks_function_later),
		cmocka_unit_test(record__lists_tasks_of_before_the_recording_without_a_stack),
		cmocka_unit_test(record__keeps_a_known_stack_of_before_the_recording),
		cmocka_unit_test(record__accepts_tasks_that_are_born_waiting),
		cmocka_unit_test(record__reads_the_clock_only_where_time_may_pass),
		cmocka_unit_test(record__links_stacks_across_tasks),
		cmocka_unit_test(record__bounds_a_chain_of_successors),
		cmocka_unit_test(record__cuts_long_texts_and_says_so),
		cmocka_unit_test(record__counts_tasks_beyond_the_bound),
		cmocka_unit_test(record__keeps_where_a_job_runs),
		cmocka_unit_test(record__reports_the_lost_error_of_a_jobs_future),
		cmocka_unit_test(record__gives_a_forked_child_its_own_box),
	};

	return cmocka_run_group_tests_name("record", tests, box_open_small, box_close);
}
