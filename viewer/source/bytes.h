/* SPDX-License-Identifier: MIT */
/*
 * The bytes of a trace, by offset, whether the file is plain or compressed. All offsets are unpacked ones, unless they
 * are said to be in the file.
 *
 * A plain file is mapped. A compressed one is a sequence of zstd frames, each of which is unpacked by itself, and
 * no larger than AW__BYTES_CHUNK: so any place in it is reached equally fast. `zstd -d` makes the plain file.
 */
#ifndef AW__BYTES_H
#define AW__BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/problem.h"

#define AW__BYTES_CHUNK (16u << 20)

struct aw__bytes;

/** Whether a file that begins with these 8 bytes is compressed. */
bool aw__bytes_is_packed(const unsigned char first[8]);
/** NULL if it cannot be mapped or read. The descriptor is borrowed. */
struct aw__bytes *aw__bytes_open(int fd, struct aw__problem *problem);
void aw__bytes_close(struct aw__bytes *bytes);

/** The number of bytes, unpacked. */
uint64_t aw__bytes_count(const struct aw__bytes *bytes);
/** Look whether the file has grown. False if it cannot be read any more. */
bool aw__bytes_refresh(struct aw__bytes *bytes, struct aw__problem *problem);
/** True if a compressed file ends in the middle of a piece. */
bool aw__bytes_cut(const struct aw__bytes *bytes);
/**
 * The bytes from `offset` on: at least one and at most `most`, valid until the next call.
 *
 * NULL at the end; also NULL, with `*ret_damaged` and `problem`, if they are damaged or were cut off meanwhile.
 */
const void *aw__bytes_at(struct aw__bytes *bytes, uint64_t offset, size_t most, size_t *ret_length,
			 bool *ret_damaged, struct aw__problem *problem);
/** Copy exactly `length` bytes. False if there are fewer. */
bool aw__bytes_copy(struct aw__bytes *bytes, uint64_t offset, void *ret_bytes, size_t length);
/** Whether the file is compressed. */
bool aw__bytes_packed(const struct aw__bytes *bytes);
/** The size of the file. */
uint64_t aw__bytes_file_size(const struct aw__bytes *bytes);
/** Where the bytes from `offset` on begin in the file; UINT64_MAX: within a compressed piece, or behind the end. */
uint64_t aw__bytes_file_offset(const struct aw__bytes *bytes, uint64_t offset);
/** Release the mapped memory of what was read; it can be read again. */
void aw__bytes_forget(struct aw__bytes *bytes);

/* ---- writing ---- */

/** A file to which bytes are appended, plain or compressed. */
struct aw__bytes_out;

/** NULL if there is no memory. The descriptor is borrowed. */
struct aw__bytes_out *aw__bytes_out_create(int fd, bool packed);
/** Append bytes. The bytes of one call are in one compressed piece: so is a frame. */
bool aw__bytes_put(struct aw__bytes_out *out, const void *bytes, size_t length,
		   struct aw__problem *problem);
/** Compress and write the bytes that are still in memory. */
bool aw__bytes_flush(struct aw__bytes_out *out, struct aw__problem *problem);
/** The number of bytes that were written to the file. */
uint64_t aw__bytes_written(const struct aw__bytes_out *out);
void aw__bytes_out_destroy(struct aw__bytes_out *out);

#endif
