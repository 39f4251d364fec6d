/* SPDX-License-Identifier: MIT */
/* Tests of aw_exit_status() in child processes: exit status, signal and printed text for each kind of error. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <awry/error.h>

#include "base/alloc.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int no_leak(void **state)
{
	return aw__alloc_live() != 0;
}

struct outcome {
	int status;	 /* of waitpid() */
	char text[4096]; /* of stderr */
};

/* Let a child exit with aw_exit_status() of the error. */
static struct outcome outcome_of(aw_error *err)
{
	struct outcome outcome = { 0 };
	size_t length = 0;
	ssize_t got;
	int ends[2];
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		exit(aw_exit_status(err));
	}
	close(ends[1]);
	while ((got = read(ends[0], outcome.text + length, sizeof(outcome.text) - 1 - length)) > 0)
		length += (size_t)got;
	close(ends[0]);
	assert_int_equal(waitpid(pid, &outcome.status, 0), pid);
	aw_error_unref(err);
	return outcome;
}

static void error_exit__success(void **state)
{
	assert_int_equal(aw_exit_status(NULL), 0);
}

static void error_exit__system_exit(void **state)
{
	struct outcome coded =
		outcome_of(aw_error_with_int(aw_raise(aw_SystemExit, NULL), "code", 7));
	struct outcome bare = outcome_of(aw_raise(aw_SystemExit, NULL));
	struct outcome worded = outcome_of(aw_raise(aw_SystemExit, "cannot"));

	assert_int_equal(WEXITSTATUS(coded.status), 7);
	assert_string_equal(coded.text, "");
	assert_int_equal(WEXITSTATUS(bare.status), 0);
	assert_string_equal(bare.text, "");
	assert_int_equal(WEXITSTATUS(worded.status), 1);
	assert_string_equal(worded.text, "cannot\n");
}

static void error_exit__other_errors_are_printed(void **state)
{
	struct outcome outcome = outcome_of(aw__raise("f.c", 3, "f", aw_ValueError, "v"));

	assert_int_equal(WEXITSTATUS(outcome.status), 1);
	assert_string_equal(outcome.text, "Traceback (most recent call last):\n"
					  "  File \"f.c\", line 3, in f\n"
					  "ValueError: v\n");
}

static void error_exit__interrupt_dies_by_the_signal(void **state)
{
	struct outcome outcome = outcome_of(aw_raise(aw_KeyboardInterrupt, NULL));

	assert_true(WIFSIGNALED(outcome.status));
	assert_int_equal(WTERMSIG(outcome.status), SIGINT);
	assert_non_null(strstr(outcome.text, "\nKeyboardInterrupt\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(error_exit__success, no_leak),
		cmocka_unit_test_teardown(error_exit__system_exit, no_leak),
		cmocka_unit_test_teardown(error_exit__other_errors_are_printed, no_leak),
		cmocka_unit_test_teardown(error_exit__interrupt_dies_by_the_signal, no_leak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
