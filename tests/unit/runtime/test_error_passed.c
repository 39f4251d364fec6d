/* SPDX-License-Identifier: MIT */
/* Tests of the places that an error passes through AW_TRY(), as tracebacks show them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <awry/error.h>

#include "agent/runtime/error/error_tell.h"
#include "base/alloc.h"
#include "tests/unit/runtime/error_probe.h"

static int no_leak(void **state)
{
	return aw__alloc_live() != 0;
}

/* Returns an error through `depth` functions. */
static aw_error *descend(int depth)
{
	if (depth == 0)
		return aw__raise("f.c", 12, "parse", aw_ValueError, "bad price");
	return aw__passed("g.c", 20, "descend", descend(depth - 1));
}

static int tried_at;

static aw_error *try_it(aw_error *err)
{
	tried_at = __LINE__ + 1;
	AW_TRY(err);
	return NULL;
}

static void error_passed__is_noted_by_try(void **state)
{
	aw_error *err = try_it(descend(0));

	assert_string_equal(aw_error_passed(err, 0).file, __FILE__);
	assert_string_equal(aw_error_passed(err, 0).function, "try_it");
	assert_int_equal(aw_error_passed(err, 0).line, tried_at);
	assert_null(try_it(NULL));
	aw_error_unref(err);
}

static void error_passed__is_shown_outermost_first(void **state)
{
	static const char expected[] = "Traceback (most recent call last):\n"
				       "  File \"h.c\", line 2, in outer\n"
				       "  File \"g.c\", line 20, in descend\n"
				       "  File \"f.c\", line 12, in parse\n"
				       "ValueError: bad price\n";
	aw_error *err = aw__passed("h.c", 2, "outer", descend(1));
	char *text = aw_error_format(err);

	assert_string_equal(text, expected);
	assert_string_equal(aw_error_passed(err, 0).file, "g.c");
	assert_int_equal(aw_error_passed(err, 0).line, 20);
	assert_string_equal(aw_error_passed(err, 1).function, "outer");
	assert_null(aw_error_passed(err, 2).file);
	assert_null(aw_error_passed(NULL, 0).file);
	free(text);
	aw_error_unref(err);
}

static void error_passed__keeps_the_innermost(void **state)
{
	aw_error *err = descend(9);
	char *text = aw_error_format(err);
	const char *at = text;
	size_t lines = 0;

	assert_non_null(strstr(text, "last):\n  [3 outer calls are left out]\n  File \"g.c\""));
	for (; (at = strstr(at, "\"g.c\", line 20")) != NULL; at++)
		lines++;
	assert_int_equal(lines, 6);
	assert_non_null(aw_error_passed(err, 5).file);
	assert_null(aw_error_passed(err, 6).file);
	free(text);
	aw_error_unref(err);
}

/* Another owner must not see the error change; the copy has the places of the original. */
static void error_passed__leaves_shared_ones_alone(void **state)
{
	aw_error *err = descend(1), *second = aw_error_ref(err), *noted;

	err = aw__passed("h.c", 2, "outer", err);
	assert_null(aw_error_passed(err, 1).file);
	noted = aw_error_note(err, "a copy");
	assert_ptr_not_equal(noted, second);
	assert_string_equal(aw_error_passed(noted, 0).file, "g.c");
	noted = aw__passed("h.c", 2, "outer", noted);
	assert_string_equal(aw_error_passed(noted, 1).file, "h.c");
	assert_null(aw_error_passed(second, 1).file);
	aw_error_unref(noted);
	aw_error_unref(second);
}

static void error_passed__needs_an_error(void **state)
{
	aw_error *err;

	assert_null(aw__passed("h.c", 2, "outer", NULL));
	aw__alloc_fail_at(1);
	err = descend(2);
	aw__alloc_fail_at(0);
	assert_true(aw_error_is(err, aw_MemoryError));
	assert_null(aw_error_passed(err, 0).file);
	aw_error_unref(err);
}

/* Functions of the runtime are neither shown as places that the error passed, nor reported to the recorder. */
static void error_passed__not_through_the_runtime(void **state)
{
	static const char own[] = "awry/agent/runtime/task/future.c";
	aw_error *err;

	probe_start();
	err = aw__raise(own, 7, "wait", aw_OSError, "own");
	err = aw__passed(own, 8, "sleep", err);
	assert_null(aw_error_passed(err, 0).file);
	err = aw__passed("h.c", 2, "outer", err);
	assert_string_equal(aw_error_passed(err, 0).file, "h.c");
	assert_string_equal(aw_error_site(err).file, own);
	aw__error_tell(err);
	assert_int_equal(probe_find("own")->told.site, AW_NONE);
	aw_error_unref(err);
	err = aw__raise("f.c", 12, "parse", aw_OSError, "the program's");
	aw__error_tell(err);
	assert_int_not_equal(probe_find("the program's")->told.site, AW_NONE);
	aw_error_unref(err);
	probe_stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(error_passed__is_noted_by_try, no_leak),
		cmocka_unit_test_teardown(error_passed__is_shown_outermost_first, no_leak),
		cmocka_unit_test_teardown(error_passed__keeps_the_innermost, no_leak),
		cmocka_unit_test_teardown(error_passed__leaves_shared_ones_alone, no_leak),
		cmocka_unit_test_teardown(error_passed__needs_an_error, no_leak),
		cmocka_unit_test_teardown(error_passed__not_through_the_runtime, no_leak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
