/* SPDX-License-Identifier: MIT */
/* Tests of the times of --at, --since and --until. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model_items.h"
#include "model_case.h"
#include "viewer/cli/when.h"

#define S UINT64_C(1000000000)

/* From 5 s to 65 s of the monotonic clock, of which 1000 ns are 2023-11-14T22:13:20Z by items_hello(). */
static void fill(struct aw__model *model)
{
	items_hello(model, 42);
	items_created(model, 5 * S, 1, 0, 0, 0, NULL);
	items_created(model, 65 * S, 2, 0, 0, 0, NULL);
}

static void means(const struct aw__model *model, const char *text, uint64_t base_ns,
		  uint64_t expected_ns)
{
	struct aw__problem problem = { "" };
	uint64_t ns = 7;

	if (!aw__when_parse(text, model, base_ns, &ns, &problem) || ns != expected_ns)
		fail_msg("%s: %llu, not %llu: %s", text, (unsigned long long)ns,
			 (unsigned long long)expected_ns, problem.text);
}

static void when__counts_from_both_ends(void **state)
{
	struct aw__model *model = *state;

	fill(model);
	means(model, "10s", 0, 15 * S);
	means(model, "10s", 30 * S, 15 * S);
	means(model, "+10s", 30 * S, 40 * S);
	means(model, "+10s", 0, 15 * S);
	means(model, "-10s", 0, 55 * S);
	means(model, "-64.5s", 0, S / 2);
	means(model, "-10min", 0, 0);
	means(model, "+500000h", UINT64_MAX - S, UINT64_MAX);
}

static void when__takes_dates(void **state)
{
	struct aw__model *model = *state;

	fill(model);
	means(model, "2023-11-14T22:13:30Z", 0, 10 * S + 1000);
	means(model, "2023-11-14 22:13:30z", 0, 10 * S + 1000);
	means(model, "2023-11-14T22:13:30.25Z", 0, 10 * S + S / 4 + 1000);
	means(model, "2023-11-14T22:13:30.125Z", 0, 10 * S + S / 8 + 1000);
	means(model, "2023-11-15T00:43:30+02:30", 0, 10 * S + 1000);
	means(model, "2023-11-14T20:43:30-01:30", 0, 10 * S + 1000);
	means(model, "2020-01-01T00:00:00Z", 0, 0); /* before the machine started */
}

static void when__refuses_invalid_times(void **state)
{
	static const char *const texts[] = {
		"",
		"10",
		"--10s",
		"+",
		"10s ago",
		"2023-11-14",
		"2023-11-14T22:13:30",
		"2023-11-14T22:13:30+0200",
		"2023-11-14T22:13:30+02.30",
		"2023-11-14T22:13:30+2:030",
		"2023-11-14T22:13:30ZZ",
		"1960-01-01T00:00:00Z",
	};
	struct aw__problem problem;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (aw__when_is_one(texts[i], &problem))
			fail_msg("'%s' is taken for a moment", texts[i]);
		assert_non_null(strstr(problem.text, "; expected 10s ("));
	}
}

static void when__dates_need_the_recordings_clock(void **state)
{
	struct aw__model *model = *state;
	struct aw__problem problem;
	uint64_t ns = 7;

	items_created(model, 5 * S, 1, 0, 0, 0, NULL);
	means(model, "10s", 0, 15 * S);
	assert_false(aw__when_parse("2023-11-14T22:13:30Z", model, 0, &ns, &problem));
	assert_int_equal(ns, 7);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, model_case_set_up, model_case_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(when__counts_from_both_ends),
		TEST(when__takes_dates),
		TEST(when__refuses_invalid_times),
		TEST(when__dates_need_the_recordings_clock),
	};

	return cmocka_run_group_tests_name("when", tests, NULL, NULL);
}
