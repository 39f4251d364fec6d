/* SPDX-License-Identifier: MIT */
/*
 * "flow-things" does each thing of the tables in its own task, one after the other, and prints the results. It starts
 * when a line comes from stdin, so that a viewer can be attached before.
 */
#include "things.h"

#include <awry.h>

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char line[4096];

void saw(const char *format, ...)
{
	const size_t length = strlen(line);
	va_list arguments;

	va_start(arguments, format);
	snprintf(line + length, sizeof(line) - length, " ");
	vsnprintf(line + length + 1, sizeof(line) - length - 1, format, arguments);
	va_end(arguments);
}

void saw_result(const char *call, long result)
{
	if (result == -1)
		saw("%s: %s;", call, strerrorname_np(errno));
	else
		saw("%s: %ld;", call, result);
}

long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void saw_duration(long since_ms, long expected_ms)
{
	const long passed_ms = now_ms() - since_ms;

	if (passed_ms + 1 < expected_ms)
		saw("too early: %ld ms", passed_ms);
	else if (passed_ms > 2 * expected_ms + 1000)
		saw("too late: %ld ms", passed_ms);
	else
		saw("in time");
}

void saw_status(int status)
{
	if (WIFEXITED(status))
		saw("exited with %d", WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		saw("killed by %s", sigabbrev_np(WTERMSIG(status)));
	else if (WIFSTOPPED(status))
		saw("stopped by %s", sigabbrev_np(WSTOPSIG(status)));
	else
		saw("continued");
}

void in_child(int (*child)(void))
{
	const pid_t pid = fork();
	int status = 0;

	if (pid == 0)
		exit(child());
	if (waitpid(pid, &status, 0) == pid)
		saw_status(status);
	else
		saw("waitpid: %s", strerrorname_np(errno));
}

/* ---- threads that act later ---- */

struct deed {
	pthread_t thread;
	int ms;
	void (*act)(void *arg);
	void *arg;
};

static struct deed deeds[8];
static unsigned deed_count;

static void *do_later(void *arg)
{
	struct deed *deed = arg;
	const struct timespec delay = { deed->ms / 1000, deed->ms % 1000 * 1000000L };

	nanosleep(&delay, NULL);
	deed->act(deed->arg);
	return NULL;
}

/* The thread has all signals blocked, so that the main thread gets them. */
void later(int ms, void (*act)(void *arg), void *arg)
{
	struct deed *deed = &deeds[deed_count++];
	sigset_t all, before;

	*deed = (struct deed){ .ms = ms, .act = act, .arg = arg };
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_create(&deed->thread, NULL, do_later, deed);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void join_later(void)
{
	while (deed_count > 0)
		pthread_join(deeds[--deed_count].thread, NULL);
}

/* ---- loops in children ---- */

static aw_error *sleeps_and_fails(void *arg, void **ret)
{
	AW_TRY(aw_sleep(AW_MS(3)));
	return aw_raise(aw_ValueError, "in a child");
}

static aw_error *two_tasks(void *arg, void **ret)
{
	aw_task_unref(aw_spawn(sleeps_and_fails, NULL));
	return aw_await(aw_spawn(sleeps_and_fails, NULL), NULL);
}

static void *run_loop(void *arg)
{
	aw_error *err = aw_run(two_tasks, NULL, NULL);
	const bool good = err != NULL && strcmp(aw_error_name(err), "ValueError") == 0;

	aw_error_unref(err);
	return good ? arg : NULL;
}

int use_a_loop(int well)
{
	void *result = NULL;
	pthread_t thread;

	if (pthread_create(&thread, NULL, run_loop, &well) != 0)
		return 98;
	pthread_join(thread, &result);
	return result != NULL ? well : 99;
}

/* ---- all things ---- */

static aw_error *do_thing(void *arg, void **ret)
{
	const struct thing *thing = arg;

	thing->do_it();
	return NULL;
}

/* Makes findings beside each thing: an error that is lost, and a coroutine that is never awaited. */
static aw_error *lose(void *arg, void **ret)
{
	return aw_raise(aw_ValueError, "lost");
}

static aw_error *do_all(const struct thing *things)
{
	for (; things->name != NULL; things++) {
		snprintf(line, sizeof(line), "%s:", things->name);
		aw_task_unref(aw_spawn(lose, NULL));
		AW_TRY(aw_await(aw_spawn(do_thing, (void *)(uintptr_t)things), NULL));
		AW_TRY(aw_sleep(AW_MS(1)));
		dprintf(STDOUT_FILENO, "%s\n", line);
	}
	return NULL;
}

/* Does all things when a line comes. */
static aw_error *amain(void *arg, void **ret)
{
	const struct thing *const tables[] = { signal_things,  blocking_things, descriptor_things,
					       process_things, limit_things,	library_things };
	char word[16];

	if (fgets(word, sizeof(word), stdin) == NULL)
		return aw_raise(aw_ValueError, "no line to begin with");
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		AW_TRY(do_all(tables[i]));
	return NULL;
}

static pid_t own_pid;

static void say_goodbye(void)
{
	if (getpid() == own_pid)
		dprintf(STDOUT_FILENO, "atexit\n");
}

int main(void)
{
	own_pid = getpid();
	atexit(say_goodbye);
	aw_error_unref(aw_run_with(AW_RUN_OPTS(.stack_bytes = 256u << 10), amain, NULL, NULL));
	printf("a buffered line without an end");
	return 7;
}
