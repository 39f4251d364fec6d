/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: a box with any contents, as a broken or hostile owner could write it. A whole box is megabytes of zeros, too much
 * for a fuzzer; so the input is a list of patches to a small box of fixed size: offset in three bytes, length in one, and the
 * bytes. The first patches of the corpus make a valid box.
 */
#include <string.h>

#include "fuzz.h"
#include "proto/blackbox.h"
#include "proto/blackbox_read.h"

enum { BOX_BYTES = 1 << 18 };

static void patch(unsigned char *box, const uint8_t *data, size_t size)
{
	for (size_t at = 0; at + 4 <= size;) {
		size_t offset = data[at] | (size_t)data[at + 1] << 8 | (size_t)data[at + 2] << 16;
		size_t length = data[at + 3];

		at += 4;
		offset %= BOX_BYTES;
		if (length > size - at)
			length = size - at;
		if (length > BOX_BYTES - offset)
			length = BOX_BYTES - offset;
		memcpy(box + offset, data + at, length);
		at += length;
	}
}

/* Read the box as a viewer does: a snapshot, then everything up to the mark. All returned memory must be readable. */
static void walk(const struct aw__box *box)
{
	struct aw__box_cursor *cursor = aw__box_cursor_create(box);
	struct aw__item item;
	uint64_t sum = 0, items = 0;

	MUST(cursor != NULL);
	aw__box_cursor_snapshot(cursor);
	aw__box_cursor_mark(cursor);
	while (aw__box_cursor_next(cursor, &item)) {
		if (item.kind == AW__ITEM_EVENT) {
			for (uint32_t i = 0; i < item.event.list_length; i++)
				sum += item.event.list[i];
			for (uint32_t i = 0; i < item.event.text_length; i++)
				sum += (unsigned char)item.event.text[i];
		} else if (item.kind == AW__ITEM_DEFINITION) {
			for (uint32_t i = 0; i < item.definition.number_count; i++)
				sum += item.definition.numbers[i];
			for (uint32_t i = 0; i < item.definition.text_length; i++)
				sum += (unsigned char)item.definition.text[i];
		}
		MUST(++items < 4 * BOX_BYTES);
	}
	__asm__ volatile("" : : "r"(sum));
	aw__box_cursor_destroy(cursor);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *bytes = aligned_alloc(4096, BOX_BYTES);
	struct aw__problem problem;
	struct aw__box box;

	MUST(bytes != NULL);
	memset(bytes, 0, BOX_BYTES);
	patch(bytes, data, size);
	if (aw__box_view(&box, bytes, BOX_BYTES, "fuzz", &problem)) {
		struct aw__hello hello;

		aw__box_hello(&box, &hello);
		aw__box_said_goodbye(&box);
		walk(&box);
		aw__box_close(&box);
	}
	free(bytes);
	return 0;
}
