/* SPDX-License-Identifier: MIT */
/*
 * A map from 64-bit numbers to pointers. The numbers may come from untrusted recordings, so the hash is seeded.
 * It never shrinks. aw__map_put() ends the program if there is no memory: it is for the viewer only.
 */
#ifndef AW__MAP_H
#define AW__MAP_H

#include <stddef.h>
#include <stdint.h>

struct aw__map_slot {
	uint64_t key;
	void *value; /* NULL: free */
};

struct aw__map {
	struct aw__map_slot *slots;
	size_t capacity; /* 0, or a power of two */
	size_t count;
};

void aw__map_finish(struct aw__map *map);
/** Returns NULL if the key is not in the map. */
void *aw__map_get(const struct aw__map *map, uint64_t key);
/** Set or replace the value of a key; it must not be NULL. */
void aw__map_put(struct aw__map *map, uint64_t key, void *value);
/** Returns the value that was removed; NULL if the key was not in the map. */
void *aw__map_remove(struct aw__map *map, uint64_t key);
/** Hash a number with the seed of this process. */
uint64_t aw__map_hash(uint64_t key);

#endif
