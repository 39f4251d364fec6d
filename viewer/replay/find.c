/* SPDX-License-Identifier: MIT */
/* Finds the index at the end of a trace, and checks that it was made for this trace before it is used. */
#include "viewer/replay/find.h"

#include <string.h>

#include "base/alloc.h"
#include "proto/frame.h"

/* The largest directory that is accepted. */
#define DIRECTORY_BYTES (64u << 20)
/* How many checkpoints are checked beforehand; the others are checked when they are used. */
#define FRAMES_LOOKED_AT 64u

bool aw__find_trailer(struct aw__source *source, struct aw__trailer *ret_trailer)
{
	uint64_t whole = aw__source_whole(source);
	unsigned char bytes[AW__TRAILER_BYTES];

	return whole > AW__TRAILER_BYTES &&
	       aw__source_copy(source, whole - AW__TRAILER_BYTES, bytes, sizeof(bytes)) &&
	       aw__trailer_read(bytes, ret_trailer);
}

static bool is_same(struct aw__source *source, const struct aw__index_frame *frame)
{
	unsigned char header[AW__FRAME_HEADER_BYTES];

	return aw__source_copy(source, frame->offset, header, sizeof(header)) &&
	       memcmp(header, &frame->header, sizeof(header)) == 0;
}

static bool fits(struct aw__source *source, const struct aw__index *index)
{
	size_t stride = index->checkpoint_count / FRAMES_LOOKED_AT + 1;

	if (!is_same(source, &index->first) || !is_same(source, &index->last))
		return false;
	for (size_t i = 0; i + 1 < index->checkpoint_count; i += stride)
		if (!is_same(source, &index->checkpoints[i].frame))
			return false;
	return true;
}

bool aw__find_index(struct aw__source *source, const struct aw__trailer *trailer,
		    struct aw__index *ret_index, struct aw__problem *problem)
{
	uint64_t end = aw__source_whole(source) - AW__TRAILER_BYTES, begin;
	void *directory;
	bool good;

	if (trailer->directory_bytes > DIRECTORY_BYTES || trailer->directory_bytes > end ||
	    trailer->data_bytes > end - trailer->directory_bytes)
		return aw__problem_set(problem, "corrupt index: impossible sizes");
	begin = end - trailer->directory_bytes;
	directory = aw__alloc(trailer->directory_bytes + 1);
	if (directory == NULL)
		return aw__problem_set(problem, "out of memory");
	good = aw__source_copy(source, begin, directory, trailer->directory_bytes) ||
	       aw__problem_set(problem, "the index cannot be read");
	good = good && aw__index_read(trailer, directory, begin, ret_index, problem);
	aw__alloc_free(directory);
	if (good && !fits(source, ret_index)) {
		aw__index_finish(ret_index);
		good = aw__problem_set(problem, "the index is that of another recording");
	}
	return good;
}
