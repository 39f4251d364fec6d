/* SPDX-License-Identifier: MIT */
/*
 * Errors: a forest that arrives as ids, in any order of errors and their parts.
 *
 * The same error may be reported several times (the recorder repeats it before the first report is
 * overwritten; a black box that is read after a socket repeats it): the first report is kept, and the
 * notes of a later one are compared with those that are there. But a lost error is reported again with
 * the parts that only the program's code can make (message, attributes): these replace the first ones.
 *
 * Which errors are kept: retention.h. How the others are dropped: errors_drop.c.
 */
#include "viewer/model/model_internal.h"

#include <string.h>

#include <awry/agent.h>

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

struct aw__error *aw__errors_need_known(struct aw__model *model, uint64_t id)
{
	return aw__errors_are_dropped(model, id) ? NULL : aw__errors_need(model, id);
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

	error->cause = aw__event_listed(event, AW__ERROR_CAUSE);
	error->context = aw__event_listed(event, AW__ERROR_CONTEXT);
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

static void tell(struct aw__model *model, struct aw__error *error, const struct aw__event *event)
{
	error->told = true;
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
		error->group->kept++;
	if (!aw__errors_reload(model, error)) {
		model->counts.errors++;
		if (error->group != NULL)
			error->group->count++;
	}
	aw__tasks_pin(model, error->task, false);
	if (error->finding != 0)
		aw__findings_regroup(model, error->finding);
}

/* As aw__errors_need(), but an error that nothing refers to may be refused if there are many like it. */
static struct aw__error *need_told(struct aw__model *model, const struct aw__event *event)
{
	const bool lost = (event->error.flags & AW_ERROR_LOST) != 0;
	struct aw__error *error = aw__map_get(&model->errors, event->subject);
	struct aw__error_group *group;

	if (error != NULL || lost)
		return error != NULL ? error : aw__errors_need(model, event->subject);
	if (aw__errors_are_dropped(model, event->subject))
		return NULL;
	group = aw__retention_room(model) != UINT64_MAX ? group_of(model, event) : NULL;
	if (aw__retention_keeps_error(model, group))
		return aw__errors_need(model, event->subject);
	aw__errors_count_only(model, group, event->subject);
	return NULL;
}

/* The parts are unchanged: they have the same ids. */
static void tell_more(struct aw__model *model, struct aw__error *error,
		      const struct aw__event *event)
{
	error->flags |= AW_ERROR_LOST;
	if (event->text_length > 0 &&
	    !aw__model_same_text(error->message, event->text, event->text_length)) {
		aw__model_drop(model, error->message);
		error->message = aw__model_copy(model, event->text, event->text_length);
	}
	aw__errors_drop_notes(model, error);
	if (error->finding != 0)
		aw__findings_regroup(model, error->finding);
}

static void told(struct aw__model *model, const struct aw__event *event)
{
	struct aw__error *error = event->subject != 0 ? need_told(model, event) : NULL;

	if (error == NULL)
		return;
	error->note_cursor = 0;
	error->attribute_cursor = 0;
	if (!error->told)
		tell(model, error, event);
	else if ((event->error.flags & AW_ERROR_LOST) != 0)
		tell_more(model, error, event);
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

static void taken(struct aw__model *model, struct aw__error *error, uint64_t by, uint64_t time_ns)
{
	if (error->taken_ns != 0)
		return;
	error->taker = by;
	error->taken_ns = time_ns;
	model->counts.errors_retrieved++;
	if (error->state == AW__ERROR_PENDING)
		error->state = AW__ERROR_TAKEN;
	aw__errors_retire(model, error);
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
	struct aw__error *error;

	aw__findings_unheld(model, id);
	error = aw__errors_need_known(model, id);
	if (error != NULL)
		taken(model, error, by, time_ns);
	else
		aw__errors_dropped_taken(model, id);
}

void aw__errors_found(struct aw__model *model, const struct aw__found *found, bool kept)
{
	struct aw__error *error = kept ? aw__errors_need(model, found->error)
				       : aw__map_get(&model->errors, found->error);

	if (error == NULL)
		return;
	if (kept && error->finding == 0)
		error->finding = found->id;
	error->found_count += kept;
	if (!aw__finding_is_lost_error(found->kind) || error->state == AW__ERROR_LOST)
		return;
	error->state = AW__ERROR_LOST;
	if (error->owner == 0)
		error->owner = found->task;
	model->counts.errors_lost++;
}

void aw__errors_event(struct aw__model *model, const struct aw__event *event)
{
	struct aw__error *error;

	if (event->kind == AW__ERROR) {
		told(model, event);
		return;
	}
	if (event->kind == AW__ERROR_RETRIEVED)
		aw__findings_unheld(model, event->subject);
	error = aw__errors_need_known(model, event->subject);
	if (error == NULL && event->kind == AW__ERROR_RETRIEVED)
		aw__errors_dropped_taken(model, event->subject);
	if (error == NULL)
		return;
	switch (event->kind) {
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

/* In Python the type's name begins with its module. */
static bool is_cancelled_error(const char *type)
{
	static const char name[] = "CancelledError";
	const size_t length = type != NULL ? strlen(type) : 0, at = length - (sizeof(name) - 1);

	return length >= sizeof(name) - 1 && strcmp(type + at, name) == 0 &&
	       (at == 0 || type[at - 1] == '.');
}

const struct aw__task_cancel *aw__model_error_cancel(const struct aw__model *model,
						     const struct aw__error *error, bool strict)
{
	const struct aw__task *task = aw__model_task(model, error->task);
	const struct aw__task_cancel *cancel;

	if (!is_cancelled_error(aw__model_type_name(model, error->type)) || task == NULL)
		return NULL;
	cancel = strict ? NULL : task->cancel;
	if (cancel == NULL && task->recorded != NULL && task->recorded->cancel.time_ns != 0)
		cancel = &task->recorded->cancel;
	return cancel != NULL && cancel->time_ns <= error->time_ns ? cancel : NULL;
}
