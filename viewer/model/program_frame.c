/* SPDX-License-Identifier: MIT */
/*
 * Picks the frames of a stack that are the program's own, neither the runtime's nor a system library's: reports, rows and
 * findings show these places.
 */
#include <string.h>

#include "viewer/model/model.h"

bool aw__model_is_foreign(const struct aw__frame *frame)
{
	static const char *const folders[] = { "/lib/", "/lib64/", "/usr/lib/" };

	for (size_t i = 0; frame->module != NULL && i < 3; i++)
		if (strncmp(frame->module, folders[i], strlen(folders[i])) == 0)
			return true;
	return frame->own;
}

void aw__model_program_frames(const struct aw__model *model, uint64_t id, aw__frame_take *take,
			      void *arg)
{
	struct aw__frame frames[AW__FRAME_MAX_INLINED];
	struct aw__stack stack;

	if (id == 0 || !aw__model_stack(model, id, &stack))
		return;
	for (uint32_t i = 0; i < stack.count; i++) {
		size_t count =
			aw__model_frames(model, stack.frames[i], frames, AW__FRAME_MAX_INLINED);

		for (size_t j = 0; j < count; j++)
			if (!aw__model_is_foreign(&frames[j]))
				take(arg, &frames[j]);
	}
}

bool aw__model_program_frame(const struct aw__model *model, uint64_t id,
			     struct aw__frame *ret_frame)
{
	struct aw__frame frames[AW__FRAME_MAX_INLINED];
	struct aw__stack stack;
	bool found = false;

	if (id == 0 || !aw__model_stack(model, id, &stack))
		return false;
	for (uint32_t i = 0; i < stack.count; i++) {
		size_t count =
			aw__model_frames(model, stack.frames[i], frames, AW__FRAME_MAX_INLINED);

		for (size_t j = 0; j < count; j++) {
			bool foreign = aw__model_is_foreign(&frames[j]);

			if (frames[j].own || frames[j].file == NULL || (found && foreign))
				continue;
			*ret_frame = frames[j];
			found = true;
			if (!foreign)
				return true;
		}
	}
	return found;
}
