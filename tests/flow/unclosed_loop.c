/* SPDX-License-Identifier: MIT */
/* Loops inside the program's libuv loops, which are closed or not: unclosed_loop CASE. */
#include <awry.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

static uv_loop_t uv;

static aw_error *work(void *arg, void **ret)
{
	return aw_sleep(AW_MS(1));
}

static aw_error *leave(void *arg, void **ret)
{
	exit(0);
}

static aw_loop *open_loop(void)
{
	aw_loop *loop = NULL;

	uv_loop_init(&uv);
	if (aw_loop_from_uv(&uv, NULL, &loop) != NULL)
		exit(2);
	return loop;
}

static void run_task(aw_coro_fn *fn)
{
	aw_task_unref(aw_spawn(fn, NULL));
	uv_run(&uv, UV_RUN_DEFAULT);
}

static void close_loop(aw_loop *loop)
{
	aw_loop_close(loop);
	uv_run(&uv, UV_RUN_DEFAULT);
	uv_loop_close(&uv);
}

static void forget_loop(void)
{
	open_loop();
	run_task(work);
}

static void *thread(void *arg)
{
	((void (*)(void))arg)();
	return NULL;
}

static void in_a_thread(void (*run)(void))
{
	pthread_t id;

	pthread_create(&id, NULL, thread, (void *)run);
	pthread_join(id, NULL);
}

static void case_thread(void)
{
	in_a_thread(forget_loop);
}

static void case_exit(void)
{
	forget_loop();
	exit(0);
}

static void case_fine_closed(void)
{
	aw_loop *loop = open_loop();

	run_task(work);
	close_loop(loop);
}

static void case_fine_thread(void)
{
	in_a_thread(case_fine_closed);
}

/* Two loops in turn: the second must not be taken for the first. */
static void case_fine_twice(void)
{
	case_fine_closed();
	case_fine_closed();
}

static void case_fine_exit_inside(void)
{
	open_loop();
	run_task(leave);
}

/* The child does not close its parent's loop. */
static void case_fine_fork(void)
{
	aw_loop *loop = open_loop();
	pid_t child = fork();

	if (child == 0)
		exit(0);
	waitpid(child, NULL, 0);
	run_task(work);
	close_loop(loop);
}

static aw_loop *late;

static void close_late(void)
{
	close_loop(late);
}

static void case_fine_at_exit(void)
{
	late = open_loop();
	atexit(close_late);
	run_task(work);
}

static const struct {
	const char *name;
	void (*run)(void);
} cases[] = {
	{ "return", forget_loop },
	{ "exit", case_exit },
	{ "thread", case_thread },
	{ "fine-closed", case_fine_closed },
	{ "fine-thread", case_fine_thread },
	{ "fine-twice", case_fine_twice },
	{ "fine-exit-inside", case_fine_exit_inside },
	{ "fine-fork", case_fine_fork },
	{ "fine-at-exit", case_fine_at_exit },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc == 2 && i < sizeof(cases) / sizeof(cases[0]); i++)
		if (strcmp(cases[i].name, argv[1]) == 0) {
			cases[i].run();
			return 0;
		}
	return 2;
}
