/* SPDX-License-Identifier: MIT */
/*
 * Sorts findings and errors for reports by what was recorded, so that the order does not depend on how the items
 * arrived.
 */
#include "viewer/report/report_internal.h"

#include <stdlib.h>

#include "base/alloc.h"

static int compare(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_found(const struct aw__found *a, const struct aw__found *b)
{
	int order = compare(a->time_ns, b->time_ns);

	return order != 0 ? order : compare(a->id, b->id);
}

static int by_time(const void *left, const void *right)
{
	return compare_found(*(const struct aw__found *const *)left,
			     *(const struct aw__found *const *)right);
}

static int by_id(const void *left, const void *right)
{
	const struct aw__error *a = *(const struct aw__error *const *)left;
	const struct aw__error *b = *(const struct aw__error *const *)right;

	return compare(a->id, b->id);
}

static const struct aw__found *earliest(const struct aw__found_group *group)
{
	const struct aw__found *best = group->first;

	for (const struct aw__found *at = best; at != NULL; at = at->next)
		if (compare_found(at, best) < 0)
			best = at;
	return best;
}

static void reserve(struct aw__sorted *sorted, size_t count)
{
	sorted->items = aw__alloc_must_zeroed(count, sizeof(*sorted->items));
	sorted->count = 0;
}

void aw__sorted_groups(const struct aw__model *model, struct aw__sorted *ret_sorted)
{
	size_t count = aw__model_found_group_count(model);

	reserve(ret_sorted, count);
	for (size_t i = 0; i < count; i++) {
		const struct aw__found_group *group = aw__model_found_group_at(model, i);

		if (group->first != NULL)
			ret_sorted->items[ret_sorted->count++] = earliest(group);
	}
	qsort(ret_sorted->items, ret_sorted->count, sizeof(void *), by_time);
	for (size_t i = 0; i < ret_sorted->count; i++)
		ret_sorted->items[i] = ((const struct aw__found *)ret_sorted->items[i])->group;
}

void aw__sorted_members(const struct aw__found_group *group, struct aw__sorted *ret_sorted)
{
	size_t count = 0;

	for (const struct aw__found *at = group->first; at != NULL; at = at->next)
		count++;
	reserve(ret_sorted, count);
	for (const struct aw__found *at = group->first; at != NULL; at = at->next)
		ret_sorted->items[ret_sorted->count++] = at;
	qsort(ret_sorted->items, ret_sorted->count, sizeof(void *), by_time);
}

static void collect(const struct aw__model *model, bool roots, struct aw__sorted *ret_sorted)
{
	size_t count = aw__model_error_count(model);

	reserve(ret_sorted, count);
	for (size_t i = 0; i < count; i++) {
		const struct aw__error *error = aw__model_error_at(model, i);

		if (error->told && !(roots && error->named_by > 0))
			ret_sorted->items[ret_sorted->count++] = error;
	}
	qsort(ret_sorted->items, ret_sorted->count, sizeof(void *), by_id);
}

void aw__sorted_roots(const struct aw__model *model, struct aw__sorted *ret_sorted)
{
	collect(model, true, ret_sorted);
}

void aw__sorted_errors(const struct aw__model *model, struct aw__sorted *ret_sorted)
{
	collect(model, false, ret_sorted);
}

void aw__sorted_finish(struct aw__sorted *sorted)
{
	aw__alloc_free(sorted->items);
	sorted->items = NULL;
}

static int by_value(const void *left, const void *right)
{
	return compare(*(const uint64_t *)left, *(const uint64_t *)right);
}

void aw__sorted_ids(uint64_t *ids, size_t count)
{
	qsort(ids, count, sizeof(*ids), by_value);
}
