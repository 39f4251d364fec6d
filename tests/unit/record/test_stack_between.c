/* SPDX-License-Identifier: MIT */
/*
 * Tests of stacks without an adapter's frames. A library calls an adapter, which calls the program's callback,
 * which calls the library through the adapter again: only the frames from the callback to that call are kept.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/record/recorder.h"
#include "box_fixture.h"

#ifdef __clang__
#define FUNCTION __attribute__((noinline))
#else
#define FUNCTION __attribute__((noinline, noclone))
#endif
/* Prevents tail calls, which would leave no frame. */
#define STAY() __asm__ volatile("" ::: "memory")

static struct probe {
	const void *from, *until; /* the return addresses of the adapter's two functions */
	const void *in_callback;  /* where the callback's helper returns to */
	const void *of_callback;  /* where the callback returns to: the adapter */
	aw_intern link;
	aw_intern stack; /* the result */
	unsigned depth;	 /* of the callbacks */
	unsigned wrappers;
	bool bounded_from, bounded_until;
} probe;

/* The adapter's innermost function: one more frame that must be hidden. */
static FUNCTION void capture(void)
{
	probe.stack = aw_agent_stack_between(probe.link, probe.bounded_from ? probe.from : NULL,
					     probe.bounded_until ? probe.until : NULL);
	STAY();
}

static FUNCTION void deeper(unsigned frames)
{
	if (frames == 0)
		capture();
	else
		deeper(frames - 1);
	STAY();
}

/* The adapter's function that the program calls in place of the library's. */
static FUNCTION void wrapper(void)
{
	probe.from = __builtin_return_address(0);
	deeper(probe.wrappers);
	STAY();
}

static FUNCTION void helper(void)
{
	probe.in_callback = __builtin_return_address(0);
	wrapper();
	STAY();
}

static FUNCTION void library(unsigned depth);

static FUNCTION void callback(unsigned depth)
{
	probe.of_callback = __builtin_return_address(0);
	if (depth > 1)
		library(depth - 1);
	else
		helper();
	STAY();
}

/* The adapter's function that the library calls in place of the program's callback. */
static FUNCTION void trampoline(unsigned depth)
{
	probe.until = __builtin_return_address(0);
	callback(depth);
	STAY();
}

static FUNCTION void library(unsigned depth)
{
	trampoline(depth);
	STAY();
}

static struct aw__definition run(void)
{
	struct aw__definition stack = { 0 };

	library(probe.depth);
	if (probe.stack != AW_NONE && probe.stack != AW_STACK_NONE)
		assert_true(aw__box_definition(box_fixture_box(), probe.stack, &stack));
	return stack;
}

static bool has(const struct aw__definition *stack, const void *address)
{
	for (uint32_t i = AW__STACK_FRAMES; i < stack->number_count; i++)
		if (stack->numbers[i] == (uintptr_t)address)
			return true;
	return false;
}

static int reset(void **state)
{
	probe = (struct probe){
		.depth = 1, .wrappers = 2, .bounded_from = true, .bounded_until = true
	};
	return 0;
}

static void between__shows_the_programs_frames_alone(void **state)
{
	const struct aw__definition stack = run();

	assert_int_equal(stack.number_count, AW__STACK_FRAMES + 2);
	assert_int_equal(stack.numbers[AW__STACK_FRAMES], (uintptr_t)probe.from);
	assert_int_equal(stack.numbers[AW__STACK_FRAMES + 1], (uintptr_t)probe.in_callback);
	assert_int_equal(stack.numbers[AW__STACK_FLAGS] & AW__STACK_CUT, 0);
	assert_int_equal(stack.numbers[AW__STACK_LINK], 0);
}

/* With nested callbacks, the stack ends at the innermost callback's trampoline. */
static void between__ends_at_the_innermost_trampoline(void **state)
{
	struct aw__definition stack;

	probe.depth = 3;
	stack = run();
	assert_int_equal(stack.number_count, AW__STACK_FRAMES + 2);
	assert_int_equal(stack.numbers[AW__STACK_FRAMES + 1], (uintptr_t)probe.in_callback);
}

static void between__goes_on_at_its_link(void **state)
{
	const aw_intern place = aw_agent_place("opened", "app.c", 3, NULL);

	probe.link = aw_agent_stack_of(&place, 1, AW_NONE);
	assert_int_equal(run().numbers[AW__STACK_LINK], probe.link);
}

static void between__has_no_bounds_without_addresses(void **state)
{
	struct aw__definition stack;

	probe.bounded_from = false;
	stack = run();
	assert_true(has(&stack, probe.from));
	/* capture() and three deeper() come before the wrapper */
	assert_int_equal(stack.number_count, AW__STACK_FRAMES + 1 + 4 + 2);
	probe.bounded_from = true;
	probe.bounded_until = false;
	stack = run();
	assert_int_equal(stack.numbers[AW__STACK_FRAMES], (uintptr_t)probe.from);
	assert_true(has(&stack, probe.of_callback) && has(&stack, probe.until));
}

static FUNCTION aw_intern capture_outside(const void *from, const void *until)
{
	const aw_intern stack = aw_agent_stack_between(probe.link, from, until);

	STAY();
	return stack;
}

/* Bounds that are data, unmapped addresses or functions match no frame. */
static void between__does_not_dereference_its_bounds(void **state)
{
	const void *const wrong[] = { &probe, (void *)1, (void *)UINTPTR_MAX, (void *)reset };
	struct aw__definition plain, stack;

	assert_true(aw__box_definition(box_fixture_box(), capture_outside(NULL, NULL), &plain));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_true(aw__box_definition(box_fixture_box(),
					       capture_outside(wrong[i], wrong[i]), &stack));
		assert_int_equal(stack.number_count, plain.number_count);
	}
}

/* The adapter calls the library on its own behalf: no frame of the program is in between. */
static FUNCTION void call_by_itself(void)
{
	const void *here = __builtin_return_address(0);

	probe.stack = aw_agent_stack_between(probe.link, here, here);
	STAY();
}

static void between__is_the_link_if_nothing_is_between(void **state)
{
	const aw_intern place = aw_agent_place("opened", "app.c", 3, NULL);

	call_by_itself();
	assert_int_equal(probe.stack, AW_STACK_NONE);
	probe.link = aw_agent_stack_of(&place, 1, AW_NONE);
	call_by_itself();
	assert_int_equal(probe.stack, probe.link);
}

/* AWRY_STACK_DEPTH counts the program's frames only, however many the adapter has. */
static void between__counts_the_programs_frames_alone(void **state)
{
	struct aw__definition stack;

	probe.wrappers = 30;
	assert_int_equal(run().number_count, AW__STACK_FRAMES + 2);
	probe.bounded_until = false;
	probe.depth = 20;
	stack = run();
	assert_int_equal(stack.number_count, AW__STACK_FRAMES + aw__recorder.options.stack_depth);
	assert_true(stack.numbers[AW__STACK_FLAGS] & AW__STACK_CUT);
	assert_int_equal(stack.numbers[AW__STACK_FRAMES], (uintptr_t)probe.from);
	/* the adapter's frames use up nearly the whole walk, so the stack is cut after a few frames */
	probe.wrappers = AW__STACK_MOST_FRAMES - 6;
	stack = run();
	assert_in_range(stack.number_count, AW__STACK_FRAMES + 1, AW__STACK_FRAMES + 8);
	assert_true(stack.numbers[AW__STACK_FLAGS] & AW__STACK_CUT);
}

static int open_box(void **state)
{
	const struct aw__record_options options = box_fixture_small();

	box_fixture_open(&options);
	return 0;
}

static int close_box(void **state)
{
	return box_fixture_close() ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(between__shows_the_programs_frames_alone, reset),
		cmocka_unit_test_setup(between__ends_at_the_innermost_trampoline, reset),
		cmocka_unit_test_setup(between__goes_on_at_its_link, reset),
		cmocka_unit_test_setup(between__has_no_bounds_without_addresses, reset),
		cmocka_unit_test_setup(between__does_not_dereference_its_bounds, reset),
		cmocka_unit_test_setup(between__is_the_link_if_nothing_is_between, reset),
		cmocka_unit_test_setup(between__counts_the_programs_frames_alone, reset),
	};

	return cmocka_run_group_tests_name("stack_between", tests, open_box, close_box);
}
