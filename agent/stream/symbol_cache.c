/* SPDX-License-Identifier: MIT */
/*
 * Keeps the answers of awry-symbolize for the agent, in bounded memory: a hash table of sets of WAYS slots. A new answer takes the place of the
 * oldest one of its set. With one slot a question, two frames of the same stack could displace each other for ever.
 */
#include "agent/stream/symbol_cache.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/alloc.h"

#define MOST_BYTES	  (4u << 20) /* of all answers */
#define MOST_ANSWER_BYTES 4096u	     /* of one, with its question */
#define WAYS		  4u

struct aw__cached_answer {
	uint32_t kind;
	uint32_t question_bytes;
	uint32_t answer_bytes;
	char bytes[]; /* the question, then the answer */
};

/* The first slot of the question's set. */
static size_t set_of(uint32_t kind, const void *question, size_t bytes)
{
	return XXH3_64bits_withSeed(question, bytes, kind) % (AW__SYMBOL_CACHE_SLOTS / WAYS) * WAYS;
}

static size_t size_of(const struct aw__cached_answer *answer)
{
	return sizeof(*answer) + answer->question_bytes + answer->answer_bytes;
}

/* The way in its set that has a question's answer; WAYS: none. */
static size_t find(const struct aw__symbol_cache *cache, size_t set, uint32_t kind,
		   const void *question, size_t bytes)
{
	size_t way = 0;

	for (; way < WAYS; way++) {
		const struct aw__cached_answer *answer = cache->slots[set + way];

		if (answer != NULL && answer->kind == kind && answer->question_bytes == bytes &&
		    memcmp(answer->bytes, question, bytes) == 0)
			break;
	}
	return way;
}

bool aw__symbol_cache_get(const struct aw__symbol_cache *cache, uint32_t kind, const void *question,
			  size_t bytes, char *ret_answer, uint32_t *ret_length)
{
	const size_t set = set_of(kind, question, bytes);
	const size_t way = find(cache, set, kind, question, bytes);
	const struct aw__cached_answer *found;

	if (way == WAYS)
		return false;
	found = cache->slots[set + way];
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

/* Insert as the first of its set, which is the newest: in place of an older answer to the same question, or of the oldest one. */
static void insert(struct aw__symbol_cache *cache, struct aw__cached_answer *answer)
{
	const size_t set = set_of(answer->kind, answer->bytes, answer->question_bytes);
	size_t way = find(cache, set, answer->kind, answer->bytes, answer->question_bytes);

	if (way == WAYS)
		way--;
	drop(cache, set + way);
	memmove(&cache->slots[set + 1], &cache->slots[set], way * sizeof(cache->slots[0]));
	cache->slots[set] = answer;
	cache->bytes += size_of(answer);
}

void aw__symbol_cache_put(struct aw__symbol_cache *cache, uint32_t kind, const void *question,
			  size_t bytes, const char *answer, uint32_t length)
{
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
	insert(cache, kept);
}

void aw__symbol_cache_clear(struct aw__symbol_cache *cache)
{
	for (size_t slot = 0; slot < AW__SYMBOL_CACHE_SLOTS; slot++)
		drop(cache, slot);
}
