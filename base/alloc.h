/* SPDX-License-Identifier: MIT */
/*
 * Heap memory that is counted, and whose allocations can be made to fail.
 *
 * Tests check aw__alloc_live() when they end, and use aw__alloc_fail_at() to let each allocation of an operation
 * fail in turn. The `must` forms are for the viewer, which has no caller that could handle the failure: out of
 * memory, they print one line and end the program.
 */
#ifndef AW__ALLOC_H
#define AW__ALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *aw__alloc(size_t bytes);
void *aw__alloc_zeroed(size_t count, size_t bytes);
/** Like realloc(): if it returns NULL, `memory` is unchanged and still allocated. */
void *aw__alloc_resize(void *memory, size_t bytes);
char *aw__alloc_copy(const char *text, size_t length);
/** NULL is ignored. */
void aw__alloc_free(void *memory);
/** Hand memory over to code that will free() it: it is no longer counted. Returns `memory`, which may be NULL. */
void *aw__alloc_give(void *memory);

void *aw__alloc_must(size_t bytes);
void *aw__alloc_must_zeroed(size_t count, size_t bytes);
void *aw__alloc_must_resize(void *memory, size_t bytes);
char *aw__alloc_must_copy(const char *text, size_t length);

/** Report on stderr that there is no memory, and exit with status 1. */
_Noreturn void aw__alloc_exhausted(void);

/** Count the blocks of all threads that are allocated and not yet freed. */
int64_t aw__alloc_live(void);
/** Let the n-th allocation from now (1-based, counted over all threads) fail, once; 0: none. */
void aw__alloc_fail_at(uint64_t n);
/** True while the failure that aw__alloc_fail_at() asked for has not happened yet. */
bool aw__alloc_fail_pending(void);

#endif
