/* SPDX-License-Identifier: MIT */
/* Stacks as formats want them: stitched from where it happened through the task's ancestors up to main. */
#ifndef AW__EXPORT_FRAMES_H
#define AW__EXPORT_FRAMES_H

#include "viewer/export/export_internal.h"

#define AW__STITCHED_MOST 128

struct aw__stitched {
	struct aw__frame frames[AW__STITCHED_MOST]; /* innermost first */
	bool creates
		[AW__STITCHED_MOST]; /* the first frame of an ancestor: here the task was created */
	size_t count;
	bool cut; /* there are more */
};

/**
 * Stitch a stack. Frames of the machinery are left out, unless there is nothing else.
 *
 * Its strings last as long as the export's model.
 */
void aw__stitch(const struct aw__export *export, uint64_t stack, struct aw__stitched *ret_stitched);

/** "bug at demo.c:3", "0x5555 in lib.so+0x12": never empty. */
void aw__frame_text(struct aw__buffer *out, const struct aw__frame *frame);
/** Only "bug", "lib.so+0x12" or "0x5555". */
void aw__frame_function(struct aw__buffer *out, const struct aw__frame *frame);

/** Copy a recorded text; a NUL byte in it becomes the two characters \0, as in the model. */
char *aw__export_copy(const char *text, size_t length);

/** "ValueError: message" of an ERROR event. */
void aw__error_text(const struct aw__export *export, const struct aw__event *event,
		    struct aw__buffer *out);
/** A traceback in Python's order, outermost first, and the error's text at its end. */
void aw__error_traceback(const struct aw__export *export, const struct aw__event *event,
			 struct aw__buffer *out);

#endif
