/* SPDX-License-Identifier: MIT */
/*
 * Errors: a forest that arrives as ids, parts first or not.
 *
 * The same error may be told several times (the recorder does it before the first telling is
 * overwritten; a black box read after a socket does it again): the first telling stands, and the
 * notes of a later one are matched against those that are there.
 *
 * Errors that somebody took, and that neither a finding nor another error needs, are forgotten when
 * there are many of them, oldest first, with what only they were made of. The counts stay.
 */
#include "viewer/model/internal.h"

#include <string.h>

#include "base/alloc.h"

struct aw__error *aw__errors_need(struct aw__model *model, uint64_t id)
{
	struct aw__error *error = id != 0 ? aw__map_get(&model->errors, id) : NULL;

	if (error != NULL || id == 0)
		return error;
	if (model->errors.count >= AW__MODEL_MAX_ERRORS) {
		model->counts.errors_beyond++;
		return NULL;
	}
	error = aw__alloc_must_zeroed(1, sizeof(*error));
	error->id = id;
	aw__map_put(&model->errors, id, error);
	error->position = model->error_list.count;
	aw__model_append(&model->error_list, error);
	return error;
}

static uint64_t group_key(uint64_t type, uint64_t site, uint64_t stack)
{
	uint64_t key = aw__map_hash(type);

	key = aw__map_hash(key ^ site);
	return aw__map_hash(key ^ stack);
}

struct aw__error_group *aw__errors_group(const struct aw__model *model, uint64_t type,
					 uint64_t site, uint64_t stack)
{
	struct aw__error_group *group =
		aw__map_get(&model->error_groups, group_key(type, site, stack));

	while (group != NULL &&
	       (group->type != type || group->site != site || group->stack != stack))
		group = group->chain;
	return group;
}

struct aw__error_group *aw__errors_add_group(struct aw__model *model, uint64_t type, uint64_t site,
					     uint64_t stack)
{
	uint64_t key = group_key(type, site, stack);
	struct aw__error_group *group = aw__alloc_must_zeroed(1, sizeof(*group));

	group->type = type;
	group->site = site;
	group->stack = stack;
	group->chain = aw__map_get(&model->error_groups, key);
	aw__map_put(&model->error_groups, key, group);
	return group;
}

static struct aw__error_group *group_of(struct aw__model *model, const struct aw__event *event)
{
	struct aw__error_group *group =
		aw__errors_group(model, event->error.type, event->error.site, event->error.stack);

	if (group != NULL || model->error_groups.count >= AW__MODEL_MAX_ERRORS)
		return group;
	group = aw__errors_add_group(model, event->error.type, event->error.site,
				     event->error.stack);
	group->first = event->subject;
	return group;
}

static void name_part(struct aw__model *model, uint64_t id)
{
	struct aw__error *part = aw__errors_need(model, id);

	if (part != NULL)
		part->named_by++;
}

static void take_parts(struct aw__model *model, struct aw__error *error,
		       const struct aw__event *event)
{
	uint32_t count = event->list_length;
	uint64_t *children;

	error->cause = count > AW__ERROR_CAUSE ? event->list[AW__ERROR_CAUSE] : 0;
	error->context = count > AW__ERROR_CONTEXT ? event->list[AW__ERROR_CONTEXT] : 0;
	name_part(model, error->cause);
	name_part(model, error->context);
	if (count <= AW__ERROR_CHILDREN)
		return;
	count -= AW__ERROR_CHILDREN;
	if (!aw__model_charge(model, count * sizeof(uint64_t))) {
		model->counts.errors_beyond++;
		return;
	}
	children = aw__alloc_must(count * sizeof(uint64_t));
	memcpy(children, event->list + AW__ERROR_CHILDREN, count * sizeof(uint64_t));
	error->children = children;
	error->child_count = count;
	for (uint32_t i = 0; i < count; i++)
		name_part(model, children[i]);
}

static void told(struct aw__model *model, struct aw__error *error, const struct aw__event *event)
{
	error->note_cursor = 0;
	error->attribute_cursor = 0;
	if (error->told)
		return;
	error->told = true;
	model->counts.errors++;
	error->time_ns = event->time_ns;
	error->type = event->error.type;
	error->task = event->error.task;
	error->site = event->error.site;
	error->stack = event->error.stack;
	error->flags = (uint32_t)event->error.flags;
	error->message = aw__model_copy(model, event->text, event->text_length);
	take_parts(model, error, event);
	error->group = group_of(model, event);
	if (error->group != NULL)
		error->group->count++;
	aw__tasks_pin(model, error->task, false);
	if (error->finding != 0)
		aw__findings_regroup(model, error->finding);
}

static bool is_again(const struct aw__error_note *note, const struct aw__event *event, uint64_t key)
{
	return note->key == key && aw__model_same_text(note->text, event->text, event->text_length);
}

bool aw__errors_append_note(struct aw__model *model, struct aw__error_note **notes, uint32_t *count,
			    struct aw__error_note note_take)
{
	if (*count >= AW__MODEL_MAX_NOTES || !aw__model_charge(model, sizeof(note_take))) {
		aw__model_drop(model, note_take.text);
		return false;
	}
	if ((*count & (*count - 1)) == 0)
		*notes = aw__alloc_must_resize(*notes,
					       (*count > 0 ? *count * 2 : 1) * sizeof(note_take));
	(*notes)[(*count)++] = note_take;
	return true;
}

static void add_note(struct aw__model *model, bool told_error, struct aw__error_note **notes,
		     uint32_t *count, uint32_t *cursor, const struct aw__event *event, uint64_t key)
{
	struct aw__error_note note = { .time_ns = event->time_ns, .key = key };

	if (*cursor < *count && is_again(&(*notes)[*cursor], event, key)) {
		++*cursor;
		return;
	}
	for (uint32_t i = 0; i < *count && !told_error; i++)
		if ((*notes)[i].time_ns == event->time_ns && is_again(&(*notes)[i], event, key))
			return;
	note.text = aw__model_copy(model, event->text, event->text_length);
	if (aw__errors_append_note(model, notes, count, note))
		*cursor = *count;
	else
		model->counts.errors_beyond++;
}

static void free_notes(struct aw__model *model, struct aw__error_note *notes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		aw__model_drop(model, notes[i].text);
	model->bytes -= count * sizeof(*notes);
	aw__alloc_free(notes);
}

static void free_error(struct aw__model *model, struct aw__error *error)
{
	free_notes(model, error->notes, error->note_count);
	free_notes(model, error->attributes, error->attribute_count);
	model->bytes -= error->child_count * sizeof(uint64_t);
	aw__alloc_free((void *)error->children);
	aw__model_drop(model, error->message);
	aw__handled_free(model, error->handled);
	aw__alloc_free(error);
}

static bool is_forgettable(const struct aw__error *error)
{
	return error->named_by == 0 && error->finding == 0 && error->state != AW__ERROR_LOST;
}

/* One error less is made of `id`; if nothing else needs it, it is the next to go. */
static void release_part(struct aw__model *model, uint64_t id, struct aw__list *doomed)
{
	struct aw__error *part = id != 0 ? aw__map_get(&model->errors, id) : NULL;

	if (part == NULL || part->named_by == 0)
		return;
	part->named_by--;
	if (is_forgettable(part))
		aw__model_append(doomed, part);
}

static void forget_one(struct aw__model *model, struct aw__error *error, struct aw__list *doomed)
{
	struct aw__list *list = &model->error_list;
	struct aw__error *last = list->items[--list->count];

	list->items[error->position] = last;
	last->position = error->position;
	aw__map_remove(&model->errors, error->id);
	release_part(model, error->cause, doomed);
	release_part(model, error->context, doomed);
	for (uint32_t i = 0; i < error->child_count; i++)
		release_part(model, error->children[i], doomed);
	if (error->told)
		aw__tasks_unpin(model, error->task);
	free_error(model, error);
}

static void forget(struct aw__model *model, uint64_t id)
{
	struct aw__error *error = aw__map_get(&model->errors, id);
	struct aw__list doomed = { 0 };

	if (error == NULL || !is_forgettable(error))
		return;
	aw__model_append(&doomed, error);
	while (doomed.count > 0)
		forget_one(model, doomed.items[--doomed.count], &doomed);
	aw__alloc_free(doomed.items);
}

void aw__errors_retire(struct aw__model *model, uint64_t id)
{
	size_t at;

	if (model->taken == NULL)
		model->taken = aw__alloc_must_zeroed(AW__MODEL_MAX_TAKEN, sizeof(*model->taken));
	at = (model->taken_at + model->taken_count) % AW__MODEL_MAX_TAKEN;
	if (model->taken_count == AW__MODEL_MAX_TAKEN) {
		forget(model, model->taken[at]);
		model->taken_at = (model->taken_at + 1) % AW__MODEL_MAX_TAKEN;
	} else {
		model->taken_count++;
	}
	model->taken[at] = id;
}

static void taken(struct aw__model *model, struct aw__error *error, uint64_t by, uint64_t time_ns)
{
	if (error->taken_ns != 0)
		return;
	error->taker = by;
	error->taken_ns = time_ns;
	model->counts.errors_retrieved++;
	if (error->state == AW__ERROR_PENDING)
		error->state = AW__ERROR_TAKEN;
	aw__errors_retire(model, error->id);
}

static void retrieved(struct aw__model *model, struct aw__error *error,
		      const struct aw__event *event)
{
	if (error->taken_ns == 0)
		error->owner = event->retrieved.owner;
	taken(model, error, event->retrieved.by, event->time_ns);
}

void aw__errors_taken(struct aw__model *model, uint64_t id, uint64_t by, uint64_t time_ns)
{
	struct aw__error *error = aw__errors_need(model, id);

	if (error != NULL)
		taken(model, error, by, time_ns);
}

void aw__errors_lost(struct aw__model *model, const struct aw__found *found)
{
	struct aw__error *error = aw__errors_need(model, found->error);

	if (error == NULL)
		return;
	if (error->finding == 0)
		error->finding = found->id;
	if (found->kind != AW__NEVER_RETRIEVED || error->state == AW__ERROR_LOST)
		return;
	error->state = AW__ERROR_LOST;
	if (error->owner == 0)
		error->owner = found->task;
	model->counts.errors_lost++;
}

void aw__errors_event(struct aw__model *model, const struct aw__event *event)
{
	struct aw__error *error = aw__errors_need(model, event->subject);

	if (error == NULL)
		return;
	switch (event->kind) {
	case AW__ERROR:
		told(model, error, event);
		break;
	case AW__ERROR_NOTE:
		add_note(model, error->told, &error->notes, &error->note_count, &error->note_cursor,
			 event, 0);
		break;
	case AW__ERROR_ATTRIBUTE:
		add_note(model, error->told, &error->attributes, &error->attribute_count,
			 &error->attribute_cursor, event, event->attribute.key);
		aw__resilience_attribute(model, error->id, event);
		break;
	default:
		retrieved(model, error, event);
		break;
	}
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
	aw__alloc_free(model->error_list.items);
	aw__alloc_free(model->taken);
	aw__map_finish(groups);
	aw__map_finish(&model->errors);
}

const struct aw__error *aw__model_error(const struct aw__model *model, uint64_t id)
{
	return id != 0 ? aw__map_get(&model->errors, id) : NULL;
}

size_t aw__model_error_count(const struct aw__model *model)
{
	return model->error_list.count;
}

const struct aw__error *aw__model_error_at(const struct aw__model *model, size_t index)
{
	return index < model->error_list.count ? model->error_list.items[index] : NULL;
}

const struct aw__task_cancel *aw__model_error_cancel(const struct aw__model *model,
						     const struct aw__error *error)
{
	const char *type = aw__model_type_name(model, error->type);
	const struct aw__task *task = aw__model_task(model, error->task);

	if (type == NULL || strcmp(type, "CancelledError") != 0 || task == NULL ||
	    task->cancel == NULL || task->cancel->time_ns > error->time_ns)
		return NULL;
	return task->cancel;
}
