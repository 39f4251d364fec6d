/* SPDX-License-Identifier: MIT */
/*
 * Reports errors to the recorder.
 *
 * A record refers to its parts by id, so parts are reported first. A tree is reported in two steps: the nearest 1,024
 * nodes are chosen breadth first; then a walk in postorder over them, with an explicit stack, reports each once. A
 * node with a part that was not chosen is marked as cut. An error without parts, the usual case, needs neither step
 * and no memory; if there is no memory for the steps, the root alone is reported, marked as cut.
 *
 * Only the `id` of a node is changed. Two threads may report the same node: they agree on the id, and the recorder
 * ignores the second report.
 */
#include "agent/runtime/error/error_tell.h"

#include <string.h>

#include "agent/hook/hook.h"
#include "agent/runtime/error/error_node.h"
#include "agent/runtime/error/error_set.h"
#include "base/alloc.h"

enum {
	NODES_MAX = 1024,
	NOTES_MAX = 32,
	ATTRIBUTES_MAX = 32,
};

struct step {
	const aw_error *err;
	size_t next; /* the next part to visit */
};

struct telling {
	bool lost; /* report errors as lost, even those that were reported before */
	struct aw__error_set chosen;
	bool done[NODES_MAX]; /* by number */
	struct step steps[NODES_MAX];
	uint64_t children[NODES_MAX];
};

/* ---- one node ---- */

struct details {
	const char *notes[NOTES_MAX];
	size_t note_count;
	struct aw_agent_attribute attributes[ATTRIBUTES_MAX];
	size_t attribute_count;
	struct aw__buffer values; /* those of all attributes, one after the other */
	bool cut;
};

static bool hidden(const struct details *details, const char *key)
{
	for (size_t i = 0; i < details->attribute_count; i++)
		if (strcmp(details->attributes[i].key, key) == 0)
			return true;
	return false;
}

static void add_attribute(struct details *details, const struct aw__error_detail *detail)
{
	size_t from = details->values.length;

	if (hidden(details, detail->key))
		return;
	if (details->attribute_count == ATTRIBUTES_MAX) {
		details->cut = true;
		return;
	}
	aw__error_detail_repr(detail, &details->values);
	if (details->values.failed) {
		details->cut = true;
		return;
	}
	details->attributes[details->attribute_count++] =
		(struct aw_agent_attribute){ .key = detail->key,
					     .value_length = details->values.length - from };
}

/* The list begins with the newest. If there are too many, the oldest notes and the newest
 * attributes are kept. */
static void collect(struct details *details, const struct aw__error_detail *list)
{
	size_t at = 0;

	details->note_count = list != NULL ? list->note_count : 0;
	if (details->note_count > NOTES_MAX) {
		details->note_count = NOTES_MAX;
		details->cut = true;
	}
	for (; list != NULL; list = list->older) {
		if (list->kind != AW__ERROR_NOTE)
			add_attribute(details, list);
		else if (list->note_count <= NOTES_MAX)
			details->notes[list->note_count - 1] = list->bytes;
	}
	for (size_t i = 0; i < details->attribute_count; i++) {
		details->attributes[i].value = details->values.data + at;
		at += details->attributes[i].value_length;
	}
}

static aw_intern interned(aw_error_type *type)
{
	aw_intern id = AW_NONE;

	while ((id = __atomic_load_n(&type->interned, __ATOMIC_RELAXED)) == AW_NONE) {
		aw_error_type *top = type; /* the nearest to the root that is not interned yet */
		aw_intern base = AW_NONE;

		while (top->base != NULL) {
			base = __atomic_load_n(&top->base->interned, __ATOMIC_RELAXED);
			if (base != AW_NONE)
				break;
			top = top->base;
		}
		id = aw_agent_type(top->name, base);
		if (id == AW_NONE)
			return AW_NONE;
		__atomic_store_n(&top->interned, id, __ATOMIC_RELAXED);
	}
	return id;
}

static uint64_t numbered(aw_error *err)
{
	uint64_t id = atomic_load_explicit(&err->id, memory_order_relaxed);
	uint64_t fresh;

	if (id != 0)
		return id;
	fresh = aw_agent_new_id();
	if (atomic_compare_exchange_strong_explicit(&err->id, &id, fresh, memory_order_relaxed,
						    memory_order_relaxed))
		return fresh;
	return id;
}

/* Report one node; the caller has set its parts in `told`. */
static void tell_node(const aw_error *err, struct aw_agent_error *told)
{
	aw_error *node = (aw_error *)err; /* only its id is changed */
	struct details details = { .note_count = 0 };

	collect(&details, err->details);
	told->id = numbered(node);
	told->type = interned(err->type);
	if (err->site.file != NULL && !aw__error_is_own_file(err->site.file))
		told->site = aw_agent_place(err->site.function, err->site.file,
					    (uint32_t)err->site.line, NULL);
	told->stack = err->stack;
	told->task = err->task;
	told->message = err->message;
	told->message_length = err->message_length;
	told->notes = details.notes;
	told->note_count = details.note_count;
	told->attributes = details.attributes;
	told->attribute_count = details.attribute_count;
	told->flags |= (err->flags & AW__ERROR_SUPPRESS) != 0 ? AW_ERROR_SUPPRESS_CONTEXT : 0;
	told->flags |= aw__error_node_is_group(err) ? AW_ERROR_IS_GROUP : 0;
	told->flags |= details.cut ? AW_ERROR_CUT : 0;
	aw_agent_error(told);
	aw__buffer_finish(&details.values);
}

/* ---- the tree ---- */

static size_t part_count(const aw_error *err)
{
	return 2 + err->child_count;
}

/* May be NULL. */
static const aw_error *part(const aw_error *err, size_t index)
{
	return index == 0 ? err->cause : index == 1 ? err->context : err->children[index - 2];
}

static bool is_news(bool lost, const aw_error *err)
{
	return err != NULL && (lost || aw__error_id(err) == 0);
}

static bool choose(struct telling *telling, const aw_error *root)
{
	struct aw__error_set *chosen = &telling->chosen;

	if (!aw__error_set_add(chosen, root))
		return false;
	for (size_t i = 0; i < chosen->count; i++) {
		const aw_error *err = chosen->items[i];

		for (size_t j = 0; j < part_count(err); j++) {
			const aw_error *child = part(err, j);

			if (!is_news(telling->lost, child) ||
			    aw__error_set_find(chosen, child) != AW__ERROR_SET_NONE)
				continue;
			if (chosen->count == NODES_MAX)
				return true;
			if (!aw__error_set_add(chosen, child))
				return false;
		}
	}
	return true;
}

/* The id of a part. Sets AW_ERROR_CUT if the part was to be reported, but was not chosen. */
static uint64_t part_id(const struct telling *telling, const aw_error *err, uint32_t *flags)
{
	if (is_news(telling->lost, err) &&
	    aw__error_set_find(&telling->chosen, err) == AW__ERROR_SET_NONE)
		*flags |= AW_ERROR_CUT;
	return aw__error_id(err);
}

static void tell_with_parts(struct telling *telling, const aw_error *err)
{
	struct aw_agent_error told = { .children = telling->children };

	told.flags = telling->lost ? AW_ERROR_LOST : 0;
	told.cause = part_id(telling, err->cause, &told.flags);
	told.context = part_id(telling, err->context, &told.flags);
	for (size_t i = 0; i < err->child_count && told.child_count < NODES_MAX; i++) {
		uint64_t id = part_id(telling, err->children[i], &told.flags);

		if (id != 0)
			telling->children[told.child_count++] = id;
	}
	if (told.child_count < err->child_count)
		told.flags |= AW_ERROR_CUT;
	tell_node(err, &told);
}

/* Push a node, unless it was not chosen or was pushed before. Returns the new depth. */
static size_t enter(struct telling *telling, size_t depth, const aw_error *err)
{
	size_t number =
		err != NULL ? aw__error_set_find(&telling->chosen, err) : AW__ERROR_SET_NONE;

	if (number == AW__ERROR_SET_NONE || telling->done[number])
		return depth;
	telling->done[number] = true;
	telling->steps[depth] = (struct step){ err, 0 };
	return depth + 1;
}

static void tell_tree(struct telling *telling, const aw_error *root)
{
	size_t depth = enter(telling, 0, root);

	while (depth > 0) {
		struct step *top = &telling->steps[depth - 1];

		if (top->next < part_count(top->err)) {
			depth = enter(telling, depth, part(top->err, top->next++));
		} else {
			depth--;
			tell_with_parts(telling, top->err);
		}
	}
}

static void tell_alone(const aw_error *err, bool lost)
{
	struct aw_agent_error told = { .flags = lost ? AW_ERROR_LOST : 0 };

	told.flags |= aw__error_node_has_parts(err) ? AW_ERROR_CUT : 0;
	tell_node(err, &told);
}

static void tell(const aw_error *err, bool lost)
{
	struct telling *telling;

	if (!is_news(lost, err))
		return;
	telling = aw__error_node_has_parts(err) ? aw__alloc(sizeof(*telling)) : NULL;
	if (telling == NULL) {
		tell_alone(err, lost);
		return;
	}
	telling->lost = lost;
	memset(&telling->chosen, 0, sizeof(telling->chosen));
	memset(telling->done, 0, sizeof(telling->done));
	if (choose(telling, err))
		tell_tree(telling, err);
	else
		tell_alone(err, lost);
	aw__error_set_finish(&telling->chosen);
	aw__alloc_free(telling);
}

void aw__error_tell(const aw_error *err)
{
	if (AW__HOOKED())
		tell(err, false);
}

void aw__error_tell_lost(const aw_error *err)
{
	if (AW__HOOKED())
		tell(err, true);
}

uint64_t aw__error_id(const aw_error *err)
{
	aw_error *node = (aw_error *)err;

	return node != NULL ? atomic_load_explicit(&node->id, memory_order_relaxed) : 0;
}
