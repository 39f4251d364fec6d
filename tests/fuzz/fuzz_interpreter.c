/* SPDX-License-Identifier: MIT */
/* Fuzz target: an interpreter's layout and memory with any contents. The walk ends, and returns valid text. */
#include <string.h>

#include "fuzz.h"
#include "tests/unit/record/interpreter_memory.h"

static const uint8_t *memory;
static size_t memory_bytes;
static struct aw__interpreted frames;

static size_t read_memory(void *to, uint64_t from, size_t bytes)
{
	size_t left;

	if (from < MEMORY_BASE || from - MEMORY_BASE >= memory_bytes)
		return 0;
	left = memory_bytes - (size_t)(from - MEMORY_BASE);
	memcpy(to, memory + (from - MEMORY_BASE), bytes < left ? bytes : left);
	return bytes < left ? bytes : left;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct aw_agent_interpreter layout;

	if (size < sizeof(layout))
		return 0;
	memcpy(&layout, data, sizeof(layout));
	memory = data + sizeof(layout);
	memory_bytes = size - sizeof(layout);
	aw__walk_interpreter(&layout, MEMORY_STATE, read_memory, &frames);
	MUST(frames.count <= AW__INTERPRETED_FRAMES);
	for (size_t i = 0; i < frames.count; i++) {
		MUST(memchr(frames.frames[i].function, '\0', AW__FUNCTION_BYTES) != NULL);
		MUST(memchr(frames.frames[i].file, '\0', AW__FILE_BYTES) != NULL);
		MUST(frames.frames[i].line <= INT32_MAX);
	}
	return 0;
}
