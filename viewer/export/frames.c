/* SPDX-License-Identifier: MIT */
/*
 * Stacks, frames and errors as text or lists of frames, for all exporters: creation stacks are joined up to main,
 * and frames of the runtime are left out unless there are no others.
 */
#include "viewer/export/frames.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"

static void put(struct aw__stitched *stitched, const struct aw__frame *frame, bool creates)
{
	if (stitched->count == AW__STITCHED_MOST) {
		stitched->cut = true;
		return;
	}
	stitched->frames[stitched->count] = *frame;
	stitched->creates[stitched->count++] = creates;
}

static void put_part(const struct aw__export *export, const struct aw__stack *part, bool ancestor,
		     bool machinery, struct aw__stitched *stitched)
{
	struct aw__frame frames[AW__FRAME_MAX_INLINED];

	for (uint32_t i = 0; i < part->count && !stitched->cut; i++) {
		size_t count = aw__model_frames(export->names, part->frames[i], frames,
						AW__FRAME_MAX_INLINED);

		for (size_t j = 0; j < count; j++)
			if (machinery || !frames[j].own) {
				put(stitched, &frames[j], ancestor);
				ancestor = false;
			}
	}
}

static void walk(const struct aw__export *export, uint64_t stack, bool machinery,
		 struct aw__stitched *stitched)
{
	struct aw__stack_walk walk;
	struct aw__stack part;
	bool ancestor = false;

	stitched->count = 0;
	stitched->cut = false;
	aw__model_walk(export->names, stack, &walk);
	while (!stitched->cut && aw__model_walk_next(&walk, &part)) {
		put_part(export, &part, ancestor, machinery, stitched);
		ancestor = true;
	}
	if (walk.circular)
		stitched->cut = true;
}

void aw__stitch(const struct aw__export *export, uint64_t stack, struct aw__stitched *ret_stitched)
{
	walk(export, stack, false, ret_stitched);
	if (ret_stitched->count == 0)
		walk(export, stack, true, ret_stitched);
}

void aw__frame_function(struct aw__buffer *out, const struct aw__frame *frame)
{
	const char *slash = frame->module != NULL ? strrchr(frame->module, '/') : NULL;

	if (frame->function != NULL && frame->function[0] != '\0')
		aw__buffer_text(out, frame->function);
	else if (frame->module != NULL)
		aw__buffer_format(out, "%s+0x%" PRIx64, slash != NULL ? slash + 1 : frame->module,
				  frame->offset);
	else
		aw__buffer_format(out, "0x%" PRIx64, frame->address);
}

void aw__frame_text(struct aw__buffer *out, const struct aw__frame *frame)
{
	aw__frame_function(out, frame);
	if (frame->file != NULL)
		aw__buffer_format(out, " at %s:%u", frame->file, frame->line);
	else if (frame->module != NULL && frame->function != NULL)
		aw__buffer_format(out, " in %s+0x%" PRIx64, frame->module, frame->offset);
}

char *aw__export_copy(const char *text, size_t length)
{
	size_t nul_count = 0;
	char *copy, *at;

	for (size_t i = 0; i < length; i++)
		nul_count += text[i] == '\0';
	copy = at = aw__alloc_must(length + nul_count + 1);
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '\0')
			*at++ = '\\';
		*at++ = text[i] == '\0' ? '0' : text[i];
	}
	*at = '\0';
	return copy;
}

void aw__error_text(const struct aw__export *export, const struct aw__event *event,
		    struct aw__buffer *out)
{
	const char *type = aw__model_type_name(export->names, event->error.type);
	char *message = aw__export_copy(event->text, event->text_length);

	aw__buffer_text(out, type != NULL && type[0] != '\0' ? type : "error");
	if (message[0] != '\0')
		aw__buffer_format(out, ": %s", message);
	aw__alloc_free(message);
}

static void traceback_frame(const struct aw__frame *frame, bool creates, struct aw__buffer *out)
{
	struct aw__buffer name = AW__BUFFER_EMPTY;

	aw__frame_function(&name, frame);
	if (frame->file != NULL)
		aw__buffer_format(out, "  File \"%s\", line %u, in %s\n", frame->file, frame->line,
				  aw__buffer_string(&name));
	else
		aw__buffer_format(out, "  In %s\n", aw__buffer_string(&name));
	if (creates)
		aw__buffer_text(out, "  -- the task that was created there --\n");
	aw__buffer_finish(&name);
}

/* An error's stack may begin where its task was created; then only the site shows where the error was raised. */
static bool is_innermost(const struct aw__stitched *stitched, const struct aw__frame *site)
{
	const struct aw__frame *frame = &stitched->frames[0];

	return stitched->count > 0 && !stitched->creates[0] && frame->function != NULL &&
	       site->function != NULL && strcmp(frame->function, site->function) == 0;
}

void aw__error_traceback(const struct aw__export *export, const struct aw__event *event,
			 struct aw__buffer *out)
{
	struct aw__stitched stitched;
	struct aw__frame site;

	aw__stitch(export, event->error.stack, &stitched);
	aw__buffer_text(out, "Traceback (most recent call last):\n");
	if (stitched.cut)
		aw__buffer_text(out, "  -- further frames are left out --\n");
	for (size_t i = stitched.count; i > 0; i--)
		traceback_frame(&stitched.frames[i - 1], stitched.creates[i - 1], out);
	if (aw__model_place(export->names, event->error.site, &site) &&
	    !is_innermost(&stitched, &site))
		traceback_frame(&site, false, out);
	aw__error_text(export, event, out);
}
