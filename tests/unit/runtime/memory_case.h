/* SPDX-License-Identifier: MIT */
/* Shared by the tests in which each allocation of a function fails in turn. */
#ifndef AW__TEST_MEMORY_CASE_H
#define AW__TEST_MEMORY_CASE_H

#include "tests/unit/runtime/runtime_case.h"

#include <awry.h>

/**
 * Run the story again and again, and make each of its allocations fail once: nothing may leak.
 *
 * `at_least`: the number of runs that must have failed, or the test shows nothing.
 */
void memory_walk(void (*story)(void), int at_least);

/** Run fn in a loop. It may succeed, or fail by a MemoryError, by `otherwise`, or by a group of those. */
void memory_run(aw_coro_fn *fn, const aw_error_type *otherwise);

/** Require that the error is one of those; consumes it. */
void memory_expect(aw_error *err, const aw_error_type *otherwise);

/** A coroutine that yields, and returns its argument. */
aw_error *memory_turn(void *arg, void **ret);

#endif
