/* SPDX-License-Identifier: MIT */
/*
 * Rows as plain bytes, for the targets whose real input is compressed behind checksums:
 *
 *	kind:1 | count of numbers:2 | length of text:2 | numbers, 1 + n bytes each: n, then n bytes, n <= 8 | text
 */
#ifndef FUZZ_ROWS_H
#define FUZZ_ROWS_H

#include <stdbool.h>

#include "base/buffer.h"
#include "proto/row.h"

struct fuzz_rows {
	const uint8_t *at, *end;
	uint64_t numbers[AW__ROW_MOST_NUMBERS];
};

/** Read the next row; missing bytes count as 0, and a text is cut at the end. False at the end. */
bool fuzz_rows_next(struct fuzz_rows *rows, struct aw__wire_row *ret_row);
/** Append a row. A sink for aw__model_save(), a taker for aw__rows_read(). */
bool fuzz_rows_put(void *buffer, const struct aw__wire_row *row);

#endif
