/* SPDX-License-Identifier: MIT */
/*
 * Ids of what was counted and is not kept: what is told again of them is not counted again.
 *
 * A recorder gives ids in order, and repeats only what is recent. So this is bits in chunks, and where there are
 * too many chunks those that were made first go.
 */
#ifndef AW__GONE_H
#define AW__GONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/map.h"

#define AW__GONE_WORDS	    64u	  /* of a chunk: 4,096 ids */
#define AW__GONE_MAX_CHUNKS 2048u /* of one set: 1 MiB */

struct aw__gone_chunk {
	uint64_t key; /* the ids' upper bits */
	struct aw__gone_chunk *newer;
	uint64_t bits[AW__GONE_WORDS];
};

struct aw__gone {
	struct aw__map chunks;
	struct aw__gone_chunk *oldest, *newest;
};

bool aw__gone_has(const struct aw__gone *gone, uint64_t id);
void aw__gone_add(struct aw__gone *gone, uint64_t id);
/** False if it was not there. */
bool aw__gone_remove(struct aw__gone *gone, uint64_t id);
/** A new chunk without ids, the newest; NULL if it is there already. */
struct aw__gone_chunk *aw__gone_add_chunk(struct aw__gone *gone, uint64_t key);
void aw__gone_finish(struct aw__gone *gone);

#endif
