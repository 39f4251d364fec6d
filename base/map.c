/* SPDX-License-Identifier: MIT */
/* A hash table for the viewer: open addressing with linear probing. Removal moves later entries of the
 * same run back, so there are no tombstones. */
#include "map.h"

#include <string.h>
#include <sys/random.h>

#include "alloc.h"

#define FIRST_CAPACITY 16

static uint64_t seed_once; /* odd; 0: not yet chosen */

static uint64_t choose_seed(void)
{
	if (getrandom(&seed_once, sizeof(seed_once), GRND_NONBLOCK) != sizeof(seed_once))
		seed_once = (uint64_t)(uintptr_t)&seed_once;
	seed_once |= 1;
	return seed_once;
}

static inline uint64_t seed(void)
{
	return __builtin_expect(seed_once != 0, 1) ? seed_once : choose_seed();
}

uint64_t aw__map_hash(uint64_t key)
{
	const uint64_t mixed_in = seed();

	key ^= mixed_in;
	key = (key ^ (key >> 33)) * UINT64_C(0xff51afd7ed558ccd);
	key = (key ^ (key >> 33)) * (UINT64_C(0xc4ceb9fe1a85ec53) ^ mixed_in << 1);
	return key ^ (key >> 33);
}

void aw__map_finish(struct aw__map *map)
{
	aw__alloc_free(map->slots);
	memset(map, 0, sizeof(*map));
}

/* The slot of `key`, or the free one where it would go. */
static size_t slot_of(const struct aw__map *map, uint64_t key)
{
	size_t mask = map->capacity - 1;
	size_t at = aw__map_hash(key) & mask;

	while (map->slots[at].value != NULL && map->slots[at].key != key)
		at = (at + 1) & mask;
	return at;
}

void *aw__map_get(const struct aw__map *map, uint64_t key)
{
	return map->capacity == 0 ? NULL : map->slots[slot_of(map, key)].value;
}

static void grow(struct aw__map *map)
{
	struct aw__map old = *map;

	map->capacity = old.capacity == 0 ? FIRST_CAPACITY : old.capacity * 2;
	map->slots = aw__alloc_must_zeroed(map->capacity, sizeof(*map->slots));
	for (size_t i = 0; i < old.capacity; i++)
		if (old.slots[i].value != NULL)
			map->slots[slot_of(map, old.slots[i].key)] = old.slots[i];
	aw__alloc_free(old.slots);
}

void aw__map_put(struct aw__map *map, uint64_t key, void *value)
{
	struct aw__map_slot *slot;

	if (map->count * 4 >= map->capacity * 3)
		grow(map);
	slot = &map->slots[slot_of(map, key)];
	map->count += slot->value == NULL;
	slot->key = key;
	slot->value = value;
}

void *aw__map_remove(struct aw__map *map, uint64_t key)
{
	size_t mask = map->capacity - 1;
	size_t hole, at;
	void *value;

	if (map->capacity == 0)
		return NULL;
	hole = slot_of(map, key);
	value = map->slots[hole].value;
	if (value == NULL)
		return NULL;
	map->count--;
	for (at = (hole + 1) & mask; map->slots[at].value != NULL; at = (at + 1) & mask) {
		size_t home = aw__map_hash(map->slots[at].key) & mask;

		if (((at - home) & mask) >= ((at - hole) & mask)) {
			map->slots[hole] = map->slots[at];
			hole = at;
		}
	}
	map->slots[hole].value = NULL;
	return value;
}
