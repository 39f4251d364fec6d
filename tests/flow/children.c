/* SPDX-License-Identifier: MIT */
/*
 * A program that creates a child within a task, in each of the ways that call no pthread_atfork() handlers, and waits for it.
 * The child goes on with the loop's work for a while, or ends at once, by exit() or _exit().
 */
#include <awry.h>
#include <awry/agent.h>

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *how, *then;

static aw_error *lose(void *arg, void **ret)
{
	return aw_raise(aw_ValueError, "lost by the %s", (const char *)arg);
}

static pid_t make_child(void)
{
	if (strcmp(how, "_Fork") == 0)
		return _Fork();
	if (strcmp(how, "clone") == 0)
		return (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
	if (strcmp(how, "namespace") == 0) /* the child has the pid 1 there */
		return (pid_t)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, NULL, NULL, NULL, NULL);
	return fork();
}

/* Calls hooks in the child. */
static aw_error *work(void)
{
	for (unsigned i = 0; i < 100; i++) {
		aw_task *task = aw_spawn(lose, (void *)"child");

		aw_task_unref(task);
		AW_TRY(aw_yield());
	}
	return NULL;
}

static aw_error *vfork_child(void)
{
	const pid_t child = vfork();
	int status;

	if (child == 0)
		exit(7);
	if (waitpid(child, &status, 0) != child || WEXITSTATUS(status) != 7)
		return aw_raise(aw_RuntimeError, "the child ended with %d", status);
	return NULL;
}

static aw_error *other_child(void)
{
	const pid_t child = make_child();
	int status;

	if (child < 0)
		return aw_raise(aw_RuntimeError, "no child");
	if (child == 0 && strcmp(then, "work") == 0)
		AW_TRY(work());
	if (child == 0 && strcmp(then, "stop") == 0)
		aw_agent_stop();
	if (child == 0 && strcmp(then, "leave") == 0)
		_exit(7);
	if (child == 0)
		exit(7);
	if (waitpid(child, &status, 0) != child || WEXITSTATUS(status) != 7)
		return aw_raise(aw_RuntimeError, "the child ended with %d", status);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	AW_TRY(strcmp(how, "vfork") == 0 ? vfork_child() : other_child());
	aw_task_unref(aw_spawn(lose, (void *)"parent"));
	AW_TRY(aw_sleep(AW_MS(20)));
	puts("the child ended well");
	return NULL;
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	how = argv[1];
	then = argv[2];
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
