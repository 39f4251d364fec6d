/* SPDX-License-Identifier: MIT */
/* Compresses a complete trace for `awry run -o FILE.zst`, frame by frame, unless its writer still holds the lock. */
#include "viewer/source/pack.h"

#include <sys/file.h>

#include "proto/frame.h"

/* The next portion: the preamble, a frame, or a part of what follows the last frame. */
static uint64_t portion(struct aw__bytes *bytes, uint64_t offset)
{
	const uint64_t rest = aw__bytes_count(bytes) - offset;
	unsigned char header[AW__FRAME_HEADER_BYTES];
	uint64_t size = AW__FRAME_PREAMBLE_BYTES;

	if (offset > 0) {
		size = AW__FRAME_MAX_BYTES;
		if (aw__bytes_copy(bytes, offset, header, sizeof(header)) &&
		    aw__frame_length(header) <= AW__FRAME_MAX_BYTES)
			size = AW__FRAME_HEADER_BYTES + (uint64_t)aw__frame_length(header);
	}
	return size < rest ? size : rest;
}

static bool put(struct aw__bytes *bytes, uint64_t offset, uint64_t size, struct aw__bytes_out *out,
		struct aw__problem *problem)
{
	size_t length = 0;
	bool damaged;
	const void *at = aw__bytes_at(bytes, offset, (size_t)size, &length, &damaged, problem);

	if (at != NULL && length < size)
		return aw__problem_set(problem, "it shrinks while it is read");
	return at != NULL && aw__bytes_put(out, at, length, problem);
}

static enum aw__packed put_all(struct aw__bytes *bytes, struct aw__bytes_out *out,
			       void (*told)(void *arg, uint64_t done, uint64_t whole), void *arg,
			       struct aw__problem *problem)
{
	const uint64_t whole = aw__bytes_count(bytes);

	for (uint64_t offset = 0, size; offset < whole; offset += size) {
		size = portion(bytes, offset);
		if (!put(bytes, offset, size, out, problem))
			return AW__PACKED_NOT;
		if (told != NULL)
			told(arg, offset + size, whole);
	}
	return AW__PACKED;
}

enum aw__packed aw__pack(int fd, struct aw__bytes_out *out,
			 void (*told)(void *arg, uint64_t done, uint64_t whole), void *arg,
			 struct aw__problem *problem)
{
	enum aw__packed done = AW__PACKED_BEFORE;
	struct aw__bytes *bytes;

	if (flock(fd, LOCK_SH | LOCK_NB) != 0)
		return AW__PACKED_IN_USE;
	bytes = aw__bytes_open(fd, problem);
	if (bytes == NULL)
		done = AW__PACKED_NOT;
	else if (!aw__bytes_packed(bytes))
		done = put_all(bytes, out, told, arg, problem);
	aw__bytes_close(bytes);
	(void)flock(fd, LOCK_UN);
	return done;
}
