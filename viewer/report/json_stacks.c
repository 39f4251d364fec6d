/* SPDX-License-Identifier: MIT */
/*
 * Writes stacks in JSON reports: each once, in a list, and referred to by its id. The `link` of a stack is the id of
 * the next one, where the task was created.
 */
#include "viewer/report/json.h"

#include "base/alloc.h"
#include "base/source_line.h"

/* longer source lines are generated or minified */
#define MAX_SOURCE_BYTES 500

void aw__json_finish(struct aw__json *json)
{
	aw__map_finish(&json->stacks);
}

json_t *aw__json_stack(struct aw__json *json, uint64_t id)
{
	uint64_t at = id;
	struct aw__stack stack;

	while (at != 0 && aw__map_get(&json->stacks, at) == NULL) {
		aw__map_put(&json->stacks, at, json);
		at = aw__model_stack(json->model, at, &stack) ? stack.link : 0;
	}
	return id != 0 ? aw__json_number(id) : json_null();
}

json_t *aw__json_frame_and_source(const struct aw__json *json, const struct aw__frame *frame)
{
	json_t *object = aw__json_frame(frame);
	struct aw__buffer text = AW__BUFFER_EMPTY;
	const char *line = NULL;
	size_t length;

	if (json->files != NULL && frame->file != NULL && !frame->own)
		line = aw__source_files_line(json->files, frame->file, frame->line, &length);
	if (line == NULL)
		return object;
	aw__buffer_append(&text, line, length < MAX_SOURCE_BYTES ? length : MAX_SOURCE_BYTES);
	json_object_set_new(object, "source", aw__json_text(aw__buffer_string(&text)));
	aw__buffer_finish(&text);
	return object;
}

static json_t *frames_json(const struct aw__json *json, const struct aw__stack *stack)
{
	struct aw__frame frames[AW__FRAME_MAX_INLINED];
	json_t *list = json_array();

	for (uint32_t i = 0; i < stack->count; i++) {
		size_t count = aw__model_frames(json->model, stack->frames[i], frames,
						AW__FRAME_MAX_INLINED);

		for (size_t j = 0; j < count; j++)
			json_array_append_new(list, aw__json_frame_and_source(json, &frames[j]));
	}
	return list;
}

/* A stack that is unknown, or for which there was no room. */
static json_t *missing_json(uint64_t id)
{
	return json_pack("{so so so so}", "id", aw__json_number(id), "link", json_null(), "frames",
			 json_array(), "missing", json_true());
}

static json_t *stack_json(const struct aw__json *json, uint64_t id)
{
	json_t *object = json_object();
	struct aw__stack stack;

	if (!aw__model_stack(json->model, id, &stack)) {
		json_decref(object);
		return missing_json(id);
	}
	json_object_set_new(object, "id", aw__json_number(id));
	json_object_set_new(object, "link",
			    stack.link != 0 ? aw__json_number(stack.link) : json_null());
	json_object_set_new(object, "frames", frames_json(json, &stack));
	if ((stack.flags & AW__STACK_BEFORE_RECORDING) != 0)
		json_object_set_new(object, "before_recording", json_true());
	if ((stack.flags & (AW__STACK_CUT | AW__STACK_UNWALKED)) != 0)
		json_object_set_new(object, "cut", json_true());
	if ((stack.flags & AW__STACK_LINK_CUT) != 0)
		json_object_set_new(object, "ancestors_cut", json_true());
	if ((stack.flags & AW__STACK_REPEATS) != 0)
		json_object_set_new(object, "repeats", json_true());
	return object;
}

json_t *aw__json_stacks(struct aw__json *json)
{
	uint64_t *ids = aw__alloc_must_zeroed(json->stacks.count + 1, sizeof(*ids));
	json_t *list = json_array();
	size_t count = 0;

	for (size_t i = 0; i < json->stacks.capacity; i++)
		if (json->stacks.slots[i].value != NULL)
			ids[count++] = json->stacks.slots[i].key;
	aw__sorted_ids(ids, count);
	for (size_t i = 0; i < count; i++)
		if (!aw__json_has_room(&json->limits->stacks) ||
		    !aw__json_add(&json->limits->stacks, list, stack_json(json, ids[i])))
			json_array_append_new(list, missing_json(ids[i]));
	aw__alloc_free(ids);
	return list;
}
