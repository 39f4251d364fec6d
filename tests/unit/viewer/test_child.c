/* SPDX-License-Identifier: MIT */
/* Tests that `awry run` exits as its command did. Each case runs in a child process. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "viewer/cli/run_child.h"

#define EXITED(status) ((status) << 8)
#define KILLED(number) (number)

/* Let a child end as a command with that status of waitpid() did. Returns the child's status. */
static int end_as(int status, void (*prepare)(void))
{
	const pid_t pid = fork();
	int ended;

	if (pid == 0) {
		const struct aw__child child = { .ended = true, .status = status };

		if (prepare != NULL)
			prepare();
		_exit(aw__child_exit(&child));
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &ended, 0), pid);
	return ended;
}

static void child__exits_with_the_commands_status(void **state)
{
	static const int statuses[] = { 0, 1, 3, 66, 127, 255 };

	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		assert_int_equal(end_as(EXITED(statuses[i]), NULL), EXITED(statuses[i]));
}

static void child__dies_by_the_commands_signal(void **state)
{
	static const int signals[] = { SIGTERM, SIGKILL, SIGINT, SIGPIPE, SIGSEGV };

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		const int ended = end_as(KILLED(signals[i]), NULL);

		assert_true(WIFSIGNALED(ended));
		assert_int_equal(WTERMSIG(ended), signals[i]);
		assert_false(WCOREDUMP(ended));
	}
}

/* awry blocks some signals, and may have been started with others ignored. */
static void block_and_ignore(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	signal(SIGTERM, SIG_IGN);
}

static void child__dies_by_a_signal_that_is_blocked_and_ignored(void **state)
{
	const int ended = end_as(KILLED(SIGTERM), block_and_ignore);

	assert_true(WIFSIGNALED(ended));
	assert_int_equal(WTERMSIG(ended), SIGTERM);
}

/* A signal that does not kill by default stands for one that cannot kill the first process of a container. */
static void child__that_a_signal_does_not_kill_exits_as_in_a_shell(void **state)
{
	assert_int_equal(end_as(KILLED(SIGCHLD), NULL), EXITED(128 + SIGCHLD));
	assert_int_equal(end_as(KILLED(SIGURG), NULL), EXITED(128 + SIGURG));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(child__exits_with_the_commands_status),
		cmocka_unit_test(child__dies_by_the_commands_signal),
		cmocka_unit_test(child__dies_by_a_signal_that_is_blocked_and_ignored),
		cmocka_unit_test(child__that_a_signal_does_not_kill_exits_as_in_a_shell),
	};

	return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
