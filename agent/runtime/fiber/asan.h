/* SPDX-License-Identifier: MIT */
/*
 * Supports AddressSanitizer in the program, if this library was built without it.
 *
 * AddressSanitizer must be informed of each switch between stacks: otherwise it takes a coroutine's stack for garbage,
 * and shows neither the stack of an error nor that of a leak. Its functions are weak symbols, found when the program
 * starts. If this library was built with a sanitizer, fiber.c informs it, and aw__asan_present() is false.
 *
 * ThreadSanitizer is not supported so: it would report each access that this library orders by an atomic as a race.
 */
#ifndef AW__ASAN_H
#define AW__ASAN_H

#include "agent/runtime/fiber/fiber.h"

/** True if the program has AddressSanitizer, and the functions below must inform it. */
bool aw__asan_present(void);
/** As aw__fiber_switch(), or if `for_good` as aw__fiber_exit(); `stack` is the lowest address of the stack of `to`. */
void aw__asan_switch(struct aw__fiber *from, struct aw__fiber *to, const void *stack, size_t bytes,
		     bool for_good);
/** As aw__fiber_entered(), on this stack; clears the poison that earlier frames left on it. */
void aw__asan_entered(void *stack, size_t bytes);
/** Clear the poison of stacks whose memory is about to be unmapped. */
void aw__asan_forget(void *memory, size_t bytes);
/**
 * Register a stack that may be suspended when the program exits: memory that it refers to is no leak. False if it was not
 * registered, because there is no sanitizer, or too many stacks.
 */
bool aw__asan_root(const void *stack, size_t bytes);
/** Undo a registration that returned true. */
void aw__asan_unroot(const void *stack, size_t bytes);
/** The bounds of the thread's own stack; 0 bytes if they are not known. */
void aw__asan_thread_stack(const void **ret_stack, size_t *ret_bytes);

#endif
