/* SPDX-License-Identifier: MIT */
/*
 * A bounded set of ids of errors and findings that were counted but not kept. The model asks it before it counts,
 * because recorders report the same error or finding more than once.
 */
#include "viewer/model/gone.h"

#include "base/alloc.h"

#define IDS (AW__GONE_WORDS * 64u)

static struct aw__gone_chunk *chunk_of(const struct aw__gone *gone, uint64_t id)
{
	return gone->chunks.count > 0 ? aw__map_get(&gone->chunks, id / IDS) : NULL;
}

static uint64_t *word_of(struct aw__gone_chunk *chunk, uint64_t id)
{
	return &chunk->bits[id % IDS / 64];
}

static uint64_t bit_of(uint64_t id)
{
	return UINT64_C(1) << id % 64;
}

static void drop_oldest(struct aw__gone *gone)
{
	struct aw__gone_chunk *chunk = gone->oldest;

	gone->oldest = chunk->newer;
	if (gone->oldest == NULL)
		gone->newest = NULL;
	aw__map_remove(&gone->chunks, chunk->key);
	aw__alloc_free(chunk);
}

struct aw__gone_chunk *aw__gone_add_chunk(struct aw__gone *gone, uint64_t key)
{
	struct aw__gone_chunk *chunk;

	if (aw__map_get(&gone->chunks, key) != NULL)
		return NULL;
	if (gone->chunks.count == AW__GONE_MAX_CHUNKS)
		drop_oldest(gone);
	chunk = aw__alloc_must_zeroed(1, sizeof(*chunk));
	chunk->key = key;
	*(gone->newest != NULL ? &gone->newest->newer : &gone->oldest) = chunk;
	gone->newest = chunk;
	aw__map_put(&gone->chunks, key, chunk);
	return chunk;
}

bool aw__gone_has(const struct aw__gone *gone, uint64_t id)
{
	struct aw__gone_chunk *chunk = chunk_of(gone, id);

	return chunk != NULL && (*word_of(chunk, id) & bit_of(id)) != 0;
}

void aw__gone_add(struct aw__gone *gone, uint64_t id)
{
	struct aw__gone_chunk *chunk = chunk_of(gone, id);

	if (chunk == NULL)
		chunk = aw__gone_add_chunk(gone, id / IDS);
	*word_of(chunk, id) |= bit_of(id);
}

bool aw__gone_remove(struct aw__gone *gone, uint64_t id)
{
	if (!aw__gone_has(gone, id))
		return false;
	*word_of(chunk_of(gone, id), id) &= ~bit_of(id);
	return true;
}

void aw__gone_finish(struct aw__gone *gone)
{
	while (gone->oldest != NULL)
		drop_oldest(gone);
	aw__map_finish(&gone->chunks);
}
