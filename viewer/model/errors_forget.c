/* SPDX-License-Identifier: MIT */
/*
 * Which errors are kept, so that a flood of one can never push out another one.
 *
 * An error is needed while a finding that is kept names it, or another error is made of it. What somebody took and
 * nobody needs is forgotten when many more were taken, oldest first, but for the first of each kind. What a finding
 * named that is not kept any more (findings_keep.c) goes with it. Where the model gets full, those that are told and
 * have enough like them already are turned down, unless they are lost: the finding that follows decides.
 *
 * What is not kept is counted in its group, by what became of it. Its id is remembered for a while, because the
 * recorder tells errors again. Then it is known again: it is not counted twice.
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

static bool is_forgettable(const struct aw__error *error)
{
	return error->named_by == 0 && error->found_count == 0 && !error->spared;
}

/* One error less refers to `id`; if it was the last, `id` is dropped next. */
static void release_part(struct aw__model *model, uint64_t id, struct aw__pointers *doomed)
{
	struct aw__error *part = id != 0 ? aw__map_get(&model->errors, id) : NULL;

	if (part == NULL || part->named_by == 0)
		return;
	part->named_by--;
	if (is_forgettable(part))
		aw__model_append(doomed, part);
}

static void remember(struct aw__model *model, const struct aw__error *error, enum aw__fate fate)
{
	struct aw__error_group *group = error->group;

	aw__gone_add(&model->gone[fate], error->id);
	if (group == NULL)
		return;
	group->kept--;
	if (fate < AW__FATES_COUNTED)
		group->gone[fate]++;
}

static void forget_one(struct aw__model *model, struct aw__error *error, enum aw__fate fate,
		       struct aw__pointers *doomed)
{
	struct aw__pointers *list = &model->error_list;
	struct aw__error *last = list->items[--list->count];

	list->items[error->position] = last;
	last->position = error->position;
	aw__map_remove(&model->errors, error->id);
	release_part(model, error->cause, doomed);
	release_part(model, error->context, doomed);
	for (uint32_t i = 0; i < error->child_count; i++)
		release_part(model, error->children[i], doomed);
	if (error->told) {
		aw__tasks_unpin(model, error->task, false);
		remember(model, error, fate);
	}
	free_error(model, error);
}

static enum aw__fate fate_of(const struct aw__error *error)
{
	if (error->state == AW__ERROR_LOST)
		return AW__GONE_LOST;
	return error->state == AW__ERROR_TAKEN ? AW__GONE_TAKEN : AW__GONE_PENDING;
}

void aw__errors_let_go(struct aw__model *model, uint64_t id)
{
	struct aw__error *error = id != 0 ? aw__map_get(&model->errors, id) : NULL;
	struct aw__pointers doomed = { 0 };

	if (error == NULL || !is_forgettable(error))
		return;
	forget_one(model, error, fate_of(error), &doomed);
	while (doomed.count > 0)
		forget_one(model, doomed.items[--doomed.count], AW__GONE_PART, &doomed);
	aw__alloc_free(doomed.items);
}

void aw__errors_queue(struct aw__model *model, uint64_t id)
{
	size_t at;

	if (model->taken == NULL)
		model->taken = aw__alloc_must_zeroed(AW__MODEL_MAX_TAKEN, sizeof(*model->taken));
	at = (model->taken_at + model->taken_count) % AW__MODEL_MAX_TAKEN;
	if (model->taken_count == AW__MODEL_MAX_TAKEN) {
		aw__errors_let_go(model, model->taken[at]);
		model->taken_at = (model->taken_at + 1) % AW__MODEL_MAX_TAKEN;
	} else {
		model->taken_count++;
	}
	model->taken[at] = id;
}

void aw__errors_retire(struct aw__model *model, struct aw__error *error)
{
	struct aw__error_group *group = error->group;

	if (group == NULL || group->spared == AW__MODEL_SPARED ||
	    aw__model_room(model) <= AW__MODEL_SPARED) {
		aw__errors_queue(model, error->id);
		return;
	}
	error->spared = true;
	group->spared++;
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
	aw__errors_let_go(model, id);
}

bool aw__errors_are_settled(const struct aw__model *model, uint64_t id)
{
	const struct aw__error *error = aw__map_get(&model->errors, id);

	if (error != NULL)
		return error->taken_ns != 0 || error->state != AW__ERROR_PENDING;
	return aw__gone_has(&model->gone[AW__GONE_TAKEN], id) ||
	       aw__gone_has(&model->gone[AW__GONE_TAKEN_LATE], id) ||
	       aw__gone_has(&model->gone[AW__GONE_LOST], id);
}

bool aw__errors_are_gone(const struct aw__model *model, uint64_t id)
{
	if (aw__map_get(&model->errors, id) != NULL)
		return false;
	for (size_t fate = 0; fate < AW__FATES; fate++)
		if (aw__gone_has(&model->gone[fate], id))
			return true;
	return false;
}

void aw__errors_turn_down(struct aw__model *model, struct aw__error_group *group, uint64_t id)
{
	model->counts.errors++;
	model->counts.errors_beyond += group->kept == 0;
	group->count++;
	group->gone[AW__GONE_PENDING]++;
	aw__gone_add(&model->gone[AW__GONE_PENDING], id);
}

/* Make a dropped error known again: its parents and the time of its retrieval are lost, what became of it is counted. */
bool aw__errors_recall(struct aw__model *model, struct aw__error *error)
{
	struct aw__error_group *group = error->group;
	size_t fate = 0;

	while (fate < AW__FATES && !aw__gone_remove(&model->gone[fate], error->id))
		fate++;
	if (fate == AW__FATES)
		return false;
	if (fate == AW__GONE_LOST)
		error->state = AW__ERROR_LOST;
	if (fate == AW__GONE_TAKEN || fate == AW__GONE_TAKEN_LATE) {
		error->state = AW__ERROR_TAKEN;
		error->taken_ns = error->time_ns;
	}
	if (fate == AW__GONE_TAKEN_LATE)
		fate = AW__GONE_PENDING;
	if (fate < AW__FATES_COUNTED && group != NULL && group->gone[fate] > 0)
		group->gone[fate]--;
	return true;
}

/* The group of a dropped error is unknown: there it stays counted as pending. */
void aw__errors_gone_taken(struct aw__model *model, uint64_t id)
{
	if (!aw__gone_remove(&model->gone[AW__GONE_PENDING], id))
		return;
	model->counts.errors_retrieved++;
	aw__gone_add(&model->gone[AW__GONE_TAKEN_LATE], id);
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
	for (size_t fate = 0; fate < AW__FATES; fate++)
		aw__gone_finish(&model->gone[fate]);
	aw__alloc_free(model->error_list.items);
	aw__alloc_free(model->taken);
	aw__map_finish(groups);
	aw__map_finish(&model->errors);
}
