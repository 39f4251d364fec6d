/* SPDX-License-Identifier: MIT */
/*
 * Tests of events that come late, twice, or about another subject. Each case pairs an event that must change the
 * model with a similar one that must not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <awry/agent.h>
#include <awry/agent_resilience.h>

#include "model_items.h"
#include "model_case.h"

/* ---- tasks ---- */

static void done(struct aw__model *model, uint64_t id, uint64_t outcome, uint64_t run_ns,
		 uint64_t steps)
{
	const uint64_t args[AW__EVENT_ARGS] = { outcome, 0, run_ns, steps };

	items_event(model, AW__TASK_DONE, 50 + id, id, args, 0, NULL, NULL);
}

static void tasks__are_counted_by_their_outcome(void **state)
{
	struct aw__model *model = *state;
	const struct aw__model_counts *counts = aw__model_counts(model);

	for (uint64_t id = 1; id <= 6; id++)
		items_created(model, id, id, 0, 0, 0, NULL);
	done(model, 1, AW_OUTCOME_RESULT, 700, 3);
	done(model, 2, AW_OUTCOME_ERROR, 0, 1);
	done(model, 3, AW_OUTCOME_ERROR, 0, 1);
	for (uint64_t id = 4; id <= 6; id++)
		done(model, id, AW_OUTCOME_CANCELLED, 0, 1);
	assert_int_equal(counts->tasks_result, 1);
	assert_int_equal(counts->tasks_error, 2);
	assert_int_equal(counts->tasks_cancelled, 3);
	assert_int_equal(counts->tasks_finished, 6);
	assert_int_equal(counts->tasks_live, 0);
	assert_int_equal(aw__model_task(model, 1)->run_ns, 700);
	assert_int_equal(aw__model_task(model, 1)->steps, 3);
}

static void tasks__have_the_time_that_they_ran_so_far(void **state)
{
	const uint64_t wait[AW__EVENT_ARGS] = { AW_WAIT_SLEEP };
	struct aw__model *model = *state;
	const struct aw__task *task;

	items_created(model, 1, 1, 0, 0, 0, NULL);
	task = aw__model_task(model, 1);
	assert_int_equal(aw__model_run_ns(task, 9), 0);
	items_event(model, AW__TASK_STEP, 10, 1, NULL, 0, NULL, NULL);
	assert_int_equal(aw__model_run_ns(task, 13), 3);
	assert_int_equal(aw__model_run_ns(task, 9), 0);
	items_event(model, AW__TASK_WAIT, 15, 1, wait, 0, NULL, NULL);
	assert_int_equal(aw__model_run_ns(task, 20), 5);
	items_event(model, AW__TASK_WOKEN, 30, 1, NULL, 0, NULL, NULL);
	items_event(model, AW__TASK_STEP, 32, 1, NULL, 0, NULL, NULL);
	assert_int_equal(aw__model_run_ns(task, 40), 13);
	done(model, 1, AW_OUTCOME_RESULT, 24, 2);
	assert_int_equal(aw__model_run_ns(task, 90), 24);
}

/* When the box is read again, the creation comes after the function. */
static void tasks__get_their_function_later(void **state)
{
	const uint64_t later[AW__EVENT_ARGS] = { 12 };
	struct aw__model *model = *state;

	items_created(model, 1, 1, 0, 0, 0, NULL);
	items_created(model, 2, 2, 0, 11, 0, NULL);
	assert_int_equal(aw__model_task(model, 1)->facts.coroutine, 0);
	for (uint64_t id = 1; id <= 2; id++) {
		items_event(model, AW__TASK_FUNCTION, 10, id, later, 0, NULL, NULL);
		items_created(model, id, id, 0, 11, 0, NULL);
		assert_int_equal(aw__model_task(model, id)->facts.coroutine, 12);
	}
}

static uint64_t created_ns(const struct aw__model *model, uint64_t id)
{
	return aw__model_created_ns(model, aw__model_task(model, id));
}

/* The event's time is not the time of creation. A stack that only links to a task from before has a time. */
static void tasks__of_before_the_recording_have_no_time_of_creation(void **state)
{
	uint64_t list[AW__STATE_NUMBERS] = { [AW__STATE_CREATED_NS] = 5 };
	uint64_t args[AW__EVENT_ARGS] = { 0, 0, 20 };
	struct aw__model *model = *state;

	items_place(model, 10, 0, 0, 1);
	items_stack(model, 20, 0, AW__STACK_BEFORE_RECORDING, 0, NULL);
	items_stack(model, 21, 20, 0, 1, (const uint64_t[]){ 10 });
	items_created(model, 7, 1, 0, 0, 20, NULL);
	items_created(model, 8, 2, 1, 0, 21, NULL);
	items_event(model, AW__TASK_STATE, 9, 3, args, AW__STATE_NUMBERS, list, NULL);
	items_event(model, AW__TASK_STATE, 9, 1, args, AW__STATE_NUMBERS, list, NULL);
	args[2] = 21;
	items_event(model, AW__TASK_STATE, 9, 4, args, AW__STATE_NUMBERS, list, NULL);
	assert_int_equal(created_ns(model, 1), 0);
	assert_int_equal(created_ns(model, 2), 8);
	assert_int_equal(created_ns(model, 3), 0);
	assert_int_equal(created_ns(model, 4), 5);
	assert_true(aw__model_before_recording(model, 20));
	assert_false(aw__model_before_recording(model, 21));
	assert_false(aw__model_before_recording(model, 0));
	assert_false(aw__model_before_recording(model, 10));
}

static void tasks__are_created_and_end_once(void **state)
{
	struct aw__model *model = *state;

	for (unsigned i = 0; i < 2; i++) {
		items_created(model, 1, 1, 0, 0, 0, NULL);
		done(model, 1, i == 0 ? AW_OUTCOME_RESULT : AW_OUTCOME_ERROR, 700 + i, 3);
	}
	assert_int_equal(aw__model_counts(model)->tasks_created, 1);
	assert_int_equal(aw__model_counts(model)->tasks_finished, 1);
	assert_int_equal(aw__model_counts(model)->tasks_error, 0);
	assert_int_equal(aw__model_task(model, 1)->outcome, AW_OUTCOME_RESULT);
	assert_int_equal(aw__model_task(model, 1)->run_ns, 700);
}

/* A snapshot's row of a task, as its slot was at `changed_ns`. */
static void row(struct aw__model *model, uint64_t id, uint64_t state, uint64_t changed_ns)
{
	const uint64_t args[AW__EVENT_ARGS] = { 0, 0, 0, 0, state };
	const uint64_t list[AW__STATE_NUMBERS] = { [AW__STATE_CREATED_NS] = 1,
						   [AW__STATE_CHANGED_NS] = changed_ns,
						   [AW__STATE_RUN_NS] = 900,
						   [AW__STATE_STEPS] = 5,
						   [AW__STATE_WAIT_KIND] = AW_WAIT_LOCK,
						   [AW__STATE_WAIT_TARGET] = 66 };

	items_event(model, AW__TASK_STATE, changed_ns, id, args, AW__STATE_NUMBERS, list, NULL);
}

static void snapshot(struct aw__model *model, uint64_t time_ns, uint64_t tasks, uint64_t unlisted)
{
	const uint64_t args[AW__EVENT_ARGS] = { tasks, unlisted };

	items_event(model, AW__SNAPSHOT_BEGIN, time_ns, 0, args, 0, NULL, NULL);
}

static void snapshot_end(struct aw__model *model, uint64_t time_ns)
{
	items_event(model, AW__SNAPSHOT_END, time_ns, 0, NULL, 0, NULL, NULL);
}

static void rows__set_the_state_of_a_task(void **state)
{
	struct aw__model *model = *state;
	const struct aw__task *task;

	snapshot(model, 20, 1, 0);
	row(model, 1, AW__TASK_WAITING, 10);
	snapshot_end(model, 21);
	task = aw__model_task(model, 1);
	assert_int_equal(task->state, AW__TASK_WAITING);
	assert_int_equal(task->run_ns, 900);
	assert_int_equal(task->steps, 5);
	assert_int_equal(task->wait_kind, AW_WAIT_LOCK);
	assert_int_equal(task->wait_target, 66);
}

/* A task that failed is listed until its error is retrieved; a box gives its rows before its events. */
static void rows__of_an_end_are_counted_once(void **state)
{
	struct aw__model *model = *state;
	const struct aw__model_counts *counts = aw__model_counts(model);
	const uint64_t list[AW__STATE_NUMBERS] = {
		[AW__STATE_CHANGED_NS] = 10,
		[AW__STATE_WAIT_TARGET] = 66,
		[AW__STATE_OUTCOME] = AW_OUTCOME_ERROR,
	};
	const uint64_t args[AW__EVENT_ARGS] = { 0, 0, 0, 0, AW__TASK_FINISHED };

	done(model, 2, AW_OUTCOME_RESULT, 0, 1);
	snapshot(model, 60, 1, 0);
	items_event(model, AW__TASK_STATE, 60, 1, args, AW__STATE_NUMBERS, list, NULL);
	items_event(model, AW__TASK_STATE, 60, 2, args, AW__STATE_NUMBERS, list, NULL);
	snapshot_end(model, 61);
	done(model, 1, AW_OUTCOME_ERROR, 0, 1);
	assert_int_equal(counts->tasks_finished, 2);
	assert_int_equal(counts->tasks_result, 1);
	assert_int_equal(counts->tasks_error, 1);
	assert_int_equal(aw__model_task(model, 1)->error, 66);
}

/* The slot was read before the latest events. */
static void rows__that_are_older_change_nothing(void **state)
{
	struct aw__model *model = *state;
	const uint64_t wait[AW__EVENT_ARGS] = { AW_WAIT_READ, 7 };

	items_created(model, 1, 1, 0, 0, 0, NULL);
	items_event(model, AW__TASK_WAIT, 30, 1, wait, 0, NULL, NULL);
	snapshot(model, 20, 1, 0);
	row(model, 1, AW__TASK_RUNNING, 29);
	snapshot_end(model, 21);
	assert_int_equal(aw__model_task(model, 1)->state, AW__TASK_WAITING);
	assert_int_equal(aw__model_task(model, 1)->wait_kind, AW_WAIT_READ);
	assert_int_equal(aw__model_task(model, 1)->changed_ns, 30);
}

static void snapshots__end_no_task_that_may_be_unlisted(void **state)
{
	struct aw__model *model = *state;

	items_created(model, 1, 1, 0, 0, 0, NULL);
	/* a row was lost */
	snapshot(model, 10, 1, 0);
	snapshot_end(model, 11);
	assert_true(aw__model_task(model, 1)->live);
	/* all listed rows are there, but other tasks have no slot in the table */
	snapshot(model, 20, 1, 1);
	row(model, 9, AW__TASK_WAITING, 15);
	snapshot_end(model, 21);
	assert_true(aw__model_task(model, 1)->live);
	/* a task that was created during the snapshot */
	items_created(model, 30, 2, 0, 0, 0, NULL);
	snapshot(model, 30, 1, 0);
	row(model, 9, AW__TASK_WAITING, 15);
	snapshot_end(model, 31);
	assert_false(aw__model_task(model, 1)->live);
	assert_true(aw__model_task(model, 2)->live);
	assert_true(aw__model_task(model, 9)->live);
}

static void tasks__with_findings_are_not_forgotten(void **state)
{
	struct aw__model *model = *state;
	const struct items_error error = { .time_ns = 5, .id = 900, .task = 2 };

	for (uint64_t id = 1; id <= 3; id++)
		items_created(model, id, id, 0, 0, 0, NULL);
	items_found(model, 4, 100, AW__ORPHAN_TASK, 1, 0, 0, 1, 0);
	items_error(model, &error);
	for (uint64_t id = 1; id <= 3; id++)
		items_done(model, 6, id, AW_OUTCOME_RESULT, 0);
	for (uint64_t id = 10; id < 10 + AW__MODEL_MAX_FINISHED; id++) {
		items_created(model, id, id, 0, 0, 0, NULL);
		items_done(model, id, id, AW_OUTCOME_RESULT, 0);
	}
	assert_non_null(aw__model_task(model, 1));
	assert_non_null(aw__model_task(model, 2));
	assert_null(aw__model_task(model, 3));
}

static void cancels__older_and_repeated_requests_are_ignored(void **state)
{
	struct aw__model *model = *state;
	const uint64_t first[AW__EVENT_ARGS] = { 7 }, second[AW__EVENT_ARGS] = { 8 };

	items_created(model, 1, 1, 0, 0, 0, NULL);
	items_event(model, AW__CANCEL_ASKED, 20, 1, second, 0, NULL, "second");
	items_event(model, AW__CANCEL_ASKED, 20, 1, second, 0, NULL, "second");
	items_event(model, AW__CANCEL_ASKED, 10, 1, first, 0, NULL, "first");
	assert_int_equal(aw__model_task(model, 1)->cancel->count, 1);
	assert_int_equal(aw__model_task(model, 1)->cancel->by, 8);
	items_event(model, AW__CANCEL_ASKED, 21, 1, first, 0, NULL, "third");
	assert_int_equal(aw__model_task(model, 1)->cancel->count, 2);
	assert_int_equal(aw__model_task(model, 1)->cancel->by, 7);
}

/* ---- findings ---- */

static void findings__of_other_code_are_another_group(void **state)
{
	struct aw__model *model = *state;
	const struct items_error one = { .id = 900, .type = 4, .stack = 60 };
	const struct items_error two = { .id = 901, .type = 5, .stack = 60 };
	const struct items_error three = { .id = 902, .type = 4, .stack = 61 };

	items_error(model, &one);
	items_error(model, &two);
	items_error(model, &three);
	items_found(model, 1, 1, AW__NEVER_RETRIEVED, 0, 900, 20, 0, 10);
	items_found(model, 2, 2, AW__NEVER_RETRIEVED, 0, 900, 20, 0, 11);
	items_found(model, 3, 3, AW__NEVER_RETRIEVED, 0, 900, 21, 0, 10);
	items_found(model, 4, 4, AW__NEVER_RETRIEVED, 0, 901, 20, 0, 10);
	items_found(model, 5, 5, AW__NEVER_RETRIEVED, 0, 902, 20, 0, 10);
	items_found(model, 6, 6, AW__DESTROYED_PENDING, 0, 900, 20, 0, 10);
	assert_int_equal(aw__model_found_group_count(model), 6);
	items_found(model, 7, 7, AW__NEVER_RETRIEVED, 0, 900, 20, 0, 10);
	assert_int_equal(aw__model_found_group_count(model), 6);
}

static void findings__may_come_out_of_order(void **state)
{
	struct aw__model *model = *state;
	const struct aw__found_group *group;

	items_found(model, 50, 1, AW__NEVER_AWAITED, 0, 0, 20, 0, 10);
	items_found(model, 40, 2, AW__NEVER_AWAITED, 0, 0, 20, 0, 10);
	items_found(model, 45, 3, AW__NEVER_AWAITED, 0, 0, 20, 0, 10);
	group = aw__model_found(model, 1)->group;
	assert_int_equal(group->first_ns, 40);
	assert_int_equal(group->last_ns, 50);
}

static void findings__without_end_do_not_overflow(void **state)
{
	struct aw__model *model = *state;
	const uint64_t args[AW__EVENT_ARGS] = { UINT64_MAX - 5, AW__LOST_FINDINGS };

	items_event(model, AW__EVENTS_LOST, 5, 0, args, 0, NULL, NULL);
	items_event(model, AW__EVENTS_LOST, 6, 0, args, 0, NULL, NULL);
	assert_true(aw__model_found(model, UINT64_MAX)->value == UINT64_MAX);
}

static void findings__other_than_deadlocks_have_no_members(void **state)
{
	struct aw__model *model = *state;
	const uint64_t list[] = { 0, 0, 0, 0, 0, 2, AW_WAIT_LOCK, 50, 3, AW_WAIT_LOCK, 60 };
	uint64_t args[AW__EVENT_ARGS] = { AW__STARVED_TASK, 2 };

	items_event(model, AW__FINDING, 5, 1, args, sizeof(list) / sizeof(list[0]), list, NULL);
	args[0] = AW__DEADLOCK;
	items_event(model, AW__FINDING, 5, 2, args, sizeof(list) / sizeof(list[0]), list, NULL);
	assert_int_equal(aw__model_found(model, 1)->member_count, 0);
	assert_int_equal(aw__model_found(model, 2)->member_count, 2);
}

/* ---- errors ---- */

static void errors__keep_attributes_of_other_names_apart(void **state)
{
	struct aw__model *model = *state;
	const uint64_t symbol[AW__EVENT_ARGS] = { 3 }, venue[AW__EVENT_ARGS] = { 4 };
	const struct items_error error = { .id = 20, .time_ns = 5 };

	items_string(model, 3, "symbol");
	items_string(model, 4, "venue");
	for (unsigned i = 0; i < 2; i++) {
		items_error(model, &error);
		items_event(model, AW__ERROR_ATTRIBUTE, 5, 20, i == 0 ? symbol : venue, 0, NULL,
			    "'A'");
	}
	assert_int_equal(aw__model_error(model, 20)->attribute_count, 2);
}

static void errors__are_retrieved_once(void **state)
{
	struct aw__model *model = *state;
	const uint64_t first[AW__EVENT_ARGS] = { 3, 4 }, second[AW__EVENT_ARGS] = { 5, 6 };
	const struct items_error error = { .id = 50, .time_ns = 5 };

	items_error(model, &error);
	items_event(model, AW__ERROR_RETRIEVED, 9, 50, first, 0, NULL, NULL);
	items_event(model, AW__ERROR_RETRIEVED, 10, 50, second, 0, NULL, NULL);
	assert_int_equal(aw__model_error(model, 50)->owner, 3);
	assert_int_equal(aw__model_error(model, 50)->taker, 4);
	assert_int_equal(aw__model_error(model, 50)->taken_ns, 9);
	assert_int_equal(aw__model_counts(model)->errors_retrieved, 1);
}

static void errors__that_are_lost_stay_lost(void **state)
{
	struct aw__model *model = *state;
	const struct items_error error = { .id = 50, .time_ns = 5 };
	const uint64_t taken[AW__EVENT_ARGS] = { 3, 4 };

	items_error(model, &error);
	items_found(model, 6, 60, AW__NEVER_RETRIEVED, 7, 50, 0, 0, 0);
	items_found(model, 7, 61, AW__NEVER_RETRIEVED, 8, 50, 1, 0, 0);
	assert_int_equal(aw__model_error(model, 50)->owner, 7);
	items_event(model, AW__ERROR_RETRIEVED, 9, 50, taken, 0, NULL, NULL);
	assert_int_equal(aw__model_error(model, 50)->state, AW__ERROR_LOST);
	assert_int_equal(aw__model_counts(model)->errors_lost, 1);
}

/* The error's task was known before the error was lost: it is the owner. */
static void errors__that_were_owned_keep_their_owner(void **state)
{
	struct aw__model *model = *state;
	const struct items_error error = { .id = 50, .time_ns = 5 };
	const uint64_t taken[AW__EVENT_ARGS] = { 3, 4 };

	items_error(model, &error);
	items_event(model, AW__ERROR_RETRIEVED, 6, 50, taken, 0, NULL, NULL);
	items_found(model, 7, 61, AW__NEVER_RETRIEVED, 8, 50, 1, 0, 0);
	assert_int_equal(aw__model_error(model, 50)->owner, 3);
}

static void errors__of_a_cancellation_came_after_it(void **state)
{
	struct aw__model *model = *state;
	struct items_error error = { .id = 50, .time_ns = 20, .type = 2, .task = 1 };
	const uint64_t by[AW__EVENT_ARGS] = { 7 };

	items_type(model, 2, "CancelledError", 0);
	items_created(model, 1, 1, 0, 0, 0, NULL);
	items_error(model, &error);
	error.id = 51;
	error.time_ns = 40;
	items_error(model, &error);
	items_event(model, AW__CANCEL_ASKED, 30, 1, by, 0, NULL, NULL);
	assert_null(aw__model_error_cancel(model, aw__model_error(model, 50), false));
	assert_int_equal(aw__model_error_cancel(model, aw__model_error(model, 51), false)->by, 7);
}

/* ---- how errors were handled ---- */

static void attempt(struct aw__model *model, uint64_t error, uint64_t outcome)
{
	const uint64_t args[AW__EVENT_ARGS] = { 1, 3, error, 1000, outcome };
	const uint64_t list[] = { 9, 0 };

	items_event(model, AW__ATTEMPT, 30, 70, args, 2, list, "fetch");
}

static void attempts__take_an_error_when_another_follows(void **state)
{
	struct aw__model *model = *state;

	for (uint64_t id = 50; id < 52; id++) {
		const struct items_error error = { .id = id, .time_ns = 5 };

		items_error(model, &error);
	}
	attempt(model, 50, AW_ATTEMPT_FAILED);
	attempt(model, 51, AW_ATTEMPT_GAVE_UP);
	assert_int_equal(aw__model_error(model, 50)->state, AW__ERROR_TAKEN);
	assert_int_equal(aw__model_error(model, 50)->taker, 9);
	assert_int_equal(aw__model_error(model, 51)->state, AW__ERROR_PENDING);
}

static void service(struct aw__model *model, uint64_t error, uint64_t index)
{
	const uint64_t args[AW__EVENT_ARGS] = { index, 3, error, 1, 0 };
	const uint64_t task = 9;

	items_event(model, AW__SERVICE, 30, 70, args, 1, &task, "primary");
}

static void services__take_an_error_unless_they_are_the_last(void **state)
{
	struct aw__model *model = *state;

	for (uint64_t i = 0; i < 3; i++) {
		const struct items_error error = { .id = 50 + i, .time_ns = 5 };

		items_error(model, &error);
		service(model, 50 + i, i);
	}
	assert_int_equal(aw__model_error(model, 50)->state, AW__ERROR_TAKEN);
	assert_int_equal(aw__model_error(model, 51)->state, AW__ERROR_TAKEN);
	assert_int_equal(aw__model_error(model, 52)->state, AW__ERROR_PENDING);
}

static void attributes__are_numbers_of_eighteen_digits(void **state)
{
	struct aw__model *model = *state;
	const uint64_t key[AW__EVENT_ARGS] = { 3 };
	const struct items_error error = { .id = 50, .time_ns = 5 };

	items_string(model, 3, "attempt");
	items_error(model, &error);
	items_event(model, AW__ERROR_ATTRIBUTE, 5, 50, key, 0, NULL, "999999999999999999");
	assert_true(aw__model_error(model, 50)->handled->attempt == UINT64_C(999999999999999999));
	items_event(model, AW__ERROR_ATTRIBUTE, 5, 50, key, 0, NULL, "1000000000000000000");
	assert_int_equal(aw__model_error(model, 50)->handled->attempt, 0);
}

/* ---- loops, groups ---- */

static void block(struct aw__model *model, uint64_t id, uint64_t loop, uint64_t value_ns)
{
	const uint64_t list[AW__FINDING_NUMBERS] = { [AW__FINDING_LOOP] = loop };
	const uint64_t args[AW__EVENT_ARGS] = { AW__BLOCKED_LOOP, 0, 0, 0, value_ns };

	items_event(model, AW__FINDING, 200 + id, id, args, AW__FINDING_NUMBERS, list, NULL);
}

static void blocks__are_of_their_own_loop(void **state)
{
	struct aw__model *model = *state;
	const uint64_t busy[AW__EVENT_ARGS] = { 77, 100 }, lasted[AW__EVENT_ARGS] = { 50, 9 };

	items_event(model, AW__LOOP_OPENED, 1, 3, NULL, 0, NULL, NULL);
	items_event(model, AW__LOOP_OPENED, 1, 4, NULL, 0, NULL, NULL);
	block(model, 9, 3, 100);
	items_event(model, AW__LOOP_STATE, 900, 4, busy, 0, NULL, NULL);
	assert_int_equal(aw__model_found(model, 9)->value, 100);
	assert_int_equal(aw__model_loop(model, 4)->blocked_ns, 0);
	/* a shorter duration than the known one changes neither the longest nor the sum */
	block(model, 10, 3, 700);
	items_event(model, AW__LOOP_BLOCKED, 950, 3, lasted, 0, NULL, NULL);
	assert_int_equal(aw__model_found(model, 9)->value, 100);
	assert_int_equal(aw__model_loop(model, 3)->blocked_ns, 800);
	block(model, 11, 3, 10);
	assert_int_equal(aw__model_loop(model, 3)->blocked_max_ns, 700);
	assert_int_equal(aw__model_loop(model, 3)->blocked_count, 3);
}

/* A child of another group waits for the owner, but the owner does not wait for that group. */
static void circles__go_through_members_of_the_group_only(void **state)
{
	struct aw__model *model = *state;
	struct aw__circles circles;

	for (uint64_t scope = 70; scope <= 71; scope++) {
		const uint64_t member[AW__EVENT_ARGS] = { 1, 0, 0, 0, scope };
		const uint64_t group[AW__EVENT_ARGS] = { AW_WAIT_GROUP, 70 };
		const uint64_t task[AW__EVENT_ARGS] = { AW_WAIT_TASK, 1 };

		items_created(model, 1, 1, 0, 0, 0, NULL);
		items_event(model, AW__TASK_CREATED, 2, scope, member, 0, NULL, NULL);
		items_event(model, AW__TASK_WAIT, 3, 1, group, 0, NULL, NULL);
		if (scope == 70) /* the owner's own member sleeps */
			continue;
		items_event(model, AW__TASK_WAIT, 3, scope, task, 0, NULL, NULL);
		aw__circles_find(model, &circles);
		assert_int_equal(circles.count, 0);
		aw__circles_finish(&circles);
		items_event(model, AW__TASK_WAIT, 4, 70, task, 0, NULL, NULL);
		aw__circles_find(model, &circles);
		assert_int_equal(circles.count, 1);
		assert_int_equal(circles.items[0].count, 2);
		aw__circles_finish(&circles);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, model_case_set_up, model_case_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tasks__are_counted_by_their_outcome),
		TEST(tasks__have_the_time_that_they_ran_so_far),
		TEST(tasks__get_their_function_later),
		TEST(tasks__of_before_the_recording_have_no_time_of_creation),
		TEST(tasks__are_created_and_end_once),
		TEST(rows__set_the_state_of_a_task),
		TEST(rows__of_an_end_are_counted_once),
		TEST(rows__that_are_older_change_nothing),
		TEST(snapshots__end_no_task_that_may_be_unlisted),
		TEST(tasks__with_findings_are_not_forgotten),
		TEST(cancels__older_and_repeated_requests_are_ignored),
		TEST(findings__of_other_code_are_another_group),
		TEST(findings__may_come_out_of_order),
		TEST(findings__without_end_do_not_overflow),
		TEST(findings__other_than_deadlocks_have_no_members),
		TEST(errors__keep_attributes_of_other_names_apart),
		TEST(errors__are_retrieved_once),
		TEST(errors__that_are_lost_stay_lost),
		TEST(errors__that_were_owned_keep_their_owner),
		TEST(errors__of_a_cancellation_came_after_it),
		TEST(attempts__take_an_error_when_another_follows),
		TEST(services__take_an_error_unless_they_are_the_last),
		TEST(attributes__are_numbers_of_eighteen_digits),
		TEST(blocks__are_of_their_own_loop),
		TEST(circles__go_through_members_of_the_group_only),
	};

	return cmocka_run_group_tests_name("facts", tests, NULL, NULL);
}
