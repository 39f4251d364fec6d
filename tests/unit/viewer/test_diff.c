/* SPDX-License-Identifier: MIT */
/* Tests of comparing two recordings: findings by fingerprint, and times with a test of significance. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <awry/agent.h>

#include "base/alloc.h"
#include "model_items.h"
#include "viewer/report/allow.h"
#include "viewer/report/diff.h"

static int tear_down(void **state)
{
	return aw__alloc_live() == 0 ? 0 : -1;
}

/* Pseudo-random numbers, the same in each run. */
static uint64_t noise(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return *state >> 40;
}

static void fill(struct aw__times *times, uint64_t seed, unsigned count, uint64_t from_ns,
		 uint64_t spread_ns)
{
	memset(times, 0, sizeof(*times));
	for (unsigned i = 0; i < count; i++)
		aw__times_add(times, from_ns + noise(&seed) % spread_ns);
}

static void times__median_is_exact_to_a_twelfth(void **state)
{
	static struct aw__times times;

	for (uint64_t ns = 1; ns < UINT64_C(1) << 42; ns = ns * 3 + 1) {
		uint64_t median;

		memset(&times, 0, sizeof(times));
		aw__times_add(&times, ns);
		median = aw__times_median_ns(&times);
		assert_true(median >= ns - ns / 12 && median <= ns + ns / 12);
	}
	memset(&times, 0, sizeof(times));
	assert_int_equal(aw__times_median_ns(&times), 0);
	aw__times_add(&times, UINT64_MAX);
	assert_true(aw__times_median_ns(&times) > UINT64_C(1) << 41);
}

static void times__noise_is_no_difference(void **state)
{
	static struct aw__times one, other;
	unsigned sure = 0;

	for (uint64_t seed = 1; seed <= 200; seed++) {
		double deviations;

		fill(&one, seed, 200, 1000000, 3000000);
		fill(&other, seed + 1000, 300, 1000000, 3000000);
		deviations = aw__times_compare(&one, &other);
		assert_true(deviations > -4.5 && deviations < 4.5);
		sure += deviations > 2 || deviations < -2;
	}
	assert_true(sure < 25); /* by chance, about ten of 200 are beyond two */
	fill(&other, 5, 300, 1600000, 3000000);
	assert_true(aw__times_compare(&one, &other) > 4);
	assert_true(aw__times_compare(&other, &one) < -4);
}

struct story {
	uint64_t lost, run_ns, wait_ns;
	unsigned tasks;
	const char *function;
	uint32_t line;
};

static void tell(struct aw__profile *profile, struct aw__model *model, struct aw__item *item)
{
	aw__profile_item(profile, item);
	aw__model_ingest(model, item);
}

static void profile_of(const struct story *story, struct aw__profile *ret_profile)
{
	struct aw__model *model = aw__model_create();
	uint64_t seed = story->run_ns;

	memset(ret_profile, 0, sizeof(*ret_profile));
	items_hello(model, 42);
	items_string(model, 1, "demo.c");
	items_string(model, 2, story->function);
	items_place(model, 10, 2, 1, story->line);
	items_stack(model, 20, 0, 0, 1, (const uint64_t[]){ 10 });
	for (unsigned i = 0; i < story->tasks; i++) {
		uint64_t run_ns = story->run_ns + noise(&seed) % (story->run_ns / 2 + 1);
		struct aw__item item = { .kind = AW__ITEM_EVENT };

		item.event = (struct aw__event){ .kind = AW__TASK_CREATED,
						 .subject = i + 1,
						 .time_ns = 1000 + i,
						 .created = { .coroutine = 10, .stack = 20 } };
		tell(ret_profile, model, &item);
		item.event = (struct aw__event){ .kind = AW__TASK_DONE,
						 .subject = i + 1,
						 .time_ns = 1000 + i + run_ns + story->wait_ns,
						 .done = { .run_ns = run_ns } };
		tell(ret_profile, model, &item);
	}
	for (uint64_t i = 0; i < story->lost; i++)
		items_found(model, 5 + i, 1000 + i, AW__NEVER_RETRIEVED, 0, 0, 20, 0, 10);
	aw__profile_complete(ret_profile, model, NULL);
	aw__model_destroy(model);
}

/* The ids come from the recording: the hashes of two pairs of them may be the same. */
static void profile__keeps_pairs_apart_whose_hashes_collide(void **state)
{
	const uint64_t places[] = { 10, aw__map_hash(20) ^ aw__map_hash(21) ^ 10 };
	struct aw__profile profile = { 0 };

	for (uint64_t i = 0; i < 4; i++) {
		struct aw__item item = { .kind = AW__ITEM_EVENT };

		item.event = (struct aw__event){ .kind = AW__TASK_CREATED,
						 .subject = i + 1,
						 .created = { .coroutine = places[i % 2],
							      .stack = 20 + i % 2 } };
		aw__profile_item(&profile, &item);
	}
	assert_int_equal(profile.stack_count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(profile.stacks[i]->count, 2);
		assert_int_equal(profile.stacks[i]->stack, 20 + i);
		assert_true(profile.stacks[i]->place == places[i]);
	}
	aw__profile_finish(&profile);
}

static void expect(struct story older, struct story newer, const char *words, uint64_t findings,
		   uint64_t stacks)
{
	struct aw__report_options plain = { 0 };
	struct aw__buffer out = AW__BUFFER_EMPTY;
	struct aw__profile before, now;
	struct aw__diff diff;

	profile_of(&older, &before);
	profile_of(&newer, &now);
	aw__diff_init(&diff, &before, &now, 100);
	aw__diff_text(&diff, &plain, &out);
	if (strstr(aw__buffer_string(&out), words) == NULL)
		print_message("%s", aw__buffer_string(&out));
	assert_non_null(strstr(aw__buffer_string(&out), words));
	assert_int_equal(diff.finding_count, findings);
	assert_int_equal(diff.stack_count, stacks);
	aw__buffer_clear(&out);
	aw__diff_json(&diff, &out);
	assert_non_null(strstr(aw__buffer_string(&out), "\"urn:awry:diff:1\""));
	aw__buffer_finish(&out);
	aw__diff_finish(&diff);
	aw__profile_finish(&before);
	aw__profile_finish(&now);
}

static void diff__finds_what_changed(void **state)
{
	const struct story calm = { 0, 1000000, 5000000, 100, "bug", 7 };
	struct story other = calm;

	expect(calm, calm, "nothing has changed", 0, 0);
	other.line = 70;
	expect(calm, other, "nothing has changed", 0, 0);
	other.lost = 1;
	expect(calm, other, "New findings (1)\n  Future", 1, 0);
	expect(other, calm, "Findings that are gone (1)\n", 1, 0);
	other = calm;
	other.run_ns = 2500000;
	expect(calm, other, "Slower tasks (1)\n  bug, created in bug  at demo.c:7: runs 3", 0, 1);
	expect(other, calm, "Faster tasks (1)\n", 0, 1);
	other = calm;
	other.wait_ns = 12000000; /* more than twice as long: may be due to the machine */
	expect(calm, other, "nothing has changed", 0, 0);
	other.wait_ns = 20000000;
	expect(calm, other, "at demo.c:7: waits ", 0, 1);
	other = calm;
	other.function = "another";
	expect(calm, other, "Tasks from new places (1)\n  another, created in another", 0, 2);
	other = calm;
	other.run_ns = 2500000;
	other.tasks = 19; /* too few tasks to be sure */
	expect(calm, other, "nothing has changed", 0, 0);
}

static void diff__more_is_more_than_chance(void **state)
{
	struct story before = { 1, 1000, 1000, 0, "bug", 7 }, now = before;

	before.lost = 4;
	now.lost = 7; /* more, but within chance */
	expect(before, now, "nothing has changed", 0, 0);
	now.lost = 12;
	expect(before, now, "More frequent findings (1)\n", 1, 0);
	before.lost = 1000;
	now.lost = 1400;
	expect(before, now, "nothing has changed", 0, 0);
	now.lost = 1500;
	expect(before, now, "1000 before, 1500 now", 1, 0);
}

/* Too few tasks in one recording, and too short a time. */
static void diff__needs_enough_of_both(void **state)
{
	struct story before = { 0, 1000000, 5000000, 19, "bug", 7 }, now = before;

	now.run_ns = 2500000;
	now.tasks = 100;
	expect(before, now, "nothing has changed", 0, 0);
	before.tasks = 20;
	expect(before, now, "Slower tasks (1)", 0, 1);
	before = (struct story){ 0, 1000, 5000000, 100, "bug", 7 };
	now = before;
	now.run_ns = 50000; /* fifty times as long, but still too short to matter */
	expect(before, now, "nothing has changed", 0, 0);
	now.run_ns = 150000;
	expect(before, now, "Slower tasks (1)", 0, 1);
}

/* Tasks that take 1 ms, and `long_ones` tasks that take 10 ms, in random order. */
static void profile_of_two_sorts(unsigned long_ones, struct aw__profile *ret_profile)
{
	struct aw__model *model = aw__model_create();

	memset(ret_profile, 0, sizeof(*ret_profile));
	items_hello(model, 42);
	items_string(model, 1, "demo.c");
	items_string(model, 2, "bug");
	items_place(model, 10, 2, 1, 7);
	items_stack(model, 20, 0, 0, 1, (const uint64_t[]){ 10 });
	for (uint64_t id = 1; id <= 41; id++) {
		const uint64_t run_ns = id <= long_ones ? 10000000 : 1000000;
		struct aw__item item = { .kind = AW__ITEM_EVENT };

		item.event = (struct aw__event){ .kind = AW__TASK_CREATED,
						 .subject = id,
						 .time_ns = 1000,
						 .created = { .coroutine = 10, .stack = 20 } };
		tell(ret_profile, model, &item);
		item.event = (struct aw__event){ .kind = AW__TASK_DONE,
						 .subject = id,
						 .time_ns = 1000 + run_ns,
						 .done = { .run_ns = run_ns } };
		tell(ret_profile, model, &item);
	}
	aw__profile_complete(ret_profile, model, NULL);
	aw__model_destroy(model);
}

static void diff__needs_to_be_sure(void **state)
{
	struct aw__profile before, now;
	struct aw__diff diff;

	for (unsigned more = 1; more <= 21; more += 20) {
		profile_of_two_sorts(20, &before);
		profile_of_two_sorts(20 + more, &now);
		aw__diff_init(&diff, &before, &now, 100);
		/* the median is ten times as long */
		assert_int_equal(diff.stack_count, more == 21);
		aw__diff_finish(&diff);
		aw__profile_finish(&before);
		aw__profile_finish(&now);
	}
}

/* Findings of one place: `known` that the list allows, and `others`. */
static void profile_with_allowed(unsigned known, unsigned others, struct aw__profile *ret_profile)
{
	static const char allow[] = "[allow]\nmessage = known\nreason = r\n";
	struct aw__model *model = aw__model_create();
	struct aw__verdicts verdicts;
	struct aw__problem problem;
	struct aw__allow_list *list =
		aw__allow_list_parse("allow", allow, strlen(allow), "2026-11-21", &problem);

	memset(ret_profile, 0, sizeof(*ret_profile));
	items_hello(model, 42);
	for (uint64_t i = 1; i <= known + others; i++) {
		const struct items_error error = { .time_ns = i,
						   .id = 1000 + i,
						   .message = i <= known ? "known" : "new" };

		items_error(model, &error);
		items_found(model, i, i, AW__NEVER_RETRIEVED, 0, error.id, 0, 0, 0);
	}
	aw__verdicts_init(&verdicts, list, model);
	aw__profile_complete(ret_profile, model, &verdicts);
	aw__verdicts_finish(&verdicts);
	aw__allow_list_destroy(list);
	aw__model_destroy(model);
}

/* Whether the additional findings are allowed: only those that the list does not allow are compared. */
static bool is_allowed(unsigned known, unsigned others)
{
	struct aw__profile before, now;
	struct aw__diff diff;
	bool allowed;

	profile_with_allowed(20, 0, &before);
	profile_with_allowed(known, others, &now);
	aw__diff_init(&diff, &before, &now, 100);
	assert_int_equal(diff.finding_count, 1);
	assert_int_equal(diff.findings[0].change, AW__CHANGE_MORE);
	allowed = diff.findings[0].allowed;
	assert_int_equal(diff.allowed[AW__CHANGE_MORE], allowed);
	aw__diff_finish(&diff);
	aw__profile_finish(&before);
	aw__profile_finish(&now);
	return allowed;
}

static void diff__more_of_an_allowed_finding_is_allowed(void **state)
{
	assert_true(is_allowed(60, 0));
	assert_true(is_allowed(60, 2)); /* by chance */
	assert_false(is_allowed(60, 3));
	assert_false(is_allowed(20, 40));
}

#define TEST(f) cmocka_unit_test_teardown(f, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(times__median_is_exact_to_a_twelfth),
		TEST(times__noise_is_no_difference),
		TEST(profile__keeps_pairs_apart_whose_hashes_collide),
		TEST(diff__finds_what_changed),
		TEST(diff__more_is_more_than_chance),
		TEST(diff__needs_enough_of_both),
		TEST(diff__needs_to_be_sure),
		TEST(diff__more_of_an_allowed_finding_is_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
