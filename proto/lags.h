/* SPDX-License-Identifier: MIT */
/*
 * How long a loop's iterations took: a histogram of fixed size, two buckets an octave.
 *
 * Iterations last from a quarter of a microsecond to minutes, and both ends matter: that is 31 octaves. Two buckets an
 * octave fill half a kilobyte a loop, and tell a quantile to within a half; the loop's thread finds its bucket by
 * counting leading zeros. Twice as fine would be twice the room for an answer that nobody acts on differently.
 *
 *	bucket 0	below 256 ns
 *	bucket 1, 2	from 256 ns, from 384 ns
 *	…
 *	bucket 61, 62	from 275 s, from 412 s
 *	bucket 63	from 550 s
 *
 * On the wire a bucket is told by the least that is in it, so that these may become other ones.
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

/** The bucket of an iteration that took so long. */
static inline unsigned aw__lag_bucket(uint64_t ns)
{
	unsigned octave, bucket;

	if (ns >> AW__LAG_LEAST_OCTAVE == 0)
		return 0;
	octave = 63u - (unsigned)__builtin_clzll(ns);
	bucket = 2 * (octave - AW__LAG_LEAST_OCTAVE) + 1 + (unsigned)(ns >> (octave - 1) & 1);
	return bucket < AW__LAG_BUCKETS ? bucket : AW__LAG_BUCKETS - 1;
}

/** The least that is in a bucket; of the one behind the last: UINT64_MAX. */
uint64_t aw__lag_from_ns(unsigned bucket);

/** How many iterations it knows; stops at UINT64_MAX. */
uint64_t aw__lags_count(const struct aw__lags *lags);

/**
 * How long so many of a thousand took at most: the end of the bucket in which that is, or the longest that there was.
 * 0 if there was none.
 */
uint64_t aw__lags_quantile_ns(const struct aw__lags *lags, unsigned permille);

/** What is in it, as pairs: the least that is in a bucket, and how many are. Returns how many words that are. */
uint32_t aw__lags_list(const struct aw__lags *lags, uint64_t ret_list[AW__LAG_LIST_WORDS]);

/** The same back; the list may be anybody's. */
void aw__lags_of_list(struct aw__lags *ret_lags, uint64_t longest_ns, const uint64_t *list,
		      size_t length);

#endif
