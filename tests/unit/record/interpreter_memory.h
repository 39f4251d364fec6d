/* SPDX-License-Identifier: MIT */
/* The memory of an interpreter that does not exist: a thread's state, frames, code, strings and line tables. */
#ifndef AW__TEST_INTERPRETER_MEMORY_H
#define AW__TEST_INTERPRETER_MEMORY_H

#include "agent/record/walk_interpreter.h"

#define MEMORY_BASE  UINT64_C(0x100000)
#define MEMORY_BYTES 32768u
#define MEMORY_STATE MEMORY_BASE

struct interpreter_memory {
	struct aw_agent_interpreter layout;
	unsigned char bytes[MEMORY_BYTES];
};

struct memory_frame {
	const char *function, *file;
	uint32_t first_line;
	const char *lines; /* the line table; "": none */
	uint32_t unit;	   /* the code unit of the current instruction */
	bool entry;
};

/** Build the memory of these frames, innermost first. */
void interpreter_memory_make(struct interpreter_memory *memory, const struct memory_frame *frames,
			     unsigned count);
/** Offsets in `bytes` of the n-th frame, its code, and its function's name. */
size_t interpreter_memory_frame(unsigned n);
size_t interpreter_memory_code(unsigned n);
size_t interpreter_memory_name(unsigned n);
/** The offsets in a frame and a string that tests damage. */
enum { MEMORY_PREVIOUS = 8, MEMORY_CODE = 0, MEMORY_LENGTH = 16, MEMORY_STRING_STATE = 24 };

#endif
