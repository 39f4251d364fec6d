/* SPDX-License-Identifier: MIT */
/*
 * The bytes of a trace, by their place in it, whether the file holds them as they are or compressed.
 *
 * A plain file is mapped. A compressed one is a sequence of zstd frames, each of which is unpacked by itself, and
 * no larger than AW__BYTES_CHUNK: so the middle of it is as near as the beginning. `zstd -d` makes the plain
 * file of it.
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

/** How many there are, unpacked. */
uint64_t aw__bytes_count(const struct aw__bytes *bytes);
/** Look whether the file has grown. False if it cannot be read any more. */
bool aw__bytes_refresh(struct aw__bytes *bytes, struct aw__problem *problem);
/** True if a compressed file ends in the middle of a piece. */
bool aw__bytes_cut(const struct aw__bytes *bytes);
/**
 * What begins at `offset`: at least one byte and at most `most`, valid until the next call.
 *
 * NULL at the end, and if the bytes are damaged or were cut away meanwhile: then `problem` is filled.
 */
const void *aw__bytes_at(struct aw__bytes *bytes, uint64_t offset, size_t most, size_t *ret_length,
			 bool *ret_damaged, struct aw__problem *problem);
/** Copy exactly so many. False if there are not. */
bool aw__bytes_copy(struct aw__bytes *bytes, uint64_t offset, void *ret_bytes, size_t length);
/** Whether the file holds them compressed; its size; where in it those from `offset` on begin, UINT64_MAX: nowhere. */
bool aw__bytes_packed(const struct aw__bytes *bytes);
uint64_t aw__bytes_file_size(const struct aw__bytes *bytes);
uint64_t aw__bytes_file_offset(const struct aw__bytes *bytes, uint64_t offset);
/** Give back the memory behind what was looked at; it can be looked at again. */
void aw__bytes_forget(struct aw__bytes *bytes);

/* ---- writing ---- */

/** A file that is written at its end, as it is or compressed. */
struct aw__bytes_out;

/** NULL if there is no memory. The descriptor is borrowed. */
struct aw__bytes_out *aw__bytes_out_create(int fd, bool packed);
/** Append. What is put at once is not torn apart, so that no frame is in two pieces. */
bool aw__bytes_put(struct aw__bytes_out *out, const void *bytes, size_t length,
		   struct aw__problem *problem);
/** Write what is still gathered. */
bool aw__bytes_flush(struct aw__bytes_out *out, struct aw__problem *problem);
/** How many bytes were written to the file. */
uint64_t aw__bytes_written(const struct aw__bytes_out *out);
void aw__bytes_out_destroy(struct aw__bytes_out *out);

#endif
