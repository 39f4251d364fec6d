/* SPDX-License-Identifier: MIT */
/*
 * Every operation on errors with each of its allocations failing in turn: nothing leaks, and the root error is
 * never lost.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <awry/websockets.h>

#include "base/alloc.h"
#include "tests/unit/runtime/error_probe.h"
#include "agent/runtime/error/error_tell.h"

static int no_leak(void **state)
{
	return aw__alloc_live() != 0;
}

/*
 * Every operation is run with its first allocation failing, then with its second, and so on, until
 * it runs without a failure. Each time nothing may leak, and the result must still hold the root
 * error.
 */
typedef void operation(void);

static bool root_lost;

static bool holds(const aw_error *err, const char *message)
{
	if (err == NULL)
		return false;
	if (strcmp(aw_error_message(err), message) == 0)
		return true;
	for (size_t i = 0; i < aw_error_child_count(err); i++)
		if (holds(aw_error_child(err, i), message))
			return true;
	return holds(aw_error_cause(err), message) || holds(aw_error_context(err), message);
}

static void root_kept(aw_error *err)
{
	root_lost |= !holds(err, "root");
	aw_error_unref(err);
}

/* Which allocation fails, counted from here on; earlier ones succeed. */
static uint64_t failing;

static aw_error *root(void)
{
	aw_error *err = aw_raise(aw_ValueError, "root");

	aw__alloc_fail_at(failing);
	return err;
}

static void walk(operation *run)
{
	bool finished = false;

	root_lost = false;
	for (failing = 1; !finished; failing++) {
		int64_t before = aw__alloc_live();

		run();
		finished = aw__alloc_fail_pending();
		aw__alloc_fail_at(0);
		assert_int_equal(aw__alloc_live(), before);
		assert_false(root_lost);
		assert_in_range(failing, 1, 200);
	}
	assert_in_range(failing, 3, 200); /* at least one failed */
}

static void raises(void)
{
	aw_error *err;

	aw__alloc_fail_at(failing);
	err = aw_raise(aw_ValueError, "v");
	root_lost |=
		failing == 1 ? !aw_error_is(err, aw_MemoryError) : !aw_error_is(err, aw_ValueError);
	aw_error_unref(aw_error_ref(err));
	aw_error_unref(err);
}

static void wraps(void)
{
	root_kept(aw_raise_from(root(), aw_TypeError, "a message %300d", 1));
}

static void notes(void)
{
	aw_error *err = root();
	aw_error *kept = aw_error_ref(err);

	err = aw_error_note(err, "note");
	err = aw_error_with_int(err, "int", 1);
	err = aw_error_with_bytes(err, "bytes", "b", 1);
	root_kept(err);
	root_kept(aw_error_from_none(kept));
}

static void contexts(void)
{
	aw_error *late = aw_raise_from(aw_raise(aw_KeyError, "x"), aw_OSError, "late");
	aw_error *kept = aw_error_ref(late);

	root_kept(aw_raise_in(root(), late));
	aw_error_unref(kept);
}

static void groups(void)
{
	aw_error *errs[] = { NULL, aw_raise(aw_TypeError, "t") };
	aw_error *kept;
	aw_error *err;

	errs[0] = root();
	err = aw_error_group("g", errs, 2);
	kept = aw_error_ref(err);
	root_kept(aw_error_note(err, "copies the members"));
	root_kept(kept);
}

static void splits(void)
{
	aw_error *errs[] = { aw_raise(aw_ValueError, "root"), aw_raise(aw_TypeError, "t") };
	aw_error *inner = aw_error_group("inner", errs, 2);
	aw_error *outer[] = { inner, aw_raise(aw_KeyError, "k") };
	aw_error *group = aw_error_group("outer", outer, 2);
	aw_error *matched, *rest;

	aw__alloc_fail_at(failing);
	aw_error_split(group, aw_ValueError, &matched, &rest);
	root_lost |= !holds(matched, "root") && !holds(rest, "root");
	root_lost |= !holds(rest, "t") || !holds(rest, "k");
	aw_error_unref(matched);
	aw_error_unref(rest);
}

static void splits_naked(void)
{
	aw_error *matched, *rest;

	aw_error_split(root(), aw_ValueError, &matched, &rest);
	root_lost |= (matched == NULL) == (rest == NULL);
	root_kept(matched != NULL ? matched : rest);
}

/* Derives a part of a group, and a group with other members; the group itself stays unchanged. */
static void derives(void)
{
	aw_error *errs[] = { aw_raise(aw_ValueError, "root"), aw_raise(aw_TypeError, "t") };
	aw_error *group = aw_error_note(aw_error_group("g", errs, 2), "n");
	aw_error *other = aw_raise(aw_KeyError, "other"), *derived, *part;

	aw__alloc_fail_at(failing);
	part = aw_error_subgroup(group, aw_ValueError);
	root_lost |= part != NULL && !holds(part, "root");
	derived = aw_error_derive(group, &other, 1);
	root_lost |= !holds(derived, "other");
	aw_error_unref(part);
	aw_error_unref(derived);
	root_kept(group);
}

static void prints(void)
{
	aw_error *errs[] = { aw_error_note(aw_raise(aw_ValueError, "root"), "n") };
	aw_error *group = aw_error_group("g", errs, 1);
	FILE *file = fopen("/dev/null", "w");

	aw__alloc_fail_at(failing);
	free(aw_error_format(group));
	aw_error_print(group, file);
	aw_error_print_with(group, file, AW_ERROR_PRINT_OPTS(.max_group_depth = 1));
	root_kept(group);
	fclose(file);
}

static void shows(void)
{
	aw_error *errs[] = { aw_error_with_str(aw_raise(aw_ValueError, "root"), "k", "v"),
			     aw_raise_os(2, "x", "y") };
	aw_error *group = aw_raise_in(aw_raise(aw_KeyError, "c"), aw_error_group("g", errs, 2));

	group = aw_error_note(group, "a note");
	aw__alloc_fail_at(failing);
	free(aw_error_repr(group));
	free(aw_error_json(group, 0));
	free(aw_error_format_with(group, AW_ERROR_PRINT_OPTS(.max_group_width = 1)));
	root_kept(group);
}

static void causes(void)
{
	aw_error *err = aw_raise_from(aw_raise(aw_KeyError, "x"), aw_OSError, "late");
	aw_error *kept = aw_error_ref(err);

	root_kept(aw_error_from(root(), err));
	aw_error_unref(kept);
}

static void end_of(aw_error *err, const aw_error_type *type)
{
	root_lost |= !aw_error_is(err, type) && !aw_error_is(err, aw_MemoryError);
	aw_error_unref(err);
}

__attribute__((format(printf, 1, 2))) static aw_error *make_v(const char *format, ...);

static aw_error *make_v(const char *format, ...)
{
	va_list list;
	aw_error *err;

	va_start(list, format);
	err = aw_raise_v(aw_ValueError, format, list);
	va_end(list);
	return err;
}

static void makes(void)
{
	aw__alloc_fail_at(failing);
	end_of(make_v("%d", 1), aw_ValueError);
	end_of(aw_error_from_errno(2, "'%s'", "x"), aw_OSError);
	end_of(aw_error_from_uv(-2, "'%s'", "x"), aw_OSError);
	end_of(aw_raise_key("k"), aw_KeyError);
	end_of(aw_raise_incomplete_read("ab", 2, 3), aw_IncompleteReadError);
	end_of(aw_raise_limit_overrun("m", 3), aw_LimitOverrunError);
	end_of(aw_raise_os(2, "x", "y"), aw_OSError);
}

static void makes_websockets(void)
{
	static const aw_ws_header header = { "Server", "s" };
	const aw_ws_close close = { 1000, "bye" };
	const aw_ws_response response = { 503, &header, 1, "body", 4 };

	aw__alloc_fail_at(failing);
	end_of(aw_raise_connection_closed(&close, &close, true), aw_ConnectionClosedOK);
	end_of(aw_raise_invalid_header(aw_InvalidUpgrade, "n", "v"), aw_InvalidUpgrade);
	end_of(aw_raise_invalid_header_format("n", "e", "h", 3), aw_InvalidHeaderFormat);
	end_of(aw_raise_invalid_origin("o"), aw_InvalidOrigin);
	end_of(aw_raise_invalid_status(&response), aw_InvalidStatus);
	end_of(aw_raise_abort_handshake(&response), aw_AbortHandshake);
	end_of(aw_raise_invalid_parameter_value("n", "v"), aw_InvalidParameterValue);
	end_of(aw_raise_invalid_uri("u", "m"), aw_InvalidURI);
	end_of(aw_raise_redirect_handshake("u"), aw_RedirectHandshake);
	end_of(aw_raise_duplicate_parameter("n"), aw_DuplicateParameter);
}

static void tells(void)
{
	aw_error *errs[] = { aw_raise(aw_ValueError, "root"), aw_raise(aw_KeyError, "k") };
	aw_error *group = aw_error_group("g", errs, 2);

	group = aw_error_with_str(group, "key", "value");
	probe_start();
	aw__alloc_fail_at(failing);
	aw__error_tell(group);
	probe_stop();
	root_lost |= aw__error_id(group) == 0;
	root_kept(group);
}

static void error_memory__every_failure(void **state)
{
	static operation *const all[] = { raises, wraps,	notes,	 contexts,	  groups,
					  splits, splits_naked, derives, prints,	  tells,
					  shows,  causes,	makes,	 makes_websockets };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		walk(all[i]);
}

static void error_memory__error_without_memory_is_usable(void **state)
{
	aw_error *err;

	aw__alloc_fail_at(1);
	err = aw_raise(aw_ValueError, "v");
	assert_ptr_equal(aw_error_typeof(err), aw_MemoryError);
	assert_string_equal(aw_error_message(err), "");
	err = aw_error_note(err, "noted on a copy");
	assert_int_equal(aw_error_note_count(err), 1);
	err = aw_raise_from(err, aw_TypeError, "t");
	assert_true(aw_error_is(aw_error_cause(err), aw_MemoryError));
	aw_error_unref(err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(error_memory__every_failure, no_leak),
		cmocka_unit_test_teardown(error_memory__error_without_memory_is_usable, no_leak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
