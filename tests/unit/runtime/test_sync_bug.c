/* SPDX-License-Identifier: MIT */
/*
 * Tests of misuse that aborts the program with a message on stderr. Each case runs in a child process, whose stderr
 * is read.
 */
#include "tests/unit/runtime/runtime_case.h"

#include <awry/sync.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static char said[512];

/* Run misuse(arg) in a child; true if it ended by abort(). */
static bool aborts(void (*misuse)(void))
{
	int fds[2], status = 0;
	size_t length = 0;
	ssize_t count;
	pid_t child;

	said[0] = '\0';
	if (pipe(fds) != 0)
		return false;
	child = fork();
	if (child == 0) {
		setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
		dup2(fds[1], STDERR_FILENO);
		misuse();
		_exit(0);
	}
	close(fds[1]);
	while ((count = read(fds[0], said + length, sizeof(said) - 1 - length)) > 0)
		length += (size_t)count;
	said[length] = '\0';
	close(fds[0]);
	return child > 0 && waitpid(child, &status, 0) == child && WIFSIGNALED(status) &&
	       WTERMSIG(status) == SIGABRT;
}

static aw_lock lock;
static aw_event event;
static aw_queue queue;

static aw_error *wait_for_lock(void *arg, void **ret)
{
	return aw_lock_acquire(&lock);
}

static aw_error *wait_for_event(void *arg, void **ret)
{
	return aw_event_wait(&event);
}

static aw_error *wait_for_item(void *arg, void **ret)
{
	return aw_queue_get(&queue, ret);
}

static aw_error *finish_lock(void *arg, void **ret)
{
	aw_lock_init(&lock);
	AW_TRY(aw_lock_acquire(&lock));
	aw_task_unref(aw_spawn(wait_for_lock, NULL));
	AW_TRY(aw_yield());
	aw_lock_finish(&lock);
	return NULL;
}

static aw_error *finish_event(void *arg, void **ret)
{
	aw_event_init(&event);
	aw_task_unref(aw_spawn(wait_for_event, NULL));
	AW_TRY(aw_yield());
	aw_event_set(&event);
	aw_event_finish(&event); /* the waiter is woken, but has not run yet */
	return NULL;
}

static aw_error *finish_queue(void *arg, void **ret)
{
	aw_queue_init(&queue, 0);
	aw_task_unref(aw_spawn(wait_for_item, NULL));
	AW_TRY(aw_yield());
	aw_queue_finish(&queue);
	return NULL;
}

static void in_a_loop(aw_coro_fn *fn)
{
	aw_error_unref(aw_run(fn, NULL, NULL));
}

static void misuse_waited_lock(void)
{
	in_a_loop(finish_lock);
}

static void misuse_waited_event(void)
{
	in_a_loop(finish_event);
}

static void misuse_waited_queue(void)
{
	in_a_loop(finish_queue);
}

static void misuse_finished(void)
{
	aw_lock_init(&lock);
	aw_lock_finish(&lock);
	aw_lock_finish(&lock);
}

static void misuse_other_kind(void)
{
	aw_event_init(&event);
	aw_error_unref(aw_lock_release((aw_lock *)(void *)&event));
}

static void misuse_outside(void)
{
	aw_event_init(&event);
	aw_error_unref(aw_event_wait(&event));
}

static void nothing_wrong(void)
{
	aw_lock_finish(NULL);
	aw_lock_init(&lock);
	aw_lock_finish(&lock);
}

static void finish__with_waiters_is_a_bug(void **state)
{
	assert_true(aborts(misuse_waited_lock));
	assert_non_null(strstr(said, "aw_lock_finish: a task still waits for the lock ("));
	assert_non_null(strstr(said, "sync_lock.c:"));
	assert_true(aborts(misuse_waited_event));
	assert_non_null(strstr(said, "a task still waits for the event ("));
	assert_true(aborts(misuse_waited_queue));
	assert_non_null(strstr(said, "a task still waits for the queue ("));
}

static void use__of_an_invalid_object_is_a_bug(void **state)
{
	assert_false(aborts(nothing_wrong));
	assert_true(aborts(misuse_finished));
	assert_non_null(strstr(said, "invalid or freed lock ("));
	assert_true(aborts(misuse_other_kind));
	assert_non_null(strstr(said, "invalid or freed lock ("));
	assert_true(aborts(misuse_outside));
	assert_non_null(strstr(said, "only a task can wait ("));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		runtime_case(finish__with_waiters_is_a_bug),
		runtime_case(use__of_an_invalid_object_is_a_bug),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
