/* SPDX-License-Identifier: MIT */
/*
 * Makes a model from an image that image_save.c wrote. Images are untrusted: whatever the rows contain, loading
 * ends, and leaves a model in which every pointer leads to a live object.
 */
#include <string.h>

#include "base/alloc.h"
#include "viewer/model/image.h"
#include "viewer/model/image_fields.h"

struct aw__image_loading {
	struct aw__model *model;
	unsigned seen; /* rows that may come only once, as bits */
	struct aw__loop *loop;
	struct aw__task *task;
	struct aw__error *error;
	struct aw__found_group *group;
};

struct aw__image_loading *aw__image_load_begin(struct aw__model *model)
{
	struct aw__image_loading *loading = aw__alloc_must_zeroed(1, sizeof(*loading));

	loading->model = model;
	return loading;
}

/* Copy the fields of a row to an object. The caller handles the numbers after them. */
static bool set_all(const struct aw__wire_row *row, void *object)
{
	const struct aw__image_fields *table = &aw__image_fields[row->kind];

	if (row->number_count < table->count)
		return false;
	for (uint32_t i = 0; i < table->count; i++)
		if (!aw__image_field_set(&table->fields[i], object, row->numbers[i]))
			return false;
	return true;
}

static bool set_exactly(const struct aw__wire_row *row, void *object)
{
	return row->number_count == aw__image_fields[row->kind].count && set_all(row, object);
}

static char *copy_text(struct aw__model *model, const struct aw__wire_row *row)
{
	return aw__model_copy(model, row->text, row->text_length);
}

static bool load_counts(uint64_t *counts, size_t count, const struct aw__wire_row *row)
{
	if (row->number_count != count)
		return false;
	memcpy(counts, row->numbers, count * sizeof(*counts));
	return true;
}

static bool load_thread(struct aw__model *model, const struct aw__wire_row *row)
{
	struct aw__image_thread image;
	struct aw__thread_name *thread;

	if (!set_exactly(row, &image) || model->threads.count >= AW__MODEL_MAX_LOOPS ||
	    aw__map_get(&model->threads, image.key) != NULL)
		return false;
	thread = aw__alloc_must_zeroed(1, sizeof(*thread));
	thread->tid = image.tid;
	thread->name = copy_text(model, row);
	aw__map_put(&model->threads, image.key, thread);
	return true;
}

static bool load_loop(struct aw__image_loading *loading, const struct aw__wire_row *row)
{
	struct aw__model *model = loading->model;
	struct aw__loop image = { 0 }, *loop;

	if (!set_exactly(row, &image) || image.id == 0 ||
	    model->loops.count >= AW__MODEL_MAX_LOOPS ||
	    aw__map_get(&model->loops, image.id) != NULL)
		return false;
	loop = aw__alloc_must(sizeof(*loop));
	*loop = image;
	loop->label = copy_text(model, row);
	aw__map_put(&model->loops, loop->id, loop);
	aw__model_append(&model->loop_list, loop);
	loading->loop = loop;
	return true;
}

static bool load_lags(struct aw__image_loading *loading, const struct aw__wire_row *row)
{
	struct aw__loop *loop = loading->loop;

	if (loop == NULL || row->number_count == 0 || row->number_count % 2 != 0 ||
	    aw__lags_count(&loop->lags) != 0)
		return false;
	aw__lags_of_list(&loop->lags, loop->lags.longest_ns, row->numbers, row->number_count);
	return true;
}

/* ---- tasks ---- */

static bool load_task(struct aw__image_loading *loading, const struct aw__wire_row *row)
{
	struct aw__model *model = loading->model;
	struct aw__image_task image = { 0 };
	struct aw__task *task, *parent;

	if (!set_exactly(row, &image) || image.task.id == 0 ||
	    model->tasks.count >= AW__MODEL_MAX_TASKS ||
	    aw__map_get(&model->tasks, image.task.id) != NULL)
		return false;
	parent = image.parent != 0 ? aw__map_get(&model->tasks, image.parent) : NULL;
	if (image.parent != 0 && parent == NULL)
		return false;
	task = aw__alloc_must(sizeof(*task));
	*task = image.task;
	task->facts.name = copy_text(model, row);
	task->parent = parent;
	aw__map_put(&model->tasks, task->id, task);
	aw__tree_link(model, task);
	if (task->live)
		aw__tasks_list_live(model, task);
	loading->task = task;
	return true;
}

static bool load_recorded(struct aw__image_loading *loading, const struct aw__wire_row *row)
{
	struct aw__task_recorded image = { 0 };
	struct aw__task *task = loading->task;

	if (task == NULL || task->recorded != NULL || !set_exactly(row, &image))
		return false;
	task->recorded = aw__alloc_must(sizeof(*task->recorded));
	*task->recorded = image;
	task->recorded->facts.name = copy_text(loading->model, row);
	return true;
}

static bool load_cancel(struct aw__image_loading *loading, const struct aw__wire_row *row)
{
	struct aw__task_cancel image = { 0 };
	struct aw__task *task = loading->task;

	if (task == NULL || task->cancel != NULL || !set_exactly(row, &image))
		return false;
	task->cancel = aw__alloc_must(sizeof(*task->cancel));
	*task->cancel = image;
	task->cancel->message = copy_text(loading->model, row);
	return true;
}

static bool load_queue(struct aw__model *model, const struct aw__wire_row *row)
{
	for (uint32_t i = 0; i < row->number_count; i++) {
		struct aw__task *task = aw__map_get(&model->tasks, row->numbers[i]);

		if (task == NULL || task->queued || model->finished_count >= AW__MODEL_MAX_FINISHED)
			return false;
		task->queued = true;
		task->older = model->newest;
		*(model->newest != NULL ? &model->newest->newer : &model->oldest) = task;
		model->newest = task;
		model->finished_count++;
	}
	return true;
}

/* ---- errors ---- */

static bool load_alike(struct aw__model *model, const struct aw__wire_row *row)
{
	struct aw__error_group image = { 0 }, *group, *chain;

	if (!set_exactly(row, &image) || model->error_groups.count >= AW__MODEL_MAX_ERRORS ||
	    aw__errors_group(model, image.type, image.site, image.stack) != NULL)
		return false;
	group = aw__errors_add_group(model, image.type, image.site, image.stack);
	chain = group->chain;
	*group = image;
	group->chain = chain;
	return true;
}

static bool load_children(struct aw__model *model, struct aw__error *error,
			  const struct aw__wire_row *row)
{
	uint32_t fields = aw__image_fields[AW__IMAGE_ERROR].count;
	size_t bytes = (row->number_count - fields) * sizeof(uint64_t);
	uint64_t *children;

	if (bytes == 0)
		return true;
	if (!aw__model_charge(model, bytes))
		return false;
	children = aw__alloc_must(bytes);
	memcpy(children, row->numbers + fields, bytes);
	error->children = children;
	error->child_count = row->number_count - fields;
	return true;
}

static bool load_error(struct aw__image_loading *loading, const struct aw__wire_row *row)
{
	struct aw__model *model = loading->model;
	struct aw__image_error image = { 0 };
	struct aw__error *error, *found = &image.error;

	if (!set_all(row, &image) || found->id == 0 ||
	    model->errors.count >= AW__MODEL_MAX_ERRORS ||
	    aw__map_get(&model->errors, found->id) != NULL || found->state > AW__ERROR_LOST)
		return false;
	if (image.grouped)
		found->group = aw__errors_group(model, found->type, found->site, found->stack);
	if (image.grouped && found->group == NULL)
		return false;
	error = aw__alloc_must(sizeof(*error));
	*error = *found;
	error->message = copy_text(model, row);
	error->position = model->error_list.count;
	aw__map_put(&model->errors, error->id, error);
	aw__model_append(&model->error_list, error);
	if (error->group != NULL)
		error->group->kept++;
	loading->error = error;
	return load_children(model, error, row);
}

static bool load_note(struct aw__image_loading *loading, const struct aw__wire_row *row)
{
	struct aw__image_note image = { 0 };
	struct aw__error *error = loading->error;
	struct aw__error_note note;

	if (error == NULL || !set_exactly(row, &image))
		return false;
	note.time_ns = image.time_ns;
	note.key = image.key;
	note.text = copy_text(loading->model, row);
	if (image.attribute)
		return aw__errors_append_note(loading->model, &error->attributes,
					      &error->attribute_count, note);
	return aw__errors_append_note(loading->model, &error->notes, &error->note_count, note);
}

static bool load_handled(struct aw__image_loading *loading, const struct aw__wire_row *row)
{
	struct aw__error *error = loading->error;
	struct aw__handled image = { 0 }, *handled;

	if (error == NULL || error->handled != NULL || !set_exactly(row, &image))
		return false;
	handled = aw__handled_of(loading->model, error->id);
	if (handled == NULL)
		return false;
	*handled = image;
	handled->what = copy_text(loading->model, row);
	return true;
}

static bool load_by(struct aw__image_loading *loading, const struct aw__wire_row *row)
{
	struct aw__handled *handled = loading->error != NULL ? loading->error->handled : NULL;
	char **text = NULL;
	uint64_t which;

	if (handled == NULL || !set_exactly(row, &which))
		return false;
	if (which == AW__IMAGE_BY_BREAKER)
		text = &handled->breaker_name;
	else if (which == AW__IMAGE_BY_SERVICE)
		text = &handled->service;
	else if (which == AW__IMAGE_BY_OPERATION)
		text = &handled->operation;
	if (text == NULL || *text != NULL)
		return false;
	*text = copy_text(loading->model, row);
	return true;
}

static bool load_breaker(struct aw__model *model, const struct aw__wire_row *row)
{
	struct aw__image_breaker image = { 0 };
	struct aw__breaker *breaker;

	if (!set_exactly(row, &image) || aw__map_get(&model->breakers, image.id) != NULL)
		return false;
	breaker = aw__breaker_need(model, image.id);
	if (breaker == NULL)
		return false;
	*breaker = image.breaker;
	breaker->name = copy_text(model, row);
	return true;
}

static bool load_handle(struct aw__model *model, const struct aw__wire_row *row)
{
	struct aw__handle image = { 0 }, *handle;

	if (!set_exactly(row, &image) || model->handle_list.count >= AW__MODEL_MAX_HANDLES ||
	    aw__map_get(&model->handles, image.id) != NULL)
		return false;
	handle = aw__alloc_must(sizeof(*handle));
	*handle = image;
	handle->position = model->handle_list.count;
	aw__map_put(&model->handles, handle->id, handle);
	aw__model_append(&model->handle_list, handle);
	return true;
}

static bool load_taken(struct aw__model *model, const struct aw__wire_row *row)
{
	if (row->number_count > AW__MODEL_MAX_TAKEN - model->taken_count)
		return false;
	for (uint32_t i = 0; i < row->number_count; i++)
		aw__errors_queue(model, row->numbers[i]);
	return true;
}

static bool load_dropped(struct aw__model *model, const struct aw__wire_row *row)
{
	struct aw__dropped_chunk *chunk;
	struct aw__dropped *set;

	if (row->number_count != 2 + AW__DROPPED_WORDS || row->numbers[0] >= AW__IMAGE_DROPPED_SETS)
		return false;
	set = row->numbers[0] == AW__IMAGE_DROPPED_FOUND ? &model->found_dropped
							 : &model->dropped[row->numbers[0]];
	chunk = set->chunks.count < AW__DROPPED_MAX_CHUNKS
			? aw__dropped_add_chunk(set, row->numbers[1])
			: NULL;
	if (chunk == NULL)
		return false;
	memcpy(chunk->bits, row->numbers + 2, sizeof(chunk->bits));
	return true;
}

/* ---- findings ---- */

static bool load_members_of(struct aw__model *model, struct aw__found *found,
			    const struct aw__wire_row *row)
{
	const uint64_t *numbers = row->numbers + aw__image_fields[AW__IMAGE_FOUND].count;
	uint32_t count = row->number_count - aw__image_fields[AW__IMAGE_FOUND].count;

	if (count == 0)
		return true;
	if (count % AW__IMAGE_MEMBER_NUMBERS != 0 ||
	    !aw__model_charge(model, count / AW__IMAGE_MEMBER_NUMBERS * sizeof(*found->members)))
		return false;
	found->member_count = count / AW__IMAGE_MEMBER_NUMBERS;
	found->members = aw__alloc_must(found->member_count * sizeof(*found->members));
	for (uint32_t i = 0; i < found->member_count; i++, numbers += AW__IMAGE_MEMBER_NUMBERS)
		found->members[i] =
			(struct aw__found_member){ numbers[0], numbers[1], numbers[2], numbers[3] };
	return true;
}

static bool load_holds(struct aw__model *model, const struct aw__wire_row *row)
{
	struct aw__event event = { .kind = AW__RESOURCE_HELD };

	for (uint32_t i = 0; i + 1 < row->number_count; i += 2) {
		event.subject = row->numbers[i];
		event.held.task = row->numbers[i + 1];
		aw__waits_event(model, &event);
	}
	return row->number_count % 2 == 0;
}

static bool load_found(struct aw__model *model, const struct aw__wire_row *row)
{
	struct aw__found image = { 0 }, *found;

	if (!set_all(row, &image) || model->found.count >= AW__MODEL_MAX_FINDINGS ||
	    aw__map_get(&model->found, image.id) != NULL)
		return false;
	found = aw__alloc_must(sizeof(*found));
	*found = image;
	found->text = copy_text(model, row);
	aw__map_put(&model->found, found->id, found);
	aw__findings_list(model, found);
	aw__findings_hold(model, found);
	return load_members_of(model, found, row);
}

static bool load_group(struct aw__image_loading *loading, const struct aw__wire_row *row)
{
	struct aw__found_group image = { 0 };

	if (!set_exactly(row, &image) ||
	    loading->model->found_group_list.count >= 2 * AW__MODEL_MAX_FINDINGS)
		return false;
	loading->group = aw__findings_add_group(loading->model, &image);
	return true;
}

static bool load_members(struct aw__image_loading *loading, const struct aw__wire_row *row)
{
	if (loading->group == NULL)
		return false;
	for (uint32_t i = 0; i < row->number_count; i++) {
		struct aw__found *found = aw__map_get(&loading->model->found, row->numbers[i]);

		if (found == NULL || found->group != NULL)
			return false;
		aw__findings_append(loading->group, found);
	}
	return true;
}

static bool load_held(struct aw__model *model, const struct aw__wire_row *row)
{
	for (uint32_t i = 0; i + 1 < row->number_count; i += 2) {
		const uint64_t error = row->numbers[i], at = row->numbers[i + 1];
		struct aw__found_group *group = at < model->found_group_list.count
							? model->found_group_list.items[at]
							: NULL;

		if (error == 0 || group == NULL || group->kind != AW__HELD_ERROR ||
		    model->held_counted.count >= AW__MODEL_MAX_ERRORS)
			return false;
		aw__map_put(&model->held_counted, error, group);
	}
	return row->number_count % 2 == 0;
}

/* ---- the whole image ---- */

static bool load_model(struct aw__image_loading *loading, const struct aw__wire_row *row)
{
	struct aw__model *model = loading->model;
	unsigned bit = 1u << row->kind;

	if ((loading->seen & bit) != 0)
		return false;
	loading->seen |= bit;
	switch (row->kind) {
	case AW__IMAGE_EVENTS:
		return load_counts(model->counts.events, AW__EVENT_KINDS, row);
	case AW__IMAGE_KINDS:
		return load_counts(model->counts.findings, AW__FINDING_KINDS, row);
	default:
		return set_exactly(row, model);
	}
}

bool aw__image_load_row(struct aw__image_loading *loading, const struct aw__wire_row *row)
{
	struct aw__model *model = loading->model;

	switch (row->kind) {
	case AW__IMAGE_MODEL:
	case AW__IMAGE_COUNTS:
	case AW__IMAGE_EVENTS:
	case AW__IMAGE_KINDS:
		return load_model(loading, row);
	case AW__IMAGE_THREAD:
		return load_thread(model, row);
	case AW__IMAGE_LOOP:
		return load_loop(loading, row);
	case AW__IMAGE_LAGS:
		return load_lags(loading, row);
	case AW__IMAGE_TASK:
		return load_task(loading, row);
	case AW__IMAGE_RECORDED:
		return load_recorded(loading, row);
	case AW__IMAGE_CANCEL:
		return load_cancel(loading, row);
	case AW__IMAGE_QUEUE:
		return load_queue(model, row);
	case AW__IMAGE_ALIKE:
		return load_alike(model, row);
	case AW__IMAGE_ERROR:
		return load_error(loading, row);
	case AW__IMAGE_NOTE:
		return load_note(loading, row);
	case AW__IMAGE_TAKEN:
		return load_taken(model, row);
	case AW__IMAGE_FOUND:
		return load_found(model, row);
	case AW__IMAGE_GROUP:
		return load_group(loading, row);
	case AW__IMAGE_MEMBER:
		return load_members(loading, row);
	case AW__IMAGE_BREAKER:
		return load_breaker(model, row);
	case AW__IMAGE_HANDLE:
		return load_handle(model, row);
	case AW__IMAGE_HANDLED:
		return load_handled(loading, row);
	case AW__IMAGE_BY:
		return load_by(loading, row);
	case AW__IMAGE_DROPPED:
		return load_dropped(model, row);
	case AW__IMAGE_HOLD:
		return load_holds(model, row);
	case AW__IMAGE_HELD:
		return load_held(model, row);
	default:
		return false;
	}
}

bool aw__image_load_end(struct aw__image_loading *loading)
{
	const struct aw__model *model = loading->model;
	bool whole = loading->seen == (1u << AW__IMAGE_MODEL | 1u << AW__IMAGE_COUNTS |
				       1u << AW__IMAGE_EVENTS | 1u << AW__IMAGE_KINDS);

	for (size_t i = 0; whole && i < model->found_list.count; i++)
		whole = ((const struct aw__found *)model->found_list.items[i])->group != NULL;
	/* a group's count includes the findings that are not kept */
	for (size_t i = 0; whole && i < model->found_group_list.count; i++) {
		const struct aw__found_group *group = model->found_group_list.items[i];

		whole = group->count >= group->kept;
	}
	aw__alloc_free(loading);
	return whole;
}
