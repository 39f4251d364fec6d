/* SPDX-License-Identifier: MIT */
/*
 * The pool of coroutine stacks: maps slabs, sets guard pages, registers stacks with Valgrind and AddressSanitizer,
 * and gives pages back when a stack is no longer used.
 */
#include "agent/runtime/fiber/stack.h"

#include "agent/runtime/fiber/asan.h"
#include "base/alloc.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__has_include)
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif
#endif
#ifndef VALGRIND_STACK_REGISTER
#define VALGRIND_STACK_REGISTER(low, high) 0u
#define VALGRIND_STACK_DEREGISTER(id)	   ((void)(id))
#endif

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

enum {
	SLAB_STACKS = 64,
	GUARDS_BY_PROTECTION = 16384,
	COLOURS = 8,
	COLOUR_BYTES = 192,
	STACK_BYTES_MIN = 16384,
	GUARD_BYTES = 65536,
};

struct aw__stack_slab {
	struct aw__stack_pool *pool;
	struct aw__stack_slab *next, *previous; /* in pool->open */
	char *base;
	unsigned int carved; /* stacks that were in use at least once: the first ones */
	unsigned int rooted; /* of these, stacks that AddressSanitizer knows: the first ones */
	unsigned int in_use; /* handed out or warm */
	unsigned int cold_count;
	uint8_t cold[SLAB_STACKS];
	unsigned int valgrind_ids[SLAB_STACKS];
};

static _Atomic unsigned int protected_guards;

static size_t page_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static size_t round_up(size_t bytes, size_t unit)
{
	return (bytes + unit - 1) / unit * unit;
}

size_t aw__stack_guard_bytes(void)
{
	return round_up(GUARD_BYTES, page_bytes());
}

struct aw__stack_pool *aw__stack_pool_create(size_t stack_bytes, size_t block_bytes,
					     size_t warm_limit)
{
	struct aw__stack_pool *pool = aw__alloc_zeroed(1, sizeof(*pool));

	if (pool == NULL)
		return NULL;
	pool->warm_limit = warm_limit;
	pool->block_bytes = round_up(block_bytes + sizeof(struct aw__stack), 64);
	if (stack_bytes < STACK_BYTES_MIN)
		stack_bytes = STACK_BYTES_MIN;
	pool->stride = aw__stack_guard_bytes() + round_up(stack_bytes, page_bytes()) - page_bytes();
	return pool;
}

static void open_link(struct aw__stack_slab *slab)
{
	struct aw__stack_pool *pool = slab->pool;

	slab->previous = NULL;
	slab->next = pool->open;
	if (slab->next != NULL)
		slab->next->previous = slab;
	pool->open = slab;
}

static void open_unlink(struct aw__stack_slab *slab)
{
	if (slab->previous != NULL)
		slab->previous->next = slab->next;
	else
		slab->pool->open = slab->next;
	if (slab->next != NULL)
		slab->next->previous = slab->previous;
}

static struct aw__stack_slab *slab_create(struct aw__stack_pool *pool)
{
	size_t bytes = pool->stride * SLAB_STACKS;
	struct aw__stack_slab *slab = aw__alloc_zeroed(1, sizeof(*slab));

	if (slab == NULL)
		return NULL;
	slab->base = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
	if (slab->base == MAP_FAILED)
		goto fail;
	/* with huge pages each stack would get all of its memory at once */
	madvise(slab->base, bytes, MADV_NOHUGEPAGE);
	slab->pool = pool;
	pool->slab_count++;
	open_link(slab);
	return slab;
fail:
	aw__alloc_free(slab);
	return NULL;
}

/* The slab is in no list, and none of its stacks is in use. */
static void slab_destroy(struct aw__stack_slab *slab)
{
	struct aw__stack_pool *pool = slab->pool;

	for (unsigned int i = 0; i < slab->carved; i++)
		VALGRIND_STACK_DEREGISTER(slab->valgrind_ids[i]);
	for (unsigned int i = 0; i < slab->rooted; i++)
		aw__asan_unroot(slab->base + i * pool->stride + aw__stack_guard_bytes(),
				pool->stride - aw__stack_guard_bytes());
	aw__asan_forget(slab->base, pool->stride * SLAB_STACKS);
	munmap(slab->base, pool->stride * SLAB_STACKS);
	aw__alloc_free(slab);
	pool->slab_count--;
}

/* Without a guard, in the case that stack.h describes, the stack still works. */
static void guard(char *low)
{
	static _Atomic bool no_markers;
	const size_t bytes = aw__stack_guard_bytes();

	if (!atomic_load_explicit(&no_markers, memory_order_relaxed)) {
		if (madvise(low, bytes, MADV_GUARD_INSTALL) == 0)
			return;
		atomic_store_explicit(&no_markers, true, memory_order_relaxed);
	}
	if (atomic_fetch_add(&protected_guards, 1) < GUARDS_BY_PROTECTION)
		mprotect(low, bytes, PROT_NONE);
	else
		atomic_fetch_sub(&protected_guards, 1);
}

static unsigned int slab_carve(struct aw__stack_slab *slab)
{
	unsigned int index = slab->carved++;
	char *base = slab->base + index * slab->pool->stride;

	guard(base);
	if (index == slab->rooted && aw__asan_root(base + aw__stack_guard_bytes(),
						   slab->pool->stride - aw__stack_guard_bytes()))
		slab->rooted++;
	slab->valgrind_ids[index] = VALGRIND_STACK_REGISTER(base + aw__stack_guard_bytes(),
							    base + slab->pool->stride - 1);
	return index;
}

struct aw__stack *aw__stack_get_slowly(struct aw__stack_pool *pool)
{
	struct aw__stack_slab *slab = pool->open != NULL ? pool->open : slab_create(pool);
	struct aw__stack *stack;
	unsigned int index;
	char *base;

	if (slab == NULL)
		return NULL;
	index = slab->cold_count > 0 ? slab->cold[--slab->cold_count] : slab_carve(slab);
	slab->in_use++;
	if (slab->in_use == SLAB_STACKS)
		open_unlink(slab);
	base = slab->base + index * pool->stride;
	stack = (struct aw__stack *)(base + pool->stride - pool->block_bytes -
				     (size_t)(index % COLOURS) * COLOUR_BYTES);
	stack->next_free = NULL;
	stack->slab = slab;
	stack->pool = pool;
	stack->low = base + aw__stack_guard_bytes();
	return stack;
}

void aw__stack_cool(struct aw__stack *stack)
{
	struct aw__stack_slab *slab = stack->slab;
	struct aw__stack_pool *pool = slab->pool;
	char *low = stack->low;
	const size_t guarded = aw__stack_guard_bytes();

	if (slab->in_use == SLAB_STACKS)
		open_link(slab);
	slab->in_use--;
	slab->cold[slab->cold_count++] =
		(uint8_t)((size_t)(low - guarded - slab->base) / pool->stride);
	if (slab->in_use == 0 && (pool->closed || pool->open->next != NULL)) {
		open_unlink(slab);
		slab_destroy(slab);
	} else {
		madvise(low, pool->stride - guarded, MADV_DONTNEED);
	}
	if (pool->closed && pool->slab_count == 0)
		aw__alloc_free(pool);
}

void aw__stack_pool_close(struct aw__stack_pool *pool)
{
	struct aw__stack *stack;

	if (pool == NULL)
		return;
	/* destroy empty slabs now; those with warm stacks are destroyed as these are cooled below */
	for (struct aw__stack_slab *slab = pool->open, *next; slab != NULL; slab = next) {
		next = slab->next;
		if (slab->in_use > 0)
			continue;
		open_unlink(slab);
		slab_destroy(slab);
	}
	if (pool->slab_count == 0) {
		aw__alloc_free(pool);
		return;
	}
	pool->closed = 1;
	for (struct aw__stack *next = pool->warm; (stack = next) != NULL;) {
		next = stack->next_free;
		aw__stack_cool(stack);
	}
}
