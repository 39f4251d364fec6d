/* SPDX-License-Identifier: MIT */
/* The open handles: those whose opening was recorded, and not yet their closing, for the resources view and reports. */
#include "viewer/model/model_internal.h"

#include "base/alloc.h"

static void closed(struct aw__model *model, uint64_t id)
{
	struct aw__handle *handle = aw__map_remove(&model->handles, id);
	struct aw__pointers *list = &model->handle_list;
	struct aw__handle *last;

	model->counts.handles_closed++;
	if (handle == NULL)
		return;
	last = list->items[--list->count];
	list->items[handle->position] = last;
	last->position = handle->position;
	aw__alloc_free(handle);
}

static void opened(struct aw__model *model, const struct aw__event *event)
{
	struct aw__handle *handle = aw__map_get(&model->handles, event->subject);

	model->counts.handles_opened++;
	if (handle == NULL && model->handle_list.count >= AW__MODEL_MAX_HANDLES) {
		model->counts.handles_beyond++;
		return;
	}
	if (handle == NULL) {
		handle = aw__alloc_must_zeroed(1, sizeof(*handle));
		handle->position = model->handle_list.count;
		aw__map_put(&model->handles, event->subject, handle);
		aw__model_append(&model->handle_list, handle);
	}
	handle->id = event->subject;
	handle->kind = event->handle.kind;
	handle->task = event->handle.task;
	handle->opened_ns = event->time_ns;
}

void aw__handles_event(struct aw__model *model, const struct aw__event *event)
{
	if (event->kind == AW__HANDLE_CLOSED)
		closed(model, event->subject);
	else
		opened(model, event);
}

void aw__handles_finish(struct aw__model *model)
{
	for (size_t i = 0; i < model->handle_list.count; i++)
		aw__alloc_free(model->handle_list.items[i]);
	aw__alloc_free(model->handle_list.items);
	aw__map_finish(&model->handles);
}

size_t aw__model_handle_count(const struct aw__model *model)
{
	return model->handle_list.count;
}

const struct aw__handle *aw__model_handle_at(const struct aw__model *model, size_t index)
{
	return index < model->handle_list.count ? model->handle_list.items[index] : NULL;
}

const struct aw__handle *aw__model_handle(const struct aw__model *model, uint64_t id)
{
	return aw__map_get(&model->handles, id);
}
