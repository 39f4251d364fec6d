/* SPDX-License-Identifier: MIT */
/* Shared by the tests of resilience: a function that fails by a script, and a walk of failing allocations. */
#ifndef AW__TEST_RESILIENCE_CASE_H
#define AW__TEST_RESILIENCE_CASE_H

#include <awry/resilience.h>

#include "tests/unit/runtime/runtime_case.h"

/* Which calls fail: one letter for each call; the last letter stands for all further calls. */
struct script {
	const char *calls; /* '.' succeeds, 'V' 'O' 'C' raise ValueError, OSError, CancelledError */
	int count;
};

static inline aw_error *scripted(void *arg, void **ret)
{
	struct script *script = arg;
	const char *at = script->calls + script->count;
	const int number = ++script->count;

	if ((size_t)number > strlen(script->calls))
		at = script->calls + strlen(script->calls) - 1;
	switch (*at) {
	case 'V':
		return aw_raise(aw_ValueError, "call %d", number);
	case 'O':
		return aw_raise(aw_OSError, "call %d", number);
	case 'C':
		return aw_raise(aw_CancelledError, "call %d", number);
	default:
		*ret = AW_PTR(number);
		return NULL;
	}
}

/* Let the first allocation of `main` fail, then the second, and so on, until a run has no failure. */
static inline void walk_failures(aw_coro_fn *main, int at_least)
{
	bool finished = false;
	int failing = 1;

	for (; !finished; failing++) {
		const int64_t before = aw__alloc_live();
		void *left = AW_PTR(0);
		aw_error *err = aw_run(main, AW_PTR(failing), &left);

		aw__alloc_fail_at(0);
		finished = err == NULL && AW_INT(left) != 0;
		aw_error_unref(err);
		assert_int_equal(aw__alloc_live(), before);
		assert_in_range(failing, 1, 500);
	}
	assert_in_range(failing, at_least, 500);
}

#endif
