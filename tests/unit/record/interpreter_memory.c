/* SPDX-License-Identifier: MIT */
/* Builds the memory of an interpreter, for test_walk_interpreter.c and the seeds of fuzz_interpreter.c. */
#include "interpreter_memory.h"

#include <string.h>

enum {
	FRAMES = 64,
	ONE_FRAME = 64,
	CODES = FRAMES + 16 * ONE_FRAME,
	ONE_CODE = 768, /* the code, its name, its file and its table */
	NAME = 128,
	FILE_NAME = 320,
	TABLE = 512,
	CODE_TYPE = 0x7001,
	STRING_TYPE = 0x7002,
	BYTES_TYPE = 0x7003,
};

_Static_assert(CODES + 16 * ONE_CODE <= MEMORY_BYTES, "sixteen frames have room");

static const struct aw_agent_interpreter shape = {
	.code_type = CODE_TYPE,
	.string_type = STRING_TYPE,
	.bytes_type = BYTES_TYPE,
	.object_type = 8,
	.state_holder = AW_AGENT_NOWHERE,
	.holder_frame = 16,
	.frame_bytes = 40,
	.frame_code = MEMORY_CODE,
	.frame_previous = MEMORY_PREVIOUS,
	.frame_instruction = 16,
	.frame_owner = 24,
	.frame_entry = 25,
	.owner_generator = 1,
	.code_name = 16,
	.code_file = 24,
	.code_lines = 32,
	.code_line = 40,
	.code_first = 44,
	.code_instructions = 64,
	.bytes_length = 16,
	.bytes_data = 32,
	.string_length = MEMORY_LENGTH,
	.string_state = MEMORY_STRING_STATE,
	.string_ascii = 32,
	.string_wide = 40,
	.state_kind = 2,
	.state_compact = 32,
	.state_ascii = 64,
};

size_t interpreter_memory_frame(unsigned n)
{
	return FRAMES + n * ONE_FRAME;
}

size_t interpreter_memory_code(unsigned n)
{
	return CODES + n * ONE_CODE;
}

size_t interpreter_memory_name(unsigned n)
{
	return interpreter_memory_code(n) + NAME;
}

static void put(struct interpreter_memory *memory, size_t at, uint64_t word)
{
	memcpy(memory->bytes + at, &word, sizeof(word));
}

static void put_half(struct interpreter_memory *memory, size_t at, uint32_t half)
{
	memcpy(memory->bytes + at, &half, sizeof(half));
}

static void put_string(struct interpreter_memory *memory, size_t at, const char *text)
{
	put(memory, at + 8, STRING_TYPE);
	put(memory, at + 16, strlen(text));
	put_half(memory, at + 24, 1u << 2 | 32 | 64);
	memcpy(memory->bytes + at + 32, text, strlen(text));
}

static void put_table(struct interpreter_memory *memory, size_t at, const char *lines)
{
	put(memory, at + 8, BYTES_TYPE);
	put(memory, at + 16, strlen(lines));
	memcpy(memory->bytes + at + 32, lines, strlen(lines));
}

static void put_frame(struct interpreter_memory *memory, unsigned n,
		      const struct memory_frame *frame, bool last)
{
	const size_t at = interpreter_memory_frame(n), code = interpreter_memory_code(n);

	put(memory, at, MEMORY_BASE + code);
	put(memory, at + 8, last ? 0 : MEMORY_BASE + interpreter_memory_frame(n + 1));
	put(memory, at + 16, MEMORY_BASE + code + 64 + 2 * (uint64_t)frame->unit);
	memory->bytes[at + 25] = frame->entry;
	put(memory, code + 8, CODE_TYPE);
	put(memory, code + 16, MEMORY_BASE + code + NAME);
	put(memory, code + 24, MEMORY_BASE + code + FILE_NAME);
	put(memory, code + 32, MEMORY_BASE + code + TABLE);
	put_half(memory, code + 40, frame->first_line);
	put_string(memory, code + NAME, frame->function);
	put_string(memory, code + FILE_NAME, frame->file);
	put_table(memory, code + TABLE, frame->lines);
}

void interpreter_memory_make(struct interpreter_memory *memory, const struct memory_frame *frames,
			     unsigned count)
{
	memset(memory, 0, sizeof(*memory));
	memory->layout = shape;
	put(memory, 16, count > 0 ? MEMORY_BASE + interpreter_memory_frame(0) : 0);
	for (unsigned i = 0; i < count; i++)
		put_frame(memory, i, &frames[i], i + 1 == count);
}
