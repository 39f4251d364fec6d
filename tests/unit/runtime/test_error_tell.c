/* SPDX-License-Identifier: MIT */
/*
 * Tests of how error trees are reported to the recorder: parts first and once, again when they are lost, and cut
 * where they are too large.
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
#include "agent/runtime/error/current.h"
#include "agent/runtime/error/error_tell.h"
#include "tests/unit/runtime/error_probe.h"

static int no_leak(void **state)
{
	return aw__alloc_live() != 0;
}

static AW_ERROR_TYPE(TradingSystemError, aw_Exception);
static AW_ERROR_TYPE(DataProcessingError, TradingSystemError);

static void error_tell__nothing_while_off(void **state)
{
	aw_error *err = aw_raise(aw_ValueError, "v");

	probe_start();
	probe_stop();
	aw__error_tell(err);
	assert_int_equal(probe.error_count, 0);
	assert_int_equal(aw__error_id(err), 0);
	assert_int_equal(aw__error_id(NULL), 0);
	aw_error_unref(err);
}

static void error_tell__one(void **state)
{
	struct aw_agent_task task = { .id = 42, .stack = 77 };
	const struct probe_error *told;
	aw_error *err;

	probe_start();
	aw__current_set(&task);
	err = aw_raise(aw_IncompleteReadError, "short");
	aw__current_set(NULL);
	assert_int_equal(probe.stack_count, 1);
	assert_int_equal(probe.stack_link, 77);
	err = aw_error_note(err, "note");
	err = aw_error_with_int(err, "expected", 15);
	err = aw_error_with_int(err, "expected", 16);
	err = aw_error_with_str(err, "who", "it's \xc3\xa9 \x80\n");
	err = aw_error_with_bytes(err, "partial", "a\0'\"\xff", 5);
	aw__error_tell(err);
	aw__error_tell(NULL);
	probe_stop();
	assert_int_equal(probe.error_count, 1);
	told = probe_find("short");
	assert_int_equal(told->told.id, aw__error_id(err));
	assert_int_not_equal(told->told.id, 0);
	assert_int_equal(told->told.task, 42);
	assert_int_equal(told->told.stack, 9001);
	assert_int_equal(told->told.site, 7000 + aw_error_site(err).line);
	assert_string_equal(probe.function, __func__);
	assert_int_equal(told->told.flags, 0);
	assert_string_equal(told->note, "note");
	assert_string_equal(told->attributes, "partial=b'a\\x00\\'\"\\xff'; "
					      "who=\"it's \xc3\xa9 \\udc80\\n\"; "
					      "expected=16; ");
	aw_error_unref(err);
}

static void error_tell__bases_first(void **state)
{
	aw_error *err = aw_raise(DataProcessingError, "d");
	const struct probe_error *told;
	size_t before;

	probe_start();
	aw__error_tell(err);
	before = probe.type_count;
	told = probe_find("d");
	assert_string_equal(probe.types[told->told.type - 1].name, "DataProcessingError");
	for (aw_error_type *type = DataProcessingError; type->base != NULL; type = type->base) {
		assert_int_equal(probe.types[type->interned - 1].base, type->base->interned);
		assert_true(type->base->interned < type->interned);
	}
	aw_error_unref(err);
	err = aw_raise(DataProcessingError, "again");
	aw__error_tell(err);
	probe_stop();
	assert_int_equal(probe.type_count, before);
	aw_error_unref(err);
}

static void error_tell__full_arena_is_not_remembered(void **state)
{
	static AW_ERROR_TYPE(Rare, aw_Exception);
	aw_error *err = aw_raise(Rare, "r");

	probe_start();
	probe.full = true;
	aw__error_tell(err);
	assert_int_equal(probe_find("r")->told.type, AW_NONE);
	assert_int_equal(Rare->interned, AW_NONE);
	probe.full = false;
	aw_error_unref(err);
	err = aw_raise(Rare, "s");
	aw__error_tell(err);
	probe_stop();
	assert_int_equal(probe_find("s")->told.type, Rare->interned);
	assert_int_not_equal(Rare->interned, AW_NONE);
	aw_error_unref(err);
}

static void error_tell__parts_first_and_once(void **state)
{
	aw_error *shared = aw_raise(aw_KeyError, "shared");
	aw_error *a = aw_raise_from(aw_error_ref(shared), aw_ValueError, "a");
	aw_error *b = aw_raise_in(shared, aw_raise(aw_TypeError, "b"));
	aw_error *errs[] = { a, b };
	aw_error *group = aw_error_group("g", errs, 2);
	const struct probe_error *told;

	probe_start();
	aw__error_tell(group);
	aw__error_tell(group);
	probe_stop();
	assert_int_equal(probe.error_count, 4);
	assert_string_equal(probe.errors[0].message, "shared");
	assert_string_equal(probe.errors[3].message, "g");
	told = probe_find("g");
	assert_int_equal(told->told.flags, AW_ERROR_IS_GROUP);
	assert_int_equal(told->told.child_count, 2);
	assert_int_equal(told->children[0], probe_find("a")->told.id);
	assert_int_equal(told->children[1], probe_find("b")->told.id);
	assert_int_equal(probe_find("a")->told.flags, AW_ERROR_SUPPRESS_CONTEXT);
	assert_int_equal(probe_find("a")->told.cause, probe_find("shared")->told.id);
	assert_int_equal(probe_find("b")->told.context, probe_find("shared")->told.id);
	assert_int_equal(probe_find("b")->told.cause, 0);
	aw_error_unref(group);
}

static void error_tell__only_new_parts_are_reported(void **state)
{
	aw_error *cause = aw_raise_from(aw_raise(aw_KeyError, "k"), aw_KeyError, "cause");
	aw_error *err;

	probe_start();
	aw__error_tell(cause);
	err = aw_raise_from(cause, aw_ValueError, "v");
	aw__error_tell(err);
	probe_stop();
	assert_int_equal(probe.error_count, 3);
	assert_int_equal(probe_find("v")->told.cause, aw__error_id(cause));
	assert_int_equal(probe_find("v")->told.flags, AW_ERROR_SUPPRESS_CONTEXT);
	aw_error_unref(err);
}

static void error_tell__lost_errors_are_reported_again(void **state)
{
	aw_error *cause = aw_raise(aw_KeyError, "cause");
	aw_error *err = aw_raise_from(cause, aw_ValueError, "v");

	probe_start();
	aw__error_tell(err);
	aw__error_tell_lost(err);
	aw__error_tell_lost(NULL);
	probe_stop();
	assert_int_equal(probe.error_count, 4);
	for (size_t i = 0; i < 2; i++) {
		const struct probe_error *again = &probe.errors[2 + i];

		assert_string_equal(again->message, probe.errors[i].message);
		assert_int_equal(again->told.id, probe.errors[i].told.id);
		assert_int_equal(again->told.cause, probe.errors[i].told.cause);
		assert_int_equal(again->told.flags, probe.errors[i].told.flags | AW_ERROR_LOST);
	}
	aw_error_unref(err);
}

static void error_tell__lost_errors_may_be_reported_for_the_first_time(void **state)
{
	aw_error *err = aw_raise(aw_KeyError, "k");

	probe_start();
	aw__error_tell_lost(err);
	probe_stop();
	assert_int_equal(probe.error_count, 1);
	assert_int_equal(probe.errors[0].told.id, aw__error_id(err));
	assert_int_equal(probe.errors[0].told.flags, AW_ERROR_LOST);
	aw_error_unref(err);
}

static void error_tell__an_error_changed_after_its_report_is_a_new_one(void **state)
{
	aw_error *err = aw_raise(aw_KeyError, "k");
	uint64_t id;

	probe_start();
	aw__error_tell(err);
	id = aw__error_id(err);
	err = aw_error_note(err, "later");
	assert_int_equal(aw__error_id(err), 0);
	aw__error_tell(err);
	probe_stop();
	assert_int_not_equal(aw__error_id(err), id);
	assert_string_equal(probe.errors[1].note, "later");
	aw_error_unref(err);
}

/* 2^60 paths lead through the tree. */
static void error_tell__shared_parts_are_walked_once(void **state)
{
	aw_error *err = aw_raise(aw_KeyError, "k");

	for (int i = 0; i < 60; i++)
		err = aw_error_group("twice", (aw_error *[]){ aw_error_ref(err), err }, 2);
	probe_start();
	aw__error_tell(err);
	probe_stop();
	assert_int_equal(probe.error_count, 61);
	assert_int_equal(probe.errors[60].told.child_count, 2);
	assert_int_equal(probe.errors[60].children[0], probe.errors[59].told.id);
	aw_error_unref(err);
}

static void error_tell__deep_is_cut_at_its_root(void **state)
{
	aw_error *err = aw_raise(aw_KeyError, "0");

	for (int i = 1; i < 5000; i++)
		err = aw_raise_from(err, aw_ValueError, "%d", i);
	probe_start();
	aw__error_tell(err);
	probe_stop();
	assert_int_equal(probe.error_count, 1024);
	assert_string_equal(probe.errors[0].message, "3976");
	assert_int_equal(probe.errors[0].told.cause, 0);
	assert_true(probe.errors[0].told.flags & AW_ERROR_CUT);
	assert_string_equal(probe.errors[1023].message, "4999");
	assert_false(probe.errors[1023].told.flags & AW_ERROR_CUT);
	aw_error_unref(err);
}

static void error_tell__wide_is_cut(void **state)
{
	static aw_error *errs[5000];
	const struct probe_error *told;
	aw_error *group;

	for (size_t i = 0; i < 5000; i++)
		errs[i] = aw_raise(aw_KeyError, "%zu", i);
	group = aw_error_group("g", errs, 5000);
	probe_start();
	aw__error_tell(group);
	probe_stop();
	assert_int_equal(probe.error_count, 1024);
	told = probe_find("g");
	assert_int_equal(told->told.child_count, 1023);
	assert_int_equal(told->told.flags, AW_ERROR_IS_GROUP | AW_ERROR_CUT);
	aw_error_unref(group);
}

static void error_tell__many_notes_and_attributes_are_cut(void **state)
{
	aw_error *err = aw_raise(aw_KeyError, "k");
	char key[16];

	for (int i = 0; i < 100; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		err = aw_error_note(aw_error_with_int(err, key, i), "n%d", i);
	}
	probe_start();
	aw__error_tell(err);
	probe_stop();
	assert_int_equal(probe.errors[0].told.note_count, 32);
	assert_int_equal(probe.errors[0].told.attribute_count, 32);
	assert_string_equal(probe.errors[0].note, "n0");
	assert_int_equal(probe.errors[0].told.flags, AW_ERROR_CUT);
	aw_error_unref(err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(error_tell__nothing_while_off, no_leak),
		cmocka_unit_test_teardown(error_tell__one, no_leak),
		cmocka_unit_test_teardown(error_tell__bases_first, no_leak),
		cmocka_unit_test_teardown(error_tell__full_arena_is_not_remembered, no_leak),
		cmocka_unit_test_teardown(error_tell__parts_first_and_once, no_leak),
		cmocka_unit_test_teardown(error_tell__only_new_parts_are_reported, no_leak),
		cmocka_unit_test_teardown(error_tell__lost_errors_are_reported_again, no_leak),
		cmocka_unit_test_teardown(
			error_tell__lost_errors_may_be_reported_for_the_first_time, no_leak),
		cmocka_unit_test_teardown(
			error_tell__an_error_changed_after_its_report_is_a_new_one, no_leak),
		cmocka_unit_test_teardown(error_tell__shared_parts_are_walked_once, no_leak),
		cmocka_unit_test_teardown(error_tell__deep_is_cut_at_its_root, no_leak),
		cmocka_unit_test_teardown(error_tell__wide_is_cut, no_leak),
		cmocka_unit_test_teardown(error_tell__many_notes_and_attributes_are_cut, no_leak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
