/* SPDX-License-Identifier: MIT */
/*
 * Call frame information: how to get from a function's frame to that of its caller.
 *
 * Only those of DWARF's rules are supported that compilers write for calls: the caller's stack pointer is the stack
 * pointer or the frame pointer plus a constant, and the frame pointer is unchanged or saved in the frame. All others
 * are AW__FRAME_UNKNOWN: such a stack is left to the C library.
 */
#ifndef AW__CFI_H
#define AW__CFI_H

#include <stdbool.h>
#include <stdint.h>

enum aw__frame_how {
	AW__FRAME_UNKNOWN,
	AW__FRAME_END,	 /* it has no caller */
	AW__FRAME_BY_SP, /* the caller's stack pointer is this one's + cfa_offset */
	AW__FRAME_BY_FP, /* …is the frame pointer + cfa_offset */
};

struct aw__frame_rule {
	enum aw__frame_how how;
	int32_t cfa_offset; /* the return address is the word below it */
	bool fp_saved;
	int32_t fp_offset;     /* from the caller's stack pointer, if it is saved */
	int32_t lowest_offset; /* of all registers that are saved, and of the return address */
};

/** A module in memory: where it is, and its PT_GNU_EH_FRAME segment (an .eh_frame_hdr). */
struct aw__cfi_image {
	const unsigned char *start;
	const unsigned char *end;
	const unsigned char *header;
};

/** The rule for a frame that a call returns to at `address`. Reads nothing outside of the image. */
struct aw__frame_rule aw__cfi_rule(const struct aw__cfi_image *image, uint64_t address);

/** Where the function begins that a call returns to at `address`; 0: not known. Reads nothing outside of the image. */
uint64_t aw__cfi_function(const struct aw__cfi_image *image, uint64_t address);

#endif
