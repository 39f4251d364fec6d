/* SPDX-License-Identifier: MIT */
/*
 * Drops errors, with the parts that nothing else needs, and keeps dropped ones again when they are reported again.
 * The rules are in retention.h.
 */
#include <awry/agent.h>

#include "base/alloc.h"
#include "viewer/model/model_internal.h"

static void free_notes(struct aw__model *model, struct aw__error_note *notes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		aw__model_drop(model, notes[i].text);
	model->bytes -= count * sizeof(*notes);
	aw__alloc_free(notes);
}

void aw__errors_drop_notes(struct aw__model *model, struct aw__error *error)
{
	free_notes(model, error->notes, error->note_count);
	free_notes(model, error->attributes, error->attribute_count);
	error->notes = error->attributes = NULL;
	error->note_count = error->attribute_count = 0;
}

static void free_error(struct aw__model *model, struct aw__error *error)
{
	aw__errors_drop_notes(model, error);
	model->bytes -= error->child_count * sizeof(uint64_t);
	aw__alloc_free((void *)error->children);
	aw__model_drop(model, error->message);
	aw__handled_free(model, error->handled);
	aw__alloc_free(error);
}

/* One error less refers to `id`; if it was the last, `id` is dropped next. */
static void release_part(struct aw__model *model, uint64_t id, struct aw__pointers *to_drop)
{
	struct aw__error *part = id != 0 ? aw__map_get(&model->errors, id) : NULL;

	if (part == NULL || part->named_by == 0)
		return;
	part->named_by--;
	if (!aw__retention_needs_error(part))
		aw__model_append(to_drop, part);
}

static void remember(struct aw__model *model, const struct aw__error *error, enum aw__dropped_as as)
{
	const enum aw__dropped_as counted_as = aw__retention_dropped_rules[as].counted_as;
	struct aw__error_group *group = error->group;

	aw__dropped_add(&model->dropped[as], error->id);
	if (group == NULL)
		return;
	group->kept--;
	if (counted_as < AW__DROPPED_COUNTED)
		group->dropped[counted_as]++;
}

static void drop_one(struct aw__model *model, struct aw__error *error, enum aw__dropped_as as,
		     struct aw__pointers *to_drop)
{
	struct aw__pointers *list = &model->error_list;
	struct aw__error *last = list->items[--list->count];

	list->items[error->position] = last;
	last->position = error->position;
	aw__map_remove(&model->errors, error->id);
	release_part(model, error->cause, to_drop);
	release_part(model, error->context, to_drop);
	for (uint32_t i = 0; i < error->child_count; i++)
		release_part(model, error->children[i], to_drop);
	if (error->told) {
		aw__tasks_unpin(model, error->task, false);
		remember(model, error, as);
	}
	free_error(model, error);
}

void aw__errors_drop(struct aw__model *model, uint64_t id)
{
	struct aw__error *error = id != 0 ? aw__map_get(&model->errors, id) : NULL;
	struct aw__pointers to_drop = { 0 };

	if (error == NULL || aw__retention_needs_error(error))
		return;
	drop_one(model, error, aw__retention_dropped_as(error), &to_drop);
	while (to_drop.count > 0)
		drop_one(model, to_drop.items[--to_drop.count], AW__DROPPED_PART, &to_drop);
	aw__alloc_free(to_drop.items);
}

void aw__errors_queue(struct aw__model *model, uint64_t id)
{
	size_t at;

	if (model->taken == NULL)
		model->taken = aw__alloc_must_zeroed(AW__MODEL_MAX_TAKEN, sizeof(*model->taken));
	at = (model->taken_at + model->taken_count) % AW__MODEL_MAX_TAKEN;
	if (model->taken_count == AW__MODEL_MAX_TAKEN) {
		aw__errors_drop(model, model->taken[at]);
		model->taken_at = (model->taken_at + 1) % AW__MODEL_MAX_TAKEN;
	} else {
		model->taken_count++;
	}
	model->taken[at] = id;
}

void aw__errors_retire(struct aw__model *model, struct aw__error *error)
{
	struct aw__error_group *group = error->group;

	if (!aw__retention_keeps_retrieved(model, group)) {
		aw__errors_queue(model, error->id);
		return;
	}
	error->among_first = true;
	group->among_first++;
}

void aw__errors_unname(struct aw__model *model, uint64_t id)
{
	struct aw__error *error = id != 0 ? aw__map_get(&model->errors, id) : NULL;

	if (error == NULL)
		return;
	if (error->found_count > 0)
		error->found_count--;
	if (error->found_count == 0)
		error->finding = 0;
}

void aw__errors_unfound(struct aw__model *model, uint64_t id)
{
	aw__errors_unname(model, id);
	aw__errors_drop(model, id);
}

bool aw__errors_are_settled(const struct aw__model *model, uint64_t id)
{
	const struct aw__error *error = aw__map_get(&model->errors, id);

	if (error != NULL)
		return error->taken_ns != 0 || error->state != AW__ERROR_PENDING;
	for (size_t kind = 0; kind < AW__DROPPED_KINDS; kind++)
		if (aw__dropped_has(&model->dropped[kind], id) &&
		    (aw__retention_dropped_rules[kind].lost ||
		     aw__retention_dropped_rules[kind].retrieved))
			return true;
	return false;
}

bool aw__errors_are_dropped(const struct aw__model *model, uint64_t id)
{
	if (aw__map_get(&model->errors, id) != NULL)
		return false;
	for (size_t kind = 0; kind < AW__DROPPED_KINDS; kind++)
		if (aw__dropped_has(&model->dropped[kind], id))
			return true;
	return false;
}

void aw__errors_count_only(struct aw__model *model, struct aw__error_group *group, uint64_t id)
{
	model->counts.errors++;
	model->counts.errors_beyond += group->kept == 0;
	group->count++;
	group->dropped[AW__DROPPED_PENDING]++;
	aw__dropped_add(&model->dropped[AW__DROPPED_PENDING], id);
}

/* It is not known any more which errors it was a part of, and when it was retrieved. */
bool aw__errors_reload(struct aw__model *model, struct aw__error *error)
{
	struct aw__error_group *group = error->group;
	const struct aw__dropped_rule *rule;
	size_t kind = 0;

	while (kind < AW__DROPPED_KINDS && !aw__dropped_remove(&model->dropped[kind], error->id))
		kind++;
	if (kind == AW__DROPPED_KINDS)
		return false;
	rule = &aw__retention_dropped_rules[kind];
	if (rule->lost)
		error->state = AW__ERROR_LOST;
	if (rule->retrieved) {
		error->state = AW__ERROR_TAKEN;
		error->taken_ns = error->time_ns;
	}
	if (rule->counted_as < AW__DROPPED_COUNTED && group != NULL &&
	    group->dropped[rule->counted_as] > 0)
		group->dropped[rule->counted_as]--;
	return true;
}

/* The group of a dropped error is unknown: there it stays counted as pending. */
void aw__errors_dropped_taken(struct aw__model *model, uint64_t id)
{
	if (!aw__dropped_remove(&model->dropped[AW__DROPPED_PENDING], id))
		return;
	model->counts.errors_retrieved++;
	aw__dropped_add(&model->dropped[AW__DROPPED_TAKEN_LATE], id);
}

void aw__errors_finish(struct aw__model *model)
{
	struct aw__map *groups = &model->error_groups;

	for (size_t i = 0; i < model->error_list.count; i++)
		free_error(model, model->error_list.items[i]);
	for (size_t i = 0; i < groups->capacity; i++) {
		struct aw__error_group *group = groups->slots[i].value, *next;

		for (; group != NULL; group = next) {
			next = group->chain;
			aw__alloc_free(group);
		}
	}
	for (size_t kind = 0; kind < AW__DROPPED_KINDS; kind++)
		aw__dropped_finish(&model->dropped[kind]);
	aw__alloc_free(model->error_list.items);
	aw__alloc_free(model->taken);
	aw__map_finish(groups);
	aw__map_finish(&model->errors);
}
