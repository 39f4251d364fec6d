/* SPDX-License-Identifier: MIT */
/*
 * A map from 64-bit numbers to pointers. The numbers may come from untrusted recordings: the hash is seeded.
 * Never shrinks. Running out of memory ends the program: for the viewer only.
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
/** NULL if the key is not there. */
void *aw__map_get(const struct aw__map *map, uint64_t key);
/** Set or replace; the value is not NULL. */
void aw__map_put(struct aw__map *map, uint64_t key, void *value);
/** Returns what was there, or NULL. */
void *aw__map_remove(struct aw__map *map, uint64_t key);
/** Mix a number, with the seed of this process. */
uint64_t aw__map_hash(uint64_t key);

#endif
