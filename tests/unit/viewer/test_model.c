/* SPDX-License-Identifier: MIT */
/*
 * Tests of the model: creators, states, snapshots, which tasks and errors are kept, groups of equal errors and
 * findings, and invalid or hostile items.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <awry/agent.h>

#include "base/alloc.h"
#include "model_items.h"
#include "model_case.h"

static void model__knows_creators(void **state)
{
	struct aw__model *model = *state;
	const struct aw__task *root;
	int depth = 0;

	items_created(model, 10, 1, 0, 0, 0, "main");
	items_created(model, 11, 2, 1, 0, 0, NULL);
	items_created(model, 12, 3, 2, 0, 0, NULL);
	root = aw__model_task_roots(model);
	assert_int_equal(root->id, 1);
	assert_string_equal(root->facts.name, "main");
	root = aw__model_task_next(root, &depth);
	assert_int_equal(root->id, 2);
	root = aw__model_task_next(root, &depth);
	assert_int_equal(root->id, 3);
	assert_int_equal(depth, 2);
	assert_null(aw__model_task_next(root, &depth));
	assert_int_equal(aw__model_counts(model)->tasks_live, 3);
}

static void model__takes_children_before_parents(void **state)
{
	struct aw__model *model = *state;

	items_created(model, 12, 3, 2, 0, 0, NULL);
	assert_false(aw__model_task(model, 2)->known);
	items_created(model, 11, 2, 1, 0, 0, NULL);
	assert_true(aw__model_task(model, 2)->known);
	assert_ptr_equal(aw__model_task(model, 3)->parent, aw__model_task(model, 2));
	assert_ptr_equal(aw__model_task(model, 2)->parent, aw__model_task(model, 1));
}

static void model__breaks_cycles_of_creators(void **state)
{
	struct aw__model *model = *state;
	const struct aw__task *task;
	int depth = 0, count = 0;

	items_created(model, 1, 1, 1, 0, 0, NULL);
	items_created(model, 2, 2, 4, 0, 0, NULL);
	items_created(model, 3, 3, 2, 0, 0, NULL);
	items_created(model, 4, 4, 3, 0, 0, NULL);
	for (task = aw__model_task_roots(model); task != NULL;
	     task = aw__model_task_next(task, &depth))
		count++;
	assert_int_equal(count, 4);
	assert_true(aw__model_counts(model)->nonsense > 0);
}

static void model__a_later_row_keeps_the_facts_of_a_task(void **state)
{
	struct aw__model *model = *state;
	const struct aw__task *task;

	items_told(model, 10, 4, 1, 70, 71, AW__TASK_WAITING, "client");
	items_told(model, 20, 4, 0, 0, 71, AW__TASK_FINISHED, NULL);
	task = aw__model_task(model, 4);
	assert_int_equal(task->recorded->facts.creator, 1);
	assert_int_equal(task->recorded->facts.coroutine, 70);
	assert_int_equal(task->recorded->facts.stack, 71);
	assert_string_equal(task->recorded->facts.name, "client");
	assert_int_equal(task->recorded->state, AW__TASK_FINISHED);
}

static void model__follows_state(void **state)
{
	struct aw__model *model = *state;
	uint64_t wait[AW__EVENT_ARGS] = { AW_WAIT_TASK, 9 };
	const struct aw__task *task;

	items_created(model, 10, 1, 0, 0, 0, NULL);
	items_event(model, AW__TASK_STEP, 11, 1, NULL, 0, NULL, NULL);
	items_event(model, AW__TASK_WAIT, 12, 1, wait, 0, NULL, NULL);
	task = aw__model_task(model, 1);
	assert_int_equal(task->state, AW__TASK_WAITING);
	assert_int_equal(task->wait_kind, AW_WAIT_TASK);
	assert_int_equal(task->wait_target, 9);
	assert_int_equal(task->changed_ns, 12);
	items_event(model, AW__TASK_STEP, 11, 1, NULL, 0, NULL, NULL);
	assert_int_equal(task->state, AW__TASK_WAITING);
	items_event(model, AW__TASK_WOKEN, 13, 1, NULL, 0, NULL, NULL);
	assert_int_equal(task->state, AW__TASK_READY);
	items_done(model, 14, 1, AW_OUTCOME_CANCELLED, 0);
	items_event(model, AW__TASK_STEP, 15, 1, NULL, 0, NULL, NULL);
	task = aw__model_task(model, 1);
	assert_false(task->live);
	assert_int_equal(task->state, AW__TASK_FINISHED);
	assert_int_equal(task->outcome, AW_OUTCOME_CANCELLED);
	assert_int_equal(aw__model_counts(model)->tasks_live, 0);
}

static void model__drops_the_oldest_tasks_that_ended_without_an_error(void **state)
{
	struct aw__model *model = *state;
	struct items_error error = { .id = 5, .task = 1, .time_ns = 2 };
	uint64_t last = AW__MODEL_MAX_FINISHED + 3;

	for (uint64_t id = 1; id <= last; id++)
		items_created(model, id, id, 0, 0, 0, NULL);
	items_error(model, &error);
	for (uint64_t id = 1; id <= last; id++)
		items_done(model, last + id, id, AW_OUTCOME_RESULT, 0);
	assert_non_null(aw__model_task(model, 1));
	assert_null(aw__model_task(model, 2));
	assert_null(aw__model_task(model, 3));
	assert_non_null(aw__model_task(model, 4));
	assert_int_equal(aw__model_counts(model)->tasks_finished, last);
}

static void model__children_of_a_dropped_task_have_no_parent(void **state)
{
	struct aw__model *model = *state;

	items_created(model, 1, 1, 0, 0, 0, NULL);
	items_created(model, 2, 2, 1, 0, 0, NULL);
	items_done(model, 3, 1, AW_OUTCOME_RESULT, 0);
	for (uint64_t id = 10; id < AW__MODEL_MAX_FINISHED + 10; id++) {
		items_created(model, id, id, 0, 0, 0, NULL);
		items_done(model, id, id, AW_OUTCOME_RESULT, 0);
	}
	assert_null(aw__model_task(model, 1));
	assert_null(aw__model_task(model, 2)->parent);
	assert_int_equal(aw__model_task(model, 2)->facts.creator, 1);
}

static void model__a_row_outside_of_a_snapshot_makes_no_task_live(void **state)
{
	struct aw__model *model = *state;
	const struct aw__task *task;

	items_told(model, 50, 4, 1, 0, 0, AW__TASK_RUNNING, "worker");
	task = aw__model_task(model, 4);
	assert_false(task->live);
	assert_string_equal(task->recorded->facts.name, "worker");
	assert_int_equal(task->recorded->state, AW__TASK_RUNNING);
	items_told(model, 40, 4, 1, 0, 0, AW__TASK_WAITING, "older");
	assert_string_equal(aw__model_task(model, 4)->recorded->facts.name, "worker");
}

/* A row that comes with a finding is the state at that time. Only a recording with steps shows when it changes. */
static void model__a_row_outside_of_a_snapshot_is_a_state_only_with_steps(void **state)
{
	struct aw__model *model = *state;
	uint64_t wait[AW__EVENT_ARGS] = { AW_WAIT_SLEEP, 0 };

	items_created(model, 1, 1, 0, 11, 20, NULL);
	items_told(model, 2, 1, 0, 11, 20, AW__TASK_WAITING, NULL);
	assert_int_equal(aw__model_task(model, 1)->state, AW__TASK_UNTOLD);
	assert_int_equal(aw__model_task(model, 1)->recorded->state, AW__TASK_WAITING);
	items_created(model, 3, 2, 0, 11, 20, NULL);
	items_event(model, AW__TASK_WAIT, 4, 2, wait, 0, NULL, NULL);
	items_told(model, 5, 1, 0, 11, 20, AW__TASK_WAITING, NULL);
	assert_int_equal(aw__model_task(model, 1)->state, AW__TASK_WAITING);
}

static void model__a_complete_snapshot_ends_unlisted_tasks(void **state)
{
	struct aw__model *model = *state;
	uint64_t one[AW__EVENT_ARGS] = { 1, 0 };

	items_created(model, 1, 1, 0, 0, 0, NULL);
	items_created(model, 2, 2, 0, 0, 0, NULL);
	items_event(model, AW__SNAPSHOT_BEGIN, 10, 0, one, 0, NULL, NULL);
	items_told(model, 9, 2, 0, 0, 0, AW__TASK_WAITING, NULL);
	items_event(model, AW__SNAPSHOT_END, 11, 0, NULL, 0, NULL, NULL);
	assert_false(aw__model_task(model, 1)->live);
	assert_true(aw__model_task(model, 1)->vanished);
	assert_true(aw__model_task(model, 2)->live);
	assert_null(aw__model_task(model, 2)->recorded);
	assert_int_equal(aw__model_counts(model)->tasks_live, 1);
}

static void model__a_destroyed_task_is_not_live(void **state)
{
	struct aw__model *model = *state;

	items_created(model, 1, 1, 0, 11, 20, NULL);
	items_created(model, 2, 2, 1, 13, 21, NULL);
	items_found(model, 3, 9, AW__DESTROYED_PENDING, 2, 0, 21, 0, 13);
	assert_int_equal(aw__model_counts(model)->tasks_live, 1);
	assert_int_equal(aw__model_counts(model)->tasks_finished, 0);
	assert_false(aw__model_task(model, 2)->live);
	assert_string_equal(aw__outcome_name(aw__model_task(model, 2)->outcome), "destroyed");
	/* reported again, and late */
	items_created(model, 2, 2, 1, 13, 21, NULL);
	items_told(model, 2, 2, 1, 13, 21, AW__TASK_WAITING, NULL);
	assert_int_equal(aw__model_counts(model)->tasks_live, 1);
	assert_false(aw__model_task(model, 2)->live);
	/* a task that was done before stays done */
	items_done(model, 4, 1, AW_OUTCOME_RESULT, 0);
	items_found(model, 5, 10, AW__DESTROYED_PENDING, 1, 0, 20, 0, 11);
	assert_int_equal(aw__model_task(model, 1)->outcome, AW_OUTCOME_RESULT);
}

static void model__an_incomplete_snapshot_ends_no_tasks(void **state)
{
	struct aw__model *model = *state;
	uint64_t two[AW__EVENT_ARGS] = { 1, 1 };

	items_created(model, 1, 1, 0, 0, 0, NULL);
	items_event(model, AW__SNAPSHOT_BEGIN, 10, 0, two, 0, NULL, NULL);
	items_event(model, AW__SNAPSHOT_END, 11, 0, NULL, 0, NULL, NULL);
	assert_true(aw__model_task(model, 1)->live);
	assert_int_equal(aw__model_counts(model)->unlisted_tasks, 1);
}

static void ingest_failure(struct aw__model *model)
{
	struct items_error child = { .id = 20, .task = 2, .time_ns = 5, .type = 1, .message = "x" };
	struct items_error group = {
		.id = 21, .task = 2, .time_ns = 6, .type = 2, .child_count = 1, .children = { 20 }
	};
	uint64_t key[AW__EVENT_ARGS] = { 3 };

	items_hello(model, 4);
	items_type(model, 1, "ValueError", 0);
	items_type(model, 2, "ExceptionGroup", 0);
	items_string(model, 3, "symbol");
	items_error(model, &child);
	items_event(model, AW__ERROR_NOTE, 5, 20, NULL, 0, NULL, "twice");
	items_event(model, AW__ERROR_NOTE, 5, 20, NULL, 0, NULL, "twice");
	items_event(model, AW__ERROR_ATTRIBUTE, 5, 20, key, 0, NULL, "'AAPL'");
	items_error(model, &group);
	items_found(model, 7, 30, AW__NEVER_RETRIEVED, 2, 21, 0, 0, 0);
}

static void model__reading_everything_twice_changes_nothing(void **state)
{
	struct aw__model *model = *state;
	const struct aw__error *child;

	ingest_failure(model);
	ingest_failure(model);
	assert_int_equal(aw__model_counts(model)->errors, 2);
	assert_int_equal(aw__model_counts(model)->errors_lost, 1);
	assert_int_equal(aw__model_finding_count(model), 1);
	assert_int_equal(aw__model_found_count(model), 1);
	assert_int_equal(aw__model_found_at(model, 0)->group->count, 1);
	child = aw__model_error(model, 20);
	assert_int_equal(child->note_count, 2);
	assert_int_equal(child->attribute_count, 1);
	assert_int_equal(child->named_by, 1);
	assert_int_equal(child->group->count, 1);
	assert_int_equal(aw__model_error(model, 21)->named_by, 0);
	assert_int_equal(aw__model_error(model, 21)->state, AW__ERROR_LOST);
	assert_int_equal(aw__model_error(model, 21)->finding, 30);
}

static void model__counts_the_same_error_and_the_same_finding(void **state)
{
	struct aw__model *model = *state;

	for (uint64_t i = 0; i < 5; i++) {
		struct items_error error = { .id = 100 + i, .task = 1 + i, .type = i == 4 ? 8 : 7 };

		items_error(model, &error);
		items_found(model, i, 200 + i, AW__NEVER_RETRIEVED, 1 + i, 100 + i, 6, 0, 3);
	}
	assert_int_equal(aw__model_error(model, 102)->group->count, 4);
	assert_int_equal(aw__model_found(model, 200)->group->count, 4);
	assert_int_equal(aw__model_found(model, 204)->group->count, 1);
	assert_int_equal(aw__model_found_group_count(model), 2);
}

static void model__regroups_when_the_error_comes_after_the_finding(void **state)
{
	struct aw__model *model = *state;
	struct items_error error = { .id = 100, .type = 7 };
	const struct aw__found_group *before;

	items_found(model, 1, 200, AW__NEVER_RETRIEVED, 1, 100, 6, 0, 3);
	items_found(model, 1, 201, AW__NEVER_RETRIEVED, 2, 0, 6, 0, 3);
	before = aw__model_found(model, 200)->group;
	assert_int_equal(before->count, 2);
	items_error(model, &error);
	assert_int_equal(before->count, 1);
	assert_ptr_equal(before->first, aw__model_found(model, 201));
	assert_ptr_not_equal(aw__model_found(model, 200)->group, before);
	assert_int_equal(aw__model_found(model, 200)->group->error_type, 7);
}

static void model__knows_which_task_retrieved_an_error(void **state)
{
	struct aw__model *model = *state;
	uint64_t args[AW__EVENT_ARGS] = { 3, 4 };

	items_event(model, AW__ERROR_RETRIEVED, 9, 50, args, 0, NULL, NULL);
	assert_false(aw__model_error(model, 50)->told);
	assert_int_equal(aw__model_error(model, 50)->state, AW__ERROR_TAKEN);
	assert_int_equal(aw__model_error(model, 50)->owner, 3);
	assert_int_equal(aw__model_error(model, 50)->taker, 4);
}

/* The first errors of a group are never dropped. */
static void retrieve_the_first(struct aw__model *model)
{
	for (uint64_t id = 1000000; id < 1000000 + AW__MODEL_FIRST_TAKEN; id++) {
		struct items_error error = { .id = id, .type = 3 };

		items_error(model, &error);
		items_event(model, AW__ERROR_RETRIEVED, 1, id, NULL, 0, NULL, NULL);
	}
}

static void model__drops_the_oldest_retrieved_errors_and_their_parts(void **state)
{
	struct aw__model *model = *state;
	struct items_error cause = { .id = 1, .type = 3, .task = 9, .message = "part" };
	struct items_error top = { .id = 2, .type = 3, .task = 9, .cause = 1, .context = 4 };
	struct items_error lost = { .id = 4, .type = 3 };

	retrieve_the_first(model);
	items_error(model, &cause);
	items_event(model, AW__ERROR_NOTE, 1, 1, NULL, 0, NULL, "a note");
	items_error(model, &lost);
	items_found(model, 5, 50, AW__NEVER_RETRIEVED, 0, 4, 0, 0, 0);
	items_error(model, &top);
	items_event(model, AW__ERROR_RETRIEVED, 6, 2, NULL, 0, NULL, NULL);
	for (uint64_t id = 100; id < 100 + AW__MODEL_MAX_TAKEN; id++) {
		struct items_error error = { .id = id, .type = 3 };

		assert_non_null(aw__model_error(model, 1));
		items_error(model, &error);
		items_event(model, AW__ERROR_RETRIEVED, id, id, NULL, 0, NULL, NULL);
	}
	assert_null(aw__model_error(model, 1));
	assert_null(aw__model_error(model, 2));
	assert_int_equal(aw__model_error(model, 4)->state, AW__ERROR_LOST);
	assert_int_equal(aw__model_error(model, 4)->named_by, 0);
	assert_int_equal(aw__model_error_count(model),
			 AW__MODEL_FIRST_TAKEN + AW__MODEL_MAX_TAKEN + 1);
	assert_int_equal(aw__model_counts(model)->errors,
			 AW__MODEL_FIRST_TAKEN + AW__MODEL_MAX_TAKEN + 3);
	assert_int_equal(aw__model_task(model, 9)->error_count, 0);
	assert_int_equal(aw__model_error(model, 100)->group->count,
			 AW__MODEL_FIRST_TAKEN + AW__MODEL_MAX_TAKEN + 3);
	assert_int_equal(aw__model_error(model, 100)->group->dropped[AW__DROPPED_TAKEN], 1);
}

static void model__keeps_a_retrieved_error_that_is_another_ones_cause(void **state)
{
	struct aw__model *model = *state;
	struct items_error cause = { .id = 1, .type = 3, .message = "part" };
	struct items_error top = { .id = 2, .type = 3, .cause = 1 };

	retrieve_the_first(model);
	items_error(model, &cause);
	items_error(model, &top);
	items_event(model, AW__ERROR_RETRIEVED, 6, 1, NULL, 0, NULL, NULL);
	for (uint64_t id = 100; id < 100 + AW__MODEL_MAX_TAKEN; id++) {
		struct items_error error = { .id = id, .type = 3 };

		items_error(model, &error);
		items_event(model, AW__ERROR_RETRIEVED, id, id, NULL, 0, NULL, NULL);
	}
	assert_string_equal(aw__model_error(model, 1)->message, "part");
}

static void model__walks_links_up_to_main(void **state)
{
	struct aw__model *model = *state;
	struct aw__stack_walk walk;
	struct aw__stack stack;

	items_stack(model, 1, 0, 0, 0, NULL);
	items_stack(model, 2, 1, 0, 0, NULL);
	aw__model_walk(model, 2, &walk);
	assert_true(aw__model_walk_next(&walk, &stack));
	assert_int_equal(stack.id, 2);
	assert_true(aw__model_walk_next(&walk, &stack));
	assert_int_equal(stack.id, 1);
	assert_false(aw__model_walk_next(&walk, &stack));
	assert_false(walk.circular || walk.dangling);
}

static void model__walks_along_cycles_end(void **state)
{
	struct aw__model *model = *state;
	struct aw__stack_walk walk;
	struct aw__stack stack;
	size_t steps = 0;

	for (uint32_t id = 1; id <= 100; id++)
		items_stack(model, id, id == 1 ? 60 : id - 1, 0, 0, NULL);
	aw__model_walk(model, 100, &walk);
	while (aw__model_walk_next(&walk, &stack))
		steps++;
	assert_true(walk.circular);
	assert_in_range(steps, 100, 400);
	items_stack(model, 200, 999, 0, 0, NULL);
	aw__model_walk(model, 200, &walk);
	assert_true(aw__model_walk_next(&walk, &stack));
	assert_false(aw__model_walk_next(&walk, &stack));
	assert_true(walk.dangling);
}

static void model__definitions_of_the_wrong_kind_are_ignored(void **state)
{
	struct aw__model *model = *state;
	struct aw__item item = { .kind = AW__ITEM_DEFINITION };
	struct aw__frame frame;
	struct aw__stack stack;

	items_string(model, 1, "text");
	items_type(model, 2, "T", 2);
	assert_null(aw__model_type_name(model, 1));
	assert_null(aw__model_string(model, 2));
	assert_false(aw__model_place(model, 1, &frame));
	assert_false(aw__model_stack(model, 2, &stack));
	items_string(model, 1, "another text");
	assert_string_equal(aw__model_string(model, 1), "text");
	item.definition.id = 3;
	item.definition.kind = AW__STACK;
	aw__model_ingest(model, &item);
	item.definition.kind = (enum aw__definition_kind)77;
	aw__model_ingest(model, &item);
	assert_false(aw__model_stack(model, 3, &stack));
	assert_int_equal(aw__model_counts(model)->nonsense, 2);
}

static void define_runtime(struct aw__model *model, uint32_t id, const char *name)
{
	struct aw__item item = { .kind = AW__ITEM_DEFINITION };

	item.definition.id = id;
	item.definition.kind = AW__RUNTIME;
	item.definition.text = name;
	item.definition.text_length = (uint32_t)strlen(name);
	aw__model_ingest(model, &item);
}

static void model__runtimes_are_a_set(void **state)
{
	struct aw__model *model = *state;
	char first[sizeof(aw__model_hello(model)->runtime)], expected[2 * sizeof(first)];

	items_hello(model, 1);
	snprintf(first, sizeof(first), "%s", aw__model_hello(model)->runtime);
	define_runtime(model, 1, first);
	define_runtime(model, 2, "asyncio");
	define_runtime(model, 3, "async");
	define_runtime(model, 4, "asyncio");
	define_runtime(model, 5, "");
	define_runtime(model, 6, "a, b");
	snprintf(expected, sizeof(expected), "%s, asyncio, async", first);
	assert_string_equal(aw__model_hello(model)->runtime, expected);
	for (uint32_t i = 0; i < 200; i++) {
		char name[16];

		snprintf(name, sizeof(name), "r%u", i);
		define_runtime(model, 10 + i, name);
	}
	assert_true(strlen(aw__model_hello(model)->runtime) <
		    sizeof(aw__model_hello(model)->runtime));
}

static void model__invalid_items_are_counted(void **state)
{
	struct aw__model *model = *state;
	struct aw__item item = { .kind = (enum aw__item_kind)99 };

	aw__model_ingest(model, &item);
	items_event(model, (enum aw__event_kind)400, 1, 1, NULL, 0, NULL, NULL);
	items_hello(model, 1);
	items_hello(model, 2);
	assert_int_equal(aw__model_counts(model)->nonsense, 3);
	assert_int_equal(aw__model_hello(model)->pid, 1);
}

static void model__shows_nul_bytes(void **state)
{
	struct aw__model *model = *state;
	struct aw__item item = { .kind = AW__ITEM_DEFINITION };

	item.definition.id = 1;
	item.definition.kind = AW__STRING;
	item.definition.text = "a\0b";
	item.definition.text_length = 3;
	aw__model_ingest(model, &item);
	assert_string_equal(aw__model_string(model, 1), "a\\0b");
}

static void model__deep_chains_do_not_recurse(void **state)
{
	struct aw__model *model = *state;
	const struct aw__task *task;
	int depth = 0, deepest = 0;

	for (uint64_t id = 1; id <= 100000; id++) {
		struct items_error error = { .id = 1000000 + id, .cause = 1000000 + id - 1 };

		items_created(model, id, id, id - 1, 0, 0, NULL);
		items_error(model, &error);
	}
	for (task = aw__model_task_roots(model); task != NULL;
	     task = aw__model_task_next(task, &depth))
		deepest = depth > deepest ? depth : deepest;
	assert_int_equal(deepest, 99999);
}

static void model__open_handles_are_listed(void **state)
{
	struct aw__model *model = *state;
	uint64_t args[AW__EVENT_ARGS] = { 1, 5 };

	items_string(model, 1, "tcp");
	for (uint64_t id = 1; id <= 3; id++)
		items_event(model, AW__HANDLE_OPENED, id, id, args, 0, NULL, NULL);
	items_event(model, AW__HANDLE_CLOSED, 4, 1, NULL, 0, NULL, NULL);
	items_event(model, AW__HANDLE_CLOSED, 5, 99, NULL, 0, NULL, NULL);
	assert_int_equal(aw__model_handle_count(model), 2);
	assert_null(aw__model_handle(model, 1));
	assert_int_equal(aw__model_handle(model, 3)->task, 5);
	items_event(model, AW__HANDLE_CLOSED, 6, 3, NULL, 0, NULL, NULL);
	assert_int_equal(aw__model_handle_at(model, 0)->id, 2);
	assert_null(aw__model_handle_at(model, 1));
	assert_int_equal(aw__model_counts(model)->handles_opened, 3);
	assert_int_equal(aw__model_counts(model)->handles_closed, 3);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, model_case_set_up, model_case_tear_down)

static void model__findings_that_were_overwritten_are_one(void **state)
{
	static const uint64_t records[AW__EVENT_ARGS] = { 70, AW__LOST_RECORDS };
	static const uint64_t findings[AW__EVENT_ARGS] = { 5, AW__LOST_FINDINGS };
	static const uint64_t history[AW__EVENT_ARGS] = { 3, AW__LOST_HISTORY };
	struct aw__model *model = *state;
	const struct aw__found *found;

	items_event(model, AW__EVENTS_LOST, 10, 0, records, 0, NULL, NULL);
	assert_int_equal(aw__model_finding_count(model), 0);
	items_event(model, AW__EVENTS_LOST, 11, 0, findings, 0, NULL, NULL);
	items_event(model, AW__EVENTS_LOST, 12, 0, findings, 0, NULL, NULL);
	items_event(model, AW__EVENTS_LOST, 13, 0, history, 0, NULL, NULL);
	assert_int_equal(aw__model_finding_count(model), 1);
	assert_int_equal(aw__model_counts(model)->findings[AW__LOST_EVENTS], 1);
	found = aw__model_found_at(model, 0);
	assert_int_equal(found->kind, AW__LOST_EVENTS);
	assert_int_equal(found->value, 10);
	assert_int_equal(aw__model_counts(model)->lost_records, 70);
	assert_int_equal(aw__model_counts(model)->lost_important, 10);
	assert_int_equal(aw__model_counts(model)->lost_events, 80);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(model__knows_creators),
		TEST(model__takes_children_before_parents),
		TEST(model__breaks_cycles_of_creators),
		TEST(model__a_later_row_keeps_the_facts_of_a_task),
		TEST(model__follows_state),
		TEST(model__drops_the_oldest_tasks_that_ended_without_an_error),
		TEST(model__children_of_a_dropped_task_have_no_parent),
		TEST(model__a_row_outside_of_a_snapshot_makes_no_task_live),
		TEST(model__a_row_outside_of_a_snapshot_is_a_state_only_with_steps),
		TEST(model__a_complete_snapshot_ends_unlisted_tasks),
		TEST(model__a_destroyed_task_is_not_live),
		TEST(model__an_incomplete_snapshot_ends_no_tasks),
		TEST(model__reading_everything_twice_changes_nothing),
		TEST(model__counts_the_same_error_and_the_same_finding),
		TEST(model__regroups_when_the_error_comes_after_the_finding),
		TEST(model__knows_which_task_retrieved_an_error),
		TEST(model__drops_the_oldest_retrieved_errors_and_their_parts),
		TEST(model__keeps_a_retrieved_error_that_is_another_ones_cause),
		TEST(model__findings_that_were_overwritten_are_one),
		TEST(model__walks_links_up_to_main),
		TEST(model__walks_along_cycles_end),
		TEST(model__definitions_of_the_wrong_kind_are_ignored),
		TEST(model__runtimes_are_a_set),
		TEST(model__invalid_items_are_counted),
		TEST(model__shows_nul_bytes),
		TEST(model__deep_chains_do_not_recurse),
		TEST(model__open_handles_are_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
