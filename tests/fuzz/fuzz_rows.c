/* SPDX-License-Identifier: MIT */
/*
 * Reads and writes the rows of an index or image in a simple form that fuzzers can change, for fuzz_index.c,
 * fuzz_image.c and their seeds.
 */
#include "fuzz_rows.h"

static unsigned take_byte(struct fuzz_rows *rows)
{
	return rows->at < rows->end ? *rows->at++ : 0;
}

static uint64_t take_number(struct fuzz_rows *rows)
{
	uint64_t number = 0;

	for (unsigned i = 0, count = take_byte(rows) % 9; i < count; i++)
		number |= (uint64_t)take_byte(rows) << 8 * i;
	return number;
}

bool fuzz_rows_next(struct fuzz_rows *rows, struct aw__wire_row *ret_row)
{
	size_t left;

	if (rows->at == rows->end)
		return false;
	ret_row->kind = 1 + take_byte(rows) % (AW__ROW_KINDS - 1);
	ret_row->number_count = take_byte(rows);
	ret_row->number_count =
		(ret_row->number_count | take_byte(rows) << 8) % AW__ROW_MOST_NUMBERS;
	ret_row->text_length = take_byte(rows);
	ret_row->text_length = (ret_row->text_length | take_byte(rows) << 8) % AW__ROW_MOST_TEXT;
	ret_row->numbers = rows->numbers;
	for (uint32_t i = 0; i < ret_row->number_count; i++)
		rows->numbers[i] = take_number(rows);
	left = (size_t)(rows->end - rows->at);
	if (ret_row->text_length > left)
		ret_row->text_length = (uint32_t)left;
	ret_row->text = (const char *)rows->at;
	rows->at += ret_row->text_length;
	return true;
}

static void put_number(struct aw__buffer *out, uint64_t number)
{
	unsigned char bytes[9] = { 0 };

	for (; number != 0; number >>= 8)
		bytes[1 + bytes[0]++] = (unsigned char)number;
	aw__buffer_append(out, bytes, 1u + bytes[0]);
}

bool fuzz_rows_put(void *buffer, const struct aw__wire_row *row)
{
	const unsigned char head[] = { (unsigned char)(row->kind - 1),
				       (unsigned char)row->number_count,
				       (unsigned char)(row->number_count >> 8),
				       (unsigned char)row->text_length,
				       (unsigned char)(row->text_length >> 8) };

	aw__buffer_append(buffer, head, sizeof(head));
	for (uint32_t i = 0; i < row->number_count; i++)
		put_number(buffer, row->numbers[i]);
	aw__buffer_append(buffer, row->text, row->text_length);
	return true;
}
