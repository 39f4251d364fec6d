/* SPDX-License-Identifier: MIT */
/* Tests of printed tracebacks: chains, groups, wide and deep trees, and parts that are shared. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <awry/error.h>

#include "base/alloc.h"
#include "tests/unit/runtime/error_expected.h"

#define RAISE(type, text, line, name) aw__raise("f.c", line, name, type, "%s", text)
#define GROUP(text, line, name, n, ...)                                                            \
	aw__error_group("f.c", line, name, aw_ExceptionGroup, text, (aw_error *[]){ __VA_ARGS__ }, \
			n)

static AW_ERROR_TYPE(TradingSystemError, aw_Exception);

static int no_leak(void **state)
{
	return aw__alloc_live() != 0;
}

static void expect(aw_error *err, const char *expected)
{
	char *shown = aw_error_format(err);

	aw_error_unref(err);
	assert_non_null(shown);
	assert_string_equal(shown, expected);
	free(shown);
}

static aw_error *bad(void)
{
	return RAISE(aw_ValueError, "bad price", 12, "parse");
}

static aw_error *no_order(void)
{
	return aw__raise_from("f.c", 30, "order", bad(), TradingSystemError, "no order");
}

static void error_print__one(void **state)
{
	expect(bad(), plain);
	expect(aw__raise("f.c", 3, "f", aw_RuntimeError, NULL), no_message);
}

static void error_print__notes(void **state)
{
	aw_error *err = RAISE(aw_ValueError, "two\nlines", 4, "f");

	err = aw_error_note(err, "first");
	err = aw_error_note(err, "second\nand %s", "third");
	expect(err, with_notes);
}

static void error_print__chains(void **state)
{
	aw_error *a = RAISE(aw_LookupError, "a", 1, "a");
	aw_error *b = aw__raise_from("f.c", 2, "b", a, aw_TypeError, "b");

	expect(no_order(), caused);
	expect(aw_raise_in(bad(), RAISE(aw_OSError, "late", 31, "cleanup")), handled);
	expect(aw_raise_in(b, RAISE(aw_ValueError, "c", 3, "c")), chain);
	expect(aw_error_from_none(aw_raise_in(bad(), RAISE(aw_TypeError, "alone", 5, "f"))),
	       from_none);
}

static void error_print__groups(void **state)
{
	expect(GROUP("two failed", 20, "run", 2, bad(), RAISE(aw_TypeError, "t", 13, "g")), group);
	expect(GROUP("", 21, "run", 1, RAISE(aw_CancelledError, "", 1, "c")), one);
}

static void error_print__nested(void **state)
{
	aw_error *seen = aw_error_note(RAISE(aw_ValueError, "n", 2, "n"), "seen\ntwice");
	aw_error *inner = GROUP("inner", 8, "inner", 2, seen, no_order());
	aw_error *context = GROUP("ctx", 4, "y", 1, RAISE(aw_IndexError, "x", 3, "x"));
	aw_error *middle = aw_raise_in(context, RAISE(aw_OSError, "m", 7, "m"));
	aw_error *last = GROUP("last", 11, "last", 2, RAISE(aw_IndexError, "i", 9, "i"),
			       RAISE(aw_TypeError, "j", 10, "j"));
	aw_error *outer;

	inner = aw_error_note(inner, "inner note");
	outer = GROUP("outer", 22, "outer", 3, inner, middle, last);
	expect(aw__raise_from("f.c", 40, "main", outer, aw_RuntimeError, "top"), nested);
}

static void error_print__wide(void **state)
{
	aw_error *errs[40];
	aw_error *wide;
	char *shown;

	for (size_t i = 0; i < 40; i++)
		errs[i] = aw_raise(aw_ValueError, "member %zu", i);
	wide = aw_error_group("wide", errs, 40);
	shown = aw_error_format(wide);
	aw_error_unref(wide);
	assert_non_null(strstr(shown, "+---------------- 40 ----------------\n"));
	assert_non_null(strstr(shown, "| ValueError: member 39\n"));
	free(shown);
}

/* 2^60 paths lead through the tree: each part must be shown once. */
static void error_print__shared_parts_once(void **state)
{
	aw_error *err = bad();
	char *shown;

	for (int i = 0; i < 60; i++)
		err = GROUP("twice", 1, "f", 2, aw_error_ref(err), err);
	shown = aw_error_format(err);
	aw_error_unref(err);
	assert_non_null(strstr(shown, "ExceptionGroup: twice (2 sub-exceptions) [shown above]\n"));
	assert_in_range(strlen(shown), 1, 100 * 1000);
	free(shown);
}

static void error_print__deep(void **state)
{
	aw_error *err = bad();
	char *shown;

	for (int i = 0; i < 5000; i++)
		err = GROUP("g", i + 1, "f", 1, err);
	shown = aw_error_format(err);
	aw_error_unref(err);
	assert_non_null(strstr(shown, "(level 5000) ----------------\n"));
	assert_null(strstr(shown, "(level 5001)"));
	assert_non_null(strstr(shown, "| ValueError: bad price\n"));
	free(shown);
}

static void error_print__to_a_file(void **state)
{
	char *text = NULL;
	size_t length = 0;
	FILE *file = open_memstream(&text, &length);
	aw_error *err = no_order();

	aw_error_print(NULL, file);
	aw_error_print(err, file);
	aw_error_unref(err);
	fclose(file);
	assert_string_equal(text, caused);
	free(text);
	assert_null(aw_error_format(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(error_print__one, no_leak),
		cmocka_unit_test_teardown(error_print__notes, no_leak),
		cmocka_unit_test_teardown(error_print__chains, no_leak),
		cmocka_unit_test_teardown(error_print__groups, no_leak),
		cmocka_unit_test_teardown(error_print__nested, no_leak),
		cmocka_unit_test_teardown(error_print__wide, no_leak),
		cmocka_unit_test_teardown(error_print__shared_parts_once, no_leak),
		cmocka_unit_test_teardown(error_print__deep, no_leak),
		cmocka_unit_test_teardown(error_print__to_a_file, no_leak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
