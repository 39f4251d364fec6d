/* SPDX-License-Identifier: MIT */
/* Tests of single errors: type, message, notes, attributes, copy-on-write, and freeing of very deep trees. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <awry/error.h>

#include "agent/runtime/error/current.h"
#include "base/alloc.h"

static AW_ERROR_TYPE(TradingSystemError, aw_Exception);
static AW_ERROR_TYPE(DataProcessingError, TradingSystemError);

static int no_leak(void **state)
{
	return aw__alloc_live() != 0;
}

static void error__has_type_message_and_site(void **state)
{
	struct aw_agent_task task = { .id = 42 };
	aw_error *err;
	int line;

	aw__current_set(&task);
	line = __LINE__ + 1;
	err = aw_raise(aw_ValueError, "Task %d failed!", 2);
	aw__current_set(NULL);
	assert_ptr_equal(aw_error_typeof(err), aw_ValueError);
	assert_string_equal(aw_error_name(err), "ValueError");
	assert_string_equal(aw_error_message(err), "Task 2 failed!");
	assert_int_equal(aw_error_site(err).line, line);
	assert_string_equal(aw_error_site(err).function, __func__);
	assert_string_equal(aw_error_site(err).file, __FILE__);
	assert_int_equal(aw_error_task_id(err), 42);
	assert_null(aw_error_unref(err));
}

static void error__message_of_any_length(void **state)
{
	char text[1000];

	for (size_t length = 250; length < 262; length++) {
		aw_error *err;

		memset(text, 'x', length);
		text[length] = '\0';
		err = aw_raise(aw_ValueError, "%s!", text);
		assert_int_equal(strlen(aw_error_message(err)), length + 1);
		assert_int_equal(aw_error_message(err)[length], '!');
		aw_error_unref(err);
	}
}

static void error__is_follows_the_bases(void **state)
{
	aw_error *err = aw_raise(DataProcessingError, NULL);

	assert_true(aw_error_is(err, DataProcessingError));
	assert_true(aw_error_is(err, TradingSystemError));
	assert_true(aw_error_is(err, aw_Exception));
	assert_true(aw_error_is(err, aw_BaseException));
	assert_false(aw_error_is(err, aw_ValueError));
	assert_false(aw_error_is(NULL, aw_BaseException));
	aw_error_unref(err);
}

static void error__types_are_pythons(void **state)
{
	assert_false(aw_error_type_is(aw_CancelledError, aw_Exception));
	assert_false(aw_error_type_is(aw_BaseExceptionGroup, aw_Exception));
	assert_true(aw_error_type_is(aw_ExceptionGroup, aw_Exception));
	assert_true(aw_error_type_is(aw_ExceptionGroup, aw_BaseExceptionGroup));
	assert_true(aw_error_type_is(aw_TimeoutError, aw_OSError));
	assert_true(aw_error_type_is(aw_ConnectionResetError, aw_ConnectionError));
	assert_true(aw_error_type_is(aw_IncompleteReadError, aw_EOFError));
	assert_true(aw_error_type_is(aw_SendfileNotAvailableError, aw_RuntimeError));
	assert_true(aw_error_type_is(aw_BrokenBarrierError, aw_RuntimeError));
	assert_true(aw_error_type_is(aw_DuplicateParameter, aw_NegotiationError));
	assert_true(aw_error_type_is(aw_InvalidOrigin, aw_InvalidHeader));
	assert_ptr_equal(aw_WebSocketProtocolError, aw_ProtocolError);
}

static void error__null_has_nothing(void **state)
{
	size_t length = 7;

	assert_null(aw_error_typeof(NULL));
	assert_string_equal(aw_error_name(NULL), "");
	assert_string_equal(aw_error_message(NULL), "");
	assert_null(aw_error_cause(NULL));
	assert_null(aw_error_context(NULL));
	assert_int_equal(aw_error_child_count(NULL), 0);
	assert_null(aw_error_child(NULL, 0));
	assert_int_equal(aw_error_note_count(NULL), 0);
	assert_null(aw_error_note_at(NULL, 0));
	assert_int_equal(aw_error_int(NULL, "k", -1), -1);
	assert_null(aw_error_bytes(NULL, "k", &length));
	assert_int_equal(length, 0);
	assert_null(aw_error_unref(NULL));
	assert_null(aw_error_ref(NULL));
	assert_null(aw_error_note(NULL, "x"));
	assert_null(aw_error_from_none(NULL));
	assert_null(aw_error_site(NULL).file);
}

static void error__notes_in_order(void **state)
{
	aw_error *err = aw_raise(aw_ValueError, "v");

	err = aw_error_note(err, "symbol %s", "BTC");
	err = aw_error_with_int(err, "between", 1);
	err = aw_error_note(err, "second");
	assert_int_equal(aw_error_note_count(err), 2);
	assert_string_equal(aw_error_note_at(err, 0), "symbol BTC");
	assert_string_equal(aw_error_note_at(err, 1), "second");
	assert_null(aw_error_note_at(err, 2));
	aw_error_unref(err);
}

static void error__attributes_are_typed(void **state)
{
	aw_error *err = aw_raise(aw_IncompleteReadError, "4 bytes read on a total of 16");
	size_t length;

	err = aw_error_with_int(err, "expected", 16);
	err = aw_error_with_bytes(err, "partial", "a\0bc", 4);
	err = aw_error_with_str(err, "peer", "x");
	err = aw_error_with_str(err, "peer", "127.0.0.1");
	assert_int_equal(aw_error_int(err, "expected", -1), 16);
	assert_int_equal(aw_error_int(err, "partial", -1), -1);
	assert_string_equal(aw_error_str(err, "peer", "?"), "127.0.0.1");
	assert_string_equal(aw_error_str(err, "nobody", "?"), "?");
	assert_memory_equal(aw_error_bytes(err, "partial", &length), "a\0bc", 5);
	assert_int_equal(length, 4);
	err = aw_error_with_int(err, "peer", 5);
	assert_string_equal(aw_error_str(err, "peer", "hidden"), "hidden");
	aw_error_unref(err);
}

static void error__is_copied_when_a_shared_one_is_changed(void **state)
{
	aw_error *err = aw_error_note(aw_raise(aw_ValueError, "v"), "both");
	aw_error *kept = aw_error_ref(err);
	aw_error *noted = aw_error_note(err, "only one");

	assert_ptr_not_equal(noted, kept);
	assert_int_equal(aw_error_note_count(kept), 1);
	assert_int_equal(aw_error_note_count(noted), 2);
	assert_string_equal(aw_error_message(noted), "v");
	assert_int_equal(aw_error_site(noted).line, aw_error_site(kept).line);
	aw_error_unref(kept);
	err = aw_error_note(noted, "alone now");
	assert_ptr_equal(err, noted);
	aw_error_unref(err);
}

static void error__copy_keeps_the_parts(void **state)
{
	aw_error *errs[] = { aw_raise(aw_ValueError, "a"), aw_raise(aw_TypeError, "b") };
	aw_error *group = aw_raise_in(aw_raise(aw_OSError, "o"), aw_error_group("g", errs, 2));
	aw_error *kept = aw_error_ref(group);
	aw_error *noted = aw_error_note(group, "n");

	assert_int_equal(aw_error_child_count(noted), 2);
	assert_ptr_equal(aw_error_child(noted, 1), aw_error_child(kept, 1));
	assert_ptr_equal(aw_error_context(noted), aw_error_context(kept));
	aw_error_unref(kept);
	assert_string_equal(aw_error_message(aw_error_child(noted, 1)), "b");
	aw_error_unref(noted);
}

static void error__copy_keeps_the_cause(void **state)
{
	aw_error *err = aw_raise_from(aw_raise(aw_OSError, "o"), aw_ValueError, "v");
	aw_error *kept = aw_error_ref(err);
	aw_error *noted = aw_error_note(err, "n");

	assert_ptr_not_equal(noted, kept);
	assert_ptr_equal(aw_error_cause(noted), aw_error_cause(kept));
	assert_true(aw_error_suppresses_context(noted));
	aw_error_unref(kept);
	assert_string_equal(aw_error_message(aw_error_cause(noted)), "o");
	aw_error_unref(noted);
}

static void error__deep_trees_are_freed(void **state)
{
	aw_error *err = aw_raise(aw_Exception, "root");

	for (int i = 0; i < 200000; i++) {
		if (i % 3 == 0)
			err = aw_raise_from(err, aw_ValueError, NULL);
		else if (i % 3 == 1)
			err = aw_raise_in(err, aw_raise(aw_ValueError, NULL));
		else
			err = aw_error_group("g", &err, 1);
	}
	aw_error_unref(err);
}

static void error__long_lists_of_notes_are_freed(void **state)
{
	aw_error *err = aw_raise(aw_Exception, "root");

	for (int i = 0; i < 200000; i++)
		err = aw_error_note(err, "%d", i);
	assert_int_equal(aw_error_note_count(err), 200000);
	aw_error_unref(err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(error__has_type_message_and_site, no_leak),
		cmocka_unit_test_teardown(error__message_of_any_length, no_leak),
		cmocka_unit_test_teardown(error__is_follows_the_bases, no_leak),
		cmocka_unit_test(error__types_are_pythons),
		cmocka_unit_test_teardown(error__null_has_nothing, no_leak),
		cmocka_unit_test_teardown(error__notes_in_order, no_leak),
		cmocka_unit_test_teardown(error__attributes_are_typed, no_leak),
		cmocka_unit_test_teardown(error__is_copied_when_a_shared_one_is_changed, no_leak),
		cmocka_unit_test_teardown(error__copy_keeps_the_parts, no_leak),
		cmocka_unit_test_teardown(error__copy_keeps_the_cause, no_leak),
		cmocka_unit_test_teardown(error__deep_trees_are_freed, no_leak),
		cmocka_unit_test_teardown(error__long_lists_of_notes_are_freed, no_leak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
