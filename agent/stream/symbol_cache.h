/* SPDX-License-Identifier: MIT */
/* The answers of awry-symbolize, by question: the frames of many stacks are the same, and each question is a round trip. */
#ifndef AW__SYMBOL_CACHE_H
#define AW__SYMBOL_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AW__SYMBOL_CACHE_SLOTS 4096u /* a power of two; one answer each */

struct aw__symbol_cache {
	struct aw__cached_answer *slots[AW__SYMBOL_CACHE_SLOTS];
	size_t bytes;
};

/**
 * Copy the answer to a question.
 *
 * @param ret_answer  as long as the longest answer
 * Returns false if it is not there.
 */
bool aw__symbol_cache_get(const struct aw__symbol_cache *cache, uint32_t kind, const void *question,
			  size_t bytes, char *ret_answer, uint32_t *ret_length);
/** Keep an answer. One that is long, or that there is no memory for, is not kept. */
void aw__symbol_cache_put(struct aw__symbol_cache *cache, uint32_t kind, const void *question,
			  size_t bytes, const char *answer, uint32_t length);
/** Drop all answers. */
void aw__symbol_cache_clear(struct aw__symbol_cache *cache);

#endif
