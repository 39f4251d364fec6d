/* SPDX-License-Identifier: MIT */
/*
 * Walks the stack of another thread, on a copy of it, by the same rules as walk.c.
 *
 * The thread may run on meanwhile: only the copy of its stack is read. For a thread that is in a system call the
 * kernel gives the stack pointer and the instruction, but not the frame pointer. Most frames do not need it, and
 * many save it; walk_copy.c says how it is found for the others.
 */
#ifndef AW__WALK_COPY_H
#define AW__WALK_COPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct aw__stack_copy {
	uint64_t base; /* the address that words[0] was at; a multiple of 8 */
	const uint64_t *words;
	size_t count;
};

struct aw__stack_registers {
	uint64_t pc; /* the next instruction */
	uint64_t sp;
	uint64_t fp;
	bool fp_known;
};

/**
 * The frames of a thread, innermost first. The first one is pc + 1, as if the next instruction were a call.
 *
 * @param ret_whole  set to false if outer frames are missing, for another reason than `most`
 * Returns how many there are. 0: this processor or this C library is not supported.
 *
 * Context: one thread at a time. Never faults, whatever the program unloads meanwhile.
 */
size_t aw__walk_copy(const struct aw__stack_copy *stack,
		     const struct aw__stack_registers *registers, void **frames, size_t most,
		     bool *ret_whole);

/**
 * Copy memory of this process that may be unmapped meanwhile.
 *
 * Returns how many bytes could be read, from the first on.
 */
size_t aw__copy_memory(void *to, uint64_t from, size_t bytes);

#endif
