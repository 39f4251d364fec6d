/* SPDX-License-Identifier: MIT */
/* Tests of errors from errno and from libuv: the exception type and message for each number, as in CPython. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <awry/error.h>

#include "base/alloc.h"

#include <errno.h>
#include <uv.h>

static int no_leak(void **state)
{
	return aw__alloc_live() != 0;
}

static void expect(aw_error *err, aw_error_type *type, const char *message)
{
	assert_ptr_equal(aw_error_typeof(err), type);
	assert_string_equal(aw_error_message(err), message);
	aw_error_unref(err);
}

static void error_os__errno_as_cpython_maps_it(void **state)
{
	expect(aw_error_from_errno(ECONNREFUSED, NULL), aw_ConnectionRefusedError,
	       "[Errno 111] Connection refused");
	expect(aw_error_from_errno(ENOENT, "'%s'", "/nowhere"), aw_FileNotFoundError,
	       "[Errno 2] No such file or directory: '/nowhere'");
	expect(aw_error_from_errno(ENOMEM, NULL), aw_OSError, "[Errno 12] Cannot allocate memory");
	expect(aw_error_from_errno(99999, NULL), aw_OSError, "[Errno 99999] Unknown error 99999");
}

/* python3: {n: type(OSError(n, "")).__name__ for n in range(1, 134) if type(OSError(n, "")) !=
 * OSError} */
static void error_os__every_errno(void **state)
{
	static const struct {
		int errnum;
		const char *name;
	} python[] = {
		{ 1, "PermissionError" },	 { 2, "FileNotFoundError" },
		{ 3, "ProcessLookupError" },	 { 4, "InterruptedError" },
		{ 10, "ChildProcessError" },	 { 11, "BlockingIOError" },
		{ 13, "PermissionError" },	 { 17, "FileExistsError" },
		{ 20, "NotADirectoryError" },	 { 21, "IsADirectoryError" },
		{ 32, "BrokenPipeError" },	 { 103, "ConnectionAbortedError" },
		{ 104, "ConnectionResetError" }, { 108, "BrokenPipeError" },
		{ 110, "TimeoutError" },	 { 111, "ConnectionRefusedError" },
		{ 114, "BlockingIOError" },	 { 115, "BlockingIOError" },
	};
	size_t next = 0;

	for (int errnum = 1; errnum < 134; errnum++) {
		const char *name = "OSError";

		if (next < sizeof(python) / sizeof(python[0]) && python[next].errnum == errnum)
			name = python[next++].name;
		assert_string_equal(aw_error_type_from_errno(errnum)->name, name);
	}
	assert_int_equal(next, sizeof(python) / sizeof(python[0]));
}

static void error_os__attributes(void **state)
{
	aw_error *err = aw_error_from_uv(UV_EPIPE, NULL);

	assert_int_equal(aw_error_int(err, "errno", 0), EPIPE);
	assert_string_equal(aw_error_str(err, "strerror", ""), "Broken pipe");
	assert_string_equal(aw_error_site(err).function, __func__);
	aw_error_unref(err);
}

static void error_os__uv(void **state)
{
	expect(aw_error_from_uv(UV_ECONNRESET, "%s:%d", "127.0.0.1", 80), aw_ConnectionResetError,
	       "[Errno 104] Connection reset by peer: 127.0.0.1:80");
	expect(aw_error_from_uv(UV_EAI_NONAME, NULL), aw_gaierror,
	       "[Errno -2] Name or service not known");
	expect(aw_error_from_uv(UV_EOF, NULL), aw_EOFError, "");
	expect(aw_error_from_uv(UV_EOF, "after %d bytes", 3), aw_EOFError, "after 3 bytes");
	expect(aw_error_from_uv(UV_UNKNOWN, NULL), aw_OSError, "[Errno -4094] unknown error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(error_os__errno_as_cpython_maps_it, no_leak),
		cmocka_unit_test_teardown(error_os__every_errno, no_leak),
		cmocka_unit_test_teardown(error_os__attributes, no_leak),
		cmocka_unit_test_teardown(error_os__uv, no_leak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
