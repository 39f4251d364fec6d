/* SPDX-License-Identifier: MIT */
/*
 * AddressSanitizer in the program, of which a library built without it knows nothing.
 *
 * It wants to be told of each switch between stacks: otherwise it takes a coroutine's stack for garbage, and shows
 * neither the stack of an error nor that of a leak. Its functions are looked for when the program starts, as weak symbols. A library
 * that was built with a sanitizer tells it by fiber.c; to that one there is none here.
 *
 * ThreadSanitizer is left out: it would take every access that this library orders by an atomic for a race.
 */
#ifndef AW__ASAN_H
#define AW__ASAN_H

#include "agent/runtime/fiber/fiber.h"

/** Tell whether the program has it, and it is to be told. */
bool aw__asan_present(void);
/** As aw__fiber_switch(), or for_good aw__fiber_exit(); `stack` is the lowest address of the one that `to` has. */
void aw__asan_switch(struct aw__fiber *from, struct aw__fiber *to, const void *stack, size_t bytes,
		     bool for_good);
/** As aw__fiber_entered(), on this stack; whoever was on it before may have left marks. */
void aw__asan_entered(void *stack, size_t bytes);
/** The memory of stacks is given back: forget what was marked in it. */
void aw__asan_forget(void *memory, size_t bytes);
/**
 * A stack that may be suspended when the program exits: what it refers to is no leak. False if it was not noted, for want of the
 * sanitizer or because there are too many.
 */
bool aw__asan_root(const void *stack, size_t bytes);
/** Take back what gave true. */
void aw__asan_unroot(const void *stack, size_t bytes);
/** The bounds of the thread's own stack; 0 bytes if they are not known. */
void aw__asan_thread_stack(const void **ret_stack, size_t *ret_bytes);

#endif
