/* SPDX-License-Identifier: MIT */
/* Stitched stacks for exporters: from where something happened, through the creation of each ancestor, up to main. */
#ifndef AW__EXPORT_FRAMES_H
#define AW__EXPORT_FRAMES_H

#include "viewer/export/export_internal.h"

#define AW__STITCHED_MOST 128

struct aw__stitched {
	struct aw__frame frames[AW__STITCHED_MOST]; /* innermost first */
	bool creates
		[AW__STITCHED_MOST]; /* the first frame of an ancestor: the task was created there */
	size_t count;
	bool cut; /* further frames were left out */
};

/**
 * Stitch a stack. Frames of awry, libuv, CPython and libc are left out, unless there are no others.
 *
 * Owner: the strings belong to the export's model
 */
void aw__stitch(const struct aw__export *export, uint64_t stack, struct aw__stitched *ret_stitched);

/** Append "bug at demo.c:3" or "0x5555 in lib.so+0x12"; never empty. */
void aw__frame_text(struct aw__buffer *out, const struct aw__frame *frame);
/** Append only "bug", "lib.so+0x12" or "0x5555". */
void aw__frame_function(struct aw__buffer *out, const struct aw__frame *frame);

/** Copy a recorded text; a NUL byte in it becomes the two characters \0, as in the model. */
char *aw__export_copy(const char *text, size_t length);

/** Append "ValueError: message" of an ERROR event. */
void aw__error_text(const struct aw__export *export, const struct aw__event *event,
		    struct aw__buffer *out);
/** Append a traceback in Python's order: outermost frame first, the error's text last. */
void aw__error_traceback(const struct aw__export *export, const struct aw__event *event,
			 struct aw__buffer *out);

#endif
