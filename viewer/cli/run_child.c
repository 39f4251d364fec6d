/* SPDX-License-Identifier: MIT */
/*
 * Starts the command of `awry run` with debug mode on, forwards signals to it, waits for it, and at the end makes
 * awry exit as the command did: with its status, or by its signal.
 */
#include "viewer/cli/run_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "viewer/cli/cli.h"
#include "viewer/cli/run_python.h"

struct launch {
	char **argv;
	const char *connect_to, *trace;
	sigset_t mask;
	int terminal;
	int report; /* errno is written here if exec fails; otherwise exec closes it */
};

static void set_environment(const struct launch *launch)
{
	char address[AW__LOCATION_PATH_BYTES + 8];

	snprintf(address, sizeof(address), "unix:%s", launch->connect_to);
	setenv("AWRY_DEBUG", "1", 1);
	setenv("AWRY_STDERR", "none", 1);
	setenv("AWRY_CONNECT", address, 1);
	if (launch->trace != NULL)
		setenv("AWRY_TRACE", launch->trace, 1);
	aw__python_preload(launch->argv);
}

static _Noreturn void become(const struct launch *launch)
{
	int error;

	set_environment(launch);
	for (int fd = 0; launch->terminal >= 0 && fd < 3; fd++)
		dup2(launch->terminal, fd);
	aw__cli_signals_restore();
	sigprocmask(SIG_SETMASK, &launch->mask, NULL);
	execvp(launch->argv[0], launch->argv);
	error = errno;
	(void)!write(launch->report, &error, sizeof(error));
	_exit(AW__EXIT_NOT_FOUND);
}

static sigset_t forwarded(bool interrupts)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	if (interrupts) {
		sigaddset(&set, SIGINT);
		sigaddset(&set, SIGQUIT);
	}
	return set;
}

static int open_signals(sigset_t *ret_old)
{
	const sigset_t all = forwarded(true), first = forwarded(false);

	sigprocmask(SIG_BLOCK, &all, ret_old);
	return signalfd(-1, &first, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int fork_and_wait_for_exec(struct aw__child *child, struct launch *launch, int *ret_error)
{
	int ends[2], error = 0;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	launch->report = ends[1];
	child->pid = fork();
	if (child->pid == 0)
		become(launch);
	close(ends[1]);
	if (child->pid > 0)
		while (read(ends[0], &error, sizeof(error)) < 0 && errno == EINTR)
			;
	close(ends[0]);
	*ret_error = error;
	return child->pid > 0 ? 0 : -1;
}

int aw__child_start(struct aw__child *ret_child, char **argv, const char *connect_to,
		    const char *trace, int terminal, struct aw__problem *problem)
{
	struct launch launch = {
		.argv = argv, .connect_to = connect_to, .trace = trace, .terminal = terminal
	};
	int error = 0;

	memset(ret_child, 0, sizeof(*ret_child));
	ret_child->signal_fd = open_signals(&launch.mask);
	if (ret_child->signal_fd < 0 || fork_and_wait_for_exec(ret_child, &launch, &error) != 0) {
		aw__problem_set(problem, "cannot start a process: %s", strerror(errno));
		return AW__EXIT_FAILED;
	}
	if (error != 0) {
		waitpid(ret_child->pid, NULL, 0);
		aw__problem_set(problem, "%s: %s", argv[0], strerror(error));
		return error == ENOENT ? AW__EXIT_NOT_FOUND : AW__EXIT_NOT_RUN;
	}
	ret_child->start_ticks = aw__location_start_ticks(ret_child->pid, NULL);
	ret_child->pid_fd = (int)syscall(SYS_pidfd_open, ret_child->pid, 0);
	return 0;
}

void aw__child_forward_interrupts(const struct aw__child *child)
{
	const sigset_t all = forwarded(true);

	(void)signalfd(child->signal_fd, &all, 0);
}

/*
 * Whether the command need not get a signal from awry: a key sends it to the whole process group, and the viewer sends
 * the signal that ended it to awry itself.
 */
static bool has_heard(const struct signalfd_siginfo *info)
{
	return (info->ssi_signo == SIGINT || info->ssi_signo == SIGQUIT) &&
	       (info->ssi_code > 0 || info->ssi_pid == (uint32_t)getpid());
}

void aw__child_forward(const struct aw__child *child)
{
	struct signalfd_siginfo info;

	while (read(child->signal_fd, &info, sizeof(info)) == sizeof(info))
		if (!child->ended && !has_heard(&info))
			kill(child->pid, (int)info.ssi_signo);
}

void aw__child_check(struct aw__child *child)
{
	if (!child->ended && waitpid(child->pid, &child->status, WNOHANG) == child->pid)
		child->ended = true;
}

static void die_by(int signal_number)
{
	struct rlimit none = { 0, 0 };
	sigset_t set;

	setrlimit(RLIMIT_CORE, &none);
	signal(signal_number, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, signal_number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(signal_number);
}

int aw__child_exit(const struct aw__child *child)
{
	if (WIFEXITED(child->status))
		return WEXITSTATUS(child->status);
	if (WIFSIGNALED(child->status)) {
		die_by(WTERMSIG(child->status));
		return 128 + WTERMSIG(child->status);
	}
	return AW__EXIT_FAILED;
}
