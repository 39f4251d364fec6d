/* SPDX-License-Identifier: MIT */
/*
 * The index of a trace. It lies behind the last frame of the recording, so that the state at any time is found without
 * reading the whole trace.
 *
 *	preamble, frames of the recording          0 … data_bytes
 *	images, one for each checkpoint            frames of rows; the last is for the end of the recording
 *	directory                                  frames of rows: what this header declares
 *	trailer                                    one frame of AW__TRAILER_BYTES
 *
 * All parts are frames, so a reader that does not know indexes skips them. A checkpoint has a position in the recording;
 * its image is the model's state there (viewer/model/image.h). The state at any other time is that of the
 * checkpoint before it, updated by the events in between.
 *
 * An index is used only if it is consistent in itself and matches the recording: it has the checksums of some frames, which
 * are compared with the recording's. Otherwise it is ignored.
 */
#ifndef AW__INDEX_H
#define AW__INDEX_H

#include "base/buffer.h"
#include "base/problem.h"
#include "proto/finding.h"
#include "proto/item.h"
#include "proto/rows.h"

/* The version of the index and of its images: the first number is raised when either format changes. */
#define AW__INDEX_VERSION                                                                          \
	(5u << 24 | AW__EVENT_KINDS << 16 | AW__FINDING_KINDS << 8 | AW__DEFINITION_KINDS)
#define AW__INDEX_BUCKETS 1024u
#define AW__INDEX_MARKS	  (1u << 18)

/** A frame of the recording, with which the index checks that it belongs to this recording. */
struct aw__index_frame {
	uint64_t offset;
	uint64_t header; /* its first 8 bytes, little-endian: length and checksum */
};

struct aw__checkpoint {
	struct aw__index_frame
		frame;	       /* the first that is not in the image; at the end: data_bytes, 0 */
	uint64_t time_ns;      /* the latest time of the events before it */
	uint64_t events;       /* number of events before it */
	uint64_t image_offset; /* in the file, if the image was written */
	uint64_t image_bytes;
	struct aw__buffer image; /* in memory, if the image was not written yet */
};

/** One of the AW__INDEX_BUCKETS time slices of the timeline. */
struct aw__index_bucket {
	uint64_t events[AW__EVENT_KINDS];
	uint64_t live;	 /* tasks alive at its end */
	uint64_t lag_ns; /* the longest blocking of a loop that ended in it */
};

/** The position of a finding. */
struct aw__index_mark {
	uint64_t event; /* the event's number in the recording, from 0 on */
	uint64_t time_ns;
	uint64_t kind; /* enum aw__finding_kind, as recorded */
	uint64_t finding, task;
};

struct aw__index {
	uint64_t data_bytes;
	uint64_t events;
	uint64_t first_ns, last_ns;
	uint64_t bucket_ns; /* the width of each bucket; the first begins at first_ns */
	struct aw__index_frame first, last; /* frames of the recording */

	struct aw__checkpoint *checkpoints; /* by position; the last is at the end */
	size_t checkpoint_count, checkpoint_capacity;
	uint64_t *definitions; /* offsets of the frames that hold definitions */
	size_t definition_count, definition_capacity;
	struct aw__index_bucket *buckets; /* AW__INDEX_BUCKETS of them */
	struct aw__index_mark *marks;
	size_t mark_count, mark_capacity;
};

/** Make an empty index. This and the functions that add to it end the program if there is no memory. */
void aw__index_init(struct aw__index *index);
void aw__index_finish(struct aw__index *index);
struct aw__checkpoint *aw__index_add_checkpoint(struct aw__index *index);
void aw__index_add_definitions(struct aw__index *index, uint64_t offset);
/** Add a mark; ignored if there are AW__INDEX_MARKS already. */
void aw__index_add_mark(struct aw__index *index, const struct aw__index_mark *mark);

/**
 * Append the directory and the trailer to `out`. The images must be written already, with image_offset and image_bytes set.
 */
void aw__index_write(const struct aw__index *index, struct aw__buffer *out);
/**
 * Read a directory that ends where the trailer begins.
 *
 * @param ret_index  set on success, for aw__index_finish(); otherwise empty
 *
 * False if the directory is damaged or inconsistent, or was written by another version.
 */
bool aw__index_read(const struct aw__trailer *trailer, const void *directory,
		    uint64_t directory_offset, struct aw__index *ret_index,
		    struct aw__problem *problem);

/** The last checkpoint at or before a time, or at or before an event. Never NULL: the first is at the beginning. */
const struct aw__checkpoint *aw__index_before_time(const struct aw__index *index, uint64_t time_ns);
const struct aw__checkpoint *aw__index_before_event(const struct aw__index *index, uint64_t event);

#endif
