/* SPDX-License-Identifier: MIT */
/* Tests of aw__walk(): its stacks are compared with those of libgcc's unwinder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <alloca.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <unwind.h>

#include "agent/record/resident.h"
#include "agent/record/walk.h"
#include "walk_shapes.h"

#define MOST 64

/* ---- libgcc's unwinder ---- */

struct frames {
	uint64_t at[MOST];
	uint32_t count;
};

static _Unwind_Reason_Code add(struct _Unwind_Context *context, void *arg)
{
	struct frames *frames = arg;

	if (frames->count == MOST)
		return _URC_END_OF_STACK;
	frames->at[frames->count++] = _Unwind_GetIP(context);
	return _URC_NO_REASON;
}

/* ---- the comparison ---- */

static _Atomic unsigned long walked, left, frames_walked;

/* Walks from here with both unwinders; libgcc's first frame is this function itself. */
__attribute__((noinline)) static void compare(void *arg)
{
	struct frames theirs = { .count = 0 }, ours = { .count = 0 };
	uint32_t depth = arg != NULL ? *(const uint32_t *)arg : MOST - 1;

	_Unwind_Backtrace(add, &theirs);
	ours.count = aw__walk(__builtin_frame_address(0), ours.at, depth);
	if (ours.count == 0) {
		left++;
		return;
	}
	walked++;
	frames_walked += ours.count;
	/* libgcc may end the stack with frames of address 0 */
	while (theirs.count > 0 && theirs.at[theirs.count - 1] == 0)
		theirs.count--;
	if (ours.count < depth)
		assert_int_equal(ours.count, theirs.count - 1);
	for (uint32_t i = 0; i < ours.count; i++)
		if (ours.at[i] != theirs.at[i + 1])
			fail_msg("frame %u of %u: %#lx, and it is %#lx", i, ours.count,
				 (unsigned long)ours.at[i], (unsigned long)theirs.at[i + 1]);
}

static int setup(void **state)
{
	(void)state;
	aw__resident_load();
	walked = left = frames_walked = 0;
	return 0;
}

static void walk__sees_each_shape_of_frame(void **state)
{
	unsigned path[12];

	(void)state;
	srand(7);
	for (unsigned round = 0; round < 20000; round++) {
		const unsigned depth = 1 + (unsigned)rand() % 12;

		for (unsigned i = 0; i < depth; i++)
			path[i] = (unsigned)rand();
		walk_through(path, depth, compare, NULL);
	}
	assert_int_equal(left, 0);
	assert_int_equal(walked, 20000);
	assert_true(frames_walked > walked * 8);
}

static void walk__stops_at_the_given_depth(void **state)
{
	unsigned path[40] = { 0 };

	(void)state;
	for (uint32_t depth = 1; depth < 50; depth++)
		walk_through(path, 40, compare, &depth);
	assert_int_equal(left, 0);
}

static int order(const void *a, const void *b)
{
	compare(NULL);
	return *(const int *)a - *(const int *)b;
}

static void walk__goes_through_the_c_library(void **state)
{
	int numbers[16];

	(void)state;
	for (int i = 0; i < 16; i++)
		numbers[i] = i * 7 % 16;
	qsort(numbers, 16, sizeof(numbers[0]), order);
	assert_true(walked > 16);
	assert_int_equal(left, 0);
}

static void *thread(void *arg)
{
	const unsigned path[3] = { 1, 2, 3 };

	(void)arg;
	for (unsigned i = 0; i < 1000; i++)
		walk_through(path, 3, compare, NULL);
	return NULL;
}

static void run_threads(unsigned count)
{
	pthread_t threads[4];

	for (unsigned i = 0; i < count; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, thread, NULL), 0);
	for (unsigned i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
}

/* One thread runs first, alone: a rule that one thread is reading is unknown to the others until it is stored. */
static void walk__ends_where_a_thread_begins(void **state)
{
	(void)state;
	run_threads(1);
	run_threads(4);
	assert_int_equal(walked, 5000);
	assert_int_equal(left, 0);
}

/* A library that was loaded later may be unloaded, and its addresses reused: the walk keeps no rules of it. */
static void walk__gives_up_at_code_that_may_be_unloaded(void **state)
{
	void (*call)(void (*callback)(void *), void *arg);
	void *library;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		library = dlopen(WALK_PLUGIN, RTLD_NOW);
		assert_non_null(library);
		*(void **)&call = dlsym(library, "walk_plugin_call");
		assert_non_null(call);
		call(compare, NULL);
		assert_int_equal(left, i + 1);
		dlclose(library);
	}
	assert_int_equal(walked, 0);
	compare(NULL);
	assert_int_equal(walked, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(walk__sees_each_shape_of_frame, setup),
		cmocka_unit_test_setup(walk__stops_at_the_given_depth, setup),
		cmocka_unit_test_setup(walk__goes_through_the_c_library, setup),
		cmocka_unit_test_setup(walk__ends_where_a_thread_begins, setup),
		cmocka_unit_test_setup(walk__gives_up_at_code_that_may_be_unloaded, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
