/* SPDX-License-Identifier: MIT */
/*
 * Uses more and more of its box: live tasks, names, stacks, threads, findings. For the test of a full tmpfs.
 *
 *	filler [-f] [-w] [FILE]
 *
 * With FILE, after the start, it writes there until nothing more fits. With -f it forks, and the child does the same work.
 * With -w it says "ready" and waits for a line on stdin. It exits with 0, or with 1 if a child did not exit with 0.
 */
#include <awry.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEPT	20000
#define ERRORS	3000
#define EVENTS	40000
#define THREADS 1

static bool forks, waits;
static const char *file;

static aw_error *kept(void *arg, void **ret)
{
	return aw_sleep(AW_SEC(600));
}

static aw_error *little(void *arg, void **ret)
{
	return NULL;
}

static aw_error *fails(void *arg, void **ret)
{
	return aw_raise(aw_ValueError, "failure %ld of many", (long)AW_INT(arg));
}

/* Makes different stacks: each `way` leads through other call sites. */
__attribute__((noinline)) static aw_task *spawn_deep(unsigned way, unsigned depth);

__attribute__((noinline)) static aw_task *spawn_left(unsigned way, unsigned depth)
{
	aw_task *task = spawn_deep(way >> 1, depth - 1);

	__asm__ volatile("" : : "r"(task));
	return task;
}

__attribute__((noinline)) static aw_task *spawn_right(unsigned way, unsigned depth)
{
	aw_task *task = spawn_deep(way >> 1, depth - 1);

	__asm__ volatile("" : : "r"(task));
	return task;
}

static aw_task *spawn_deep(unsigned way, unsigned depth)
{
	aw_task *task = depth == 0     ? aw_spawn(kept, NULL)
			: way % 2 == 0 ? spawn_left(way, depth)
				       : spawn_right(way, depth);

	__asm__ volatile("" : : "r"(task));
	return task;
}

static void fill_file(void)
{
	static char page[4096];
	int fd;

	if (file == NULL)
		return;
	fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	while (write(fd, page, sizeof(page)) > 0)
		;
	close(fd);
}

static aw_error *work(void *arg, void **ret)
{
	for (unsigned i = 0; i < KEPT; i++) {
		aw_task_unref(spawn_deep(i, 10));
		if (i % 500 == 0)
			AW_TRY(aw_yield());
	}
	for (long i = 0; i < ERRORS; i++) {
		aw_task_unref(aw_spawn(fails, AW_PTR(i)));
		if (i % 100 == 0)
			AW_TRY(aw_yield());
	}
	for (long i = 0; i < EVENTS; i++) {
		aw_task_unref(aw_spawn(little, NULL));
		if (i % 100 == 0)
			AW_TRY(aw_yield());
	}
	return aw_sleep(AW_MS(120)); /* the watchdog checks meanwhile */
}

static void *run_thread(void *arg)
{
	return aw_exit_status(aw_run(work, NULL, NULL)) == 0 ? NULL : arg;
}

static bool run_threads(void)
{
	pthread_t threads[THREADS];
	bool good = true;
	void *result;

	for (unsigned i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, run_thread, &threads) != 0)
			return false;
	for (unsigned i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &result);
		good = good && result == NULL;
	}
	return good;
}

static bool run_child(void)
{
	const pid_t pid = fork();
	int status;

	if (pid == 0)
		exit(aw_exit_status(aw_run(work, NULL, NULL)));
	return waitpid(pid, &status, 0) == pid && status == 0;
}

static aw_error *begin(void *arg, void **ret)
{
	aw_task_unref(aw_spawn(kept, NULL));
	AW_TRY(aw_sleep(1)); /* the agent starts */
	if (waits) {
		printf("ready\n");
		fflush(stdout);
		(void)getchar();
	}
	fill_file();
	return work(arg, ret);
}

int main(int argc, char **argv)
{
	int option, status;

	while ((option = getopt(argc, argv, "fw")) != -1) {
		forks = forks || option == 'f';
		waits = waits || option == 'w';
	}
	if (optind < argc)
		file = argv[optind];
	status = aw_exit_status(aw_run(begin, NULL, NULL));
	if (!run_threads() || (forks && !run_child()))
		status = 1;
	return status;
}
