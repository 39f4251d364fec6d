/* SPDX-License-Identifier: MIT */
/* One frame of a stack for display: function, file and line. */
#ifndef AW__BASE_FRAME_H
#define AW__BASE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct aw__frame {
	const char *function; /* NULL: unknown */
	const char *file;     /* NULL: unknown */
	uint32_t line;	      /* 1-based; 0: unknown */
	bool inlined;	      /* into the next frame */
	bool own;	      /* code of awry or libc's start-up, not of the program */
	uint64_t address;     /* as recorded; 0: none */
	const char *module;   /* path of the binary that contains the address; NULL: unknown */
	uint64_t offset;      /* of the address in that binary */
};

/**
 * Turns a code address into frames, innermost first: an inlined function comes before the function that it is
 * inlined into.
 *
 * @param entry       true: the address of a function; false: the return address of a call
 * @param ret_frames  room for `capacity`; their strings live as long as `arg`
 * Returns the number of frames written; 0 if nothing is known about the address.
 */
typedef size_t aw__frame_resolver(void *arg, uint64_t address, bool entry,
				  struct aw__frame *ret_frames, size_t capacity);

/** At most as many frames for one address: more than compilers inline into one another. */
#define AW__FRAME_MAX_INLINED 64

#endif
