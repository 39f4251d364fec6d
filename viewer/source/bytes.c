/* SPDX-License-Identifier: MIT */
/*
 * Reads a trace, plain or compressed, at any offset, for the sources. If a mapped file is cut while it is read, the missing
 * part reads as zeros (base/mapping.h): so each read checks the file's size first, and reports that it was cut.
 */
#include "viewer/source/bytes.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <zstd.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/mapping.h"

/* Mapped memory behind the reader is released each time it has moved this far. */
#define FORGET_BYTES (32u << 20)

struct piece {
	uint64_t offset; /* of its first byte, unpacked */
	uint64_t at;	 /* in the file */
	uint32_t length; /* unpacked */
	uint32_t packed;
};

struct aw__bytes {
	int fd;
	const unsigned char *map;
	uint64_t mapped;
	uint64_t count;
	uint64_t looked; /* bytes read since memory was released */

	bool packed, cut;
	struct piece *pieces;
	size_t piece_count, piece_capacity;
	unsigned char *plain; /* of a piece */
	size_t plain_size;
	size_t plain_of; /* number of the unpacked piece; >= piece_count: none */
};

bool aw__bytes_is_packed(const unsigned char first[8])
{
	static const unsigned char magic[4] = { 0x28, 0xb5, 0x2f, 0xfd };

	return memcmp(first, magic, sizeof(magic)) == 0;
}

static bool map(struct aw__bytes *bytes, struct aw__problem *problem)
{
	struct stat status;
	const void *at;

	if (fstat(bytes->fd, &status) != 0)
		return aw__problem_set(problem, "%s", strerror(errno));
	if ((uint64_t)status.st_size == bytes->mapped || status.st_size == 0)
		return true;
	at = aw__mapping_open(bytes->fd, (size_t)status.st_size);
	if (at == NULL)
		return aw__problem_set(problem, "cannot be mapped: %s", strerror(errno));
	aw__mapping_close(bytes->map, bytes->mapped);
	bytes->map = at;
	bytes->mapped = (uint64_t)status.st_size;
	return true;
}

/* ---- pieces ---- */

static void add_piece(struct aw__bytes *bytes, uint64_t at, size_t packed, uint32_t length)
{
	if (bytes->piece_count == bytes->piece_capacity) {
		bytes->piece_capacity = bytes->piece_capacity > 0 ? bytes->piece_capacity * 2 : 256;
		bytes->pieces = aw__alloc_must_resize(
			bytes->pieces, bytes->piece_capacity * sizeof(*bytes->pieces));
	}
	bytes->pieces[bytes->piece_count++] =
		(struct piece){ bytes->count, at, length, (uint32_t)packed };
	bytes->count += length;
}

/* Find the pieces that are not known yet; only their headers are read. */
static bool find_pieces(struct aw__bytes *bytes, struct aw__problem *problem)
{
	const struct piece *last =
		bytes->piece_count > 0 ? &bytes->pieces[bytes->piece_count - 1] : NULL;
	uint64_t at = last != NULL ? last->at + last->packed : 0;

	while (at < bytes->mapped) {
		const unsigned char *from = bytes->map + at;
		size_t packed = ZSTD_findFrameCompressedSize(from, bytes->mapped - at);
		unsigned long long length;

		if (ZSTD_isError(packed))
			break;
		length = ZSTD_getFrameContentSize(from, bytes->mapped - at);
		if (length > AW__BYTES_CHUNK || packed > UINT32_MAX)
			return aw__problem_set(
				problem,
				"compressed in pieces of more than %u MiB, which awry "
				"cannot read: unpack it with zstd -d",
				AW__BYTES_CHUNK >> 20);
		if (length > 0)
			add_piece(bytes, at, packed, (uint32_t)length);
		at += packed;
	}
	bytes->cut = at < bytes->mapped;
	return true;
}

static size_t piece_at(const struct aw__bytes *bytes, uint64_t offset)
{
	size_t low = 0, high = bytes->piece_count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (bytes->pieces[middle].offset <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static bool unpack(struct aw__bytes *bytes, size_t number, struct aw__problem *problem)
{
	const struct piece *piece = &bytes->pieces[number];
	size_t done;

	if (bytes->plain_of == number)
		return true;
	bytes->plain_of = SIZE_MAX;
	if (piece->length > bytes->plain_size) {
		bytes->plain = aw__alloc_must_resize(bytes->plain, piece->length);
		bytes->plain_size = piece->length;
	}
	done = ZSTD_decompress(bytes->plain, piece->length, bytes->map + piece->at, piece->packed);
	if (ZSTD_isError(done) || done != piece->length)
		return aw__problem_set(problem,
				       "the piece at byte %llu of the compressed file is damaged",
				       (unsigned long long)piece->at);
	bytes->plain_of = number;
	return true;
}

/* ---- */

bool aw__bytes_refresh(struct aw__bytes *bytes, struct aw__problem *problem)
{
	if (!map(bytes, problem))
		return false;
	if (!bytes->packed) {
		bytes->count = bytes->mapped;
		return true;
	}
	while (bytes->piece_count > 0) {
		const struct piece *last = &bytes->pieces[bytes->piece_count - 1];

		if (last->at + last->packed <= bytes->mapped)
			break;
		bytes->count = last->offset;
		bytes->piece_count--;
	}
	bytes->plain_of = SIZE_MAX;
	return find_pieces(bytes, problem);
}

struct aw__bytes *aw__bytes_open(int fd, struct aw__problem *problem)
{
	struct aw__bytes *bytes = aw__alloc_must_zeroed(1, sizeof(*bytes));

	bytes->fd = fd;
	bytes->plain_of = SIZE_MAX;
	if (map(bytes, problem)) {
		bytes->packed = bytes->mapped >= 8 && aw__bytes_is_packed(bytes->map);
		if (aw__bytes_refresh(bytes, problem))
			return bytes;
	}
	aw__bytes_close(bytes);
	return NULL;
}

void aw__bytes_close(struct aw__bytes *bytes)
{
	if (bytes == NULL)
		return;
	aw__mapping_close(bytes->map, bytes->mapped);
	aw__alloc_free(bytes->pieces);
	aw__alloc_free(bytes->plain);
	aw__alloc_free(bytes);
}

uint64_t aw__bytes_count(const struct aw__bytes *bytes)
{
	return bytes->count;
}

bool aw__bytes_cut(const struct aw__bytes *bytes)
{
	return bytes->cut;
}

/* Whether the file still has its bytes up to `end`. */
static bool is_there(const struct aw__bytes *bytes, uint64_t end, struct aw__problem *problem)
{
	struct stat status;

	if (fstat(bytes->fd, &status) == 0 && (uint64_t)status.st_size >= end)
		return true;
	return aw__problem_set(problem, "the file was cut while it was read");
}

const void *aw__bytes_at(struct aw__bytes *bytes, uint64_t offset, size_t most, size_t *ret_length,
			 bool *ret_damaged, struct aw__problem *problem)
{
	uint64_t left = offset < bytes->count ? bytes->count - offset : 0;
	size_t length = left < most ? (size_t)left : most;
	const struct piece *piece;

	*ret_damaged = false;
	if (length == 0)
		return NULL;
	bytes->looked += length;
	if (bytes->looked >= FORGET_BYTES)
		aw__bytes_forget(bytes);
	if (!bytes->packed) {
		*ret_damaged = !is_there(bytes, offset + length, problem);
		*ret_length = length;
		return *ret_damaged ? NULL : bytes->map + offset;
	}
	piece = &bytes->pieces[piece_at(bytes, offset)];
	*ret_damaged = !is_there(bytes, piece->at + piece->packed, problem) ||
		       !unpack(bytes, (size_t)(piece - bytes->pieces), problem);
	left = piece->offset + piece->length - offset;
	*ret_length = left < length ? (size_t)left : length;
	return *ret_damaged ? NULL : bytes->plain + (offset - piece->offset);
}

bool aw__bytes_copy(struct aw__bytes *bytes, uint64_t offset, void *ret_bytes, size_t length)
{
	unsigned char *to = ret_bytes;

	while (length > 0) {
		struct aw__problem ignored;
		bool damaged;
		size_t got;
		const void *from = aw__bytes_at(bytes, offset, length, &got, &damaged, &ignored);

		if (from == NULL)
			return false;
		memcpy(to, from, got);
		to += got;
		offset += got;
		length -= got;
	}
	return true;
}

void aw__bytes_forget(struct aw__bytes *bytes)
{
	bytes->looked = 0;
	if (bytes->map != NULL)
		madvise((void *)(uintptr_t)bytes->map, bytes->mapped, MADV_DONTNEED);
}

bool aw__bytes_packed(const struct aw__bytes *bytes)
{
	return bytes->packed;
}

uint64_t aw__bytes_file_size(const struct aw__bytes *bytes)
{
	return bytes->mapped;
}

uint64_t aw__bytes_file_offset(const struct aw__bytes *bytes, uint64_t offset)
{
	const struct piece *piece;

	if (!bytes->packed || offset == bytes->count)
		return bytes->packed ? bytes->mapped : offset;
	if (offset > bytes->count)
		return UINT64_MAX;
	piece = &bytes->pieces[piece_at(bytes, offset)];
	return piece->offset == offset ? piece->at : UINT64_MAX;
}
