/* SPDX-License-Identifier: MIT */
/*
 * Gives equal byte strings the same number, for formats that write each string, frame or stack once and refer to
 * it: perfetto, pprof, speedscope.
 */
#include "viewer/export/export_intern.h"

#include <string.h>

#include <xxhash.h>

#include "base/alloc.h"

struct aw__interned {
	struct aw__interned *chain;
	uint64_t number;
	size_t length;
	unsigned char bytes[];
};

void aw__intern_finish(struct aw__intern *intern)
{
	for (size_t i = 0; i < intern->map.capacity; i++) {
		struct aw__interned *at = intern->map.slots[i].value, *next;

		for (; at != NULL; at = next) {
			next = at->chain;
			aw__alloc_free(at);
		}
	}
	aw__map_finish(&intern->map);
	*intern = (struct aw__intern){ 0 };
}

uint64_t aw__intern_put(struct aw__intern *intern, const void *bytes, size_t length, bool *ret_new)
{
	uint64_t key = XXH64(bytes, length, 0);
	struct aw__interned *first = aw__map_get(&intern->map, key), *entry;

	*ret_new = false;
	for (entry = first; entry != NULL; entry = entry->chain)
		if (entry->length == length && memcmp(entry->bytes, bytes, length) == 0)
			return entry->number;
	if (intern->count >= AW__INTERN_MOST || length > AW__INTERN_MOST_BYTES - intern->bytes)
		return 0;
	entry = aw__alloc_must(sizeof(*entry) + length);
	entry->chain = first;
	entry->number = ++intern->count;
	entry->length = length;
	if (length > 0)
		memcpy(entry->bytes, bytes, length);
	intern->bytes += length;
	aw__map_put(&intern->map, key, entry);
	*ret_new = true;
	return entry->number;
}
