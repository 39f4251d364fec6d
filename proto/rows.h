/* SPDX-License-Identifier: MIT */
/*
 * Writes rows as frames, and reads them back. Rows are gathered in columns, and written as one compressed frame when the
 * columns are full. Reading takes bounded memory for any input.
 */
#ifndef AW__ROWS_H
#define AW__ROWS_H

#include "base/buffer.h"
#include "base/problem.h"
#include "proto/row.h"

struct aw__rows_writer;

/** NULL if there is no memory. Frames are appended to `out`, which is borrowed. */
struct aw__rows_writer *aw__rows_writer_create(struct aw__buffer *out);
void aw__rows_writer_destroy(struct aw__rows_writer *writer);
/** Write frames to `out` from now on. Gathered rows are flushed to the old buffer first. */
void aw__rows_writer_redirect(struct aw__rows_writer *writer, struct aw__buffer *out);
/** A row that is too large for a reader sets `out->failed`. */
void aw__rows_put(struct aw__rows_writer *writer, const struct aw__wire_row *row);
void aw__rows_flush(struct aw__rows_writer *writer);

/** Receives one row, whose pointers are valid until it returns. Returns false if the row is invalid. */
typedef bool aw__row_taker(void *arg, const struct aw__wire_row *row);

/** Read frames of rows, and pass each row to `take`. Stops and returns false at the first damaged frame or invalid row. */
bool aw__rows_read(const void *bytes, size_t length, aw__row_taker *take, void *arg,
		   struct aw__problem *problem);

/** The frame at the end of a file that has an index. */
struct aw__trailer {
	uint32_t version;
	uint64_t data_bytes;
	uint64_t directory_bytes;
};

/** The length of the trailer's frame, which is constant. */
#define AW__TRAILER_BYTES (8u + 2u + 5u + 9u + 9u)

void aw__trailer_write(struct aw__buffer *out, const struct aw__trailer *trailer);
/** Returns false if the AW__TRAILER_BYTES at `bytes` are not a trailer. */
bool aw__trailer_read(const void *bytes, struct aw__trailer *ret_trailer);

#endif
