/* SPDX-License-Identifier: MIT */
/*
 * The durations of a loop's iterations: a histogram of fixed size, with two buckets an octave.
 *
 * Iterations last from a quarter of a microsecond to minutes, and both ends matter: that is 31 octaves. Two buckets an
 * octave take half a kilobyte a loop, and give a quantile to within a half; the loop's thread finds the bucket by
 * counting leading zeros. A finer histogram would cost more memory, and not change any decision.
 *
 *	bucket 0	below 256 ns
 *	bucket 1, 2	from 256 ns, from 384 ns
 *	…
 *	bucket 61, 62	from 275 s, from 412 s
 *	bucket 63	from 550 s
 *
 * On the wire a bucket is identified by its lower bound, so that the buckets can be changed later.
 */
#ifndef AW__LAGS_H
#define AW__LAGS_H

#include <stddef.h>
#include <stdint.h>

#define AW__LAG_BUCKETS	     64u
#define AW__LAG_LEAST_OCTAVE 8u /* 256 ns */
#define AW__LAG_LIST_WORDS   (2 * AW__LAG_BUCKETS)
#define AW__LAG_OCTAVES	     ((AW__LAG_BUCKETS - 2) / 2)

/** A loop's iterations since it was opened. */
struct aw__lags {
	uint64_t longest_ns;
	uint64_t counts[AW__LAG_BUCKETS];
};

/** The bucket of an iteration that took `ns`. */
static inline unsigned aw__lag_bucket(uint64_t ns)
{
	unsigned octave, bucket;

	if (ns >> AW__LAG_LEAST_OCTAVE == 0)
		return 0;
	octave = 63u - (unsigned)__builtin_clzll(ns);
	bucket = 2 * (octave - AW__LAG_LEAST_OCTAVE) + 1 + (unsigned)(ns >> (octave - 1) & 1);
	return bucket < AW__LAG_BUCKETS ? bucket : AW__LAG_BUCKETS - 1;
}

/** The lower bound of a bucket; UINT64_MAX for the one behind the last. */
uint64_t aw__lag_from_ns(unsigned bucket);

/** The number of iterations; saturates at UINT64_MAX. */
uint64_t aw__lags_count(const struct aw__lags *lags);

/**
 * The duration that `permille` of 1,000 iterations did not exceed: the end of the bucket that contains it, or the longest
 * iteration if that is less. 0 if there were no iterations.
 */
uint64_t aw__lags_quantile_ns(const struct aw__lags *lags, unsigned permille);

/** The histogram as pairs: a bucket's lower bound, and its count; empty buckets are left out. Returns the number of words. */
uint32_t aw__lags_list(const struct aw__lags *lags, uint64_t ret_list[AW__LAG_LIST_WORDS]);

/** Read back the pairs of aw__lags_list(); the list is untrusted. */
void aw__lags_of_list(struct aw__lags *ret_lags, uint64_t longest_ns, const uint64_t *list,
		      size_t length);

#endif
