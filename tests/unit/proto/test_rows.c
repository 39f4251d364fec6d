/* SPDX-License-Identifier: MIT */
/* Tests of rows (of an index or image) whose columns contradict each other while checksums are right: none is returned. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zstd.h>

#include "awry.pb-c.h"
#include "base/alloc.h"
#include "proto/frame.h"
#include "proto/rows.h"

#define MOST (2 * AW__ROW_MOST_NUMBERS)

struct columns {
	Awry__Rows rows;
	uint8_t kind[3];
	uint32_t number_counts[3], text_lengths[3];
	int64_t numbers[MOST];
	char *text;
};

static char texts[AW__ROW_MOST_TEXT + 64];

static void fill(struct columns *c)
{
	Awry__Rows *m = &c->rows;

	memset(c, 0, sizeof(*c));
	c->kind[0] = 1, c->kind[1] = 2;
	c->number_counts[0] = 2, c->number_counts[1] = 1;
	c->text_lengths[0] = 3, c->text_lengths[1] = 4;
	awry__rows__init(m);
	m->kind = (ProtobufCBinaryData){ 2, c->kind };
	m->number_count = c->number_counts, m->n_number_count = 2;
	m->number_delta = c->numbers, m->n_number_delta = 3;
	m->text_length = c->text_lengths, m->n_text_length = 2;
	m->text = (ProtobufCBinaryData){ 7, (uint8_t *)texts };
}

static bool take(void *arg, const struct aw__wire_row *row)
{
	unsigned *count = arg;

	++*count;
	return row->number_count <= AW__ROW_MOST_NUMBERS && row->text_length <= AW__ROW_MOST_TEXT;
}

/* `length`: the unpacked length that the message claims; 0: the true one. */
static unsigned read_rows(const struct columns *c, uint32_t length)
{
	static uint8_t plain[2 * AW__FRAME_MAX_BYTES], packed[2 * AW__FRAME_MAX_BYTES];
	static uint8_t frame[2 * AW__FRAME_MAX_BYTES];
	Awry__Message message = AWRY__MESSAGE__INIT, outer = AWRY__MESSAGE__INIT;
	Awry__Packed inner = AWRY__PACKED__INIT;
	struct aw__problem problem;
	unsigned count = 0;
	size_t size;

	message.body_case = AWRY__MESSAGE__BODY_ROWS;
	message.rows = (Awry__Rows *)(uintptr_t)&c->rows;
	size = awry__message__pack(&message, plain);
	inner.length = length != 0 ? length : (uint32_t)size;
	inner.zstd.data = packed;
	inner.zstd.len = ZSTD_compress(packed, sizeof(packed), plain, size, 1);
	assert_false(ZSTD_isError(inner.zstd.len));
	outer.body_case = AWRY__MESSAGE__BODY_PACKED;
	outer.packed = &inner;
	size = awry__message__pack(&outer, frame + AW__FRAME_HEADER_BYTES);
	aw__frame_header(frame, frame + AW__FRAME_HEADER_BYTES, size);
	if (!aw__rows_read(frame, AW__FRAME_HEADER_BYTES + size, take, &count, &problem)) {
		assert_int_equal(count, 0);
		assert_string_equal(problem.text, "the index is damaged");
	}
	return count;
}

static void refused(struct columns *c)
{
	assert_int_equal(read_rows(c, 0), 0);
	fill(c);
}

static void rows__with_a_wrong_column_length_are_refused(void **state)
{
	static struct columns c;

	fill(&c);
	assert_int_equal(read_rows(&c, 0), 2);
	for (int more = -1; more <= 1; more += 2) {
		c.rows.n_number_count += (size_t)more, refused(&c);
		c.rows.n_text_length += (size_t)more, refused(&c);
		c.rows.n_number_delta += (size_t)more, refused(&c);
		c.rows.text.len += (size_t)more, refused(&c);
		c.number_counts[0] += (unsigned)more, refused(&c);
		c.text_lengths[1] += (unsigned)more, refused(&c);
		c.rows.kind.len += (size_t)more, refused(&c);
	}
}

static void rows__of_unknown_kinds_are_refused(void **state)
{
	static struct columns c;

	fill(&c);
	c.kind[1] = AW__ROW_KINDS - 1;
	assert_int_equal(read_rows(&c, 0), 2);
	c.kind[1] = AW__ROW_KINDS, refused(&c);
	c.kind[0] = 0, refused(&c);
}

static void rows__have_a_limit_of_numbers_and_text(void **state)
{
	static struct columns c;

	fill(&c);
	c.number_counts[0] = AW__ROW_MOST_NUMBERS;
	c.rows.n_number_delta = AW__ROW_MOST_NUMBERS + 1;
	assert_int_equal(read_rows(&c, 0), 2);
	c.number_counts[0]++, c.rows.n_number_delta++, refused(&c);
	c.text_lengths[0] = AW__ROW_MOST_TEXT;
	c.rows.text.len = AW__ROW_MOST_TEXT + 4;
	assert_int_equal(read_rows(&c, 0), 2);
	c.text_lengths[0]++, c.rows.text.len++, refused(&c);
}

static void rows__with_a_wrong_unpacked_length_are_refused(void **state)
{
	static struct columns c;
	size_t size;

	fill(&c);
	for (size = 1; read_rows(&c, (uint32_t)size) == 0; size++)
		assert_true(size < 200);
	assert_int_equal(read_rows(&c, (uint32_t)size + 1), 0);
	assert_int_equal(read_rows(&c, UINT32_MAX), 0);
}

/* A message that is longer than the limit is refused, one of exactly the limit is read. */
static void rows__beyond_the_limit_of_a_message_are_not_unpacked(void **state)
{
	enum { MANY = 4096 };
	static struct columns c;
	static uint8_t kinds[MANY];
	static uint32_t counts[MANY], lengths[MANY];
	static char text[MANY * 252];
	size_t size;

	fill(&c);
	memset(kinds, 1, sizeof(kinds));
	c.rows.kind = (ProtobufCBinaryData){ MANY, kinds };
	c.rows.number_count = counts, c.rows.n_number_count = MANY;
	c.rows.text_length = lengths, c.rows.n_text_length = MANY;
	c.rows.n_number_delta = 0;
	for (unsigned i = 0; i < MANY; i++)
		lengths[i] = 252;
	c.rows.text = (ProtobufCBinaryData){ sizeof(text), (uint8_t *)text };
	size = awry__rows__get_packed_size(&c.rows);
	assert_in_range(size, AW__FRAME_MAX_BYTES + 1 - 5, AW__FRAME_MAX_BYTES + 1000);
	assert_int_equal(read_rows(&c, 0), 0);
	lengths[0] -= (uint32_t)(size - AW__FRAME_MAX_BYTES + 5);
	c.rows.text.len -= size - AW__FRAME_MAX_BYTES + 5;
	assert_int_equal(read_rows(&c, 0), MANY);
}

static int no_memory_is_left(void **state)
{
	return aw__alloc_live() == 0 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows__with_a_wrong_column_length_are_refused),
		cmocka_unit_test(rows__of_unknown_kinds_are_refused),
		cmocka_unit_test(rows__have_a_limit_of_numbers_and_text),
		cmocka_unit_test(rows__with_a_wrong_unpacked_length_are_refused),
		cmocka_unit_test(rows__beyond_the_limit_of_a_message_are_not_unpacked),
	};

	return cmocka_run_group_tests_name("rows", tests, NULL, no_memory_is_left);
}
