/* SPDX-License-Identifier: MIT */
/* Tests of splitting exception groups: nesting, whole groups, derived types, deep trees. */
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

static aw_error *leaf(aw_error_type *type, const char *message)
{
	return aw_raise(type, "%s", message);
}

/* outer[inner[ValueError 1, TypeError t, ValueError 2], KeyError k], with a note and a cause inside
 */
static aw_error *tree(void)
{
	aw_error *in[] = { leaf(aw_ValueError, "1"), leaf(aw_TypeError, "t"),
			   leaf(aw_ValueError, "2") };
	aw_error *inner = aw_error_note(aw_error_group("inner", in, 3), "note");
	aw_error *out[] = { aw_raise_in(leaf(aw_OSError, "context"), inner),
			    leaf(aw_KeyError, "k") };

	return aw_error_group("outer", out, 2);
}

static void error_split__keeps_the_nesting(void **state)
{
	aw_error *matched, *rest;
	const aw_error *inner;

	aw_error_split(tree(), aw_ValueError, &matched, &rest);
	assert_string_equal(aw_error_message(matched), "outer");
	assert_int_equal(aw_error_child_count(matched), 1);
	inner = aw_error_child(matched, 0);
	assert_string_equal(aw_error_message(inner), "inner");
	assert_string_equal(aw_error_note_at(inner, 0), "note");
	assert_string_equal(aw_error_message(aw_error_context(inner)), "context");
	assert_int_equal(aw_error_child_count(inner), 2);
	assert_string_equal(aw_error_message(aw_error_child(inner, 0)), "1");
	assert_string_equal(aw_error_message(aw_error_child(inner, 1)), "2");
	assert_int_equal(aw_error_child_count(rest), 2);
	inner = aw_error_child(rest, 0);
	assert_string_equal(aw_error_note_at(inner, 0), "note");
	assert_int_equal(aw_error_child_count(inner), 1);
	assert_string_equal(aw_error_message(aw_error_child(inner, 0)), "t");
	assert_string_equal(aw_error_message(aw_error_child(rest, 1)), "k");
	aw_error_unref(matched);
	aw_error_unref(rest);
}

static void error_split__all_or_nothing_keeps_the_group(void **state)
{
	aw_error *group = tree();
	aw_error *matched, *rest;

	aw_error_split(aw_error_ref(group), aw_Exception, &matched, &rest);
	assert_ptr_equal(matched, group);
	assert_null(rest);
	aw_error_unref(matched);
	aw_error_split(aw_error_ref(group), aw_LookupError, &matched, &rest);
	assert_int_equal(aw_error_child_count(matched), 1);
	aw_error_unref(matched);
	aw_error_unref(rest);
	aw_error_split(group, aw_EOFError, &matched, &rest);
	assert_null(matched);
	assert_ptr_equal(rest, group);
	aw_error_unref(rest);
}

static void error_split__whole_groups_are_used_as_they_are(void **state)
{
	aw_error *in[] = { leaf(aw_ValueError, "1"), leaf(aw_ValueError, "2") };
	aw_error *values = aw_error_group("values", in, 2);
	aw_error *other = leaf(aw_TypeError, "t");
	aw_error *types = aw_error_group("types", &other, 1);
	aw_error *out[] = { values, types };
	aw_error *matched, *rest;

	aw_error_split(aw_error_group("outer", out, 2), aw_ValueError, &matched, &rest);
	assert_ptr_equal(aw_error_child(matched, 0), values);
	assert_ptr_equal(aw_error_child(rest, 0), types);
	aw_error_unref(matched);
	aw_error_unref(rest);
}

static void error_split__rest_becomes_an_exception_group(void **state)
{
	aw_error *errs[] = { leaf(aw_CancelledError, ""), leaf(aw_ValueError, "v") };
	aw_error *matched, *rest;

	aw_error_split(aw_error_group("g", errs, 2), aw_CancelledError, &matched, &rest);
	assert_ptr_equal(aw_error_typeof(matched), aw_BaseExceptionGroup);
	assert_ptr_equal(aw_error_typeof(rest), aw_ExceptionGroup);
	aw_error_unref(matched);
	aw_error_unref(rest);
}

static void error_split__a_group_matches_by_its_own_type(void **state)
{
	aw_error *errs[] = { leaf(aw_ValueError, "v") };
	aw_error *mine = aw_error_group_of(TradeGroup, "mine", errs, 1);
	aw_error *out[] = { mine, leaf(aw_ValueError, "other") };
	aw_error *matched, *rest;

	aw_error_split(aw_error_group("outer", out, 2), TradeGroup, &matched, &rest);
	assert_ptr_equal(aw_error_child(matched, 0), mine);
	assert_string_equal(aw_error_message(aw_error_child(rest, 0)), "other");
	aw_error_unref(matched);
	aw_error_unref(rest);
}

static void error_split__naked(void **state)
{
	aw_error *err = leaf(aw_ValueError, "v");
	aw_error *matched, *rest;

	aw_error_split(aw_error_ref(err), aw_TypeError, &matched, &rest);
	assert_null(matched);
	assert_ptr_equal(rest, err);
	aw_error_unref(rest);
	aw_error_split(err, aw_ValueError, &matched, &rest);
	assert_null(rest);
	assert_ptr_equal(aw_error_typeof(matched), aw_ExceptionGroup);
	assert_string_equal(aw_error_message(matched), "");
	assert_ptr_equal(aw_error_child(matched, 0), err);
	aw_error_unref(matched);
	aw_error_split(leaf(aw_CancelledError, ""), aw_CancelledError, &matched, &rest);
	assert_ptr_equal(aw_error_typeof(matched), aw_BaseExceptionGroup);
	aw_error_unref(matched);
}

static void error_split__nulls(void **state)
{
	aw_error *matched = (aw_error *)state, *rest = (aw_error *)state;

	aw_error_split(NULL, aw_ValueError, &matched, &rest);
	assert_null(matched);
	assert_null(rest);
	aw_error_split(tree(), aw_ValueError, NULL, &rest);
	assert_string_equal(aw_error_message(rest), "outer");
	aw_error_unref(rest);
	aw_error_split(tree(), aw_ValueError, &matched, NULL);
	assert_string_equal(aw_error_message(matched), "outer");
	aw_error_unref(matched);
	aw_error_split(tree(), aw_ValueError, NULL, NULL);
}

static void error_split__subgroup_borrows(void **state)
{
	aw_error *group = tree();
	aw_error *part = aw_error_subgroup(group, aw_KeyError);
	aw_error *naked = leaf(aw_ValueError, "v");
	aw_error *same = aw_error_subgroup(naked, aw_ValueError);

	assert_int_equal(aw_error_child_count(group), 2);
	assert_string_equal(aw_error_message(aw_error_child(part, 0)), "k");
	assert_null(aw_error_subgroup(group, aw_EOFError));
	assert_null(aw_error_subgroup(NULL, aw_EOFError));
	assert_ptr_equal(same, naked);
	aw_error_unref(same);
	aw_error_unref(naked);
	aw_error_unref(part);
	aw_error_unref(group);
}

static void error_split__deep(void **state)
{
	aw_error *in[] = { leaf(aw_ValueError, "v"), leaf(aw_TypeError, "t") };
	aw_error *err = aw_error_group("g", in, 2);
	aw_error *matched, *rest;
	size_t depth = 0;

	for (int i = 1; i < 100000; i++)
		err = aw_error_group("g", &err, 1);
	aw_error_split(err, aw_ValueError, &matched, &rest);
	for (const aw_error *at = matched; aw_error_child_count(at) > 0; depth++)
		at = aw_error_child(at, 0);
	assert_int_equal(depth, 100000);
	aw_error_unref(matched);
	aw_error_unref(rest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(error_split__keeps_the_nesting, no_leak),
		cmocka_unit_test_teardown(error_split__all_or_nothing_keeps_the_group, no_leak),
		cmocka_unit_test_teardown(error_split__whole_groups_are_used_as_they_are, no_leak),
		cmocka_unit_test_teardown(error_split__rest_becomes_an_exception_group, no_leak),
		cmocka_unit_test_teardown(error_split__a_group_matches_by_its_own_type, no_leak),
		cmocka_unit_test_teardown(error_split__naked, no_leak),
		cmocka_unit_test_teardown(error_split__nulls, no_leak),
		cmocka_unit_test_teardown(error_split__subgroup_borrows, no_leak),
		cmocka_unit_test_teardown(error_split__deep, no_leak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
