/* SPDX-License-Identifier: MIT */
/*
 * seeds FOLDER [RECORDING…]: writes seed inputs, one folder for each target. They are generated, so that they follow
 * changes of the formats; inputs that a fuzzer has found are kept in corpus/. The given recordings become inputs, too.
 */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"
#include "proto/blackbox.h"
#include "proto/blackbox_read.h"
#include "proto/encode.h"
#include "proto/frame.h"
#include "seeds.h"
#include "tests/unit/proto/items.h"
#include "tests/unit/record/interpreter_memory.h"

static const char *folder;

void write_seed(const char *target, const char *name, const void *data, size_t size)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, target);
	MUST(mkdir(path, 0777) == 0 || errno == EEXIST);
	snprintf(path, sizeof(path), "%s/%s/%s", folder, target, name);
	file = fopen(path, "wb");
	MUST(file != NULL);
	MUST(fwrite(data, 1, size, file) == size);
	MUST(fclose(file) == 0);
}

static void write_interpreter(void)
{
	static const struct memory_frame frames[] = {
		{ "probe", "/srv/app.py", 10, "\x82\x01\xf0\x2a\x01\x01\x01", 3, false },
		{ "handler", "app.py", 40, "\xe1\x01\x02\xf8", 0, true },
		{ "Handle._run", "/usr/lib/asyncio/events.py", 7, "\x80\x01", 0, true },
	};
	static struct interpreter_memory memory;

	interpreter_memory_make(&memory, frames, 3);
	write_seed("interpreter", "three", &memory, sizeof(memory));
}

/* A recording of every kind of item, in any order. */
static void record(struct aw__buffer *out, uint64_t seed, unsigned count)
{
	struct aw__encoder *encoder = aw__encoder_create(out);
	struct test_items items = { .seed = seed };
	struct aw__item item;

	MUST(encoder != NULL);
	aw__encoder_begin(encoder);
	test_items_hello(&item);
	aw__encoder_item(encoder, &item);
	for (unsigned i = 0; i < count; i++) {
		test_items_next(&items, &item);
		aw__encoder_item(encoder, &item);
	}
	item.kind = AW__ITEM_GOODBYE;
	item.goodbye = (struct aw__goodbye){ 5, 6 };
	aw__encoder_item(encoder, &item);
	aw__encoder_destroy(encoder);
	MUST(!out->failed);
}

/* The same without preamble and checksums, as fuzz_decode.c takes it. */
static void unframe(struct aw__buffer *out, const struct aw__buffer *framed)
{
	const unsigned char *bytes = (const unsigned char *)framed->data;

	for (size_t at = AW__FRAME_PREAMBLE_BYTES, length; at < framed->length;
	     at += AW__FRAME_HEADER_BYTES + length) {
		unsigned char header[2];

		MUST(aw__frame_parse(bytes + at, framed->length - at, &length) == AW__FRAME_READY);
		if (length > 0xffff)
			continue;
		header[0] = (unsigned char)length;
		header[1] = (unsigned char)(length >> 8);
		aw__buffer_append(out, header, sizeof(header));
		aw__buffer_append(out, bytes + at + AW__FRAME_HEADER_BYTES, length);
	}
}

static void recordings(void)
{
	static const unsigned counts[] = { 0, 1, 8, 40 };

	for (unsigned i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct aw__buffer framed = { 0 }, messages = { 0 };
		char name[16];

		snprintf(name, sizeof(name), "items-%u", counts[i]);
		record(&framed, i + 1, counts[i]);
		unframe(&messages, &framed);
		write_seed("frame", name, framed.data, framed.length);
		write_seed("decode", name, messages.data, messages.length);
		aw__buffer_finish(&framed);
		aw__buffer_finish(&messages);
	}
}

/* Make inputs of a real recording, named after its file. */
static void convert(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct aw__buffer framed = { 0 }, messages = { 0 };
	FILE *file = fopen(path, "rb");
	char piece[4096];
	size_t length;

	MUST(file != NULL);
	while ((length = fread(piece, 1, sizeof(piece), file)) > 0)
		aw__buffer_append(&framed, piece, length);
	fclose(file);
	MUST(!framed.failed && framed.length > AW__FRAME_PREAMBLE_BYTES);
	unframe(&messages, &framed);
	write_seed("decode", slash != NULL ? slash + 1 : path, messages.data, messages.length);
	aw__buffer_finish(&framed);
	aw__buffer_finish(&messages);
}

static void texts(void)
{
	static const char hostile[] =
		"\033[2J\033]0;title\a\xc2\x9b"
		"31m\xe2\x80\xae"
		"evil\xe2\x81\xa6\xef\xbb\xbf\xf3\xa0\x81\x81"
		"\xff\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80 \xe6\xbc\xa2 e\xcc\x81\r\n\t";

	write_seed("text", "hostile", hostile, sizeof(hostile)); /* with its NUL */
	write_seed("text", "plain", "fetch(BTC)", 10);
	write_seed("text", "empty", "", 0);
}

static void filters(void)
{
	static const char *const filters[] = {
		"state:waiting age>5s name~/db/ -has:error",
		"not name:\"a b\",c id=3 run>=1.5ms",
		"steps<10k created<2h name!~(a+)+$ coro:fetch",
		"kind:deadlock outcome:cancelled wait:lock",
		"age>",
		"\"",
	};

	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		char name[16];

		snprintf(name, sizeof(name), "filter-%zu", i);
		write_seed("filter", name, filters[i], strlen(filters[i]));
	}
}

/* ---- a box ---- */

enum {
	RINGS = 4096,
	LOOPS = RINGS + 4 * sizeof(struct aw__box_ring),
	HOLDS = LOOPS + 2 * sizeof(struct aw__box_loop),
	ARENA = HOLDS + 4 * sizeof(struct aw__box_hold),
	ARENA_BYTES = 4096,
	TASKS = ARENA + ARENA_BYTES,
	AREA = 16384,
	RING_UNITS = 64,
	BOX_BYTES = 1 << 18, /* as in fuzz_box.c */
};

_Static_assert(TASKS + 4 * sizeof(struct aw__box_task) <= AREA, "the parts overlap");

static void fill_header(struct aw__box_header *header)
{
	*header = (struct aw__box_header){
		.magic = AW__BOX_MAGIC,
		.version = AW__BOX_VERSION,
		.header_bytes = sizeof(*header),
		.total_bytes = BOX_BYTES,
		.pid = 42,
		.process_start_ticks = 7,
		.monotonic_ns = 1000,
		.realtime_ns = 2000,
		.state = AW__BOX_OPEN,
		.ring_capacity = 4,
		.ring_bytes = sizeof(struct aw__box_ring),
		.loop_capacity = 2,
		.rings_offset = RINGS,
		.loops_offset = LOOPS,
		.holds_offset = HOLDS,
		.hold_capacity = 4,
		.arena_offset = ARENA,
		.arena_capacity = ARENA_BYTES,
		.tasks_offset = TASKS,
		.task_capacity = 4,
		.area_offset = AREA,
		.area_capacity = BOX_BYTES - AREA,
		.task_used = 2,
		.ring_used = 2,
		.runtime = "awry",
		.program = "fuzz",
	};
}

/* Add one string, "bug". */
static void fill_arena(unsigned char *box)
{
	struct aw__box_entry *entry = (struct aw__box_entry *)(box + ARENA + 8);

	*entry = (struct aw__box_entry){ .kind = AW__STRING, .text_length = 3 };
	memcpy(entry + 1, "bug", 3);
	((struct aw__box_header *)box)->arena_end = 8 + sizeof(*entry) + 8;
}

/* Add one record to each ring: a task is named, with a text that needs a second unit. */
static void fill_ring(unsigned char *box, unsigned index)
{
	struct aw__box_ring *ring = (struct aw__box_ring *)(box + RINGS) + index;
	uint64_t offset = AREA + index * RING_UNITS * AW__UNIT_BYTES;
	uint64_t *unit = (uint64_t *)(box + offset);

	*ring = (struct aw__box_ring){ .state = AW__RING_OWNED,
				       .offset = offset,
				       .capacity = RING_UNITS,
				       .tid = 42,
				       .name = { UINT64_C(0x6e69616d) }, /* "main" */
				       .reserved = 2,
				       .head = 2 };
	unit[0] = AW__TASK_NAMED | AW__UNIT_FIRST << 8 | UINT64_C(1) << 16 | UINT64_C(11) << 48;
	unit[1] = 1500;
	unit[2] = 1;
	unit[8] = AW__UNIT_MORE << 8;
	memcpy(&unit[9], "hello world", 11);
}

static void fill_task(struct aw__box_task *task)
{
	*task = (struct aw__box_task){ .sequence = 2,
				       .id = 1,
				       .created_ns = 1100,
				       .changed_ns = 1200,
				       .status = AW__TASK_WAITING | UINT64_C(5) << 24 };
	memcpy(task->name, "fetch", 5);
}

/* Write all bytes that are not 0 as patches: offset, length, bytes. */
static void write_patches(const unsigned char *box)
{
	struct aw__buffer out = { 0 };

	for (size_t at = 0; at < BOX_BYTES;) {
		size_t length = BOX_BYTES - at < 128 ? BOX_BYTES - at : 128;
		const unsigned char head[] = { (unsigned char)at, (unsigned char)(at >> 8),
					       (unsigned char)(at >> 16), (unsigned char)length };
		bool empty = true;

		for (size_t i = 0; i < length; i++)
			empty = empty && box[at + i] == 0;
		if (!empty) {
			aw__buffer_append(&out, head, sizeof(head));
			aw__buffer_append(&out, box + at, length);
		}
		at += length;
	}
	write_seed("box", "whole", out.data, out.length);
	aw__buffer_finish(&out);
}

/* Check that the seed is accepted as a box: a refused one would be useless. */
static void check_box(const unsigned char *bytes)
{
	struct aw__box_cursor *cursor;
	struct aw__problem problem;
	struct aw__item item;
	struct aw__box view;
	unsigned named = 0, rows = 0, strings = 0, holds = 0;

	MUST(aw__box_view(&view, bytes, BOX_BYTES, "seed", &problem));
	cursor = aw__box_cursor_create(&view);
	MUST(cursor != NULL);
	aw__box_cursor_snapshot(cursor);
	aw__box_cursor_mark(cursor);
	while (aw__box_cursor_next(cursor, &item)) {
		strings += item.kind == AW__ITEM_DEFINITION;
		named += item.kind == AW__ITEM_EVENT && item.event.kind == AW__TASK_NAMED;
		rows += item.kind == AW__ITEM_EVENT && item.event.kind == AW__TASK_STATE;
		holds += item.kind == AW__ITEM_EVENT && item.event.kind == AW__RESOURCE_HELD;
	}
	MUST(strings == 1 && named == 2 && rows == 1 && holds == 1);
	aw__box_cursor_destroy(cursor);
	aw__box_close(&view);
}

static void box(void)
{
	unsigned char *bytes = aligned_alloc(4096, BOX_BYTES);

	MUST(bytes != NULL);
	memset(bytes, 0, BOX_BYTES);
	fill_header((struct aw__box_header *)bytes);
	fill_arena(bytes);
	fill_ring(bytes, 0);
	fill_ring(bytes, 1);
	fill_task((struct aw__box_task *)(bytes + TASKS) + 1); /* slot 0 is never used */
	*((struct aw__box_hold *)(bytes + HOLDS)) =
		(struct aw__box_hold){ .resource = 9, .task = 1 };
	check_box(bytes);
	write_patches(bytes);
	free(bytes);
}

int main(int argc, char **argv)
{
	MUST(argc >= 2);
	folder = argv[1];
	MUST(mkdir(folder, 0777) == 0 || errno == EEXIST);
	for (int i = 2; i < argc; i++)
		convert(argv[i]);
	if (argc > 2)
		return 0;
	recordings();
	texts();
	filters();
	seeds_of_indexes();
	box();
	write_interpreter();
	return 0;
}
