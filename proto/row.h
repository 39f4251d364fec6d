/* SPDX-License-Identifier: MIT */
/*
 * A row: a kind, some numbers, and a text. What is kept besides the recording itself is made of rows: the
 * directory of an index, and the images of models. What they mean is their writers' and readers' affair.
 */
#ifndef AW__WIRE_ROW_H
#define AW__WIRE_ROW_H

#include <stdint.h>

#define AW__ROW_KINDS	     32u   /* kinds are 1 … 31 */
#define AW__ROW_MOST_NUMBERS 8192u /* in one row */
#define AW__ROW_MOST_TEXT    16384u

struct aw__wire_row {
	uint32_t kind;
	uint32_t number_count;
	uint32_t text_length;
	const uint64_t *numbers;
	const char *text; /* hostile, as all that is read: not NUL-terminated, any bytes */
};

#endif
