/* SPDX-License-Identifier: MIT */
/* Tests of findings that are taken back: a held error is retrieved after all, or lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include <awry/agent.h>

#include "model_items.h"
#include "model_case.h"
#include "proto/finding.h"
#include "viewer/model/image.h"

#define MANY 30000u

static void hold(struct aw__model *model, uint64_t id)
{
	struct items_error error = {
		.time_ns = id, .id = 200000 + id, .type = 1, .task = id, .message = "held"
	};

	items_created(model, id, id, 0, 5, 6, "keeper");
	items_error(model, &error);
	items_done(model, id, id, 1, 200000 + id);
	items_found(model, id, 70000 + id, AW__HELD_ERROR, id, 200000 + id, 6, 11, 5);
}

static void retrieve(struct aw__model *model, uint64_t id)
{
	const uint64_t args[AW__EVENT_ARGS] = { id };

	items_event(model, AW__ERROR_RETRIEVED, 50000 + id, 200000 + id, args, 0, NULL, NULL);
}

static uint64_t count_of(const struct aw__model *model, uint64_t kind)
{
	return aw__model_counts(model)->findings[kind];
}

static void held__is_taken_back_when_it_is_retrieved(void **state)
{
	struct aw__model *model = *state;

	hold(model, 1);
	hold(model, 2);
	assert_int_equal(count_of(model, AW__HELD_ERROR), 2);
	assert_int_equal(aw__model_found(model, 70001)->group->count, 2);
	retrieve(model, 1);
	assert_int_equal(count_of(model, AW__HELD_ERROR), 1);
	assert_null(aw__model_found(model, 70001));
	assert_int_equal(aw__model_found(model, 70002)->group->count, 1);
	assert_int_equal(aw__model_found_count(model), 1);
	assert_int_equal(aw__model_error(model, 200001)->state, AW__ERROR_TAKEN);
	assert_int_equal(aw__model_error(model, 200001)->finding, 0);
	assert_int_equal(aw__model_error(model, 200002)->state, AW__ERROR_PENDING);
	/* a box that is read after a socket reports it again */
	hold(model, 1);
	assert_int_equal(count_of(model, AW__HELD_ERROR), 1);
}

/* The events come from two threads, so their order may be reversed. */
static void held__is_no_finding_if_it_was_retrieved_before(void **state)
{
	struct aw__model *model = *state;

	retrieve(model, 1);
	hold(model, 1);
	assert_int_equal(count_of(model, AW__HELD_ERROR), 0);
	assert_int_equal(aw__model_found_count(model), 0);
}

static void held__is_reported_once(void **state)
{
	struct aw__model *model = *state;

	hold(model, 1);
	items_found(model, 9, 30000, AW__HELD_ERROR, 1, 200001, 6, 12, 5);
	assert_int_equal(count_of(model, AW__HELD_ERROR), 1);
}

static void held__that_is_lost_becomes_a_never_retrieved_finding(void **state)
{
	struct aw__model *model = *state;

	hold(model, 1);
	items_found(model, 60000, 30000, AW__NEVER_RETRIEVED, 1, 200001, 6, 0, 5);
	assert_int_equal(count_of(model, AW__HELD_ERROR), 0);
	assert_int_equal(count_of(model, AW__NEVER_RETRIEVED), 1);
	assert_null(aw__model_found(model, 70001));
	assert_int_equal(aw__model_error(model, 200001)->finding, 30000);
	assert_int_equal(aw__model_error(model, 200001)->state, AW__ERROR_LOST);
	items_found(model, 60001, 30001, AW__HELD_ERROR, 1, 200001, 6, 12, 5);
	assert_int_equal(count_of(model, AW__HELD_ERROR), 0);
}

static void put_row(void *arg, const struct aw__wire_row *row)
{
	assert_true(aw__image_load_row(arg, row));
}

/* Most of the findings are only counted. They can be taken back, too, even in a model that was loaded. */
static void held__of_a_flood_is_taken_back(void **state)
{
	struct aw__model *model = *state, *copy = aw__model_create();
	struct aw__image_loading *loading = aw__image_load_begin(copy);

	for (uint64_t id = 1; id <= MANY; id++)
		hold(model, id);
	assert_int_equal(count_of(model, AW__HELD_ERROR), MANY);
	assert_true(aw__model_found_count(model) < MANY / 2);
	aw__model_save(model, put_row, loading);
	assert_true(aw__image_load_end(loading));
	for (uint64_t id = 1; id < MANY; id++) {
		retrieve(model, id);
		retrieve(copy, id);
	}
	assert_int_equal(count_of(model, AW__HELD_ERROR), 1);
	assert_int_equal(count_of(copy, AW__HELD_ERROR), 1);
	assert_int_equal(aw__model_found_count(model), 1);
	assert_int_equal(aw__model_found_count(copy), 1);
	assert_int_equal(aw__model_found(copy, 70000 + MANY)->group->count, 1);
	retrieve(model, MANY);
	assert_int_equal(aw__model_found_count(model), 0);
	assert_int_equal(aw__model_found_group_at(model, 0)->count, 0);
	aw__model_destroy(copy);
}

/* The group's times are those of the findings that are left. */
static void held__group_times_are_of_the_remaining_findings(void **state)
{
	struct aw__model *model = *state;
	const struct aw__found_group *group;

	for (uint64_t id = 1; id <= 5; id++)
		hold(model, id);
	group = aw__model_found(model, 70003)->group;
	assert_int_equal(group->first_ns, 1);
	assert_int_equal(group->last_ns, 5);
	retrieve(model, 1);
	retrieve(model, 5);
	assert_int_equal(group->count, 3);
	assert_int_equal(group->first_ns, 2);
	assert_int_equal(group->last_ns, 4);
}

/* Findings that are only counted stay counted after all kept ones were taken back. */
static void held__findings_that_are_not_kept_stay_counted(void **state)
{
	struct aw__model *model = *state;
	const struct aw__found_group *group;
	uint64_t kept = 0;

	for (uint64_t id = 1; id <= 6000; id++)
		hold(model, id);
	group = aw__model_found_group_at(model, 0);
	for (uint64_t id = 1; id <= 6000; id++) {
		if (aw__model_found(model, 70000 + id) == NULL)
			continue;
		retrieve(model, id);
		kept++;
	}
	assert_int_equal(group->count, 0);
	assert_int_equal(aw__model_counts(model)->findings_beyond, 6000 - kept);
	assert_int_equal(count_of(model, AW__HELD_ERROR), 6000 - kept);
	for (uint64_t id = 1; id <= 6000; id++)
		retrieve(model, id);
	assert_int_equal(aw__model_counts(model)->findings_beyond, 0);
	assert_int_equal(count_of(model, AW__HELD_ERROR), 0);
}

static double seconds_to_take_back(uint64_t count)
{
	struct aw__model *model = aw__model_create();
	clock_t began;

	for (uint64_t id = 1; id <= count; id++) {
		const struct items_error error = {
			.time_ns = id, .id = 200000 + id, .type = 1, .task = id, .stack = id
		};

		items_error(model, &error);
		items_found(model, id, 70000 + id, AW__HELD_ERROR, id, 200000 + id, 6, 11, id);
	}
	began = clock();
	for (uint64_t id = 1; id <= count; id++)
		retrieve(model, id);
	began = clock() - began;
	assert_int_equal(count_of(model, AW__HELD_ERROR), 0);
	aw__model_destroy(model);
	return (double)began / CLOCKS_PER_SEC;
}

/* Each finding has its own group. Four times as many must take about four times as long, not sixteen. */
static void held__is_taken_back_in_linear_time(void **state)
{
	const double few = seconds_to_take_back(10000), many = seconds_to_take_back(40000);

	assert_true(many < 10 * few + 0.05);
}

/* The first report of an error omits texts that need code of the program, such as __str__. */
static void held__that_is_lost_is_reported_with_all_its_texts(void **state)
{
	struct aw__model *model = *state;
	struct items_error error = { .time_ns = 5, .id = 20, .type = 1, .task = 2 };
	uint64_t clean[AW__EVENT_ARGS] = { 3 }, peer[AW__EVENT_ARGS] = { 4 };
	const struct aw__error *told;

	items_string(model, 3, "clean");
	items_string(model, 4, "peer");
	items_error(model, &error);
	items_event(model, AW__ERROR_ATTRIBUTE, 5, 20, clean, 0, NULL, "False");
	items_error(model, &error); /* the same again */
	items_event(model, AW__ERROR_ATTRIBUTE, 5, 20, clean, 0, NULL, "False");
	error.time_ns = 9;
	error.flags = AW_ERROR_LOST;
	error.message = "no close frame";
	items_error(model, &error);
	items_event(model, AW__ERROR_ATTRIBUTE, 9, 20, peer, 0, NULL, "Peer(7)");
	items_event(model, AW__ERROR_ATTRIBUTE, 9, 20, clean, 0, NULL, "False");
	told = aw__model_error(model, 20);
	assert_string_equal(told->message, "no close frame");
	assert_int_equal(told->time_ns, 5);
	assert_int_equal(told->attribute_count, 2);
	assert_string_equal(told->attributes[0].text, "Peer(7)");
	assert_int_equal(aw__model_counts(model)->errors, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, model_case_set_up, model_case_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(held__is_taken_back_when_it_is_retrieved),
		TEST(held__is_no_finding_if_it_was_retrieved_before),
		TEST(held__is_reported_once),
		TEST(held__that_is_lost_becomes_a_never_retrieved_finding),
		TEST(held__of_a_flood_is_taken_back),
		TEST(held__group_times_are_of_the_remaining_findings),
		TEST(held__findings_that_are_not_kept_stay_counted),
		TEST(held__is_taken_back_in_linear_time),
		TEST(held__that_is_lost_is_reported_with_all_its_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
