/* SPDX-License-Identifier: MIT */
/*
 * Histograms of the durations of a loop's iterations: buckets, counts and quantiles. The recorder fills them; reports
 * and the viewer read them.
 */
#include "proto/lags.h"

#include <string.h>

uint64_t aw__lag_from_ns(unsigned bucket)
{
	const unsigned octave = AW__LAG_LEAST_OCTAVE + (bucket - 1) / 2;

	if (bucket == 0)
		return 0;
	if (bucket >= AW__LAG_BUCKETS)
		return UINT64_MAX;
	return (UINT64_C(2) + (bucket - 1) % 2) << (octave - 1);
}

static uint64_t sum(uint64_t a, uint64_t b)
{
	return a <= UINT64_MAX - b ? a + b : UINT64_MAX;
}

uint64_t aw__lags_count(const struct aw__lags *lags)
{
	uint64_t count = 0;

	for (unsigned i = 0; i < AW__LAG_BUCKETS; i++)
		count = sum(count, lags->counts[i]);
	return count;
}

uint64_t aw__lags_quantile_ns(const struct aw__lags *lags, unsigned permille)
{
	const uint64_t count = aw__lags_count(lags);
	/* the rank, among all iterations in the order of their durations, of the one that is the quantile */
	uint64_t left = count / 1000 * permille + (count % 1000 * permille + 999) / 1000;

	for (unsigned i = 0; i < AW__LAG_BUCKETS && count > 0; i++) {
		const uint64_t end_ns = aw__lag_from_ns(i + 1) - 1;

		if (left <= lags->counts[i])
			return end_ns < lags->longest_ns ? end_ns : lags->longest_ns;
		left -= lags->counts[i];
	}
	return count > 0 ? lags->longest_ns : 0;
}

uint32_t aw__lags_list(const struct aw__lags *lags, uint64_t ret_list[AW__LAG_LIST_WORDS])
{
	uint32_t length = 0;

	for (unsigned i = 0; i < AW__LAG_BUCKETS; i++) {
		if (lags->counts[i] == 0)
			continue;
		ret_list[length++] = aw__lag_from_ns(i);
		ret_list[length++] = lags->counts[i];
	}
	return length;
}

void aw__lags_of_list(struct aw__lags *ret_lags, uint64_t longest_ns, const uint64_t *list,
		      size_t length)
{
	memset(ret_lags, 0, sizeof(*ret_lags));
	ret_lags->longest_ns = longest_ns;
	for (size_t i = 0; i + 1 < length; i += 2) {
		uint64_t *count = &ret_lags->counts[aw__lag_bucket(list[i])];

		*count = sum(*count, list[i + 1]);
	}
}
