/* SPDX-License-Identifier: MIT */
/*
 * aw_error_split(), for except*: divides a group into the part that matches and the rest; both keep its nesting.
 *
 * The tree is walked in postorder with an explicit stack. Two lists hold the matched parts and the rest of all groups
 * that are still open, those of the outermost group first. A group notes where its parts begin in each list; after
 * its last member, one new group replaces its parts in each list, if there are any. A group whose members all end
 * up in the same list is reused unchanged.
 */
#include "agent/runtime/error/error_group.h"

#include <string.h>

#include "base/alloc.h"

struct list {
	aw_error **items;
	size_t count;
	size_t capacity;
};

struct level {
	const aw_error *group;
	size_t next;	/* the next member to visit */
	size_t matched; /* where its parts begin in the list of matched parts */
	size_t rest;	/* the same in the list of the rest */
};

struct split {
	const aw_error_type *type;
	struct list matched;
	struct list rest;
	struct level *levels;
	size_t depth;
	size_t capacity;
};

static bool push(struct list *list, aw_error *err_take)
{
	if (list->count == list->capacity) {
		size_t capacity = list->capacity > 0 ? 2 * list->capacity : 16;
		aw_error **items = aw__alloc_resize(list->items, capacity * sizeof(aw_error *));

		if (items == NULL) {
			aw_error_unref(err_take);
			return false;
		}
		list->items = items;
		list->capacity = capacity;
	}
	list->items[list->count++] = err_take;
	return true;
}

static void cut(struct list *list, size_t count)
{
	while (list->count > count)
		aw_error_unref(list->items[--list->count]);
}

static bool enter(struct split *split, const aw_error *group)
{
	if (split->depth == split->capacity) {
		size_t capacity = split->capacity > 0 ? 2 * split->capacity : 8;
		struct level *levels =
			aw__alloc_resize(split->levels, capacity * sizeof(struct level));

		if (levels == NULL)
			return false;
		split->levels = levels;
		split->capacity = capacity;
	}
	split->levels[split->depth++] =
		(struct level){ group, 0, split->matched.count, split->rest.count };
	return true;
}

/* Replace the items of the list from `from` on by one group of them. */
static bool fold(struct list *list, size_t from, const aw_error *group)
{
	aw_error *part;

	if (list->count == from)
		return true;
	part = aw__error_group_like(group, list->items + from, list->count - from);
	if (part == NULL)
		return false;
	list->count = from;
	return push(list, part);
}

static bool leave(struct split *split)
{
	struct level level = split->levels[--split->depth];

	if (split->rest.count == level.rest) {
		cut(&split->matched, level.matched);
		return push(&split->matched, aw_error_ref(level.group));
	}
	if (split->matched.count == level.matched) {
		cut(&split->rest, level.rest);
		return push(&split->rest, aw_error_ref(level.group));
	}
	return fold(&split->matched, level.matched, level.group) &&
	       fold(&split->rest, level.rest, level.group);
}

static bool visit(struct split *split, const aw_error *err)
{
	if (aw_error_is(err, split->type))
		return push(&split->matched, aw_error_ref(err));
	if (aw__error_node_is_group(err))
		return enter(split, err);
	return push(&split->rest, aw_error_ref(err));
}

/* On success each list has at most one error. */
static bool split_tree(struct split *split, const aw_error *err)
{
	bool fine = visit(split, err);

	while (fine && split->depth > 0) {
		struct level *top = &split->levels[split->depth - 1];

		if (top->next < top->group->child_count)
			fine = visit(split, top->group->children[top->next++]);
		else
			fine = leave(split);
	}
	return fine;
}

static void finish(struct split *split)
{
	cut(&split->matched, 0);
	cut(&split->rest, 0);
	aw__alloc_free(split->matched.items);
	aw__alloc_free(split->rest.items);
	aw__alloc_free(split->levels);
}

static aw_error *only(struct list *list)
{
	return list->count > 0 ? aw_error_ref(list->items[0]) : NULL;
}

/* Wrap an error in a group, because except* always gives its handler a group. NULL: no memory. */
static aw_error *wrapped(const aw_error *err)
{
	aw_error_place nowhere = { 0 };
	aw_error **member = aw__alloc(sizeof(aw_error *));
	aw_error_type *type =
		aw_error_is(err, aw_Exception) ? aw_ExceptionGroup : aw_BaseExceptionGroup;
	aw_error *group = member != NULL ? aw__error_node_create(nowhere, type, "", 0) : NULL;

	if (group == NULL) {
		aw__alloc_free(member);
		return NULL;
	}
	member[0] = aw_error_ref(err);
	group->children = member;
	group->child_count = 1;
	return group;
}

static bool parts(const aw_error *err, const aw_error_type *type, aw_error **ret_matched,
		  aw_error **ret_rest)
{
	struct split split = { .type = type };
	bool fine = split_tree(&split, err);

	if (fine) {
		*ret_matched = only(&split.matched);
		*ret_rest = only(&split.rest);
	}
	finish(&split);
	return fine;
}

void aw_error_split(aw_error *err, const aw_error_type *type, aw_error **ret_matched,
		    aw_error **ret_rest)
{
	aw_error *matched = NULL;
	aw_error *rest = NULL;

	if (err == NULL || !parts(err, type, &matched, &rest)) {
		rest = aw_error_ref(err);
	} else if (matched != NULL && !aw__error_node_is_group(matched)) {
		aw_error_unref(matched);
		matched = wrapped(err);
		rest = matched == NULL ? aw_error_ref(err) : NULL;
	}
	aw_error_unref(err);
	if (ret_matched != NULL)
		*ret_matched = matched;
	else
		aw_error_unref(matched);
	if (ret_rest != NULL)
		*ret_rest = rest;
	else
		aw_error_unref(rest);
}

aw_error *aw_error_subgroup(const aw_error *err, const aw_error_type *type)
{
	aw_error *matched = NULL;
	aw_error *rest = NULL;

	if (err == NULL || !parts(err, type, &matched, &rest))
		return NULL;
	aw_error_unref(rest);
	return matched;
}
