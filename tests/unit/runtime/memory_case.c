/* SPDX-License-Identifier: MIT */
/* Runs a function again and again, with its first, second, … allocation failing, for the test_memory*.c tests. */
#include "tests/unit/runtime/memory_case.h"

enum {
	POINTS_MAX = 600,
};

void memory_walk(void (*story)(void), int at_least)
{
	bool enough = false;
	int points = 0;

	while (!enough) {
		assert_true(++points < POINTS_MAX);
		aw__alloc_fail_at((uint64_t)points);
		story();
		enough = aw__alloc_fail_pending();
		aw__alloc_fail_at(0);
		assert_int_equal(aw__alloc_live(), 0);
	}
	assert_true(points > at_least);
}

static bool is_expected(const aw_error *err, const aw_error_type *otherwise)
{
	bool all = true;

	if (aw_error_child_count(err) == 0)
		return aw_error_is(err, aw_MemoryError) || aw_error_is(err, otherwise);
	for (size_t i = 0; i < aw_error_child_count(err); i++)
		all = all && is_expected(aw_error_child(err, i), otherwise);
	return all;
}

void memory_expect(aw_error *err, const aw_error_type *otherwise)
{
	if (err != NULL && !is_expected(err, otherwise))
		aw_error_print(err, stderr);
	assert_true(err == NULL || is_expected(err, otherwise));
	aw_error_unref(err);
}

void memory_run(aw_coro_fn *fn, const aw_error_type *otherwise)
{
	memory_expect(aw_run(fn, NULL, NULL), otherwise);
}

aw_error *memory_turn(void *arg, void **ret)
{
	*ret = arg;
	return aw_yield();
}
