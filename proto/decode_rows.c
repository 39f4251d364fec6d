/* SPDX-License-Identifier: MIT */
/*
 * Reads the rows of an index and its trailer, for index.c and the images of models. As in decode.c, memory is bounded and
 * columns are checked against each other; the size of a decompressed frame is bounded, too.
 */
#include "proto/rows.h"

#include <string.h>
#include <zstd.h>

#include "awry.pb-c.h"
#include "base/alloc.h"
#include "proto/bump.h"
#include "proto/frame.h"

#define SAME_PLACE 32u

struct reading {
	aw__row_taker *take;
	void *arg;
	struct aw__bump bump;
	unsigned char *plain; /* AW__FRAME_MAX_BYTES: a decompressed message */
	uint64_t last[AW__ROW_KINDS][SAME_PLACE];
	uint64_t numbers[AW__ROW_MOST_NUMBERS];
};

static bool sums_to(const uint32_t *lengths, size_t count, uint32_t most, size_t total)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		if (lengths[i] > most)
			return false;
		sum += lengths[i];
	}
	return sum == total;
}

static bool fits(const Awry__Rows *m)
{
	const size_t count = m->kind.len;

	if (m->n_number_count != count || m->n_text_length != count)
		return false;
	for (size_t i = 0; i < count; i++)
		if (m->kind.data[i] == 0 || m->kind.data[i] >= AW__ROW_KINDS)
			return false;
	return sums_to(m->number_count, count, AW__ROW_MOST_NUMBERS, m->n_number_delta) &&
	       sums_to(m->text_length, count, AW__ROW_MOST_TEXT, m->text.len);
}

static void take_numbers(struct reading *reading, const struct aw__wire_row *row,
			 const int64_t *deltas)
{
	uint64_t *last = reading->last[row->kind];
	uint64_t *numbers = reading->numbers;

	for (uint32_t n = 0; n < row->number_count; n++) {
		numbers[n] = (n < SAME_PLACE ? last[n] : numbers[n - 1]) + (uint64_t)deltas[n];
		if (n < SAME_PLACE)
			last[n] = numbers[n];
	}
}

static bool take_rows(struct reading *reading, const Awry__Rows *m)
{
	const char *text = (const char *)m->text.data;
	const int64_t *deltas = m->number_delta;

	memset(reading->last, 0, sizeof(reading->last));
	for (size_t i = 0; i < m->kind.len; i++) {
		struct aw__wire_row row = { m->kind.data[i], m->number_count[i], m->text_length[i],
					    reading->numbers, text };

		take_numbers(reading, &row, deltas);
		if (!reading->take(reading->arg, &row))
			return false;
		if (row.number_count > 0)
			deltas += row.number_count;
		if (row.text_length > 0)
			text += row.text_length;
	}
	return true;
}

/* Decompresses a payload into reading->plain. Returns its size; 0 if it is not a Packed message, or invalid. */
static size_t unpack(struct reading *reading, const unsigned char *payload, size_t length)
{
	const Awry__Message *message;
	size_t plain;

	if (!aw__bump_reset(&reading->bump, length))
		return 0;
	message = awry__message__unpack(&reading->bump.allocator, length, payload);
	if (message == NULL || message->body_case != AWRY__MESSAGE__BODY_PACKED ||
	    message->packed->length > AW__FRAME_MAX_BYTES)
		return 0;
	plain = ZSTD_decompress(reading->plain, message->packed->length, message->packed->zstd.data,
				message->packed->zstd.len);
	return ZSTD_isError(plain) || plain != message->packed->length ? 0 : plain;
}

static bool take_frame(struct reading *reading, const unsigned char *payload, size_t length)
{
	size_t plain = unpack(reading, payload, length);
	const Awry__Message *message;

	if (plain == 0 || !aw__bump_reset(&reading->bump, plain))
		return false;
	message = awry__message__unpack(&reading->bump.allocator, plain, reading->plain);
	return message != NULL && message->body_case == AWRY__MESSAGE__BODY_ROWS &&
	       fits(message->rows) && take_rows(reading, message->rows);
}

static bool take_all(struct reading *reading, const unsigned char *bytes, size_t length)
{
	size_t at = 0, payload;

	while (at < length) {
		if (aw__frame_parse(bytes + at, length - at, &payload) != AW__FRAME_READY ||
		    !take_frame(reading, bytes + at + AW__FRAME_HEADER_BYTES, payload))
			return false;
		at += AW__FRAME_HEADER_BYTES + payload;
	}
	return true;
}

bool aw__rows_read(const void *bytes, size_t length, aw__row_taker *take, void *arg,
		   struct aw__problem *problem)
{
	struct reading *reading = aw__alloc_zeroed(1, sizeof(*reading));
	bool good = false;

	if (reading != NULL && (reading->plain = aw__alloc(AW__FRAME_MAX_BYTES)) != NULL) {
		reading->take = take;
		reading->arg = arg;
		good = take_all(reading, bytes, length);
	}
	if (!good)
		aw__problem_set(problem, reading == NULL || reading->plain == NULL
						 ? "out of memory"
						 : "the index is damaged");
	if (reading != NULL) {
		aw__bump_finish(&reading->bump);
		aw__alloc_free(reading->plain);
	}
	aw__alloc_free(reading);
	return good;
}

bool aw__trailer_read(const void *bytes, struct aw__trailer *ret_trailer)
{
	_Alignas(16) unsigned char memory[1024];
	const Awry__Message *message;
	struct aw__bump bump;
	size_t length;

	if (aw__frame_parse(bytes, AW__TRAILER_BYTES, &length) != AW__FRAME_READY ||
	    length != AW__TRAILER_BYTES - AW__FRAME_HEADER_BYTES)
		return false;
	aw__bump_init(&bump, memory, sizeof(memory));
	message = awry__message__unpack(&bump.allocator, length,
					(const unsigned char *)bytes + AW__FRAME_HEADER_BYTES);
	if (message == NULL || message->body_case != AWRY__MESSAGE__BODY_TRAILER)
		return false;
	ret_trailer->version = message->trailer->version;
	ret_trailer->data_bytes = message->trailer->data_bytes;
	ret_trailer->directory_bytes = message->trailer->directory_bytes;
	return true;
}
