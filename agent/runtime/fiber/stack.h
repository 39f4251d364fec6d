/* SPDX-License-Identifier: MIT */
/*
 * The stacks that coroutines run on, pooled.
 *
 * Stacks are cut from slabs of 64, mapped without reserving memory: an untouched page costs
 * nothing. Each has a guard at its low end. Kernels since 6.13 mark it inside the mapping; on
 * older ones it is mprotect()ed, which splits the mapping, and as a process may have 65,530
 * mappings, only the first 16,384 stacks get a guard.
 *
 * The guard is as wide as a stack, because a function with a large array can step over a page without touching
 * it. A step over the whole guard is not noticed, except by -fstack-clash-protection.
 *
 *	low                                                      low + stride
 *	| guard | ... the stack grows downwards | struct aw__stack | block | spare |
 *
 * The owner's control block lies at the stack's end, so that a task costs one page in all. Its
 * place differs a little from stack to stack: at the same offset in each page, all the blocks would
 * compete for the same few cache lines.
 *
 * Free stacks are reused last in, first out, because the last one is still in the cache. Beyond
 * `warm_limit` free ones, a stack's memory goes back to the kernel, and slabs without any stack in
 * use are unmapped.
 *
 * A pool belongs to one thread. It may be closed before all stacks came back; the last one frees
 * it.
 */
#ifndef AW__STACK_H
#define AW__STACK_H

#include <stddef.h>

struct aw__stack_slab;

struct aw__stack {
	struct aw__stack *next_free;
	struct aw__stack_slab *slab;
	struct aw__stack_pool *pool;
	char *low; /* the lowest usable byte, above the guard */
};

struct aw__stack_pool {
	struct aw__stack *warm;
	size_t warm_count;
	size_t warm_limit;
	size_t stride; /* from stack to stack: with guard and block; a multiple of the page size */
	size_t block_bytes;
	size_t slab_count;
	struct aw__stack_slab *open; /* slabs with a stack to give */
	int closed;
};

/**
 * NULL if there is no memory. `stack_bytes` is rounded up to pages and to a useful minimum; it includes one page of the
 * guard.
 */
struct aw__stack_pool *aw__stack_pool_create(size_t stack_bytes, size_t block_bytes,
					     size_t warm_limit);
void aw__stack_pool_close(struct aw__stack_pool *pool);
/** The size of the guard below a stack; some stacks have none if there are too many. */
size_t aw__stack_guard_bytes(void);

struct aw__stack *aw__stack_get_slowly(struct aw__stack_pool *pool);
/** Give the memory of a free stack back to the kernel. */
void aw__stack_cool(struct aw__stack *stack);

/** Take a stack; NULL if none could be mapped. Its content is arbitrary. */
static inline struct aw__stack *aw__stack_get(struct aw__stack_pool *pool)
{
	struct aw__stack *stack = pool->warm;

	if (__builtin_expect(stack == NULL, 0))
		return aw__stack_get_slowly(pool);
	pool->warm = stack->next_free;
	pool->warm_count--;
	return stack;
}

/** Give a stack back. */
static inline void aw__stack_put(struct aw__stack *stack)
{
	struct aw__stack_pool *pool = stack->pool;

	if (__builtin_expect(pool->closed || pool->warm_count >= pool->warm_limit, 0)) {
		aw__stack_cool(stack);
		return;
	}
	stack->next_free = pool->warm;
	pool->warm = stack;
	pool->warm_count++;
}

/** The control block, and back. */
static inline void *aw__stack_block(struct aw__stack *stack)
{
	return stack + 1;
}

static inline struct aw__stack *aw__stack_of(void *block)
{
	return (struct aw__stack *)block - 1;
}

static inline size_t aw__stack_usable(const struct aw__stack *stack)
{
	return (size_t)((const char *)stack - stack->low);
}

#endif
