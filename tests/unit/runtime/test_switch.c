/* SPDX-License-Identifier: MIT */
/*
 * Tests of switching stacks. They do not use cmocka, because they also run on emulated processors, without it.
 */
#include "agent/runtime/fiber/switch.h"

#include <fenv.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unwind.h>

enum {
	STACK_BYTES = 65536,
	CONTEXTS = 8,
};

#define require(truth)                                                                             \
	do {                                                                                       \
		if (!(truth)) {                                                                    \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #truth);                \
			exit(1);                                                                   \
		}                                                                                  \
	} while (0)

static struct aw__switch home, contexts[CONTEXTS];
static void *stacks[CONTEXTS];
static int rounds[CONTEXTS];

static void start(int index, void (*entry)(void *argument))
{
	stacks[index] = aligned_alloc(64, STACK_BYTES);
	require(stacks[index] != NULL);
	aw__switch_init(&contexts[index], stacks[index], STACK_BYTES, entry,
			(void *)(intptr_t)index);
}

static void enter(int index)
{
	aw__switch_to(&home, &contexts[index]);
}

/* Keeps many integers and floating-point values alive across each switch. */
static void count(void *argument)
{
	int index = (int)(intptr_t)argument;
	long a = index, b = a + 1, c = b * 2, d = c + 3, e = d * 5, f = e + 7;
	double x = index + 0.5, y = x * 3;

	for (;;) {
		require((uintptr_t)__builtin_frame_address(0) % 16 == 0);
		rounds[index]++;
		aw__switch_to(&contexts[index], &home);
		a++, b++, c++, d++, e++, f++, x += 1, y += 1;
		require(a == index + rounds[index] && b == a + 1);
		require(c == (index + 1) * 2 + rounds[index] && d == c + 3);
		require(e - rounds[index] == ((index + 1) * 2 + 3) * 5 && f == e + 7);
		require(x == index + 0.5 + rounds[index]);
		require(y == (index + 0.5) * 3 + rounds[index]);
	}
}

static void switch__keeps_the_registers(void)
{
	for (int i = 0; i < CONTEXTS; i++)
		start(i, count);
	for (int round = 1; round <= 1000; round++) {
		for (int i = 0; i < CONTEXTS; i++) {
			enter(i);
			require(rounds[i] == round);
		}
	}
	for (int i = 0; i < CONTEXTS; i++)
		free(stacks[i]);
}

static void round_down(void *argument)
{
	int index = (int)(intptr_t)argument;

	require(fegetround() == FE_TONEAREST);
	fesetround(FE_DOWNWARD);
	aw__switch_to(&contexts[index], &home);
	require(fegetround() == FE_DOWNWARD);
	aw__switch_to(&contexts[index], &home);
}

static void switch__keeps_the_rounding_of_each(void)
{
	start(0, round_down);
	enter(0);
	require(fegetround() == FE_TONEAREST);
	fesetround(FE_UPWARD);
	enter(0);
	require(fegetround() == FE_UPWARD);
	fesetround(FE_TONEAREST);
	free(stacks[0]);
}

#if !defined(AW__SWITCH_UCONTEXT)
static int frames;

static _Unwind_Reason_Code on_frame(struct _Unwind_Context *context, void *argument)
{
	frames++;
	return frames < 100 ? _URC_NO_REASON : _URC_END_OF_STACK;
}

static void unwind(void *argument)
{
	int index = (int)(intptr_t)argument;

	_Unwind_Backtrace(on_frame, NULL);
	aw__switch_to(&contexts[index], &home);
}

/* The backtrace ends after this function and the stub that entered it. */
static void switch__ends_a_backtrace_at_the_entry(void)
{
	start(0, unwind);
	enter(0);
	require(frames >= 1 && frames <= 3);
	free(stacks[0]);
}
#endif

int main(void)
{
	switch__keeps_the_registers();
	switch__keeps_the_rounding_of_each();
#if !defined(AW__SWITCH_UCONTEXT)
	switch__ends_a_backtrace_at_the_entry();
#endif
	return 0;
}
