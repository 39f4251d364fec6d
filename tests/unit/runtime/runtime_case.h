/* SPDX-License-Identifier: MIT */
/*
 * Shared by the tests of loops and tasks: a clock that jumps instead of waiting, a trace that tests
 * append to, and a teardown that requires that nothing is left.
 */
#ifndef AW__TEST_RUNTIME_CASE_H
#define AW__TEST_RUNTIME_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <awry/compose.h>
#include <awry/task.h>

#include "base/alloc.h"
#include "tests/unit/runtime/agent_probe.h"

/** Set up a new clock, an empty trace, and a recorder that is off. */
int runtime_case_setup(void **state);
/** The same with the recorder on. */
int runtime_case_setup_recorded(void **state);
/** Fails if any memory is left. */
int runtime_case_teardown(void **state);
/** Use the real clock from now on. */
void runtime_case_real_clock(void);

#define runtime_case(test)                                                                         \
	cmocka_unit_test_setup_teardown(test, runtime_case_setup, runtime_case_teardown)
#define runtime_case_recorded(test)                                                                \
	cmocka_unit_test_setup_teardown(test, runtime_case_setup_recorded, runtime_case_teardown)

/** A string as an argument. */
static inline void *text(const char *string)
{
	return (void *)(uintptr_t)string;
}

/** Append to the trace; words are separated by a space. */
__attribute__((format(printf, 1, 2))) void trace(const char *format, ...);
const char *trace_text(void);
/** Trace the error's name and message, and drop it. */
void trace_error(aw_error *err);

/** Run fn(arg) and require that it returns no error. */
#define run_ok(fn, arg)                                                                            \
	do {                                                                                       \
		aw_error *run_error = aw_run(fn, arg, NULL);                                       \
		if (run_error != NULL)                                                             \
			aw_error_print(run_error, stderr);                                         \
		assert_false(run_error != NULL && aw_error_unref(run_error) == NULL);              \
	} while (0)

#endif
