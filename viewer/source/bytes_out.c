/* SPDX-License-Identifier: MIT */
/*
 * Writes a trace's bytes, plain or as independent zstd pieces of 256 KiB, so that readers can start at any piece.
 * For recording, recovering, compressing and indexing.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "viewer/source/bytes.h"

/* A piece is small enough to be unpacked quickly, and large enough to compress well. */
#define PIECE_BYTES (256u << 10)
#define COMPRESSION 3

struct aw__bytes_out {
	int fd;
	bool packed;
	struct aw__buffer gathered, piece;
	uint64_t written;
};

struct aw__bytes_out *aw__bytes_out_create(int fd, bool packed)
{
	struct aw__bytes_out *out = aw__alloc_zeroed(1, sizeof(*out));

	if (out == NULL)
		return NULL;
	out->fd = fd;
	out->packed = packed;
	return out;
}

void aw__bytes_out_destroy(struct aw__bytes_out *out)
{
	if (out == NULL)
		return;
	aw__buffer_finish(&out->gathered);
	aw__buffer_finish(&out->piece);
	aw__alloc_free(out);
}

static bool write_all(struct aw__bytes_out *out, const void *bytes, size_t length,
		      struct aw__problem *problem)
{
	const char *at = bytes;

	while (length > 0) {
		ssize_t done = write(out->fd, at, length);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return aw__problem_set(problem, "cannot be written: %s", strerror(errno));
		at += done;
		length -= (size_t)done;
		out->written += (uint64_t)done;
	}
	return true;
}

bool aw__bytes_flush(struct aw__bytes_out *out, struct aw__problem *problem)
{
	struct aw__buffer *from = &out->gathered;
	size_t bound = ZSTD_compressBound(from->length), length;
	char *to;

	if (from->length == 0)
		return true;
	to = aw__buffer_reserve(&out->piece, bound);
	if (to == NULL)
		return aw__problem_set(problem, "out of memory");
	length = ZSTD_compress(to, bound, from->data, from->length, COMPRESSION);
	if (ZSTD_isError(length))
		return aw__problem_set(problem, "cannot be compressed: %s",
				       ZSTD_getErrorName(length));
	aw__buffer_clear(from);
	return write_all(out, to, length, problem);
}

bool aw__bytes_put(struct aw__bytes_out *out, const void *bytes, size_t length,
		   struct aw__problem *problem)
{
	if (!out->packed)
		return write_all(out, bytes, length, problem);
	aw__buffer_append(&out->gathered, bytes, length);
	if (out->gathered.failed)
		return aw__problem_set(problem, "out of memory");
	return out->gathered.length < PIECE_BYTES || aw__bytes_flush(out, problem);
}

uint64_t aw__bytes_written(const struct aw__bytes_out *out)
{
	return out->written;
}
