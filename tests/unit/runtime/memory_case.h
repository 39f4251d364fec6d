/* SPDX-License-Identifier: MIT */
/* What the tests share that let memory run out, at each point of a story in turn. */
#ifndef AW__TEST_MEMORY_CASE_H
#define AW__TEST_MEMORY_CASE_H

#include "tests/unit/runtime/runtime_case.h"

#include <awry.h>

/**
 * Run the story again and again, and make each of its allocations fail once: nothing may be left.
 *
 * `at_least`: so many runs must have failed, or it shows nothing.
 */
void memory_walk(void (*story)(void), int at_least);

/** Run fn in a loop. It may end well, by a MemoryError, by `otherwise`, or by a group of those. */
void memory_run(aw_coro_fn *fn, const aw_error_type *otherwise);

/** Require the same of an error; consumes it. */
void memory_expect(aw_error *err, const aw_error_type *otherwise);

/** A coroutine that yields, and gives its argument. */
aw_error *memory_turn(void *arg, void **ret);

#endif
