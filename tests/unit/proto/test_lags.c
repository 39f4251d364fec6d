/* SPDX-License-Identifier: MIT */
/*
 * Tests of lag histograms: bucket bounds, quantiles compared with exact ones, the list form, and lists from
 * untrusted recordings.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/lags.h"

static void lags__every_duration_is_in_the_bucket_of_its_range(void **state)
{
	for (unsigned bucket = 0; bucket < AW__LAG_BUCKETS; bucket++) {
		const uint64_t from_ns = aw__lag_from_ns(bucket);
		const uint64_t end_ns = aw__lag_from_ns(bucket + 1);

		assert_true(from_ns < end_ns);
		assert_int_equal(aw__lag_bucket(from_ns), bucket);
		assert_int_equal(aw__lag_bucket(end_ns - 1), bucket);
	}
	assert_int_equal(aw__lag_bucket(UINT64_MAX), AW__LAG_BUCKETS - 1);
	assert_int_equal(aw__lag_from_ns(1), 256);
	assert_int_equal(aw__lag_from_ns(2), 384);
	assert_int_equal(aw__lag_from_ns(3), 512);
}

static int by_size(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Compared with the sorted durations: never below the exact quantile, and at most half of it above. */
static void lags__quantiles_are_near_the_true_ones(void **state)
{
	enum { COUNT = 1999 };
	static const unsigned permilles[] = { 1, 250, 500, 900, 990, 999, 1000 };
	uint64_t all[COUNT], random = 7;
	struct aw__lags lags = { 0 };

	for (unsigned i = 0; i < COUNT; i++) {
		random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
		all[i] = 256 + (random >> 20) % (UINT64_C(1) << (random >> 60) * 2);
		lags.counts[aw__lag_bucket(all[i])]++;
		lags.longest_ns = all[i] > lags.longest_ns ? all[i] : lags.longest_ns;
	}
	qsort(all, COUNT, sizeof(all[0]), by_size);
	for (size_t i = 0; i < sizeof(permilles) / sizeof(permilles[0]); i++) {
		const uint64_t exact = all[(COUNT * permilles[i] + 999) / 1000 - 1];
		const uint64_t told = aw__lags_quantile_ns(&lags, permilles[i]);

		assert_true(told >= exact);
		assert_true(told - exact <= exact / 2);
	}
	assert_int_equal(aw__lags_quantile_ns(&lags, 1000), lags.longest_ns);
}

/* Half of the iterations are in the first bucket, so the median is that bucket's end. */
static void lags__a_quantile_may_end_with_a_bucket(void **state)
{
	struct aw__lags lags = { .longest_ns = 5000 };

	lags.counts[aw__lag_bucket(300)] = 2;
	lags.counts[aw__lag_bucket(5000)] = 2;
	assert_int_equal(aw__lags_quantile_ns(&lags, 500), 383);
	assert_int_equal(aw__lags_quantile_ns(&lags, 501), 5000);
}

static void lags__an_empty_histogram_has_no_quantiles(void **state)
{
	const struct aw__lags none = { 0 };

	assert_int_equal(aw__lags_quantile_ns(&none, 500), 0);
	assert_int_equal(aw__lags_count(&none), 0);
}

static void lags__go_through_a_list_unchanged(void **state)
{
	struct aw__lags lags = { .longest_ns = 1234567 }, back;
	uint64_t list[AW__LAG_LIST_WORDS];
	uint32_t length;

	lags.counts[0] = 3;
	lags.counts[17] = 1;
	lags.counts[AW__LAG_BUCKETS - 1] = UINT64_MAX / 4;
	length = aw__lags_list(&lags, list);
	assert_int_equal(length, 6);
	aw__lags_of_list(&back, lags.longest_ns, list, length);
	assert_memory_equal(&back, &lags, sizeof(lags));
	for (unsigned i = 0; i < AW__LAG_BUCKETS; i++)
		lags.counts[i] = i + 1;
	length = aw__lags_list(&lags, list);
	assert_int_equal(length, AW__LAG_LIST_WORDS);
	aw__lags_of_list(&back, lags.longest_ns, list, length);
	assert_memory_equal(&back, &lags, sizeof(lags));
}

static void lags__an_untrusted_list_is_bounded(void **state)
{
	const uint64_t list[] = { UINT64_MAX, UINT64_MAX, 5, UINT64_MAX, 7, UINT64_MAX, 9 };
	struct aw__lags lags;

	aw__lags_of_list(&lags, 1, list, sizeof(list) / sizeof(list[0]));
	assert_true(aw__lags_count(&lags) == UINT64_MAX);
	assert_true(lags.counts[0] == UINT64_MAX);
	assert_int_equal(aw__lags_quantile_ns(&lags, 1000), 1);
}

/* A duration without its count is ignored, whatever follows it in memory. */
static void lags__a_duration_without_a_count_is_ignored(void **state)
{
	const uint64_t list[] = { 300, 1, 5000, 77 };
	struct aw__lags lags;

	aw__lags_of_list(&lags, 300, list, 3);
	assert_int_equal(aw__lags_count(&lags), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lags__every_duration_is_in_the_bucket_of_its_range),
		cmocka_unit_test(lags__quantiles_are_near_the_true_ones),
		cmocka_unit_test(lags__a_quantile_may_end_with_a_bucket),
		cmocka_unit_test(lags__a_duration_without_a_count_is_ignored),
		cmocka_unit_test(lags__an_empty_histogram_has_no_quantiles),
		cmocka_unit_test(lags__go_through_a_list_unchanged),
		cmocka_unit_test(lags__an_untrusted_list_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
