/* SPDX-License-Identifier: MIT */
/*
 * Heap memory that is counted, and that can be made to fail.
 *
 * Tests ask aw__alloc_live() at their end, and walk aw__alloc_fail_at() through every allocation of an
 * operation. The `must` forms are for the viewer, which has nobody to hand the failure to: they end the
 * program with one line. A thread of the agent that uses code which uses them says first what happens instead.
 */
#ifndef AW__ALLOC_H
#define AW__ALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *aw__alloc(size_t bytes);
void *aw__alloc_zeroed(size_t count, size_t bytes);
/** As realloc(): NULL leaves `memory` as it was. */
void *aw__alloc_resize(void *memory, size_t bytes);
char *aw__alloc_copy(const char *text, size_t length);
/** Takes NULL. */
void aw__alloc_free(void *memory);
/** Give memory to somebody who will free() it: it is not counted any more. Returns it; takes NULL. */
void *aw__alloc_give(void *memory);

void *aw__alloc_must(size_t bytes);
void *aw__alloc_must_zeroed(size_t count, size_t bytes);
void *aw__alloc_must_resize(void *memory, size_t bytes);
char *aw__alloc_must_copy(const char *text, size_t length);

/** There is no memory, and nobody to tell: does not return. */
_Noreturn void aw__alloc_exhausted(void);

/** Blocks allocated and not yet freed, by all threads. */
int64_t aw__alloc_live(void);
/** Let the n-th allocation from now (1-based) fail, once; 0 for none. All threads. */
void aw__alloc_fail_at(uint64_t n);
/** Whether the allocation that aw__alloc_fail_at() asked to fail has not come yet. */
bool aw__alloc_fail_pending(void);

#endif
