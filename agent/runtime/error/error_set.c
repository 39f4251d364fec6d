/* SPDX-License-Identifier: MIT */
/*
 * A hash set of errors that numbers them in order of insertion, for walks over error trees in which a node may
 * occur several times.
 */
#include "agent/runtime/error/error_set.h"

#include <stdint.h>
#include <string.h>

#include "base/alloc.h"

void aw__error_set_finish(struct aw__error_set *set)
{
	aw__alloc_free(set->items);
	aw__alloc_free(set->table);
	memset(set, 0, sizeof(*set));
}

static size_t *place(const struct aw__error_set *set, const aw_error *err)
{
	size_t at = (size_t)(((uint64_t)(uintptr_t)err * UINT64_C(0x9e3779b97f4a7c15)) >> 20);

	for (;; at++) {
		size_t *slot = &set->table[at & (set->room - 1)];

		if (*slot == 0 || set->items[*slot - 1] == err)
			return slot;
	}
}

size_t aw__error_set_find(const struct aw__error_set *set, const aw_error *err)
{
	return set->room > 0 ? *place(set, err) - 1 : AW__ERROR_SET_NONE;
}

static bool grow(struct aw__error_set *set)
{
	size_t room = set->room > 0 ? 2 * set->room : 32;
	const aw_error **items = aw__alloc_resize(set->items, room / 2 * sizeof(*items));
	size_t *table;

	if (items == NULL)
		return false;
	set->items = items;
	table = aw__alloc_zeroed(room, sizeof(*table));
	if (table == NULL)
		return false;
	aw__alloc_free(set->table);
	set->table = table;
	set->room = room;
	for (size_t i = 0; i < set->count; i++)
		*place(set, items[i]) = i + 1;
	return true;
}

bool aw__error_set_add(struct aw__error_set *set, const aw_error *err)
{
	if (set->count == set->room / 2 && !grow(set))
		return false;
	set->items[set->count++] = err;
	*place(set, err) = set->count;
	return true;
}
