/* SPDX-License-Identifier: MIT */
/*
 * Definitions: strings, places, types and stacks, to which the items of a recording refer by their ids. The first definition of an id is kept.
 */
#include "viewer/model/model_internal.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

struct definition {
	uint32_t id;
	uint32_t kind;
	uint32_t count;
	uint64_t ordinal; /* order of arrival, from 1 on */
	char *text;	  /* NULL: empty */
	uint64_t numbers[];
};

static const uint32_t least_numbers[AW__DEFINITION_KINDS] = {
	[AW__PLACE] = AW__PLACE_NUMBERS,   [AW__TYPE] = 1,     [AW__STACK] = AW__STACK_FRAMES,
	[AW__MODULE] = AW__MODULE_NUMBERS, [AW__BUILD_ID] = 1,
};

/* Add a runtime of the process to the list, each once, in the order in which they started. */
static void add_runtime(struct aw__hello *hello, const char *name)
{
	const size_t length = strlen(name), used = strlen(hello->runtime);

	for (const char *at = hello->runtime; length > 0; at = strchr(at, ',') + 2) {
		if (strncmp(at, name, length) == 0 && (at[length] == '\0' || at[length] == ','))
			return;
		if (strchr(at, ',') == NULL)
			break;
	}
	if (length > 0 && strchr(name, ',') == NULL && used + 2 + length < sizeof(hello->runtime))
		snprintf(hello->runtime + used, sizeof(hello->runtime) - used, "%s%s",
			 used > 0 ? ", " : "", name);
}

void aw__definitions_ingest(struct aw__model *model, const struct aw__definition *definition)
{
	size_t bytes = sizeof(struct definition) + definition->number_count * sizeof(uint64_t);
	struct definition *copy;
	uint64_t before = model->bytes;

	if (definition->kind <= 0 || definition->kind >= AW__DEFINITION_KINDS ||
	    definition->number_count < least_numbers[definition->kind]) {
		model->counts.nonsense++;
		return;
	}
	copy = aw__map_get(&model->definitions, definition->id);
	if (copy != NULL) {
		/* After aw__model_reset() definitions come again, in the same order. */
		if (copy->ordinal > model->counts.definitions)
			model->counts.definitions = copy->ordinal;
		return;
	}
	if (!aw__model_charge(model, bytes)) {
		model->counts.definitions_beyond++;
		return;
	}
	copy = aw__alloc_must(bytes);
	copy->id = definition->id;
	copy->kind = definition->kind;
	copy->count = definition->number_count;
	copy->text = aw__model_copy(model, definition->text, definition->text_length);
	if (copy->count > 0)
		memcpy(copy->numbers, definition->numbers, copy->count * sizeof(uint64_t));
	aw__map_put(&model->definitions, copy->id, copy);
	if (copy->kind == AW__RUNTIME && copy->text != NULL && model->has_hello)
		add_runtime(&model->hello, copy->text);
	copy->ordinal = ++model->definition_count;
	model->definition_bytes += model->bytes - before;
	model->counts.definitions = copy->ordinal;
}

void aw__definitions_finish(struct aw__model *model)
{
	for (size_t i = 0; i < model->definitions.capacity; i++) {
		struct definition *definition = model->definitions.slots[i].value;

		if (definition != NULL)
			aw__alloc_free(definition->text);
		aw__alloc_free(definition);
	}
	aw__map_finish(&model->definitions);
}

static const struct definition *find(const struct aw__model *model, uint64_t id,
				     enum aw__definition_kind kind)
{
	const struct definition *definition = aw__map_get(&model->definitions, id);

	return definition != NULL && definition->kind == (uint32_t)kind ? definition : NULL;
}

static const char *text_of(const struct definition *definition)
{
	if (definition == NULL)
		return NULL;
	return definition->text != NULL ? definition->text : "";
}

const char *aw__model_string(const struct aw__model *model, uint64_t id)
{
	return text_of(find(model, id, AW__STRING));
}

const char *aw__model_type_name(const struct aw__model *model, uint64_t id)
{
	return text_of(find(model, id, AW__TYPE));
}

uint64_t aw__model_type_base(const struct aw__model *model, uint64_t id)
{
	const struct definition *type = find(model, id, AW__TYPE);

	return type != NULL ? type->numbers[0] : 0;
}

bool aw__model_stack(const struct aw__model *model, uint64_t id, struct aw__stack *ret_stack)
{
	const struct definition *stack = find(model, id, AW__STACK);

	if (stack == NULL)
		return false;
	ret_stack->id = stack->id;
	ret_stack->link = (uint32_t)stack->numbers[AW__STACK_LINK];
	ret_stack->flags = (uint32_t)stack->numbers[AW__STACK_FLAGS];
	ret_stack->count = stack->count - AW__STACK_FRAMES;
	ret_stack->frames = stack->numbers + AW__STACK_FRAMES;
	return true;
}

bool aw__model_before_recording(const struct aw__model *model, uint64_t stack)
{
	struct aw__stack it;

	return aw__model_stack(model, stack, &it) && (it.flags & AW__STACK_BEFORE_RECORDING) != 0;
}

uint64_t aw__model_created_ns(const struct aw__model *model, const struct aw__task *task)
{
	return aw__model_before_recording(model, task->facts.stack) ? 0 : task->known_since_ns;
}

void aw__model_walk(const struct aw__model *model, uint64_t stack, struct aw__stack_walk *ret_walk)
{
	*ret_walk = (struct aw__stack_walk){ .model = model, .next = stack, .lap = 1 };
}

/*
 * Brent's cycle detection: the mark moves to the current element after 1, 2, 4, … steps; only in a cycle it is met
 * again.
 */
bool aw__model_walk_next(struct aw__stack_walk *walk, struct aw__stack *ret_stack)
{
	if (walk->next == 0)
		return false;
	if (walk->next == walk->mark) {
		walk->circular = true;
		walk->next = 0;
		return false;
	}
	if (!aw__model_stack(walk->model, walk->next, ret_stack)) {
		walk->dangling = true;
		walk->next = 0;
		return false;
	}
	if (++walk->steps == walk->lap) {
		walk->mark = walk->next;
		walk->lap *= 2;
	}
	walk->next = ret_stack->link;
	return true;
}

void aw__model_set_resolver(struct aw__model *model, aw__frame_resolver *resolve, void *arg)
{
	model->resolve = resolve;
	model->resolve_arg = arg;
}

static size_t resolve(const struct aw__model *model, uint64_t address, bool entry,
		      struct aw__frame *ret_frames, size_t capacity)
{
	size_t count = 0;

	if (model->resolve != NULL && address != 0)
		count = model->resolve(model->resolve_arg, address, entry, ret_frames, capacity);
	if (count == 0)
		ret_frames[0] = (struct aw__frame){ .address = address };
	return count > 0 ? count : 1;
}

bool aw__model_place(const struct aw__model *model, uint64_t id, struct aw__frame *ret_frame)
{
	const struct definition *place = find(model, id & ~AW__FRAME_IS_PLACE, AW__PLACE);
	const uint64_t *numbers;
	const char *function;

	*ret_frame = (struct aw__frame){ 0 };
	if (place == NULL)
		return false;
	numbers = place->numbers;
	function = aw__model_string(model, numbers[AW__PLACE_FUNCTION]);
	if (numbers[AW__PLACE_FILE] == 0 && numbers[AW__PLACE_ADDRESS] != 0)
		resolve(model, numbers[AW__PLACE_ADDRESS], true, ret_frame, 1);
	if (numbers[AW__PLACE_FILE] != 0) {
		ret_frame->file = aw__model_string(model, numbers[AW__PLACE_FILE]);
		ret_frame->line = (uint32_t)numbers[AW__PLACE_LINE];
		ret_frame->address = numbers[AW__PLACE_ADDRESS];
	}
	if (function != NULL)
		ret_frame->function = function;
	return true;
}

size_t aw__model_frames(const struct aw__model *model, uint64_t frame, struct aw__frame *ret_frames,
			size_t capacity)
{
	if ((frame & AW__FRAME_IS_PLACE) == 0)
		return resolve(model, frame, false, ret_frames, capacity);
	aw__model_place(model, frame, ret_frames);
	return 1;
}
