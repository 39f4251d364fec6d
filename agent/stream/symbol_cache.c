/* SPDX-License-Identifier: MIT */
/*
 * Keeps the answers of awry-symbolize for the agent, in bounded memory: a hash table in which a question has one slot, and the
 * newer question takes it.
 */
#include "agent/stream/symbol_cache.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/alloc.h"

#define MOST_BYTES	  (4u << 20) /* of all answers */
#define MOST_ANSWER_BYTES 4096u	     /* of one, with its question */

struct aw__cached_answer {
	uint32_t kind;
	uint32_t question_bytes;
	uint32_t answer_bytes;
	char bytes[]; /* the question, then the answer */
};

static size_t slot_of(uint32_t kind, const void *question, size_t bytes)
{
	return XXH3_64bits_withSeed(question, bytes, kind) & (AW__SYMBOL_CACHE_SLOTS - 1);
}

static size_t size_of(const struct aw__cached_answer *answer)
{
	return sizeof(*answer) + answer->question_bytes + answer->answer_bytes;
}

bool aw__symbol_cache_get(const struct aw__symbol_cache *cache, uint32_t kind, const void *question,
			  size_t bytes, char *ret_answer, uint32_t *ret_length)
{
	const struct aw__cached_answer *found = cache->slots[slot_of(kind, question, bytes)];

	if (found == NULL || found->kind != kind || found->question_bytes != bytes ||
	    memcmp(found->bytes, question, bytes) != 0)
		return false;
	memcpy(ret_answer, found->bytes + bytes, found->answer_bytes);
	ret_answer[found->answer_bytes] = '\0';
	*ret_length = found->answer_bytes;
	return true;
}

static void drop(struct aw__symbol_cache *cache, size_t slot)
{
	if (cache->slots[slot] == NULL)
		return;
	cache->bytes -= size_of(cache->slots[slot]);
	aw__alloc_free(cache->slots[slot]);
	cache->slots[slot] = NULL;
}

void aw__symbol_cache_put(struct aw__symbol_cache *cache, uint32_t kind, const void *question,
			  size_t bytes, const char *answer, uint32_t length)
{
	const size_t slot = slot_of(kind, question, bytes);
	struct aw__cached_answer *kept;

	if (bytes + length > MOST_ANSWER_BYTES)
		return;
	kept = aw__alloc(sizeof(*kept) + bytes + length);
	if (kept == NULL)
		return;
	kept->kind = kind;
	kept->question_bytes = (uint32_t)bytes;
	kept->answer_bytes = length;
	memcpy(kept->bytes, question, bytes);
	memcpy(kept->bytes + bytes, answer, length);
	if (cache->bytes + size_of(kept) > MOST_BYTES)
		aw__symbol_cache_clear(cache);
	drop(cache, slot);
	cache->slots[slot] = kept;
	cache->bytes += size_of(kept);
}

void aw__symbol_cache_clear(struct aw__symbol_cache *cache)
{
	for (size_t slot = 0; slot < AW__SYMBOL_CACHE_SLOTS; slot++)
		drop(cache, slot);
}
