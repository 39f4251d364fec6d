/* SPDX-License-Identifier: MIT */
/* Tests of making and deriving exception groups. */
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

static AW_ERROR_TYPE(TradeGroup, aw_ExceptionGroup);
static AW_ERROR_TYPE(AnyGroup, aw_BaseExceptionGroup);

static void error_group__of_exceptions(void **state)
{
	aw_error *errs[] = { aw_raise(aw_ValueError, "a"), NULL, aw_raise(aw_TypeError, "b") };
	aw_error *group = aw_error_group("two", errs, 3);

	assert_ptr_equal(aw_error_typeof(group), aw_ExceptionGroup);
	assert_string_equal(aw_error_message(group), "two");
	assert_int_equal(aw_error_child_count(group), 2);
	assert_ptr_equal(aw_error_child(group, 0), errs[0]);
	assert_ptr_equal(aw_error_child(group, 1), errs[2]);
	assert_null(aw_error_child(group, 2));
	aw_error_unref(group);
}

static void error_group__of_others_is_a_base_group(void **state)
{
	aw_error *errs[] = { aw_raise(aw_ValueError, "a"), aw_raise(aw_CancelledError, NULL) };
	aw_error *group = aw_error_group("mixed", errs, 2);
	aw_error *outer;

	assert_ptr_equal(aw_error_typeof(group), aw_BaseExceptionGroup);
	outer = aw_error_group(NULL, &group, 1);
	assert_ptr_equal(aw_error_typeof(outer), aw_BaseExceptionGroup);
	assert_string_equal(aw_error_message(outer), "");
	aw_error_unref(outer);
}

static void error_group__needs_members(void **state)
{
	aw_error *nothing[2] = { NULL, NULL };
	aw_error *a = aw_error_group("none", nothing, 2);
	aw_error *b = aw_error_group("none", NULL, 3);
	aw_error *c = aw_error_group("none", nothing, 0);

	assert_ptr_equal(aw_error_typeof(a), aw_ValueError);
	assert_ptr_equal(aw_error_typeof(b), aw_ValueError);
	assert_ptr_equal(aw_error_typeof(c), aw_ValueError);
	aw_error_unref(a);
	aw_error_unref(b);
	aw_error_unref(c);
}

static void error_group__of_a_type(void **state)
{
	aw_error *a = aw_raise(aw_ValueError, "a");
	aw_error *b = aw_raise(aw_CancelledError, NULL);
	aw_error *c = aw_raise(aw_ValueError, "c");
	aw_error *fine = aw_error_group_of(TradeGroup, "t", &a, 1);
	aw_error *unfit = aw_error_group_of(TradeGroup, "t", &b, 1);
	aw_error *any = aw_error_group_of(AnyGroup, "t", &c, 1);

	assert_ptr_equal(aw_error_typeof(fine), TradeGroup);
	assert_ptr_equal(aw_error_typeof(unfit), aw_BaseExceptionGroup);
	assert_ptr_equal(aw_error_typeof(any), AnyGroup);
	aw_error_unref(fine);
	aw_error_unref(unfit);
	aw_error_unref(any);
}

static void error_group__derive(void **state)
{
	aw_error *a = aw_raise(aw_ValueError, "a");
	aw_error *b = aw_raise(aw_CancelledError, NULL);
	aw_error *group = aw_error_group_of(TradeGroup, "t", &a, 1);
	aw_error *derived;

	group = aw_error_with_int(aw_error_note(group, "n"), "k", 7);
	group = aw_raise_in(aw_raise(aw_KeyError, "context"), group);
	derived = aw_error_derive(group, &b, 1);
	assert_ptr_equal(aw_error_typeof(derived), aw_BaseExceptionGroup);
	assert_string_equal(aw_error_message(derived), "t");
	assert_string_equal(aw_error_note_at(derived, 0), "n");
	assert_int_equal(aw_error_int(derived, "k", 0), 7);
	assert_ptr_equal(aw_error_context(derived), aw_error_context(group));
	assert_int_equal(aw_error_site(derived).line, aw_error_site(group).line);
	aw_error_unref(derived);
	derived = aw_error_derive(group, NULL, 0);
	assert_ptr_equal(aw_error_typeof(derived), aw_ValueError);
	aw_error_unref(derived);
	aw_error_unref(group);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(error_group__of_exceptions, no_leak),
		cmocka_unit_test_teardown(error_group__of_others_is_a_base_group, no_leak),
		cmocka_unit_test_teardown(error_group__needs_members, no_leak),
		cmocka_unit_test_teardown(error_group__of_a_type, no_leak),
		cmocka_unit_test_teardown(error_group__derive, no_leak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
