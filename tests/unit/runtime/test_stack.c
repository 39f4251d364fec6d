/* SPDX-License-Identifier: MIT */
/* Tests of the pool of coroutine stacks: usable size, reuse, its bound, and the guard page below each stack. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/runtime/fiber/stack.h"
#include "base/alloc.h"

enum {
	BYTES = 65536,
	BLOCK = 300,
	MANY = 200,
};

static void stack__is_usable_to_its_ends(void **state)
{
	struct aw__stack_pool *pool = aw__stack_pool_create(BYTES, BLOCK, 4);
	struct aw__stack *stack = aw__stack_get(pool);

	assert_true(aw__stack_usable(stack) > BYTES - 4096 - 2 * 4096);
	assert_int_equal((uintptr_t)stack % 64, 0);
	memset(stack->low, 1, aw__stack_usable(stack));
	memset(aw__stack_block(stack), 2, BLOCK);
	assert_ptr_equal(aw__stack_of(aw__stack_block(stack)), stack);
	aw__stack_put(stack);
	aw__stack_pool_close(pool);
	assert_int_equal(aw__alloc_live(), 0);
}

static void stack__last_in_is_first_out(void **state)
{
	struct aw__stack_pool *pool = aw__stack_pool_create(BYTES, BLOCK, 4);
	struct aw__stack *first = aw__stack_get(pool), *second = aw__stack_get(pool);

	assert_ptr_not_equal(first, second);
	aw__stack_put(first);
	aw__stack_put(second);
	assert_ptr_equal(aw__stack_get(pool), second);
	assert_ptr_equal(aw__stack_get(pool), first);
	aw__stack_put(first);
	aw__stack_put(second);
	aw__stack_pool_close(pool);
	assert_int_equal(aw__alloc_live(), 0);
}

/* Stacks beyond the warm ones return their memory, and empty slabs are unmapped. */
static void stack__pool_is_bounded(void **state)
{
	static struct aw__stack *stacks[MANY];
	struct aw__stack_pool *pool = aw__stack_pool_create(BYTES, BLOCK, 4);

	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < MANY; i++) {
			stacks[i] = aw__stack_get(pool);
			assert_non_null(stacks[i]);
			for (int j = 0; j < i; j++)
				assert_ptr_not_equal(stacks[i], stacks[j]);
			memset(stacks[i]->low, i, aw__stack_usable(stacks[i]));
		}
		assert_int_equal(pool->slab_count, 4);
		for (int i = 0; i < MANY; i++)
			aw__stack_put(stacks[i]);
		assert_int_equal(pool->warm_count, 4);
		assert_in_range(pool->slab_count, 1, 3);
	}
	aw__stack_pool_close(pool);
	assert_int_equal(aw__alloc_live(), 0);
}

static void stack__may_outlive_its_pool(void **state)
{
	struct aw__stack_pool *pool = aw__stack_pool_create(BYTES, BLOCK, 4);
	struct aw__stack *stack = aw__stack_get(pool);

	aw__stack_pool_close(pool);
	memset(aw__stack_block(stack), 3, BLOCK);
	aw__stack_put(stack);
	assert_int_equal(aw__alloc_live(), 0);
}

static void stack__overflow_hits_the_guard(void **state)
{
	struct aw__stack_pool *pool = aw__stack_pool_create(BYTES, BLOCK, 4);
	struct aw__stack *first = aw__stack_get(pool), *second = aw__stack_get(pool);
	int status = 0;
	pid_t child;

	for (int i = 0; i < 2; i++) {
		child = fork();
		if (child == 0) {
			signal(SIGSEGV, SIG_DFL);
			((volatile char *)(i == 0 ? first : second)->low)[-1] = 1;
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		/* a sanitizer turns the signal into an exit */
		assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) != 0);
	}
	aw__stack_put(first);
	aw__stack_put(second);
	aw__stack_pool_close(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stack__is_usable_to_its_ends),
		cmocka_unit_test(stack__last_in_is_first_out),
		cmocka_unit_test(stack__pool_is_bounded),
		cmocka_unit_test(stack__may_outlive_its_pool),
		cmocka_unit_test(stack__overflow_hits_the_guard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
