/* SPDX-License-Identifier: MIT */
/*
 * The index of a trace: what lies behind its last frame, so that a moment is found without reading it all.
 *
 *	preamble, frames of the recording          0 … data_bytes
 *	images, one for each checkpoint            frames of rows; the last is of the end of the recording
 *	directory                                  frames of rows: what this header declares
 *	trailer                                    one frame of AW__TRAILER_BYTES
 *
 * Everything is frames, so a reader that knows nothing of an index steps over it. A checkpoint says where in the
 * recording it stands; its image is what a model knows there (viewer/model/image.h). The state at any other
 * moment is the checkpoint before it, and the events from there.
 *
 * An index is believed only if everything in it holds together, and if it fits the recording: it names the sums of
 * frames, and those are looked at. One that does not is as good as none.
 */
#ifndef AW__INDEX_H
#define AW__INDEX_H

#include "base/buffer.h"
#include "base/problem.h"
#include "proto/finding.h"
#include "proto/item.h"
#include "proto/rows.h"

/* Of what an index holds, and of the images in it: the first number is raised when either changes. */
#define AW__INDEX_VERSION                                                                          \
	(5u << 24 | AW__EVENT_KINDS << 16 | AW__FINDING_KINDS << 8 | AW__DEFINITION_KINDS)
#define AW__INDEX_BUCKETS 1024u
#define AW__INDEX_MARKS	  (1u << 18)

/** A frame of the recording, by which an index knows that it is this one. */
struct aw__index_frame {
	uint64_t offset;
	uint64_t header; /* its first 8 bytes, little-endian: length and sum */
};

struct aw__checkpoint {
	struct aw__index_frame
		frame;	       /* the first that is not in the image; at the end: data_bytes, 0 */
	uint64_t time_ns;      /* the latest moment that an event before it names */
	uint64_t events;       /* before it */
	uint64_t image_offset; /* in the file, if it is there */
	uint64_t image_bytes;
	struct aw__buffer image; /* in memory, if it is not in the file */
};

/** One slice of time, of AW__INDEX_BUCKETS at most. */
struct aw__index_bucket {
	uint64_t events[AW__EVENT_KINDS];
	uint64_t live;	 /* tasks alive at its end */
	uint64_t lag_ns; /* the longest that a loop was blocked, of what ended here */
};

/** A finding: where it is. */
struct aw__index_mark {
	uint64_t event; /* the how manieth event it is; 0 is the first */
	uint64_t time_ns;
	uint64_t kind; /* enum aw__finding_kind, as told */
	uint64_t finding, task;
};

struct aw__index {
	uint64_t data_bytes;
	uint64_t events;
	uint64_t first_ns, last_ns;
	uint64_t bucket_ns;		    /* the width of each; the first begins at first_ns */
	struct aw__index_frame first, last; /* frames of the recording */

	struct aw__checkpoint *checkpoints; /* by position; the last is of the end */
	size_t checkpoint_count, checkpoint_capacity;
	uint64_t *definitions; /* offsets of the frames that hold definitions */
	size_t definition_count, definition_capacity;
	struct aw__index_bucket *buckets; /* AW__INDEX_BUCKETS of them */
	struct aw__index_mark *marks;
	size_t mark_count, mark_capacity;
};

/** An empty one; ends the program if there is no memory, as all that grows one does. */
void aw__index_init(struct aw__index *index);
void aw__index_finish(struct aw__index *index);
struct aw__checkpoint *aw__index_add_checkpoint(struct aw__index *index);
void aw__index_add_definitions(struct aw__index *index, uint64_t offset);
/** Beyond AW__INDEX_MARKS they are left out. */
void aw__index_add_mark(struct aw__index *index, const struct aw__index_mark *mark);

/**
 * Append directory and trailer to `out`. Images were written before: image_offset and image_bytes are set.
 */
void aw__index_write(const struct aw__index *index, struct aw__buffer *out);
/**
 * Read a directory that ends where the trailer begins.
 *
 * @param ret_index  set on success, for aw__index_finish(); otherwise empty
 *
 * False if anything in it contradicts anything else, or was written by another version.
 */
bool aw__index_read(const struct aw__trailer *trailer, const void *directory,
		    uint64_t directory_offset, struct aw__index *ret_index,
		    struct aw__problem *problem);

/** The last checkpoint at or before a moment; before an event. Never NULL: the first stands at the beginning. */
const struct aw__checkpoint *aw__index_before_time(const struct aw__index *index, uint64_t time_ns);
const struct aw__checkpoint *aw__index_before_event(const struct aw__index *index, uint64_t event);

#endif
