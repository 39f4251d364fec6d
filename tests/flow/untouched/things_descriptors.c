/* SPDX-License-Identifier: MIT */
/* Descriptors: their numbers, their flags, closing ranges of them, running out of them, and the standard ones. */
#include "things.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST 4096

/* Returns the numbers of newly opened descriptors of each kind. */
static void open_some(int ret_numbers[9])
{
	int ends[2] = { -1, -1 };

	for (int i = 0; i < 6; i++)
		ret_numbers[i] = open("/dev/null", O_RDONLY);
	if (pipe(ends) == 0)
		memcpy(&ret_numbers[6], ends, sizeof(ends));
	close(ret_numbers[2]);
	ret_numbers[8] = dup(0);
	for (int i = 0; i < 9; i++)
		close(ret_numbers[i]);
}

static void numbers(void)
{
	int now[9];

	open_some(now);
	for (int i = 0; i < 9; i++)
		saw("%d", now[i]);
}

static void open_ones(void)
{
	for (int fd = 0; fd < MOST; fd++) {
		const int flags = fcntl(fd, F_GETFD);

		if (flags >= 0)
			saw("%d:%d", fd, flags);
	}
}

static void duplicates(void)
{
	saw_result("dup2", dup2(0, 50));
	saw_result("F_GETFD", fcntl(50, F_GETFD));
	saw_result("F_DUPFD", fcntl(0, F_DUPFD, 50));
	saw_result("dup3", dup3(0, 51, O_CLOEXEC));
	saw_result("F_GETFD", fcntl(51, F_GETFD));
	close(50);
	close(51);
	saw_result("close", close(50));
	saw_result("F_GETFD", fcntl(50, F_GETFD));
}

static bool is_file(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/* Opens twelve files after closing a range of descriptors. The loop works meanwhile, and the files keep their contents. */
static void closed_ranges(void)
{
	char path[] = "/tmp/awry-untouched-XXXXXX";
	int fds[12], files = 0, whole = 0;

	close_range(20, 499, 0);
	fds[0] = mkstemp(path);
	for (int i = 1; i < 12; i++)
		fds[i] = open(path, O_RDWR);
	(void)!write(fds[0], "0123456789", 10);
	usleep(60000); /* the watchdog samples the blocked loop */
	for (int i = 0; i < 12; i++) {
		files += is_file(fds[i]);
		whole += lseek(fds[i], 0, SEEK_END) == 10;
		close(fds[i]);
	}
	saw("files %d, whole %d", files, whole);
	unlink(path);
}

/* The same in a child, from the lowest number on. */
static int close_all(void)
{
	int fds[3];

	close_range(3, ~0u, 0);
	for (int i = 0; i < 3; i++)
		fds[i] = open("/dev/null", O_RDONLY);
	return fds[0] * 16 + fds[2];
}

static void closed_in_a_child(void)
{
	in_child(close_all);
}

static int run_out(void)
{
	const struct rlimit limit = { 40, 40 };
	int count = 0;

	setrlimit(RLIMIT_NOFILE, &limit);
	while (open("/dev/null", O_RDONLY) >= 0)
		count++;
	return errno == EMFILE ? count : 200;
}

static int status_of(int (*child)(void))
{
	const pid_t pid = fork();
	int status = 0;

	if (pid == 0)
		exit(child());
	waitpid(pid, &status, 0);
	return status;
}

static void runs_out(void)
{
	saw_status(status_of(run_out));
}

/* Closes a standard descriptor, and opens another file in its place. */
static void reopen(int fd, const char *path, int flags)
{
	close(fd);
	saw_result("open", open(path, flags, 0600));
}

/* A data file becomes descriptor 2. It has only the program's output, even if awry prints findings. */
static void data_file_as_stderr(void)
{
	char path[64];
	const int kept = fcntl(2, F_DUPFD_CLOEXEC, 60);
	struct stat st;

	snprintf(path, sizeof(path), "/tmp/awry-untouched-%ld", (long)getpid());
	reopen(2, path, O_RDWR | O_CREAT | O_TRUNC);
	(void)!write(2, "data", 4);
	usleep(120000);
	(void)!write(2, "data", 4);
	fstat(2, &st);
	saw("bytes %ld", (long)st.st_size);
	dup2(kept, 2);
	close(kept);
	unlink(path);
}

static void stdin_reused(void)
{
	const int kept = fcntl(0, F_DUPFD_CLOEXEC, 60);
	char bytes[8];

	reopen(0, "/dev/zero", O_RDONLY);
	saw_result("read", read(0, bytes, sizeof(bytes)));
	dup2(kept, 0);
	close(kept);
}

static int close_all_three(void)
{
	close(0);
	close(1);
	close(2);
	return open("/dev/null", O_RDWR) * 16 + open("/dev/null", O_RDWR);
}

static void standard_ones_closed(void)
{
	in_child(close_all_three);
}

static void standard_streams(void)
{
	saw("fileno %d %d %d;", fileno(stdin), fileno(stdout), fileno(stderr));
	saw("terminals %d %d", isatty(0), isatty(1));
	saw_result("F_GETFL", fcntl(1, F_GETFL) & O_NONBLOCK);
}

const struct thing descriptor_things[] = {
	{ "numbers", numbers },
	{ "open descriptors", open_ones },
	{ "dup2", duplicates },
	{ "close_range, and files after it", closed_ranges },
	{ "close_range in a child", closed_in_a_child },
	{ "EMFILE", runs_out },
	{ "a data file as descriptor 2", data_file_as_stderr },
	{ "stdin closed and reused", stdin_reused },
	{ "all three closed in a child", standard_ones_closed },
	{ "standard streams", standard_streams },
	{ 0 },
};
