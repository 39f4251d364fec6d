/* SPDX-License-Identifier: MIT */
/*
 * The frames that an interpreter runs on another thread, read from outside.
 *
 * The thread may run meanwhile, and free what is read. So every read may fail, every object is checked by its type,
 * and everything is bounded.
 */
#ifndef AW__WALK_INTERPRETER_H
#define AW__WALK_INTERPRETER_H

#include <awry/interpreter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AW__INTERPRETED_FRAMES 64u
#define AW__FUNCTION_BYTES     256u
#define AW__FILE_BYTES	       1024u

struct aw__interpreted_frame {
	char function[AW__FUNCTION_BYTES]; /* cut if longer */
	char file[AW__FILE_BYTES];
	uint32_t line; /* 0: not known */
	bool outermost; /* of the frames that one call of the interpreter's evaluation function runs */
};

struct aw__interpreted {
	size_t count;
	bool cut;    /* there are more frames */
	bool broken; /* a frame could not be read: those outside of it are missing */
	struct aw__interpreted_frame frames[AW__INTERPRETED_FRAMES]; /* innermost first */
};

/** Reads memory of the process; returns how many bytes could be read, from the first on. */
typedef size_t aw__read_memory(void *to, uint64_t from, size_t bytes);

/**
 * Read the frames of a thread.
 *
 * @param state  the address of the interpreter's state of the thread
 * @param ret    always set
 *
 * Context: allocates nothing and calls nothing but `read`. Never faults if `read` does not.
 */
void aw__walk_interpreter(const struct aw_agent_interpreter *layout, uint64_t state,
			  aw__read_memory *read, struct aw__interpreted *ret);

#endif
