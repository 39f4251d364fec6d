/* SPDX-License-Identifier: MIT */
/*
 * Heap allocation for all of awry: blocks are counted, so that tests find leaks, and any single allocation can be made
 * to fail, so that tests reach every out-of-memory path.
 */
#include "alloc.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Atomic int64_t live;
static _Atomic uint64_t fail_in;

static bool fails_now(void)
{
	uint64_t left = atomic_load_explicit(&fail_in, memory_order_relaxed);

	/* two threads may race for the last count: it must not go below 0 */
	while (__builtin_expect(left != 0, 0))
		if (atomic_compare_exchange_weak(&fail_in, &left, left - 1))
			return left == 1;
	return false;
}

static void *counted(void *memory)
{
	if (memory != NULL)
		atomic_fetch_add_explicit(&live, 1, memory_order_relaxed);
	return memory;
}

void *aw__alloc(size_t bytes)
{
	return fails_now() ? NULL : counted(malloc(bytes > 0 ? bytes : 1));
}

void *aw__alloc_zeroed(size_t count, size_t bytes)
{
	return fails_now() ? NULL : counted(calloc(count > 0 ? count : 1, bytes > 0 ? bytes : 1));
}

void *aw__alloc_resize(void *memory, size_t bytes)
{
	if (memory == NULL)
		return aw__alloc(bytes);
	return fails_now() ? NULL : realloc(memory, bytes > 0 ? bytes : 1);
}

char *aw__alloc_copy(const char *text, size_t length)
{
	char *copy = aw__alloc(length + 1);

	if (copy == NULL)
		return NULL;
	if (length > 0)
		memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

void aw__alloc_free(void *memory)
{
	if (memory == NULL)
		return;
	atomic_fetch_sub_explicit(&live, 1, memory_order_relaxed);
	free(memory);
}

void *aw__alloc_give(void *memory)
{
	if (memory != NULL)
		atomic_fetch_sub_explicit(&live, 1, memory_order_relaxed);
	return memory;
}

_Noreturn void aw__alloc_exhausted(void)
{
	fputs("awry: out of memory\n", stderr);
	exit(1);
}

static void *must(void *memory)
{
	if (memory == NULL)
		aw__alloc_exhausted();
	return memory;
}

void *aw__alloc_must(size_t bytes)
{
	return must(aw__alloc(bytes));
}

void *aw__alloc_must_zeroed(size_t count, size_t bytes)
{
	return must(aw__alloc_zeroed(count, bytes));
}

void *aw__alloc_must_resize(void *memory, size_t bytes)
{
	return must(aw__alloc_resize(memory, bytes));
}

char *aw__alloc_must_copy(const char *text, size_t length)
{
	return must(aw__alloc_copy(text, length));
}

int64_t aw__alloc_live(void)
{
	return atomic_load(&live);
}

void aw__alloc_fail_at(uint64_t n)
{
	atomic_store(&fail_in, n);
}

bool aw__alloc_fail_pending(void)
{
	return atomic_load(&fail_in) != 0;
}
