/* SPDX-License-Identifier: MIT */
/* State of the C library: errno, memory, locale, random numbers, static buffers, exits. */
#include "things.h"

#include <awry.h>

#include <dlfcn.h>
#include <fenv.h>
#include <locale.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static aw_error *nothing(void *arg, void **ret)
{
	return NULL;
}

static aw_error *fails(void *arg, void **ret)
{
	return aw_raise(aw_ValueError, "for errno");
}

/* The calls of a loop leave the same errno, recorded or not. */
static void errno_stays(void)
{
	aw_task *task;

	errno = EDOM;
	task = aw_spawn(nothing, NULL);
	saw("spawn %s;", strerrorname_np(errno));
	errno = ERANGE;
	aw_task_set_name(task, "named");
	saw("name %s;", strerrorname_np(errno));
	errno = EDOM;
	aw_task_cancel(task, NULL);
	saw("cancel %s;", strerrorname_np(errno));
	errno = ERANGE;
	aw_error_unref(aw_await(task, NULL));
	saw("await %s;", strerrorname_np(errno));
	errno = EDOM;
	aw_task_unref(task);
	saw("unref %s;", strerrorname_np(errno));
	errno = ERANGE;
	aw_task_unref(aw_spawn(fails, NULL));
	aw_error_unref(aw_sleep(AW_MS(2)));
	errno = EDOM;
	aw_coro_close(aw_call(nothing, NULL));
	saw("close %s", strerrorname_np(errno));
}

/* Allocations in the main arena: the agent allocates elsewhere, or frees its memory. */
static void allocations(void)
{
	void *blocks[100];

	for (int i = 0; i < 100; i++)
		blocks[i] = malloc((size_t)i * 100);
	for (int i = 0; i < 100; i++)
		free(blocks[i]);
	saw("usable %zu", malloc_usable_size(blocks[0] = malloc(24)));
	free(blocks[0]);
	saw_result("mallopt", mallopt(M_ARENA_MAX, 8));
	saw_result("trim", malloc_trim(0) >= 0);
}

static void locales(void)
{
	saw("%s", setlocale(LC_ALL, NULL));
	saw("%s", setlocale(LC_ALL, "C.UTF-8") != NULL ? "set" : "not set");
	usleep(30000);
	saw("%s", setlocale(LC_CTYPE, NULL));
	setlocale(LC_ALL, "C");
	saw("%s", uselocale((locale_t)0) == LC_GLOBAL_LOCALE ? "global" : "another");
}

static void random_numbers(void)
{
	srand(7);
	srandom(7);
	srand48(7);
	usleep(30000);
	saw("%d %ld %ld", rand(), random(), lrand48());
}

static void static_buffers(void)
{
	const time_t when = 1700000000;
	const struct tm *utc = gmtime(&when);
	char words[] = "one two", *error;

	strtok(words, " ");
	dlsym(RTLD_DEFAULT, "there_is_no_such_symbol_here");
	usleep(30000);
	saw("%d-%02d;", utc->tm_year, utc->tm_mon);
	saw("%s;", strtok(NULL, " "));
	error = dlerror();
	saw("%d", error != NULL && strstr(error, "there_is_no_such") != NULL);
}

static void rounding(void)
{
	volatile double one = 1, three = 3;

	fesetround(FE_UPWARD);
	feclearexcept(FE_ALL_EXCEPT);
	usleep(30000);
	aw_error_unref(aw_sleep(AW_MS(1)));
	saw("%d %d", fegetround() == FE_UPWARD, fetestexcept(FE_DIVBYZERO));
	saw("%.20f", one / three);
	fesetround(FE_TONEAREST);
}

static int order;

static void first(void)
{
	order = order * 10 + 1;
}

static void second(void)
{
	order = order * 10 + 2;
}

static void tell_order(void)
{
	_exit(order);
}

static int exits_in_order(void)
{
	atexit(tell_order);
	atexit(first);
	atexit(second);
	return 0;
}

static int exits_quickly(void)
{
	at_quick_exit(tell_order);
	at_quick_exit(first);
	at_quick_exit(second);
	quick_exit(1);
}

static void exit_handlers(void)
{
	in_child(exits_in_order);
	in_child(exits_quickly);
}

static void forked_before(void)
{
	order = order * 10 + 3;
}

static void forked_after(void)
{
	order = order * 10 + 4;
}

static void forked_child(void)
{
	order = order * 10 + 5;
}

static int tell(void)
{
	return order;
}

static void fork_handlers(void)
{
	static bool registered;

	if (!registered)
		pthread_atfork(forked_before, forked_after, forked_child);
	registered = true;
	order = 0;
	in_child(tell);
	saw("here %d", order);
	order = 0;
}

/* Buffered output is written once, in its order. */
static void buffers(void)
{
	FILE *file = tmpfile();
	char text[64] = "";
	size_t length;

	fprintf(file, "before ");
	fflush(file);
	fprintf(file, "buffered ");
	usleep(30000);
	fprintf(file, "after");
	rewind(file);
	length = fread(text, 1, sizeof(text) - 1, file);
	saw("%zu %s", length, text);
	fclose(file);
	saw("buffer of stdout %zu", (size_t)BUFSIZ);
}

static volatile sig_atomic_t ticks;

static void tick(int number)
{
	ticks++;
}

static void timers(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 2 };
	const struct itimerspec each = { { .tv_nsec = 10000000 }, { .tv_nsec = 10000000 } };
	struct sigaction action = { .sa_handler = tick }, before;
	struct itimerval none;
	timer_t timer;

	sigemptyset(&action.sa_mask);
	sigaction(SIGRTMIN + 2, &action, &before);
	saw_result("timer_create", timer_create(CLOCK_MONOTONIC, &event, &timer));
	timer_settime(timer, 0, &each, NULL);
	while (ticks < 5)
		pause();
	timer_delete(timer);
	saw("ticked;");
	for (int which = ITIMER_REAL; which <= ITIMER_PROF; which++) {
		getitimer(which, &none);
		saw("%ld", (long)none.it_value.tv_sec);
	}
	sigaction(SIGRTMIN + 2, &before, NULL);
}

static _Thread_local int own = 5;

static void *change_own(void *arg)
{
	own = 6;
	return NULL;
}

static void threads(void)
{
	pthread_attr_t attributes;
	pthread_t thread;
	char name[16];
	size_t size = 0;

	pthread_attr_init(&attributes);
	pthread_attr_getstacksize(&attributes, &size);
	pthread_create(&thread, NULL, change_own, NULL);
	pthread_join(thread, NULL);
	pthread_getname_np(pthread_self(), name, sizeof(name));
	saw("own %d, name %s, stacks of %zu", own, name, size);
	pthread_attr_destroy(&attributes);
}

static void program(void)
{
	saw("%s %s", program_invocation_short_name, getenv("PATH") != NULL ? "path" : "no path");
	saw("%d", getenv("LD_PRELOAD") != NULL);
}

const struct thing library_things[] = {
	{ "errno", errno_stays },
	{ "allocations", allocations },
	{ "locale", locales },
	{ "random numbers", random_numbers },
	{ "static buffers", static_buffers },
	{ "rounding", rounding },
	{ "exit handlers", exit_handlers },
	{ "fork handlers", fork_handlers },
	{ "buffers of streams", buffers },
	{ "timers", timers },
	{ "threads", threads },
	{ "program", program },
	{ 0 },
};
