/* SPDX-License-Identifier: MIT */
/* From the hooks into the box and out again. */
#include <pthread.h>
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

#include <awry/agent.h>

#include "agent/record/recorder.h"
#include "box_fixture.h"
#include "proto/finding.h"
#include "proto/lags.h"

static struct aw_agent_task make_task(const struct aw_agent_task *creator, const char *name)
{
	struct aw_agent_task task = { .id = aw_agent_new_task_id() };
	const struct aw_agent_birth birth = {
		.creator = creator,
		.coroutine = aw_agent_place("fetch", "feed.c", 42, NULL),
		.name = name,
		.name_length = name != NULL ? strlen(name) : 0,
	};

	aw_agent_task_created(&task, &birth);
	return task;
}

/* Walk the box; `look` sees every item. Checks on the way that what an item names was defined before. */
struct walk {
	unsigned counts[AW__EVENT_KINDS];
	unsigned listed; /* tasks in the snapshot */
	bool in_snapshot;
	uint64_t lost;
	uint64_t last_id;
	struct aw__event last[AW__EVENT_KINDS];
	char text[AW__EVENT_KINDS][64];
	uint64_t list[AW__EVENT_KINDS][AW__STATE_NUMBERS];
	struct aw__lags lags; /* told last */
};

static void check_defined(const struct walk *walk, const struct aw__event *event)
{
	for (unsigned i = 0; i < aw__event_arg_count(event->kind); i++)
		if (aw__event_specs[event->kind].args[i].arg == AW__ARG_INTERN)
			assert_true(event->args[i] <= walk->last_id);
}

static void take_event(struct walk *walk, const struct aw__event *event)
{
	const uint32_t length = event->text_length < 63 ? event->text_length : 63;

	check_defined(walk, event);
	walk->counts[event->kind]++;
	walk->last[event->kind] = *event;
	if (length > 0)
		memcpy(walk->text[event->kind], event->text, length);
	walk->text[event->kind][length] = '\0';
	for (uint32_t i = 0; i < event->list_length && i < AW__STATE_NUMBERS; i++)
		walk->list[event->kind][i] = event->list[i];
	if (event->kind == AW__LOOP_LAGS)
		aw__lags_of_list(&walk->lags, event->loop_lags.longest_ns, event->list,
				 event->list_length);
	if (event->kind == AW__EVENTS_LOST)
		walk->lost += event->lost.count;
	if (event->kind == AW__SNAPSHOT_BEGIN || event->kind == AW__SNAPSHOT_END)
		walk->in_snapshot = event->kind == AW__SNAPSHOT_BEGIN;
	walk->listed += walk->in_snapshot && event->kind == AW__TASK_STATE;
}

static void walk_on(struct walk *walk, struct aw__box_cursor *cursor)
{
	struct aw__item item;

	aw__box_cursor_mark(cursor);
	while (aw__box_cursor_next(cursor, &item)) {
		if (item.kind == AW__ITEM_DEFINITION) {
			assert_true(item.definition.id > walk->last_id);
			walk->last_id = item.definition.id;
		} else {
			take_event(walk, &item.event);
		}
	}
}

static struct walk *walk_all(bool snapshot)
{
	struct aw__box_cursor *cursor = aw__box_cursor_create(box_fixture_box());
	struct walk *walk = calloc(1, sizeof(*walk));

	if (snapshot)
		aw__box_cursor_snapshot(cursor);
	walk_on(walk, cursor);
	aw__box_cursor_destroy(cursor);
	return walk;
}

/* What the last row of a task says of where it waits. `snapshot`: rows of the table, too. */
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

/* In the slot while it lasts, and among the events of who asks for steps. */
static void record__keeps_where_a_task_waits(void **state)
{
	struct aw_agent_task task = make_task(NULL, "fetch-BTC");
	const aw_intern place = aw_agent_place("fetch", "feed.c", 44, NULL);
	const aw_intern stack = aw_agent_stack_of(&place, 1, AW_NONE);
	struct walk *walk;

	aw_agent_task_step(&task);
	aw_agent_task_wait(&task, AW_WAIT_SLEEP, 0);
	aw_agent_task_waits_at(&task, stack);
	aw_agent_task_waits_at(&task, AW_STACK_NONE);
	aw_agent_task_waits_at(&task, AW_NONE);
	assert_int_equal(wait_stack_of(&task, true), stack);
	aw_agent_task_step(&task); /* it does not wait any more */
	assert_int_equal(wait_stack_of(&task, true), 0);
	aw__record_steps(true);
	aw_agent_task_wait(&task, AW_WAIT_SLEEP, 0); /* anew: and nobody told where */
	assert_int_equal(wait_stack_of(&task, true), 0);
	aw_agent_task_waits_at(&task, stack);
	aw__record_steps(false);
	walk = walk_all(false);
	assert_int_equal(walk->counts[AW__TASK_WAITS_AT], 1);
	assert_int_equal(walk->last[AW__TASK_WAITS_AT].waits_at.stack, stack);
	free(walk);
	/* a finding that names the task says so, too */
	aw_agent_task_forsaken(&task);
	assert_int_equal(wait_stack_of(&task, false), stack);
	aw_agent_task_step(&task);
	aw_agent_task_forsaken(&task);
	assert_int_equal(wait_stack_of(&task, false), 0);
	aw_agent_task_done(&task, AW_OUTCOME_RESULT, 0);
}

static void record__keeps_a_tasks_life(void **state)
{
	struct aw_agent_task task = make_task(NULL, "fetch-BTC");
	struct walk *walk;

	aw_agent_task_step(&task);
	aw_agent_task_wait(&task, AW_WAIT_SLEEP, 0);
	walk = walk_all(true);
	assert_int_equal(walk->listed, 1);
	assert_string_equal(walk->text[AW__TASK_STATE], "fetch-BTC");
	assert_int_equal(walk->last[AW__TASK_STATE].state.state, AW__TASK_WAITING);
	assert_int_equal(walk->list[AW__TASK_STATE][AW__STATE_WAIT_KIND], AW_WAIT_SLEEP);
	assert_int_equal(walk->list[AW__TASK_STATE][AW__STATE_STEPS], 1);
	/* Steps are recorded only for who asks. */
	assert_int_equal(walk->counts[AW__TASK_STEP] + walk->counts[AW__TASK_WAIT], 0);
	free(walk);

	aw__record_steps(true);
	aw_agent_task_step(&task);
	aw__record_steps(false);
	aw_agent_task_done(&task, AW_OUTCOME_RESULT, 0);
	walk = walk_all(true);
	assert_int_equal(walk->counts[AW__TASK_STEP], 1);
	assert_int_equal(walk->counts[AW__TASK_DONE], 1);
	assert_int_equal(walk->last[AW__TASK_DONE].done.steps, 2);
	assert_int_equal(walk->listed, 0);
	free(walk);
}

static uint64_t changed_ns(const struct aw_agent_task *task)
{
	return aw__task_slot(task)->changed_ns;
}

/* The clock is read where time may have passed, and only there. */
static void record__lets_steps_begin_where_others_end(void **state)
{
	struct aw_agent_task one = make_task(NULL, NULL), other = make_task(NULL, NULL);

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
	struct aw_agent_task parent = make_task(NULL, NULL), child = make_task(&parent, NULL);
	struct aw__definition stack;

	assert_true(aw__box_definition(box_fixture_box(), child.stack, &stack));
	assert_int_equal(stack.kind, AW__STACK);
	assert_true(stack.number_count > AW__STACK_FRAMES);
	assert_true(parent.stack != 0 && parent.stack != child.stack);
	aw_agent_task_done(&child, AW_OUTCOME_RESULT, 0);
	aw_agent_task_done(&parent, AW_OUTCOME_RESULT, 0);
}

/* Each task makes its successor, from two places in turn, for ever: that must not fill the arena. */
static void record__bounds_a_chain_of_successors(void **state)
{
	struct aw_agent_task tasks[2] = { make_task(NULL, NULL) };
	struct walk *before, *after;

	for (unsigned i = 1; i < 200; i++) {
		if (i % 2 == 0)
			tasks[i % 2] = make_task(&tasks[(i - 1) % 2], NULL);
		else
			tasks[i % 2] = make_task(&tasks[(i - 1) % 2], "other");
		aw_agent_task_done(&tasks[(i - 1) % 2], AW_OUTCOME_RESULT, 0);
	}
	before = walk_all(false);
	for (unsigned i = 200; i < 3000; i++) {
		if (i % 2 == 0)
			tasks[i % 2] = make_task(&tasks[(i - 1) % 2], NULL);
		else
			tasks[i % 2] = make_task(&tasks[(i - 1) % 2], "other");
		aw_agent_task_done(&tasks[(i - 1) % 2], AW_OUTCOME_RESULT, 0);
	}
	after = walk_all(false);
	/* The other loop's two places are new; beyond them, a chain's length of entries at most. */
	assert_in_range(after->last_id - before->last_id, 0, 2 * 33 * (2 + 2 + 16));
	aw_agent_task_done(&tasks[1], AW_OUTCOME_RESULT, 0);
	free(before);
	free(after);
}

static void record__counts_what_it_overwrites(void **state)
{
	struct aw__box_cursor *cursor = aw__box_cursor_create(box_fixture_box());
	struct walk *walk = calloc(1, sizeof(*walk));
	struct aw_agent_task task = make_task(NULL, NULL);
	const unsigned rounds = 10000; /* the ring holds 1,024 */
	uint64_t before;

	walk_on(walk, cursor);
	before = aw__box_cursor_lost(cursor);
	memset(walk->counts, 0, sizeof(walk->counts));
	walk->lost = 0;
	for (unsigned i = 0; i < rounds; i++)
		aw_agent_task_named(&task, NULL, 0);
	walk_on(walk, cursor);
	assert_int_equal(walk->counts[AW__TASK_NAMED], 1024);
	assert_int_equal(walk->lost, rounds - 1024);
	assert_int_equal(aw__box_cursor_lost(cursor) - before, rounds - 1024);
	aw_agent_task_done(&task, AW_OUTCOME_RESULT, 0);
	aw__box_cursor_destroy(cursor);
	free(walk);
}

struct growing {
	struct aw__box_cursor *cursor;
	struct walk *walk;
	unsigned named;
};

/* Writes in portions that are no divisor of any capacity, and reads in between. */
static void *fill_a_new_ring(void *arg)
{
	struct growing *growing = arg;
	struct aw_agent_task task = make_task(NULL, NULL);
	static const char name[] = "a name that takes a unit more than the record itself";

	for (; growing->named < 700; growing->named++) {
		aw_agent_task_named(&task, name, growing->named % 2 * 40);
		if (growing->named % 37 == 0)
			walk_on(growing->walk, growing->cursor);
	}
	walk_on(growing->walk, growing->cursor);
	aw_agent_task_done(&task, AW_OUTCOME_RESULT, 0);
	return NULL;
}

/* A new thread's ring of 1,024 units begins with 256. */
static void record__lets_a_ring_grow_under_its_reader(void **state)
{
	struct growing growing = { aw__box_cursor_create(box_fixture_box()),
				   calloc(1, sizeof(*growing.walk)), 0 };
	const struct aw__box *box = box_fixture_box();
	uint64_t before;
	uint32_t rings;
	pthread_t thread;

	walk_on(growing.walk, growing.cursor);
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

/* Overtaken while it reads: it goes on half a ring later, and counts what is in between. */
static void record__goes_on_half_a_ring_after_it_was_overtaken(void **state)
{
	struct aw__box_cursor *cursor = aw__box_cursor_create(box_fixture_box());
	struct walk *walk = calloc(1, sizeof(*walk));
	struct aw_agent_task task = make_task(NULL, NULL);
	uint64_t before, lost;
	struct aw__item item;

	walk_on(walk, cursor);
	before = aw__box_cursor_lost(cursor);
	for (unsigned i = 0; i < 1000; i++)
		aw_agent_task_named(&task, NULL, 0);
	aw__box_cursor_mark(cursor);
	assert_true(aw__box_cursor_next(cursor, &item)); /* it has one more in its hand */
	for (unsigned i = 0; i < 300; i++)
		aw_agent_task_named(&task, NULL, 0);
	assert_true(aw__box_cursor_next(cursor, &item));
	walk_on(walk, cursor);
	lost = aw__box_cursor_lost(cursor) - before;
	/* 1,024 units are there; 300 - 24 of those that were to be read are not, and half a ring is left out */
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

/* Its ring of 1,024 units is full, so there is pressure at each 256 of them, whatever wrote them. */
static void record__tells_its_readers_at_each_quarter(void **state)
{
	struct aw_agent_task task = make_task(NULL, NULL);

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

/* A flood of tasks does not push out the one exception that matters. */
static void record__keeps_a_lost_error_through_a_flood(void **state)
{
	struct aw_agent_task task = make_task(NULL, "lost");
	const struct aw_agent_error error = {
		.id = aw_agent_new_id(),
		.type = aw_agent_type("ValueError", aw_agent_type("Exception", 0)),
		.flags = AW_ERROR_LOST,
		.message = "not consumed",
		.message_length = 12,
	};
	struct walk *walk;

	aw_agent_task_step(&task);
	aw_agent_task_done(&task, AW_OUTCOME_ERROR, error.id);
	aw_agent_error(&error);
	aw_agent_error_lost(&task, error.id);
	for (unsigned i = 0; i < 20000; i++) {
		struct aw_agent_task other = make_task(NULL, NULL);

		aw_agent_task_done(&other, AW_OUTCOME_RESULT, 0);
	}
	walk = walk_all(false);
	assert_int_equal(walk->counts[AW__FINDING], 1);
	assert_int_equal(walk->last[AW__FINDING].finding.kind, AW__NEVER_RETRIEVED);
	assert_int_equal(walk->last[AW__FINDING].finding.error, error.id);
	assert_int_equal(walk->counts[AW__ERROR], 1);
	assert_string_equal(walk->text[AW__ERROR], "not consumed");
	assert_string_equal(walk->text[AW__TASK_STATE], "lost");
	free(walk);
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

/* 2 MiB are for tasks: 16,384 slots. */
static void record__counts_tasks_beyond_the_bound(void **state)
{
	const unsigned count = 17000;
	struct aw_agent_task *tasks = calloc(count, sizeof(*tasks));
	struct walk *walk;

	for (unsigned i = 0; i < count; i++)
		tasks[i] = make_task(NULL, NULL);
	walk = walk_all(true);
	assert_int_equal(walk->listed + walk->last[AW__SNAPSHOT_BEGIN].snapshot.unlisted, count);
	assert_in_range(walk->last[AW__SNAPSHOT_BEGIN].snapshot.unlisted, count - 16384,
			count - 16000);
	free(walk);
	for (unsigned i = 0; i < count; i++)
		aw_agent_task_done(&tasks[i], AW_OUTCOME_RESULT, 0);
	walk = walk_all(true);
	assert_int_equal(walk->last[AW__SNAPSHOT_BEGIN].snapshot.unlisted, 0);
	assert_int_equal(walk->listed, 0);
	free(walk);
	free(tasks);
}

static void *run_thread(void *arg)
{
	for (unsigned i = 0; i < 2000; i++) {
		struct aw_agent_task task = make_task(NULL, "of a thread");

		aw_agent_task_step(&task);
		aw_agent_task_wait(&task, AW_WAIT_TASK, 7);
		aw_agent_task_woken(&task, 7);
		aw_agent_task_done(&task, AW_OUTCOME_RESULT, 0);
	}
	return arg;
}

/* Rings are handed on: forty threads, one after another and two at a time, do not need forty pairs. */
static void record__hands_rings_on(void **state)
{
	struct walk *walk = calloc(1, sizeof(*walk));
	struct aw__box_cursor *cursor = aw__box_cursor_create(box_fixture_box());

	for (unsigned i = 0; i < 20; i++) {
		pthread_t threads[2];

		for (unsigned t = 0; t < 2; t++)
			assert_int_equal(pthread_create(&threads[t], NULL, run_thread, NULL), 0);
		for (unsigned t = 0; t < 2; t++)
			pthread_join(threads[t], NULL);
		walk_on(walk, cursor);
	}
	assert_in_range(aw__box_cursor_rings(cursor), 2, 6);
	assert_true(walk->counts[AW__TASK_DONE] > 0);
	/* Whatever was lost was counted: every task's birth, death or loss. */
	assert_true(walk->counts[AW__TASK_DONE] + walk->counts[AW__TASK_CREATED] + walk->lost >=
		    2u * 40 * 2000);
	aw__box_cursor_destroy(cursor);
	free(walk);
}

/* Read while it is being written, from the start: never a torn record. */
static void record__is_read_while_it_is_written(void **state)
{
	struct walk *walk = calloc(1, sizeof(*walk));
	struct aw__box_cursor *cursor = aw__box_cursor_create(box_fixture_box());
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, run_thread, NULL), 0);
	for (unsigned i = 0; i < 300; i++) {
		aw__box_cursor_snapshot(cursor);
		walk_on(walk, cursor);
		assert_true(walk->last[AW__TASK_STATE].state.state <= AW__TASK_FINISHED);
	}
	pthread_join(thread, NULL);
	walk_on(walk, cursor);
	aw__box_cursor_destroy(cursor);
	free(walk);
}

static void open_box_in_child(void)
{
	const struct aw__record_options options = box_fixture_small();
	struct aw__problem problem;

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
	aw__record_runtime("another"); /* the first that it records: a loop is opened */
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
	const aw_intern place = aw_agent_place("before_the_fork", "parent.c", 1, NULL);
	char path[256];
	int status;
	pid_t pid;

	snprintf(path, sizeof(path), "%s", aw__record_path());
	aw__record_on_first_use(open_box_in_child);
	pid = fork();
	if (pid == 0)
		_exit(run_child(place, path));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(access(path, F_OK), 0);
}

static void record__reuses_a_blocked_loops_place(void **state)
{
	struct aw_agent_loop loop = { 0 };
	struct aw__blocked blocked;
	struct walk *walk;
	const struct aw__blocked_stack stack = { { (uint64_t)(uintptr_t)run_thread }, 1, true, false };

	aw_agent_loop_opened(&loop, "main");
	aw_agent_loop_busy(&loop);
	usleep(3000);
	assert_false(aw__record_blocked(-1, UINT64_C(3600000000000), &blocked));
	assert_true(aw__record_blocked(-1, 1000000, &blocked));
	aw__record_blocked_finding(&blocked, &stack, UINT64_C(2000000000));
	/* Told once, and again when it lasts twice as long, and again. */
	assert_false(aw__record_blocked(-1, 1000000, &blocked));
	aw__record_still_blocked();
	for (unsigned i = 0; i < 16; i++) {
		usleep(2000);
		aw__record_still_blocked();
	}
	aw_agent_loop_idle(&loop);
	aw__record_still_blocked();
	assert_false(aw__record_blocked(-1, 0, &blocked));
	aw_agent_loop_closed(&loop);
	walk = walk_all(true);
	assert_int_equal(walk->last[AW__FINDING].finding.kind, AW__BLOCKED_LOOP);
	assert_true(walk->last[AW__FINDING].finding.value >= 3000000);
	assert_string_equal(walk->text[AW__FINDING],
			    "for at least 2000 ms of it the thread waited for a processor");
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

static void iterate(struct aw_agent_loop *loop, unsigned times, unsigned length_us)
{
	for (unsigned i = 0; i < times; i++) {
		aw_agent_loop_busy(loop);
		if (length_us > 0)
			usleep(length_us);
		aw_agent_loop_idle(loop);
	}
}

static uint64_t at_least(const struct aw__lags *lags, uint64_t ns)
{
	uint64_t count = 0;

	for (unsigned i = aw__lag_bucket(ns); i < AW__LAG_BUCKETS; i++)
		count += lags->counts[i];
	return count;
}

/* A reader that has seen all there is, so that it is told what comes. */
static struct aw__box_cursor *read_all(struct walk *walk)
{
	struct aw__box_cursor *cursor = aw__box_cursor_create(box_fixture_box());

	walk_on(walk, cursor);
	memset(walk->counts, 0, sizeof(walk->counts));
	return cursor;
}

static void record__counts_every_iteration_by_its_length(void **state)
{
	struct walk walk = { .last_id = 0 };
	struct aw__box_cursor *cursor = read_all(&walk);
	struct aw_agent_loop loop = { 0 };

	aw_agent_loop_opened(&loop, "main");
	aw_agent_loop_idle(&loop); /* it was not busy: no iteration */
	iterate(&loop, 5, 0);
	iterate(&loop, 3, 2000);
	aw_agent_loop_busy(&loop);
	aw__box_cursor_snapshot(cursor);
	walk_on(&walk, cursor);
	assert_int_equal(walk.counts[AW__LOOP_LAGS], 1);
	assert_int_equal(walk.last[AW__LOOP_LAGS].subject, loop.id);
	assert_int_equal(aw__lags_count(&walk.lags), 8);
	assert_in_range(at_least(&walk.lags, 2000000), 3, 8);
	assert_in_range(walk.lags.longest_ns, 2000000, UINT64_C(60000000000));
	aw_agent_loop_closed(&loop); /* which ends the one that was on its way */
	walk_on(&walk, cursor);
	assert_int_equal(walk.counts[AW__LOOP_LAGS], 2);
	assert_int_equal(aw__lags_count(&walk.lags), 9);
	aw__box_cursor_destroy(cursor);
}

static void record__a_loop_does_not_inherit_iterations(void **state)
{
	struct walk walk = { .last_id = 0 };
	struct aw__box_cursor *cursor = read_all(&walk);
	struct aw_agent_loop first = { 0 }, second = { 0 };
	uint32_t slot;

	aw_agent_loop_opened(&first, "first");
	slot = first.slot;
	iterate(&first, 4, 2000);
	aw_agent_loop_closed(&first);
	aw_agent_loop_opened(&second, "second");
	assert_int_equal(second.slot, slot);
	iterate(&second, 1, 0);
	walk_on(&walk, cursor);
	assert_int_equal(walk.last[AW__LOOP_LAGS].subject, first.id);
	assert_int_equal(aw__lags_count(&walk.lags), 4);
	aw_agent_loop_closed(&second);
	walk_on(&walk, cursor);
	assert_int_equal(walk.last[AW__LOOP_LAGS].subject, second.id);
	assert_int_equal(aw__lags_count(&walk.lags), 1);
	assert_true(walk.lags.longest_ns < 2000000);
	aw__box_cursor_destroy(cursor);
}

static void record__tells_a_reader_lags_that_changed(void **state)
{
	struct walk walk = { .last_id = 0 };
	struct aw__box_cursor *cursor = read_all(&walk);
	struct aw_agent_loop loop = { 0 };

	aw_agent_loop_opened(&loop, "main");
	iterate(&loop, 2, 0);
	walk_on(&walk, cursor);
	assert_int_equal(walk.counts[AW__LOOP_LAGS], 0); /* nobody asked */
	aw__box_cursor_lags(cursor, 77);
	walk_on(&walk, cursor);
	assert_int_equal(walk.counts[AW__LOOP_LAGS], 1);
	assert_int_equal(walk.last[AW__LOOP_LAGS].time_ns, 77);
	assert_int_equal(aw__lags_count(&walk.lags), 2);
	aw__box_cursor_lags(cursor, 78);
	walk_on(&walk, cursor);
	assert_int_equal(walk.counts[AW__LOOP_LAGS], 1); /* as before */
	iterate(&loop, 1, 0);
	aw__box_cursor_lags(cursor, 79);
	walk_on(&walk, cursor);
	assert_int_equal(walk.counts[AW__LOOP_LAGS], 2);
	assert_int_equal(aw__lags_count(&walk.lags), 3);
	aw_agent_loop_closed(&loop);
	aw__box_cursor_destroy(cursor);
}

static int open_box(void **state)
{
	const struct aw__record_options options = box_fixture_small();

	box_fixture_open(&options);
	return 0;
}

static int close_box(void **state)
{
	return box_fixture_close() ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(record__keeps_a_tasks_life),
		cmocka_unit_test(record__lets_steps_begin_where_others_end),
		cmocka_unit_test(record__links_stacks_across_tasks),
		cmocka_unit_test(record__bounds_a_chain_of_successors),
		cmocka_unit_test(record__counts_what_it_overwrites),
		cmocka_unit_test(record__lets_a_ring_grow_under_its_reader),
		cmocka_unit_test(record__goes_on_half_a_ring_after_it_was_overtaken),
		cmocka_unit_test(record__tells_its_readers_at_each_quarter),
		cmocka_unit_test(record__keeps_a_lost_error_through_a_flood),
		cmocka_unit_test(record__cuts_long_texts_and_says_so),
		cmocka_unit_test(record__counts_tasks_beyond_the_bound),
		cmocka_unit_test(record__hands_rings_on),
		cmocka_unit_test(record__is_read_while_it_is_written),
		cmocka_unit_test(record__gives_a_forked_child_its_own_box),
		cmocka_unit_test(record__reuses_a_blocked_loops_place),
		cmocka_unit_test(record__counts_every_iteration_by_its_length),
		cmocka_unit_test(record__a_loop_does_not_inherit_iterations),
		cmocka_unit_test(record__tells_a_reader_lags_that_changed),
		cmocka_unit_test(record__keeps_where_a_task_waits),
	};

	return cmocka_run_group_tests_name("record", tests, open_box, close_box);
}
