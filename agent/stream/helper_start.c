/* SPDX-License-Identifier: MIT */
/*
 * Starts awry-symbolize, for the stream thread, so that the program does not notice it.
 *
 * A child of execve() sends SIGCHLD when it ends, and is found by wait(): so it must not be this process's child.
 * A first child without an exit signal starts it, and ends; the helper becomes a child of init. Where this process
 * itself adopts orphans (PID 1 of a container, a subreaper) the first child stays as long as the helper does.
 *
 * Both children share this process's memory until the helper's program is loaded: they use only system calls, on
 * stacks of their own.
 */
#include "agent/stream/symbolizer.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/stream/stream_internal.h"

#define STACK_BYTES (64u << 10) /* of each child */

struct start {
	const char *path;
	unsigned char *stack; /* of the second child: its upper end */
	int socket;
	bool stays; /* whether the first child stays until the helper ends */
};

/* ---- in the children ---- */

static void close_from(unsigned first)
{
#ifdef SYS_close_range
	if (syscall(SYS_close_range, first, ~0u, 0) == 0)
		return;
#endif
	for (unsigned fd = first; fd < 65536; fd++)
		syscall(SYS_close, fd);
}

static int helper(void *data)
{
	static char name[] = "awry-symbolize", locale[] = "LC_ALL=C.UTF-8";
	char *const arguments[] = { name, NULL }, *const environment[] = { locale, NULL };
	const struct start *start = data;
	uint64_t none = 0;
	long null;

	/* a terminal's ^C must reach only the program */
	syscall(SYS_setsid);
	if (start->socket == 0)
		syscall(SYS_fcntl, 0, F_SETFD, 0);
	else
		syscall(SYS_dup3, start->socket, 0, 0);
	close_from(1);
	null = syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR, 0);
	if (null == 1)
		syscall(SYS_dup3, 1, 2, 0);
	syscall(SYS_chdir, "/");
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof(none));
	syscall(SYS_execve, start->path, arguments, environment);
	syscall(SYS_exit_group, 127);
	return 127;
}

static int nurse(void *data)
{
	struct start *start = data;
	const int flags = CLONE_VM | CLONE_VFORK | CLONE_UNTRACED;
	const pid_t pid = clone(helper, start->stack, flags | SIGCHLD, start);

	if (start->stays && pid > 0) {
		close_from(0);
		while (syscall(SYS_wait4, pid, NULL, __WALL, NULL) < 0 && errno == EINTR)
			;
	}
	syscall(SYS_exit_group, pid > 0 ? 0 : 1);
	return 0;
}

/* ---- in this thread ---- */

static bool adopts(void)
{
	int subreaper = 0;

	(void)prctl(PR_GET_CHILD_SUBREAPER, &subreaper, 0, 0, 0);
	return getpid() == 1 || subreaper != 0;
}

static void reap(struct aw__helper *child)
{
	while (waitpid(child->nurse, NULL, __WCLONE) < 0 && errno == EINTR)
		;
	AW__FORGET_STACK(child->nurse_stack, 2 * STACK_BYTES);
	munmap(child->nurse_stack, 2 * STACK_BYTES);
	child->nurse = 0;
}

bool aw__helper_start(struct aw__helper *child, const char *path)
{
	struct start *start = NULL;
	unsigned char *stacks;
	int ends[2];

	*child = (struct aw__helper){ .socket.fd = -1 };
	if (!AW__CAN_SHARE_MEMORY || aw__under_valgrind())
		return false;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return false;
	child->socket = aw__descriptor_of(aw__high_fd(ends[0]));
	stacks = mmap(NULL, 2 * STACK_BYTES, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (stacks != MAP_FAILED) {
		/* the first child reads `start`, which lives as long as its stack */
		start = (struct start *)(void *)stacks;
		*start = (struct start){ path, stacks + 2 * STACK_BYTES, ends[1], adopts() };
		child->nurse_stack = stacks;
		child->nurse = clone(nurse, stacks + STACK_BYTES, CLONE_VM | CLONE_UNTRACED, start);
	}
	if (child->nurse > 0 && start != NULL && !start->stays)
		reap(child);
	else if (child->nurse <= 0 && stacks != MAP_FAILED)
		munmap(stacks, 2 * STACK_BYTES);
	/* a first child that stays has had its own copy since clone() */
	close(ends[1]);
	if (child->nurse >= 0 && stacks != MAP_FAILED)
		return true;
	child->nurse = 0;
	aw__descriptor_close(&child->socket);
	return false;
}

void aw__helper_end(struct aw__helper *child)
{
	aw__descriptor_close(&child->socket);
	if (child->nurse > 0)
		reap(child);
}
