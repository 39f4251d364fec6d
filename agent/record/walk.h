/* SPDX-License-Identifier: MIT */
/*
 * Walks the calling thread's own stack by the rules in its code's call frame information.
 *
 * Exact or not at all: if a rule is not known, or not reliable, nothing is guessed, and the caller has to walk the
 * stack in another way.
 */
#ifndef AW__WALK_H
#define AW__WALK_H

#include <stdbool.h>
#include <stdint.h>

/**
 * The return addresses of the calling function and its callers, innermost first.
 *
 * @param frame   the calling function's __builtin_frame_address(0); it must keep a frame pointer
 * @param frames  of `most` elements
 * Returns how many there are, at most `most`; 0: this stack has to be walked in another way.
 *
 * Context: any thread; takes no lock, allocates nothing. A return address that was never met costs some
 * microseconds, once.
 */
uint32_t aw__walk(const void *frame, uint64_t *frames, uint32_t most);

/**
 * The same for a suspended stack, from its saved registers on.
 *
 * @param address    where the stack's code continues, as a return address
 * @param ret_whole  false: a rule is missing, and outer frames with it
 */
uint32_t aw__walk_from(uint64_t address, uint64_t sp, uint64_t fp, uint64_t *frames, uint32_t most,
		       bool *ret_whole);

#endif
