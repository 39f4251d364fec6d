/* SPDX-License-Identifier: MIT */
/*
 * Histograms of durations for `awry diff`: medians, and a test (Mann and Whitney's U) whether one recording's
 * durations are longer than the other's.
 */
#include "viewer/report/profile.h"

#include <math.h>

/* Eight buckets an octave: durations below 8 ns have one each, longer ones go by the three bits after the highest. */
static size_t bucket_of(uint64_t ns)
{
	unsigned top;
	size_t bucket;

	if (ns < 8)
		return (size_t)ns;
	top = 63u - (unsigned)__builtin_clzll(ns);
	bucket = (size_t)(top - 2) * 8 + (size_t)(ns >> (top - 3) & 7);
	return bucket < AW__PROFILE_BUCKETS ? bucket : AW__PROFILE_BUCKETS - 1;
}

/* The middle of a bucket. */
static uint64_t middle_ns(size_t bucket)
{
	unsigned shift = (unsigned)(bucket / 8);

	if (shift == 0)
		return bucket;
	shift--;
	return ((8 + (uint64_t)bucket % 8) << shift) + (UINT64_C(1) << shift) / 2;
}

void aw__times_add(struct aw__times *times, uint64_t ns)
{
	uint32_t *bucket = &times->buckets[bucket_of(ns)];

	if (*bucket == UINT32_MAX)
		return;
	(*bucket)++;
	times->count++;
}

uint64_t aw__times_median_ns(const struct aw__times *times)
{
	uint64_t below = 0;

	for (size_t i = 0; i < AW__PROFILE_BUCKETS; i++) {
		below += times->buckets[i];
		if (below * 2 >= times->count && below > 0)
			return middle_ns(i);
	}
	return 0;
}

/* Corrected for ties: all durations of a bucket are equal. */
double aw__times_compare(const struct aw__times *older, const struct aw__times *newer)
{
	double m = (double)older->count, n = (double)newer->count, all = m + n;
	double u = 0, ties = 0, below = 0, variance;

	if (older->count == 0 || newer->count == 0)
		return 0;
	for (size_t i = 0; i < AW__PROFILE_BUCKETS; i++) {
		double a = older->buckets[i], b = newer->buckets[i], t = a + b;

		u += b * (below + a / 2);
		below += a;
		ties += t * (t * t - 1);
	}
	variance = m * n / 12 * (all + 1 - ties / (all * (all - 1)));
	return variance > 0 ? (u - m * n / 2) / sqrt(variance) : 0;
}
