/* SPDX-License-Identifier: MIT */
/*
 * Interns definitions (strings, places, stacks, modules) for the hooks: puts each into the arena once, and finds it there.
 *
 * The table maps a hash to an id by open addressing. It never grows and nothing is removed from it, so a reader needs no
 * lock: it sees an entry completely or not at all. A definition that is missing is looked up once more under the mutex,
 * and then added: to the arena first, to the table second.
 */
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "agent/record/atomics.h"
#include "agent/record/box.h"
#include "agent/record/interned.h"
#include "agent/record/recorder.h"

struct key {
	enum aw__definition_kind kind;
	uint32_t number_count;
	uint32_t text_length;
	const uint64_t *numbers;
	const char *text;
	uint64_t hash;
};

static uint64_t hash_of(const struct key *key)
{
	const uint64_t seed =
		(uint64_t)key->kind << 56 | (uint64_t)key->number_count << 32 | key->text_length;
	const uint64_t numbers = XXH3_64bits_withSeed(key->numbers, key->number_count * 8u, seed);

	return key->text_length > 0 ? XXH3_64bits_withSeed(key->text, key->text_length, numbers)
				    : numbers;
}

static bool is_same(const struct key *key, uint32_t id)
{
	const struct aw__box_entry *entry =
		(const struct aw__box_entry *)(aw__arena() + (uint64_t)id * 8);
	const char *payload = (const char *)(entry + 1);

	return entry->hash == key->hash && entry->kind == key->kind &&
	       entry->number_count == key->number_count && entry->text_length == key->text_length &&
	       memcmp(payload, key->numbers, key->number_count * 8u) == 0 &&
	       (key->text_length == 0 ||
		memcmp(payload + key->number_count * 8u, key->text, key->text_length) == 0);
}

/* The id, or 0 and the place in the table where it belongs. */
static uint32_t find(const struct key *key, uint64_t *ret_place)
{
	uint64_t place = key->hash & aw__recorder.intern_mask;

	for (;; place = (place + 1) & aw__recorder.intern_mask) {
		const uint64_t known = AW__LOAD_ACQUIRE(aw__recorder.intern_table[place]);

		*ret_place = place;
		if (known == 0)
			return 0;
		if (known >> 32 == key->hash >> 32 && is_same(key, (uint32_t)known))
			return (uint32_t)known;
	}
}

/* Back a whole piece, or else only what is needed. */
static bool back_arena(struct aw__recorder *recorder, uint64_t end)
{
	const uint64_t backed = recorder->arena_backed;
	uint64_t next = backed + aw__box_piece(backed);

	if (!aw__box_may_try(&recorder->arena_misses))
		return false;
	if (next < end)
		next = end;
	if (next > recorder->header->arena_capacity)
		next = recorder->header->arena_capacity;
	if (!aw__box_back(recorder->arena + backed, next - backed)) {
		next = end;
		if (!aw__box_back(recorder->arena + backed, next - backed))
			return false;
	}
	recorder->arena_backed = next;
	recorder->arena_misses = 0;
	return true;
}

static bool has_room(uint64_t bytes)
{
	struct aw__recorder *recorder = &aw__recorder;
	const uint64_t end = recorder->arena_end + bytes;

	if (end > recorder->header->arena_capacity ||
	    recorder->intern_count >= recorder->intern_mask / 8 * 7)
		return false;
	return end <= recorder->arena_backed || back_arena(recorder, end);
}

static uint32_t add(const struct key *key, uint64_t place)
{
	struct aw__recorder *recorder = &aw__recorder;
	const uint64_t payload = (uint64_t)key->number_count * 8 + key->text_length;
	const uint64_t bytes = (sizeof(struct aw__box_entry) + payload + 7) & ~UINT64_C(7);
	const uint32_t id = (uint32_t)(recorder->arena_end / 8);
	struct aw__box_entry *entry =
		(struct aw__box_entry *)(recorder->arena + recorder->arena_end);

	if (!has_room(bytes)) {
		atomic_fetch_add_explicit(&recorder->header->arena_refused, 1,
					  memory_order_relaxed);
		return 0;
	}
	entry->kind = (uint8_t)key->kind;
	entry->number_count = (uint16_t)key->number_count;
	entry->text_length = key->text_length;
	entry->hash = key->hash;
	memcpy(entry + 1, key->numbers, key->number_count * 8u);
	if (key->text_length > 0)
		memcpy((char *)(entry + 1) + key->number_count * 8u, key->text, key->text_length);
	recorder->arena_end += bytes;
	AW__STORE_RELEASE(recorder->header->arena_end, recorder->arena_end);
	AW__STORE_RELEASE(recorder->intern_table[place], key->hash >> 32 << 32 | id);
	recorder->intern_count++;
	return id;
}

uint32_t aw__intern(enum aw__definition_kind kind, const uint64_t *numbers, uint32_t number_count,
		    const char *text, uint32_t text_length)
{
	static const uint64_t none;
	struct key key = { kind, number_count, text_length, numbers != NULL ? numbers : &none, text,
			   0 };
	uint64_t place;
	uint32_t id;

	if (key.number_count > AW__ENTRY_NUMBERS)
		return 0;
	if (key.text_length > AW__ENTRY_TEXT_BYTES)
		key.text_length = AW__ENTRY_TEXT_BYTES;
	key.hash = hash_of(&key);
	id = find(&key, &place);
	if (__builtin_expect(id != 0, 1))
		return id;
	pthread_mutex_lock(&aw__recorder.mutex);
	id = find(&key, &place);
	if (id == 0)
		id = add(&key, place);
	pthread_mutex_unlock(&aw__recorder.mutex);
	return id;
}

uint32_t aw__intern_find(enum aw__definition_kind kind, const uint64_t *numbers,
			 uint32_t number_count)
{
	struct key key = { kind, number_count, 0, numbers, NULL, 0 };
	uint64_t place;

	key.hash = hash_of(&key);
	return find(&key, &place);
}

uint32_t aw__intern_text(const char *text)
{
	return text != NULL ? aw__intern(AW__STRING, NULL, 0, text,
					 (uint32_t)strnlen(text, AW__ENTRY_TEXT_BYTES))
			    : 0;
}
