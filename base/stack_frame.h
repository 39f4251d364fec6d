/* SPDX-License-Identifier: MIT */
/* One line of a stack, as a person reads it. */
#ifndef AW__BASE_FRAME_H
#define AW__BASE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct aw__frame {
	const char *function; /* NULL: unknown */
	const char *file;     /* NULL: unknown */
	uint32_t line;	      /* 1-based; 0: unknown */
	bool inlined;	      /* into the frame that comes next */
	bool own;	      /* machinery (awry's, or libc's start-up), not the program's code */
	uint64_t address;     /* as recorded; 0: none */
	const char *module;   /* path of the file that the address lies in; NULL: unknown */
	uint64_t offset;      /* of the address in that file */
};

/**
 * Turns a code address into frames, innermost first, inlined ones before what they are inlined
 * into.
 *
 * @param entry       the address is that of a function, not the return address of a call
 * @param ret_frames  room for `capacity`; strings live as long as whatever `arg` is
 * Returns how many were written; 0 if nothing at all is known.
 */
typedef size_t aw__frame_resolver(void *arg, uint64_t address, bool entry,
				  struct aw__frame *ret_frames, size_t capacity);

/** More than compilers inline into one another. */
#define AW__FRAME_MAX_INLINED 64

#endif
