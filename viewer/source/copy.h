/* SPDX-License-Identifier: MIT */
/* Copying the contents of a source to a trace. */
#ifndef AW__COPY_H
#define AW__COPY_H

#include "base/buffer.h"
#include "viewer/source/bytes.h"
#include "viewer/source/source.h"

/** Whether a file begins as a trace does. */
bool aw__copy_is_trace(int fd);

/** Encode all items of a source into a file; nothing is flushed. */
bool aw__copy_items(struct aw__source *source, struct aw__bytes_out *out,
		    struct aw__problem *problem);

/** Copies the frames of a socket to a file: unchanged, without the damaged ones. */
struct aw__copying {
	struct aw__bytes_out *out;
	bool begun;
	struct aw__buffer in;
	uint64_t bytes; /* written */
	uint64_t frames, damaged;
};

void aw__copying_init(struct aw__copying *copying, struct aw__bytes_out *out);
void aw__copying_finish(struct aw__copying *copying);
/** Copy the bytes that have arrived. Returns WAIT, END or FAILED. The source must not have been read otherwise. */
enum aw__source_status aw__copying_go_on(struct aw__copying *copying, struct aw__source *source,
					 struct aw__problem *problem);

#endif
