/* SPDX-License-Identifier: MIT */
/*
 * A row: a kind, some numbers, and a text. The directory of an index and the images of models consist of rows; their
 * writers and readers define what the kinds and numbers mean.
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
	const char *text; /* untrusted: any bytes, not NUL-terminated */
};

#endif
