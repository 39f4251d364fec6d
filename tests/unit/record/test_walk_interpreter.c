/* SPDX-License-Identifier: MIT */
/* Tests of reading an interpreter's frames from outside, with valid and with damaged memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "agent/record/record.h"
#include "box_fixture.h"
#include "interpreter_memory.h"

static struct interpreter_memory memory;
static struct aw__interpreted read_frames;

static const struct memory_frame three[] = {
	{ "probe", "/srv/app.py", 10, "\x82\x01", 2, false },
	{ "handler", "/srv/app.py", 40, "\x80\x01", 0, true },
	{ "Handle._run", "/usr/lib/asyncio/events.py", 7, "\x80\x01", 0, true },
};

static size_t bytes_read; /* bytes that were requested */

static size_t read_memory(void *to, uint64_t from, size_t bytes)
{
	size_t left;

	if (from < MEMORY_BASE || from >= MEMORY_BASE + MEMORY_BYTES)
		return 0;
	left = (size_t)(MEMORY_BASE + MEMORY_BYTES - from);
	memcpy(to, memory.bytes + (from - MEMORY_BASE), bytes < left ? bytes : left);
	bytes_read += bytes;
	return bytes < left ? bytes : left;
}

static void walk(void)
{
	aw__walk_interpreter(&memory.layout, MEMORY_STATE, read_memory, &read_frames);
}

static void put(size_t at, uint64_t word)
{
	memcpy(memory.bytes + at, &word, sizeof(word));
}

/* The line of a frame at the given unit of its code. */
static uint32_t line(const char *table, uint32_t unit)
{
	const struct memory_frame frame = { "f", "f.py", 10, table, unit, true };

	interpreter_memory_make(&memory, &frame, 1);
	walk();
	assert_int_equal(read_frames.count, 1);
	return read_frames.frames[0].line;
}

static void interpreter__frames_are_named_innermost_first(void **state)
{
	(void)state;
	interpreter_memory_make(&memory, three, 3);
	walk();
	assert_int_equal(read_frames.count, 3);
	assert_false(read_frames.broken || read_frames.cut);
	assert_string_equal(read_frames.frames[0].function, "probe");
	assert_string_equal(read_frames.frames[0].file, "/srv/app.py");
	assert_false(read_frames.frames[0].outermost);
	assert_string_equal(read_frames.frames[1].function, "handler");
	assert_true(read_frames.frames[1].outermost);
	assert_string_equal(read_frames.frames[2].function, "Handle._run");
}

/* clang-format off */
/* An entry's first byte: bit 7, the form (4 bits), and its number of units minus one (3 bits). */
#define ENTRY(form, units) (char)(0x80 | (form) << 3 | ((units) - 1))

static void interpreter__line_tables_of_every_form_are_read(void **state)
{
	static const char table[] = {
		ENTRY(12, 2), 1, 2,	    /* two lines on */
		ENTRY(0, 1), 1,		    /* the same line */
		ENTRY(15, 1),		    /* no line */
		ENTRY(14, 1), 0x2a, 1, 1, 1, /* 21 lines on */
		ENTRY(13, 1), 3,	    /* one line back */
		ENTRY(10, 1), 1, 1,	    /* the same line */
		ENTRY(13, 1), 0x44, 1,	    /* 0x44, 1: 4 + 64, signed: half of it, 34 lines on */
		0
	};
	/* clang-format on */

	(void)state;
	assert_int_equal(line(table, 0), 12);
	assert_int_equal(line(table, 1), 12);
	assert_int_equal(line(table, 2), 12);
	assert_int_equal(line(table, 3), 0);
	assert_int_equal(line(table, 4), 33);
	assert_int_equal(line(table, 5), 32);
	assert_int_equal(line(table, 6), 32);
	assert_int_equal(line(table, 7), 66);
	assert_int_equal(line(table, 8), 0);
	assert_int_equal(line((const char[]){ ENTRY(13, 1), 0x1f, 0 }, 0), 0); /* line -5 */
	assert_int_equal(line("no table", 0), 0);
}

static void interpreter__a_cycle_of_frames_ends(void **state)
{
	(void)state;
	interpreter_memory_make(&memory, three, 3);
	put(interpreter_memory_frame(2) + MEMORY_PREVIOUS,
	    MEMORY_BASE + interpreter_memory_frame(0));
	walk();
	assert_true(read_frames.cut);
	assert_int_equal(read_frames.count, AW__INTERPRETED_FRAMES);
	/* a cycle of frames whose code objects are invalid */
	put(interpreter_memory_code(0) + 8, 0);
	put(interpreter_memory_code(1) + 8, 0);
	put(interpreter_memory_code(2) + 8, 0);
	walk();
	assert_true(read_frames.broken);
	assert_int_equal(read_frames.count, 0);
}

static void interpreter__garbage_ends_the_walk_and_keeps_what_was_read(void **state)
{
	(void)state;
	interpreter_memory_make(&memory, three, 3);
	put(interpreter_memory_frame(0) + MEMORY_PREVIOUS, UINT64_C(0xdeadbeefdeadbeef));
	walk();
	assert_true(read_frames.broken);
	assert_int_equal(read_frames.count, 1);
	interpreter_memory_make(&memory, three, 3);
	put(interpreter_memory_name(1) + 8, 0); /* no longer a string */
	walk();
	assert_true(read_frames.broken);
	assert_int_equal(read_frames.count, 1);
	/* a string that claims to be longer than all memory is cut at the buffer's size */
	interpreter_memory_make(&memory, three, 3);
	put(interpreter_memory_name(0) + MEMORY_LENGTH, UINT64_MAX / 2);
	walk();
	assert_true(strlen(read_frames.frames[0].function) < AW__FUNCTION_BYTES);
}

static void interpreter__a_layout_that_contradicts_itself_reads_nothing(void **state)
{
	uint64_t words[sizeof(memory.layout) / sizeof(uint64_t)];

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		interpreter_memory_make(&memory, three, 3);
		memcpy(words, &memory.layout, sizeof(words));
		words[i] = UINT64_MAX - 3;
		memcpy(&memory.layout, words, sizeof(words));
		walk(); /* a sanitizer reports a read out of bounds */
	}
	interpreter_memory_make(&memory, three, 3);
	memory.layout.frame_bytes = 1 << 20;
	walk();
	assert_true(read_frames.broken);
	assert_int_equal(read_frames.count, 0);
}

/* A name and a table that do not fit into one read. */
static void interpreter__long_names_and_tables_are_read(void **state)
{
	enum { NAME = 8000, TABLE = 9000, LENGTH = 300 };
	const size_t code = interpreter_memory_code(0), name = interpreter_memory_name(0);
	const size_t table = code + 512;

	(void)state;
	interpreter_memory_make(&memory, three, 3);
	memcpy(memory.bytes + NAME, memory.bytes + name, 32);
	put(NAME + MEMORY_LENGTH, LENGTH);
	for (unsigned i = 0; i < LENGTH; i++)
		memory.bytes[NAME + 32 + i] = (unsigned char)('a' + i % 26);
	put(code + 16, MEMORY_BASE + NAME);
	memcpy(memory.bytes + TABLE, memory.bytes + table, 32);
	put(TABLE + 16, 2 * LENGTH);
	for (unsigned i = 0; i < LENGTH; i++) { /* each instruction is a line further down */
		memory.bytes[TABLE + 32 + 2 * i] = (unsigned char)ENTRY(13, 1);
		memory.bytes[TABLE + 32 + 2 * i + 1] = 2;
	}
	put(code + 32, MEMORY_BASE + TABLE);
	put(interpreter_memory_frame(0) + 16, MEMORY_BASE + code + 64 + 2 * 250);
	walk();
	assert_int_equal(strlen(read_frames.frames[0].function), AW__FUNCTION_BYTES - 1);
	for (unsigned i = 0; i < AW__FUNCTION_BYTES - 1; i++)
		assert_int_equal(read_frames.frames[0].function[i], 'a' + i % 26);
	assert_int_equal(read_frames.frames[0].line, 10 + 251);
	/* a string at the very end of the memory */
	interpreter_memory_make(&memory, three, 3);
	memcpy(memory.bytes + MEMORY_BYTES - 37, memory.bytes + name, 37);
	put(code + 16, MEMORY_BASE + MEMORY_BYTES - 37);
	walk();
	assert_string_equal(read_frames.frames[0].function, "probe");
}

/* The thread may be stopped during a walk, so a walk reads line tables only up to a bound; names are still complete. */
static void interpreter__long_tables_are_read_up_to_a_bound(void **state)
{
	enum { TABLE = 14000, LENGTH = 8000, COUNT = 16 };
	struct memory_frame frames[COUNT];

	(void)state;
	for (unsigned i = 0; i < COUNT; i++)
		frames[i] = (struct memory_frame){ "f", "f.py", 10, "", 0, i == COUNT - 1 };
	interpreter_memory_make(&memory, frames, COUNT);
	memcpy(memory.bytes + TABLE, memory.bytes + interpreter_memory_code(0) + 512, 32);
	put(TABLE + 16, 2 * LENGTH);
	for (unsigned i = 0; i < LENGTH; i++) {
		memory.bytes[TABLE + 32 + 2 * i] = (unsigned char)ENTRY(13, 1);
		memory.bytes[TABLE + 32 + 2 * i + 1] = 2;
	}
	for (unsigned i = 0; i < COUNT; i++) {
		put(interpreter_memory_code(i) + 32, MEMORY_BASE + TABLE);
		put(interpreter_memory_frame(i) + 16,
		    MEMORY_BASE + interpreter_memory_code(i) + 64 + UINT64_C(2) * (LENGTH - 1));
	}
	bytes_read = 0;
	walk();
	assert_int_equal(read_frames.count, COUNT);
	assert_false(read_frames.broken);
	assert_int_equal(read_frames.frames[0].line, 10 + LENGTH);
	assert_int_equal(read_frames.frames[COUNT - 1].line, 0);
	assert_string_equal(read_frames.frames[COUNT - 1].function, "f");
	assert_true(bytes_read < (96u << 10));
}

/* A string of 16-bit characters: a lone surrogate, and a character of three bytes in UTF-8. */
static void interpreter__wide_strings_become_utf8(void **state)
{
	static const unsigned char wide[] = { 'a', 0, 0x80, 0xdc, 0xac, 0x20 };
	const size_t name = interpreter_memory_name(0);
	const uint32_t bits = 2u << 2 | 32;

	(void)state;
	interpreter_memory_make(&memory, three, 3);
	put(name + MEMORY_LENGTH, 3);
	memcpy(memory.bytes + name + MEMORY_STRING_STATE, &bits, sizeof(bits));
	memcpy(memory.bytes + name + 40, wide, sizeof(wide));
	walk();
	assert_string_equal(read_frames.frames[0].function, "a\\udc80\xe2\x82\xac");
}

/* ---- the merged stack ---- */

enum { EVAL = 0x5000, EVAL_END = 0x6000, IMAGE = 0x4000, IMAGE_END = 0x8000 };

static void publish(void)
{
	interpreter_memory_make(&memory, three, 3);
	memory.layout.eval_start = EVAL;
	memory.layout.eval_end = EVAL_END;
	memory.layout.image_start = IMAGE;
	memory.layout.image_end = IMAGE_END;
	memory.layout.loop_function = aw_agent_string("Handle._run", 11);
	memory.layout.loop_file = aw_agent_string("/asyncio/events.py", 18);
	aw_agent_interpreter(&memory.layout);
	walk();
}

static bool is_place(uint64_t frame)
{
	return (frame & AW__FRAME_IS_PLACE) != 0;
}

static void interpreter__its_frames_take_the_place_of_native_ones(void **state)
{
	/* blocking C; an interpreter function; eval; an interpreter function; a module; eval; a library; eval; … */
	struct aw__blocked_stack stack = { { 0x9001, 0x4100, 0x5100, 0x4200, 0x9100, 0x5200, 0x9200,
					     0x5300, 0x4300, 0x9300 },
					   10,
					   true,
					   false };
	static const struct memory_frame four[] = {
		{ "probe", "/srv/app.py", 10, "\x80\x01", 0, true },
		{ "handler", "/srv/app.py", 40, "\x80\x01", 0, true },
		{ "Handle._run", "/usr/lib/asyncio/events.py", 7, "\x80\x01", 0, false },
		{ "run_forever", "/usr/lib/asyncio/events.py", 7, "\x80\x01", 0, true },
	};
	struct aw_agent_interpreter layout;

	(void)state;
	publish();
	layout = memory.layout;
	interpreter_memory_make(&memory, four, 4);
	walk();
	aw__record_put_interpreted(&layout, &read_frames, &stack);
	assert_int_equal(stack.count, 5);
	assert_true(stack.whole);
	assert_false(stack.cut);
	assert_int_equal(stack.frames[0], 0x9001);
	assert_int_equal(stack.frames[1], 0x4100);
	assert_true(is_place(stack.frames[2]));
	assert_int_equal(stack.frames[3], 0x9100);
	assert_true(is_place(stack.frames[4]));
}

static void interpreter__its_frames_stand_alone_where_no_native_ones_are_known(void **state)
{
	struct aw__blocked_stack stack = { .whole = false };

	(void)state;
	publish();
	aw__record_put_interpreted(&memory.layout, &read_frames, &stack);
	assert_int_equal(stack.count, 2); /* without the loop's frame */
	assert_true(is_place(stack.frames[0]) && is_place(stack.frames[1]));
	assert_true(stack.whole);
}

static void interpreter__a_loop_has_the_state_of_its_thread(void **state)
{
	struct aw_agent_interpreter layout;
	struct aw_agent_loop loop = { 0 };
	int here;

	(void)state;
	publish();
	aw_agent_loop_opened(&loop, "main");
	assert_true(aw__record_interpreter(loop.slot - 1, &layout) == 0);
	aw_agent_loop_interpreted(&loop, &here);
	assert_true(aw__record_interpreter(loop.slot - 1, &layout) == (uint64_t)(uintptr_t)&here);
	assert_memory_equal(&layout, &memory.layout, sizeof(layout));
	aw_agent_loop_closed(&loop);
	aw_agent_loop_opened(&loop, "next"); /* reuses the slot */
	assert_true(aw__record_interpreter(loop.slot - 1, &layout) == 0);
	aw_agent_loop_closed(&loop);
}

static int setup(void **state)
{
	const struct aw__record_options options = box_fixture_small();

	(void)state;
	box_fixture_open(&options);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return box_fixture_close() ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(interpreter__frames_are_named_innermost_first),
		cmocka_unit_test(interpreter__line_tables_of_every_form_are_read),
		cmocka_unit_test(interpreter__long_tables_are_read_up_to_a_bound),
		cmocka_unit_test(interpreter__a_cycle_of_frames_ends),
		cmocka_unit_test(interpreter__garbage_ends_the_walk_and_keeps_what_was_read),
		cmocka_unit_test(interpreter__a_layout_that_contradicts_itself_reads_nothing),
		cmocka_unit_test(interpreter__long_names_and_tables_are_read),
		cmocka_unit_test(interpreter__wide_strings_become_utf8),
		cmocka_unit_test(interpreter__its_frames_take_the_place_of_native_ones),
		cmocka_unit_test(
			interpreter__its_frames_stand_alone_where_no_native_ones_are_known),
		cmocka_unit_test(interpreter__a_loop_has_the_state_of_its_thread),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
