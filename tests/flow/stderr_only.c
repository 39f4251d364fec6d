/* SPDX-License-Identifier: MIT */
/*
 * A program that rearranges its descriptors, and loses errors.
 *
 *	stderr_only data FILE     closes stderr, opens FILE as descriptor 2, and writes "data" into it
 *	stderr_only files FOLDER  closes the descriptors from 9 on, opens twelve files, blocks its loop, and prints how many still are files
 *	stderr_only children      prints the result of wait(), and how often SIGCHLD came
 */
#include <awry.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FILES 12

static volatile sig_atomic_t signals;

static void count_signal(int number)
{
	signals++;
}

static aw_error *lose(void *arg, void **ret)
{
	return aw_raise(aw_ValueError, "lost");
}

static aw_error *lose_some(void)
{
	for (int i = 0; i < 3; i++) {
		aw_task_unref(aw_spawn(lose, NULL));
		AW_TRY(aw_sleep(AW_MS(60)));
	}
	return NULL;
}

static void block(void)
{
	const struct timespec length = { .tv_nsec = 250000000 };
	const clock_t end = clock() + CLOCKS_PER_SEC / 4;

	nanosleep(&length, NULL);
	while (clock() < end)
		;
}

static aw_error *keep_files(const char *folder)
{
	struct stat status[FILES], now;
	int fds[FILES], same = 0;

	AW_TRY(aw_sleep(AW_MS(200))); /* until the agent has closed its start's files */
	for (int fd = 9; fd < 512; fd++)
		close(fd);
	for (int i = 0; i < FILES; i++) {
		char path[4096];

		snprintf(path, sizeof(path), "%s/%d", folder, i);
		fds[i] = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		fstat(fds[i], &status[i]);
	}
	for (int i = 0; i < 3; i++) {
		AW_TRY(lose_some());
		block();
	}
	for (int i = 0; i < FILES; i++)
		same += fstat(fds[i], &now) == 0 && S_ISREG(now.st_mode) && now.st_size == 0 &&
			now.st_ino == status[i].st_ino;
	printf("%d\n", same);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	char **words = arg;

	signal(SIGCHLD, count_signal);
	if (strcmp(words[1], "files") == 0)
		return keep_files(words[2]);
	if (strcmp(words[1], "data") == 0) {
		close(2);
		if (open(words[2], O_RDWR | O_CREAT | O_CLOEXEC, 0600) != 2 ||
		    write(2, "data", 4) != 4)
			return aw_raise(aw_OSError, "no file");
	}
	AW_TRY(lose_some());
	if (strcmp(words[1], "children") == 0) {
		const pid_t pid = waitpid(-1, NULL, 0);

		printf("%d %s %d\n", (int)pid, pid < 0 ? strerror(errno) : "", (int)signals);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	return argc > 1 ? aw_exit_status(aw_run(amain, argv, NULL)) : 2;
}
