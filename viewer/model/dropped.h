/* SPDX-License-Identifier: MIT */
/*
 * Ids of errors and findings that were counted but not kept: when they are reported again, they are not counted again.
 *
 * A recorder gives ids in order, and repeats only recent ones. So the set is bits in chunks; if there are too many
 * chunks, the oldest are dropped.
 */
#ifndef AW__DROPPED_H
#define AW__DROPPED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/map.h"

#define AW__DROPPED_WORDS      64u   /* of a chunk: 4,096 ids */
#define AW__DROPPED_MAX_CHUNKS 2048u /* of one set: 1 MiB */

struct aw__dropped_chunk {
	uint64_t key; /* the ids' upper bits */
	struct aw__dropped_chunk *newer;
	uint64_t bits[AW__DROPPED_WORDS];
};

struct aw__dropped {
	struct aw__map chunks;
	struct aw__dropped_chunk *oldest, *newest;
};

bool aw__dropped_has(const struct aw__dropped *set, uint64_t id);
void aw__dropped_add(struct aw__dropped *set, uint64_t id);
/** False if it was not there. */
bool aw__dropped_remove(struct aw__dropped *set, uint64_t id);
/** A new chunk without ids, the newest; NULL if it is there already. */
struct aw__dropped_chunk *aw__dropped_add_chunk(struct aw__dropped *set, uint64_t key);
void aw__dropped_finish(struct aw__dropped *set);

#endif
