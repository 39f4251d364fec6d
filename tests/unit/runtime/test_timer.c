/* SPDX-License-Identifier: MIT */
/* Tests of the timer heap: order of deadlines, equal ones included, and failing allocations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "agent/runtime/loop/timer.h"
#include "base/alloc.h"

enum {
	MANY = 500,
};

static struct aw__timer timers[MANY];

static uint64_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

static void timer__earliest_goes_first_and_equals_in_order(void **state)
{
	struct aw__timers heap = { 0 };
	struct aw__timer *timer, *last = NULL;
	uint64_t seed = 1;
	size_t count = 0;

	for (int i = 0; i < MANY; i++) {
		timers[i] = (struct aw__timer){ .place = 0 };
		assert_true(aw__timer_add(&heap, &timers[i], next_random(&seed) % 50));
	}
	for (int i = 0; i < MANY; i += 3) {
		aw__timer_remove(&heap, &timers[i]);
		aw__timer_remove(&heap, &timers[i]); /* not in the heap: no effect */
	}
	while ((timer = aw__timer_first(&heap)) != NULL) {
		if (last != NULL && last->deadline_ns == timer->deadline_ns)
			assert_true(last < timer);
		else if (last != NULL)
			assert_true(last->deadline_ns < timer->deadline_ns);
		assert_int_not_equal((timer - timers) % 3, 0);
		last = timer;
		aw__timer_remove(&heap, timer);
		count++;
	}
	assert_int_equal(count, MANY - (MANY + 2) / 3);
	aw__timers_finish(&heap);
	assert_int_equal(aw__alloc_live(), 0);
}

static void timer__needs_memory(void **state)
{
	struct aw__timers heap = { 0 };

	timers[0] = (struct aw__timer){ .place = 0 };
	aw__alloc_fail_at(1);
	assert_false(aw__timer_add(&heap, &timers[0], 1));
	assert_null(aw__timer_first(&heap));
	assert_true(aw__timer_add(&heap, &timers[0], 1));
	assert_ptr_equal(aw__timer_first(&heap), &timers[0]);
	aw__timers_finish(&heap);
	assert_int_equal(aw__alloc_live(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timer__earliest_goes_first_and_equals_in_order),
		cmocka_unit_test(timer__needs_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
