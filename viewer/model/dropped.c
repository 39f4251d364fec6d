/* SPDX-License-Identifier: MIT */
/*
 * A bounded set of ids of errors and findings that were counted but not kept. The model asks it before it counts,
 * because recorders report the same error or finding more than once.
 */
#include "viewer/model/dropped.h"

#include "base/alloc.h"

#define IDS (AW__DROPPED_WORDS * 64u)

static struct aw__dropped_chunk *chunk_of(const struct aw__dropped *set, uint64_t id)
{
	return set->chunks.count > 0 ? aw__map_get(&set->chunks, id / IDS) : NULL;
}

static uint64_t *word_of(struct aw__dropped_chunk *chunk, uint64_t id)
{
	return &chunk->bits[id % IDS / 64];
}

static uint64_t bit_of(uint64_t id)
{
	return UINT64_C(1) << id % 64;
}

static void drop_oldest(struct aw__dropped *set)
{
	struct aw__dropped_chunk *chunk = set->oldest;

	set->oldest = chunk->newer;
	if (set->oldest == NULL)
		set->newest = NULL;
	aw__map_remove(&set->chunks, chunk->key);
	aw__alloc_free(chunk);
}

struct aw__dropped_chunk *aw__dropped_add_chunk(struct aw__dropped *set, uint64_t key)
{
	struct aw__dropped_chunk *chunk;

	if (aw__map_get(&set->chunks, key) != NULL)
		return NULL;
	if (set->chunks.count == AW__DROPPED_MAX_CHUNKS)
		drop_oldest(set);
	chunk = aw__alloc_must_zeroed(1, sizeof(*chunk));
	chunk->key = key;
	*(set->newest != NULL ? &set->newest->newer : &set->oldest) = chunk;
	set->newest = chunk;
	aw__map_put(&set->chunks, key, chunk);
	return chunk;
}

bool aw__dropped_has(const struct aw__dropped *set, uint64_t id)
{
	struct aw__dropped_chunk *chunk = chunk_of(set, id);

	return chunk != NULL && (*word_of(chunk, id) & bit_of(id)) != 0;
}

void aw__dropped_add(struct aw__dropped *set, uint64_t id)
{
	struct aw__dropped_chunk *chunk = chunk_of(set, id);

	if (chunk == NULL)
		chunk = aw__dropped_add_chunk(set, id / IDS);
	*word_of(chunk, id) |= bit_of(id);
}

bool aw__dropped_remove(struct aw__dropped *set, uint64_t id)
{
	if (!aw__dropped_has(set, id))
		return false;
	*word_of(chunk_of(set, id), id) &= ~bit_of(id);
	return true;
}

void aw__dropped_finish(struct aw__dropped *set)
{
	while (set->oldest != NULL)
		drop_oldest(set);
	aw__map_finish(&set->chunks);
}
