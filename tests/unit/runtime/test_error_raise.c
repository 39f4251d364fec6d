/* SPDX-License-Identifier: MIT */
/*
 * Tests of causes and contexts: `raise … from`, errors that are raised while others are handled, and that no cycle
 * can form.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <awry/error.h>

#include "base/alloc.h"

static int no_leak(void **state)
{
	return aw__alloc_live() != 0;
}

static void error_raise__from_keeps_the_cause(void **state)
{
	aw_error *cause = aw_raise(aw_KeyError, "k");
	aw_error *err = aw_raise_from(cause, aw_ValueError, "v");

	assert_ptr_equal(aw_error_cause(err), cause);
	assert_null(aw_error_context(err));
	assert_true(aw_error_suppresses_context(err));
	aw_error_unref(err);
}

static void error_raise__from_nothing_is_plain(void **state)
{
	aw_error *err = aw_raise_from(NULL, aw_ValueError, "v");

	assert_null(aw_error_cause(err));
	assert_false(aw_error_suppresses_context(err));
	aw_error_unref(err);
}

static void error_raise__in_keeps_the_context(void **state)
{
	aw_error *context = aw_raise(aw_CancelledError, NULL);
	aw_error *late = aw_raise(aw_OSError, "late");
	aw_error *err = aw_raise_in(context, late);

	assert_ptr_equal(err, late);
	assert_ptr_equal(aw_error_context(err), context);
	assert_false(aw_error_suppresses_context(err));
	aw_error_unref(err);
}

static void error_raise__in_takes_null(void **state)
{
	aw_error *err = aw_raise(aw_ValueError, "v");

	assert_null(aw_raise_in(NULL, NULL));
	assert_ptr_equal(aw_raise_in(err, NULL), err);
	assert_ptr_equal(aw_raise_in(NULL, err), err);
	aw_error_unref(err);
}

/* except A: try: X except X: raise Y from X; CPython: Y -> X -> A */
static void error_raise__in_goes_to_the_far_end(void **state)
{
	aw_error *a = aw_raise(aw_ValueError, "a");
	aw_error *w = aw_raise(aw_KeyError, "w");
	aw_error *x = aw_raise_in(w, aw_raise(aw_KeyError, "x"));
	aw_error *y = aw_raise_from(x, aw_TypeError, "y");
	aw_error *err = aw_raise_in(a, y);

	assert_ptr_equal(err, y);
	assert_null(aw_error_context(y));
	assert_ptr_equal(aw_error_cause(y), x);
	assert_ptr_equal(aw_error_context(x), w);
	assert_ptr_equal(aw_error_context(w), a);
	assert_null(aw_error_context(a));
	aw_error_unref(err);
}

static void error_raise__in_copies_shared_errors(void **state)
{
	aw_error *x = aw_raise(aw_KeyError, "x");
	aw_error *shared = aw_error_ref(x);
	aw_error *y = aw_raise_from(x, aw_TypeError, "y");
	aw_error *err = aw_raise_in(aw_raise(aw_ValueError, "a"), y);

	assert_null(aw_error_context(shared));
	assert_string_equal(aw_error_message(aw_error_cause(err)), "x");
	assert_string_equal(aw_error_message(aw_error_context(aw_error_cause(err))), "a");
	aw_error_unref(shared);
	aw_error_unref(err);
}

static void error_raise__in_itself_changes_nothing(void **state)
{
	aw_error *err = aw_raise(aw_ValueError, "v");

	assert_ptr_equal(aw_raise_in(aw_error_ref(err), err), err);
	assert_null(aw_error_context(err));
	aw_error_unref(err);
}

static void error_raise__in_its_own_cause_changes_nothing(void **state)
{
	aw_error *cause = aw_raise(aw_KeyError, "k");
	aw_error *kept = aw_error_ref(cause);
	aw_error *err = aw_raise_from(cause, aw_ValueError, "v");

	assert_ptr_equal(aw_raise_in(kept, err), err);
	assert_ptr_equal(aw_error_cause(err), cause);
	assert_null(aw_error_context(cause));
	aw_error_unref(err);
}

/* The context has the error as its cause: a cycle, unless the error is copied. */
static void error_raise__no_cycle_can_form(void **state)
{
	aw_error *err = aw_raise(aw_KeyError, "inner");
	aw_error *outer = aw_raise_from(aw_error_ref(err), aw_ValueError, "outer");
	const aw_error *at;
	size_t length = 0;

	err = aw_raise_in(outer, err);
	for (at = err; at != NULL && length < 10; length++)
		at = aw_error_cause(at) != NULL ? aw_error_cause(at) : aw_error_context(at);
	assert_int_equal(length, 3);
	aw_error_unref(err);
}

static void error_raise__from_none(void **state)
{
	aw_error *err = aw_raise_from(aw_raise(aw_KeyError, "k"), aw_ValueError, "v");

	err = aw_error_from_none(err);
	assert_null(aw_error_cause(err));
	assert_true(aw_error_suppresses_context(err));
	aw_error_unref(err);
}

static void error_raise__a_groups_type_needs_members(void **state)
{
	aw_error *err = aw_raise(aw_ExceptionGroup, "empty");

	assert_true(aw_error_is(err, aw_TypeError));
	aw_error_unref(err);
}

static aw_error *tries(int n)
{
	AW_TRY(n == 0 ? aw_raise(aw_ValueError, "zero") : NULL);
	return aw_raise(aw_KeyError, "went on");
}

static void error_raise__try_returns_the_error(void **state)
{
	aw_error *zero = tries(0);
	aw_error *one = tries(1);

	assert_string_equal(aw_error_message(zero), "zero");
	assert_string_equal(aw_error_message(one), "went on");
	aw_error_unref(zero);
	aw_error_unref(one);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(error_raise__from_keeps_the_cause, no_leak),
		cmocka_unit_test_teardown(error_raise__from_nothing_is_plain, no_leak),
		cmocka_unit_test_teardown(error_raise__in_keeps_the_context, no_leak),
		cmocka_unit_test_teardown(error_raise__in_takes_null, no_leak),
		cmocka_unit_test_teardown(error_raise__in_goes_to_the_far_end, no_leak),
		cmocka_unit_test_teardown(error_raise__in_copies_shared_errors, no_leak),
		cmocka_unit_test_teardown(error_raise__in_itself_changes_nothing, no_leak),
		cmocka_unit_test_teardown(error_raise__in_its_own_cause_changes_nothing, no_leak),
		cmocka_unit_test_teardown(error_raise__no_cycle_can_form, no_leak),
		cmocka_unit_test_teardown(error_raise__from_none, no_leak),
		cmocka_unit_test_teardown(error_raise__a_groups_type_needs_members, no_leak),
		cmocka_unit_test_teardown(error_raise__try_returns_the_error, no_leak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
