/* SPDX-License-Identifier: MIT */
/*
 * Memory for one OTLP request: a bump allocator that is freed after the request was sent, and the builders of
 * attributes in it.
 */
#include "viewer/export/otlp.h"

#include <stdalign.h>
#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

#define CHUNK_BYTES 4096u

struct aw__otlp_chunk {
	struct aw__otlp_chunk *next;
	size_t used, size;
	alignas(max_align_t) unsigned char bytes[];
};

void *aw__otlp_alloc(struct aw__otlp_arena *arena, size_t bytes)
{
	const size_t align = alignof(max_align_t);
	size_t size = (bytes + align - 1) / align * align;
	struct aw__otlp_chunk *chunk = arena->chunks;
	void *memory;

	if (chunk == NULL || size > chunk->size - chunk->used) {
		size_t room = size > CHUNK_BYTES ? size : CHUNK_BYTES;

		chunk = aw__alloc_must(sizeof(*chunk) + room);
		chunk->next = arena->chunks;
		chunk->used = 0;
		chunk->size = room;
		arena->chunks = chunk;
	}
	memory = chunk->bytes + chunk->used;
	chunk->used += size;
	arena->bytes += size;
	return memory;
}

void aw__otlp_arena_finish(struct aw__otlp_arena *arena)
{
	while (arena->chunks != NULL) {
		struct aw__otlp_chunk *next = arena->chunks->next;

		aw__alloc_free(arena->chunks);
		arena->chunks = next;
	}
	arena->bytes = 0;
}

void aw__otlp_arena_join(struct aw__otlp_arena *arena, struct aw__otlp_arena *other)
{
	struct aw__otlp_chunk **end = &arena->chunks;

	while (*end != NULL)
		end = &(*end)->next;
	*end = other->chunks;
	arena->bytes += other->bytes;
	*other = (struct aw__otlp_arena){ 0 };
}

char *aw__otlp_text(struct aw__otlp_arena *arena, const char *text, size_t length)
{
	struct aw__buffer valid = AW__BUFFER_EMPTY;
	char *visible = aw__export_copy(text, length), *copy;

	aw__text_valid(&valid, visible, strlen(visible));
	copy = aw__otlp_alloc(arena, valid.length + 1);
	memcpy(copy, aw__buffer_string(&valid), valid.length + 1);
	aw__buffer_finish(&valid);
	aw__alloc_free(visible);
	return copy;
}

void aw__otlp_attributes(struct aw__otlp_attributes *attributes, struct aw__otlp_arena *arena)
{
	attributes->arena = arena;
	attributes->items = aw__otlp_alloc(arena, AW__OTLP_MOST_ATTRS * sizeof(Otlp__KeyValue *));
	attributes->count = 0;
	attributes->dropped = 0;
}

static Otlp__AnyValue *add(struct aw__otlp_attributes *attributes, const char *key)
{
	struct aw__otlp_arena *arena = attributes->arena;
	Otlp__KeyValue *item;

	if (attributes->count == AW__OTLP_MOST_ATTRS) {
		attributes->dropped++;
		return NULL;
	}
	item = aw__otlp_alloc(arena, sizeof(*item));
	otlp__key_value__init(item);
	item->key = aw__otlp_text(arena, key, strlen(key));
	item->value = aw__otlp_alloc(arena, sizeof(*item->value));
	otlp__any_value__init(item->value);
	attributes->items[attributes->count++] = item;
	return item->value;
}

void aw__otlp_attribute_integer(struct aw__otlp_attributes *attributes, const char *key,
				int64_t number)
{
	Otlp__AnyValue *value = add(attributes, key);

	if (value == NULL)
		return;
	value->value_case = OTLP__ANY_VALUE__VALUE_INT_VALUE;
	value->int_value = number;
}

void aw__otlp_attribute_number(struct aw__otlp_attributes *attributes, const char *key,
			       uint64_t number)
{
	aw__otlp_attribute_integer(attributes, key,
				   number < INT64_MAX ? (int64_t)number : INT64_MAX);
}

void aw__otlp_attribute_bool(struct aw__otlp_attributes *attributes, const char *key, bool is)
{
	Otlp__AnyValue *value = add(attributes, key);

	if (value == NULL)
		return;
	value->value_case = OTLP__ANY_VALUE__VALUE_BOOL_VALUE;
	value->bool_value = is;
}

void aw__otlp_attribute_text(struct aw__otlp_attributes *attributes, const char *key,
			     const char *text, size_t length)
{
	Otlp__AnyValue *value;

	if (text == NULL || length == 0)
		return;
	value = add(attributes, key);
	if (value == NULL)
		return;
	value->value_case = OTLP__ANY_VALUE__VALUE_STRING_VALUE;
	value->string_value = aw__otlp_text(attributes->arena, text, length);
}

void aw__otlp_attribute_texts(struct aw__otlp_attributes *attributes, const char *key,
			      char *const *texts, size_t count)
{
	struct aw__otlp_arena *arena = attributes->arena;
	Otlp__AnyValue *value = count > 0 ? add(attributes, key) : NULL;
	Otlp__ArrayValue *list;

	if (value == NULL)
		return;
	list = aw__otlp_alloc(arena, sizeof(*list));
	otlp__array_value__init(list);
	list->n_values = count;
	list->values = aw__otlp_alloc(arena, count * sizeof(*list->values));
	for (size_t i = 0; i < count; i++) {
		list->values[i] = aw__otlp_alloc(arena, sizeof(Otlp__AnyValue));
		otlp__any_value__init(list->values[i]);
		list->values[i]->value_case = OTLP__ANY_VALUE__VALUE_STRING_VALUE;
		list->values[i]->string_value = aw__otlp_text(arena, texts[i], strlen(texts[i]));
	}
	value->value_case = OTLP__ANY_VALUE__VALUE_ARRAY_VALUE;
	value->array_value = list;
}

bool aw__otlp_attribute_is_there(const struct aw__otlp_attributes *attributes, const char *key)
{
	for (size_t i = 0; i < attributes->count; i++)
		if (strcmp(attributes->items[i]->key, key) == 0)
			return true;
	return false;
}

void aw__otlp_attribute_string(struct aw__otlp_attributes *attributes, const char *key,
			       const char *text)
{
	if (text != NULL)
		aw__otlp_attribute_text(attributes, key, text, strlen(text));
}

void aw__otlp_attribute_exception(struct aw__otlp_attributes *attributes,
				  const struct aw__export *export, const struct aw__event *event)
{
	const char *type = aw__model_type_name(export->names, event->error.type);
	struct aw__buffer traceback = AW__BUFFER_EMPTY;

	aw__error_traceback(export, event, &traceback);
	aw__otlp_attribute_string(attributes, "exception.type", type != NULL ? type : "error");
	aw__otlp_attribute_text(attributes, "exception.message", event->text, event->text_length);
	aw__otlp_attribute_text(attributes, "exception.stacktrace", aw__buffer_string(&traceback),
				traceback.length);
	aw__otlp_attribute_number(attributes, "awry.error.id", event->subject);
	if (event->error.task != 0)
		aw__otlp_attribute_number(attributes, "awry.task.id", event->error.task);
	aw__buffer_finish(&traceback);
}

void aw__otlp_attribute_place(struct aw__otlp_attributes *attributes,
			      const struct aw__export *export, uint64_t place)
{
	struct aw__frame frame;

	if (!aw__model_place(export->names, place, &frame))
		return;
	aw__otlp_attribute_string(attributes, "code.function.name", frame.function);
	aw__otlp_attribute_string(attributes, "code.file.path", frame.file);
	if (frame.file != NULL && frame.line > 0)
		aw__otlp_attribute_number(attributes, "code.line.number", frame.line);
}
