/* SPDX-License-Identifier: MIT */
/*
 * Writes a model as an image: rows of numbers and texts, from which image_load.c makes an equal model. `awry
 * index` stores one at each checkpoint.
 */
#include <string.h>

#include "viewer/model/image.h"
#include "viewer/model/image_fields.h"

struct saving {
	aw__image_sink *put;
	void *arg;
	uint64_t ids[AW__IMAGE_IDS]; /* of a list that is written in rows of AW__IMAGE_IDS */
	uint32_t id_count;
};

static void put(struct saving *saving, enum aw__image_row kind, const uint64_t *numbers,
		size_t count, const char *text)
{
	struct aw__wire_row row = { kind, (uint32_t)count,
				    text != NULL ? (uint32_t)strlen(text) : 0, numbers, text };

	/* Texts of real recordings are much shorter; hostile ones are cut. */
	if (row.text_length > AW__ROW_MOST_TEXT)
		row.text_length = AW__ROW_MOST_TEXT;
	saving->put(saving->arg, &row);
}

static uint32_t get_all(enum aw__image_row kind, const void *object, uint64_t *ret_numbers)
{
	const struct aw__image_fields *table = &aw__image_fields[kind];

	for (uint32_t i = 0; i < table->count; i++)
		ret_numbers[i] = aw__image_field_get(&table->fields[i], object);
	return table->count;
}

static void put_object(struct saving *saving, enum aw__image_row kind, const void *object,
		       const char *text)
{
	uint64_t numbers[AW__IMAGE_MOST_FIELDS];
	uint32_t count = get_all(kind, object, numbers);

	put(saving, kind, numbers, count, text);
}

static void flush_ids(struct saving *saving, enum aw__image_row kind)
{
	if (saving->id_count > 0)
		put(saving, kind, saving->ids, saving->id_count, NULL);
	saving->id_count = 0;
}

static void put_id(struct saving *saving, enum aw__image_row kind, uint64_t id)
{
	saving->ids[saving->id_count++] = id;
	if (saving->id_count == AW__IMAGE_IDS)
		flush_ids(saving, kind);
}

static void save_lags(struct saving *saving, const struct aw__lags *lags)
{
	uint64_t list[AW__LAG_LIST_WORDS];
	uint32_t length = aw__lags_list(lags, list);

	if (length > 0)
		put(saving, AW__IMAGE_LAGS, list, length, NULL);
}

static void save_loops(struct saving *saving, const struct aw__model *model)
{
	for (size_t i = 0; i < model->threads.capacity; i++) {
		const struct aw__thread_name *name = model->threads.slots[i].value;
		struct aw__image_thread thread = { .key = model->threads.slots[i].key };

		if (name == NULL)
			continue;
		thread.tid = name->tid;
		put_object(saving, AW__IMAGE_THREAD, &thread, name->name);
	}
	for (size_t i = 0; i < model->loop_list.count; i++) {
		const struct aw__loop *loop = model->loop_list.items[i];

		put_object(saving, AW__IMAGE_LOOP, loop, loop->label);
		save_lags(saving, &loop->lags);
	}
}

static void save_tasks(struct saving *saving, const struct aw__model *model)
{
	const struct aw__task *task = model->first_root;
	int depth = 0;

	for (; task != NULL; task = aw__model_task_next(task, &depth)) {
		struct aw__image_task image = {
			.parent = task->parent != NULL ? task->parent->id : 0,
			.task = *task,
		};

		put_object(saving, AW__IMAGE_TASK, &image, task->facts.name);
		if (task->recorded != NULL)
			put_object(saving, AW__IMAGE_RECORDED, task->recorded,
				   task->recorded->facts.name);
		if (task->cancel != NULL)
			put_object(saving, AW__IMAGE_CANCEL, task->cancel, task->cancel->message);
	}
	for (task = model->oldest; task != NULL; task = task->newer)
		put_id(saving, AW__IMAGE_QUEUE, task->id);
	flush_ids(saving, AW__IMAGE_QUEUE);
}

static void save_notes(struct saving *saving, const struct aw__error_note *notes, uint32_t count,
		       bool attribute)
{
	for (uint32_t i = 0; i < count; i++) {
		struct aw__image_note note = { notes[i].time_ns, notes[i].key, attribute };

		put_object(saving, AW__IMAGE_NOTE, &note, notes[i].text);
	}
}

static void save_by(struct saving *saving, uint64_t which, const char *text)
{
	if (text != NULL)
		put(saving, AW__IMAGE_BY, &which, 1, text);
}

static void save_handled(struct saving *saving, const struct aw__handled *handled)
{
	if (handled == NULL)
		return;
	put_object(saving, AW__IMAGE_HANDLED, handled, handled->what);
	save_by(saving, AW__IMAGE_BY_BREAKER, handled->breaker_name);
	save_by(saving, AW__IMAGE_BY_SERVICE, handled->service);
	save_by(saving, AW__IMAGE_BY_OPERATION, handled->operation);
}

static void save_breakers(struct saving *saving, const struct aw__model *model)
{
	for (size_t i = 0; i < model->breakers.capacity; i++) {
		const struct aw__breaker *breaker = model->breakers.slots[i].value;
		struct aw__image_breaker image = { .id = model->breakers.slots[i].key };

		if (breaker == NULL)
			continue;
		image.breaker = *breaker;
		put_object(saving, AW__IMAGE_BREAKER, &image, breaker->name);
	}
}

static void save_error(struct saving *saving, const struct aw__error *error)
{
	uint64_t numbers[AW__ROW_MOST_NUMBERS];
	struct aw__image_error image = { .grouped = error->group != NULL, .error = *error };
	uint32_t count = get_all(AW__IMAGE_ERROR, &image, numbers), children = error->child_count;

	if (children > AW__ROW_MOST_NUMBERS - count)
		children = AW__ROW_MOST_NUMBERS - count;
	if (children > 0)
		memcpy(numbers + count, error->children, children * sizeof(uint64_t));
	put(saving, AW__IMAGE_ERROR, numbers, count + children, error->message);
	save_notes(saving, error->notes, error->note_count, false);
	save_notes(saving, error->attributes, error->attribute_count, true);
	save_handled(saving, error->handled);
}

static void save_errors(struct saving *saving, const struct aw__model *model)
{
	for (size_t i = 0; i < model->error_groups.capacity; i++) {
		const struct aw__error_group *group = model->error_groups.slots[i].value;

		for (; group != NULL; group = group->chain)
			put_object(saving, AW__IMAGE_ALIKE, group, NULL);
	}
	for (size_t i = 0; i < model->error_list.count; i++)
		save_error(saving, model->error_list.items[i]);
	for (size_t i = 0; i < model->taken_count; i++)
		put_id(saving, AW__IMAGE_TAKEN,
		       model->taken[(model->taken_at + i) % AW__MODEL_MAX_TAKEN]);
	flush_ids(saving, AW__IMAGE_TAKEN);
}

static void save_found(struct saving *saving, const struct aw__found *found)
{
	uint64_t numbers[AW__ROW_MOST_NUMBERS];
	uint32_t count = get_all(AW__IMAGE_FOUND, found, numbers);

	for (uint32_t i = 0; i < found->member_count; i++) {
		if (count + AW__IMAGE_MEMBER_NUMBERS > AW__ROW_MOST_NUMBERS)
			break;
		numbers[count++] = found->members[i].task;
		numbers[count++] = found->members[i].wait_kind;
		numbers[count++] = found->members[i].wait_target;
		numbers[count++] = found->members[i].wait_stack;
	}
	put(saving, AW__IMAGE_FOUND, numbers, count, found->text);
}

static void save_findings(struct saving *saving, const struct aw__model *model)
{
	for (size_t i = 0; i < aw__model_found_count(model); i++)
		save_found(saving, model->found_list.items[i]);
	for (size_t i = 0; i < model->found_group_list.count; i++) {
		const struct aw__found_group *group = model->found_group_list.items[i];

		put_object(saving, AW__IMAGE_GROUP, group, NULL);
		for (const struct aw__found *at = group->first; at != NULL; at = at->next)
			put_id(saving, AW__IMAGE_MEMBER, at->id);
		flush_ids(saving, AW__IMAGE_MEMBER);
	}
}

static void save_held(struct saving *saving, const struct aw__model *model)
{
	struct aw__map index = { 0 };

	for (size_t i = 0; i < model->found_group_list.count && model->held_counted.count > 0; i++)
		aw__map_put(&index, (uint64_t)(uintptr_t)model->found_group_list.items[i],
			    (void *)(uintptr_t)(i + 1));
	for (size_t i = 0; i < model->held_counted.capacity; i++) {
		const struct aw__map_slot *slot = &model->held_counted.slots[i];

		if (slot->value == NULL)
			continue;
		put_id(saving, AW__IMAGE_HELD, slot->key);
		put_id(saving, AW__IMAGE_HELD,
		       (uint64_t)(uintptr_t)aw__map_get(&index, (uint64_t)(uintptr_t)slot->value) -
			       1);
	}
	flush_ids(saving, AW__IMAGE_HELD);
	aw__map_finish(&index);
}

static void save_dropped(struct saving *saving, const struct aw__dropped *set, uint64_t which)
{
	uint64_t numbers[2 + AW__DROPPED_WORDS] = { which };

	for (const struct aw__dropped_chunk *chunk = set->oldest; chunk != NULL;
	     chunk = chunk->newer) {
		numbers[1] = chunk->key;
		memcpy(numbers + 2, chunk->bits, sizeof(chunk->bits));
		put(saving, AW__IMAGE_DROPPED, numbers, 2 + AW__DROPPED_WORDS, NULL);
	}
}

static void save_holds(struct saving *saving, const struct aw__model *model)
{
	for (size_t i = 0; i < model->holds.capacity; i++) {
		const struct aw__map_slot *slot = &model->holds.slots[i];

		if (slot->value == NULL)
			continue;
		put_id(saving, AW__IMAGE_HOLD, slot->key);
		put_id(saving, AW__IMAGE_HOLD, aw__model_holder(model, slot->key));
	}
	flush_ids(saving, AW__IMAGE_HOLD);
}

void aw__model_save(const struct aw__model *model, aw__image_sink *sink, void *arg)
{
	struct saving saving = { .put = sink, .arg = arg };

	put_object(&saving, AW__IMAGE_MODEL, model, NULL);
	put_object(&saving, AW__IMAGE_COUNTS, model, NULL);
	put(&saving, AW__IMAGE_EVENTS, model->counts.events, AW__EVENT_KINDS, NULL);
	put(&saving, AW__IMAGE_KINDS, model->counts.findings, AW__FINDING_KINDS, NULL);
	save_loops(&saving, model);
	save_tasks(&saving, model);
	save_errors(&saving, model);
	save_findings(&saving, model);
	save_held(&saving, model);
	for (unsigned kind = 0; kind < AW__DROPPED_KINDS; kind++)
		save_dropped(&saving, &model->dropped[kind], kind);
	save_dropped(&saving, &model->found_dropped, AW__IMAGE_DROPPED_FOUND);
	save_holds(&saving, model);
	save_breakers(&saving, model);
	for (size_t i = 0; i < model->handle_list.count; i++)
		put_object(&saving, AW__IMAGE_HANDLE, model->handle_list.items[i], NULL);
}
