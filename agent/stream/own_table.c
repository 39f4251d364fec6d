/* SPDX-License-Identifier: MIT */
/*
 * Gives the agent's thread a descriptor table of its own, so that the agent's descriptors take no numbers of the program's,
 * cannot be closed by the program, and are not inherited by its children.
 *
 * The program's descriptors are closed in the new table at once, most of them without being copied: a pipe's reader gets its end of
 * file, and a port is free again, when the program closes its own descriptor. Only stderr is needed from the program's table: it is
 * copied for the time of one write (pidfd_getfd). Where the kernel forbids that, as in a container without CAP_SYS_PTRACE, a copy is
 * kept at descriptor 2, until the program has another file there.
 *
 * Without a table of its own the thread shares the program's: its descriptors then have high numbers, and before each use it is
 * tested whether the program has closed or replaced them (descriptor.h).
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/stream/stream_internal.h"
#include "proto/location.h"

#define MOST_NUMBERS 65536

/* <linux/close_range.h>, which is newer than some C libraries. */
#ifndef CLOSE_RANGE_UNSHARE
#define CLOSE_RANGE_UNSHARE 2u
#endif
#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL
#endif

/* An address sanitizer that this library was built with writes its reports to descriptor 2. */
#if defined(__SANITIZE_ADDRESS__)
#define KEEPS_STDERR 1
#else
#define KEEPS_STDERR 0
#endif

/* ThreadSanitizer keeps a record of each number, and takes the same number in two tables for a race. */
extern __attribute__((weak, visibility("default"))) void __tsan_init(void);

static _Thread_local bool is_own;

/* State of the thread that has a table of its own. */
static int pidfd;	   /* of this process; -1: pidfd_getfd() is forbidden */
static bool has_copy;	   /* of the program's stderr, at descriptor 2 */
static struct stat copied; /* which file that is */

bool aw__own_table_is_used(void)
{
	return is_own;
}

static void close_from(int first)
{
#ifdef SYS_close_range
	if (syscall(SYS_close_range, first, ~0u, 0) == 0)
		return;
#endif
	for (int fd = first; fd < MOST_NUMBERS; fd++)
		close(fd);
}

/* Leave the program's table. The new one still has copies of 0, 1 and 2. */
static bool leave(void)
{
#ifdef SYS_close_range
	if (syscall(SYS_close_range, 3, ~0u, CLOSE_RANGE_UNSHARE) == 0)
		return true;
#endif
	if (unshare(CLONE_FILES) != 0)
		return false;
	close_from(3);
	return true;
}

/* Copy the program's descriptor 2. -1: it has none, or copying is forbidden. */
static int copy_stderr(void)
{
#ifdef SYS_pidfd_getfd
	if (pidfd >= 0)
		return (int)syscall(SYS_pidfd_getfd, pidfd, STDERR_FILENO, 0);
#endif
	errno = ENOSYS;
	return -1;
}

/* Without a descriptor of the thread (Linux before 6.9), a pipe or a terminal is opened once more. A file is not: it would have
 * another position, and the program would overwrite the agent's text. */
static int copy_from_thread(pid_t tid)
{
	char path[64];
	struct stat st;
	int copy = -1;

#ifdef SYS_pidfd_getfd
	const int thread = (int)syscall(SYS_pidfd_open, tid, PIDFD_THREAD);

	if (thread >= 0) {
		copy = (int)syscall(SYS_pidfd_getfd, thread, STDERR_FILENO, 0);
		close(thread);
	}
#endif
	snprintf(path, sizeof(path), "/proc/self/task/%ld/fd/2", (long)tid);
	if (copy < 0 && stat(path, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode)))
		copy = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	return copy;
}

/* The main thread has ended before its process, by pthread_exit(): copy from the table of another thread. */
static int copy_from_others(void)
{
	const pid_t self = (pid_t)syscall(SYS_gettid);
	DIR *tasks = opendir("/proc/self/task");
	const struct dirent *entry;
	int copy = -1;

	while (copy < 0 && tasks != NULL && (entry = readdir(tasks)) != NULL) {
		const pid_t tid = (pid_t)atol(entry->d_name);

		if (tid > 0 && tid != self && tid != getpid())
			copy = copy_from_thread(tid);
	}
	if (tasks != NULL)
		closedir(tasks);
	return copy;
}

static bool main_thread_has_ended(void)
{
	char state = '?';

	return aw__location_start_ticks(getpid(), &state) != 0 && state == 'Z';
}

/* Libraries write error messages to descriptors 0 to 2, which must not be files of the agent: an epoll instance refuses writes. */
static void occupy_low_numbers(void)
{
	const int first = epoll_create1(EPOLL_CLOEXEC);
	int fd = first;

	while (fd >= 0 && fd < 3)
		fd = fcntl(first, F_DUPFD_CLOEXEC, 0);
	if (fd >= 0)
		close(fd);
}

static void decide_about_stderr(void)
{
	int copy;

	has_copy = false;
	pidfd = -1;
#ifdef SYS_pidfd_open
	pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);
#endif
	copy = copy_stderr();
	if (copy < 0 && errno != EBADF) {
		if (pidfd >= 0)
			close(pidfd);
		pidfd = -1;
		has_copy = fstat(STDERR_FILENO, &copied) == 0;
	}
	if (copy >= 0)
		close(copy);
	if (!has_copy && !KEEPS_STDERR)
		close(STDERR_FILENO);
}

void aw__own_table_make(void)
{
	is_own = false;
	if (aw__under_valgrind() || __tsan_init != NULL || !leave())
		return;
	is_own = true;
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	decide_about_stderr();
	occupy_low_numbers();
}

/* Whether the program has this file at descriptor 2, according to the kernel's link to it. */
static bool program_has(const struct stat *file)
{
	struct stat now;

	/* the table of a main thread that has ended cannot be seen */
	if (stat("/proc/self/fd/2", &now) != 0)
		return main_thread_has_ended();
	return now.st_dev == file->st_dev && now.st_ino == file->st_ino &&
	       now.st_rdev == file->st_rdev;
}

void aw__own_table_check(void)
{
	if (!is_own || !has_copy || program_has(&copied))
		return;
	has_copy = false;
	close(STDERR_FILENO);
	occupy_low_numbers();
}

int aw__own_table_borrow_stderr(void)
{
	int copy;

	if (!is_own)
		return STDERR_FILENO;
	aw__own_table_check();
	if (has_copy)
		return STDERR_FILENO;
	copy = copy_stderr();
	return copy < 0 && main_thread_has_ended() ? copy_from_others() : copy;
}

void aw__own_table_return_stderr(int fd)
{
	if (is_own && !has_copy && fd >= 0)
		close(fd);
}

void aw__own_table_finish(void)
{
	if (is_own)
		close_from(0);
}
