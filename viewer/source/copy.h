/* SPDX-License-Identifier: MIT */
/* From a source into a trace. */
#ifndef AW__COPY_H
#define AW__COPY_H

#include "base/buffer.h"
#include "viewer/source/bytes.h"
#include "viewer/source/source.h"

/** Whether a file begins as a trace does. */
bool aw__copy_is_trace(int fd);

/** Encode whatever a source has, up to its end, into a file; nothing is flushed. */
bool aw__copy_items(struct aw__source *source, struct aw__bytes_out *out,
		    struct aw__problem *problem);

/** The frames of a socket, on their way into a file: as they are, without the damaged ones. */
struct aw__copying {
	struct aw__bytes_out *out;
	bool begun;
	struct aw__buffer in;
	uint64_t bytes; /* put */
	uint64_t frames, damaged;
};

void aw__copying_init(struct aw__copying *copying, struct aw__bytes_out *out);
void aw__copying_finish(struct aw__copying *copying);
/** Copy what there is now. WAIT, END or FAILED. Nothing was read from the source before. */
enum aw__source_status aw__copying_go_on(struct aw__copying *copying, struct aw__source *source,
					 struct aw__problem *problem);

#endif
