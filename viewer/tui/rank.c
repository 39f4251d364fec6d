/* SPDX-License-Identifier: MIT */
/*
 * Sorts the rows of a list for viewer/tui/list.c: a radix sort from the last byte to the first, which skips the
 * bytes that are equal in all rows (most of them), and then moves each row once.
 */
#include "viewer/tui/rank.h"

#include <string.h>

#include "base/alloc.h"
#include "viewer/tui/view.h"

enum { SORT, SORT2, PROCESS, KEY, PARTS };

struct rank {
	uint64_t parts[PARTS];
	size_t index;
};

/* A stable counting sort by one byte of one part, from `from` to `to`. Returns whether anything was moved. */
static bool sort_byte(const struct rank *from, struct rank *to, size_t count, int part, int byte)
{
	size_t counts[256] = { 0 }, sum = 0;

	for (size_t i = 0; i < count; i++)
		counts[from[i].parts[part] >> (8 * byte) & 0xff]++;
	if (counts[from[0].parts[part] >> (8 * byte) & 0xff] == count)
		return false;
	for (size_t i = 0; i < 256; i++) {
		size_t here = counts[i];

		counts[i] = sum;
		sum += here;
	}
	for (size_t i = 0; i < count; i++)
		to[counts[from[i].parts[part] >> (8 * byte) & 0xff]++] = from[i];
	return true;
}

static uint64_t differing(const struct rank *ranks, size_t count, int part)
{
	uint64_t bits = 0;

	for (size_t i = 1; i < count; i++)
		bits |= ranks[i].parts[part] ^ ranks[0].parts[part];
	return bits;
}

/* Whether keys decide the order anywhere: only between rows that are otherwise equal. */
static bool keys_matter(const struct rank *ranks, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (memcmp(ranks[i].parts, ranks[i - 1].parts, KEY * sizeof(uint64_t)) == 0)
			return true;
	return false;
}

/* Returns the array that has the result. */
static struct rank *sort_parts(struct rank *ranks, struct rank *other, size_t count, int last)
{
	for (int part = last; part >= 0; part--) {
		uint64_t bits = differing(ranks, count, part);

		for (int byte = 0; byte < 8; byte++) {
			struct rank *swap = ranks;

			if ((bits >> (8 * byte) & 0xff) == 0 ||
			    !sort_byte(ranks, other, count, part, byte))
				continue;
			ranks = other;
			other = swap;
		}
	}
	return ranks;
}

void aw__rank_sort(struct aw__buffer *buffer)
{
	const struct aw__row *rows = (const struct aw__row *)(void *)buffer->data;
	size_t count = buffer->length / sizeof(*rows);
	struct aw__buffer sorted = AW__BUFFER_EMPTY;
	struct rank *both, *ranks;

	if (count < 2)
		return;
	both = aw__alloc_must(2 * count * sizeof(*both));
	for (size_t i = 0; i < count; i++)
		both[i] = (struct rank){
			{ rows[i].sort, rows[i].sort2, rows[i].process, rows[i].key }, i
		};
	ranks = sort_parts(both, both + count, count, PROCESS);
	if (keys_matter(ranks, count))
		ranks = sort_parts(ranks, ranks == both ? both + count : both, count, KEY);
	aw__buffer_reserve(&sorted, buffer->length);
	for (size_t i = 0; i < count; i++)
		aw__buffer_append(&sorted, &rows[ranks[i].index], sizeof(*rows));
	aw__alloc_free(both);
	aw__buffer_finish(buffer);
	*buffer = sorted;
}
