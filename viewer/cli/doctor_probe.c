/* SPDX-License-Identifier: MIT */
/*
 * Runs a check of `awry doctor` in a child: a seccomp filter may kill whoever makes a call, a call may change the process that makes it, and
 * another program may take for ever.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "viewer/cli/cli.h"
#include "viewer/cli/doctor.h"

#define MOST_SAID 4096u
#define NAP_MS	  10

static _Noreturn void be_child(int (*function)(void *), void *argument, int output)
{
	const struct rlimit none = { 0, 0 };
	const int input = open("/dev/null", O_RDONLY);

	setrlimit(RLIMIT_CORE, &none);
	dup2(input, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	setpgid(0, 0);
	_exit(function(argument));
}

/* Read what the child says until it has ended, or the time is over; what is too much is dropped. */
static bool wait_for_end(pid_t pid, int output, uint64_t deadline_ns, struct aw__probe *probe,
			 int *ret_status)
{
	for (;;) {
		const bool ended = waitpid(pid, ret_status, WNOHANG) == pid;
		char text[1024];
		ssize_t length;

		while ((length = read(output, text, sizeof(text))) > 0)
			aw__buffer_append(&probe->said, text, (size_t)length);
		if (ended)
			return true;
		if (aw__clock_monotonic_ns() > deadline_ns)
			return false;
		if (length == 0)
			nanosleep(&(const struct timespec){ .tv_nsec = NAP_MS * 1000000 }, NULL);
		else
			poll(&(struct pollfd){ .fd = output, .events = POLLIN }, 1, NAP_MS);
	}
}

static bool fail(struct aw__probe *probe)
{
	probe->end = AW__PROBE_FAILED;
	probe->result = errno;
	return false;
}

bool aw__probe_run(int (*function)(void *argument), void *argument, unsigned most_ms,
		   struct aw__probe *ret)
{
	const uint64_t deadline_ns = aw__clock_monotonic_ns() + most_ms * UINT64_C(1000000);
	int ends[2], status = 0;
	bool in_time;
	pid_t pid;

	memset(ret, 0, sizeof(*ret));
	ret->said.most = MOST_SAID;
	if (pipe2(ends, O_CLOEXEC) != 0)
		return fail(ret);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	pid = fork();
	if (pid == 0)
		be_child(function, argument, ends[1]);
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return fail(ret);
	}
	in_time = wait_for_end(pid, ends[0], deadline_ns, ret, &status);
	if (!in_time) {
		/* its group has the processes that it started; both calls are needed before it has made the group */
		kill(-pid, SIGKILL);
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
	}
	close(ends[0]);
	while (ret->said.length > 0 && ret->said.data[ret->said.length - 1] == '\n')
		aw__buffer_cut(&ret->said, ret->said.length - 1);
	ret->end = !in_time	       ? AW__PROBE_LATE
		   : WIFEXITED(status) ? AW__PROBE_ENDED
				       : AW__PROBE_KILLED;
	ret->result = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
	return ret->end == AW__PROBE_ENDED && ret->result == 0;
}

void aw__probe_finish(struct aw__probe *probe)
{
	aw__buffer_finish(&probe->said);
}

const char *aw__probe_reason(const struct aw__probe *probe, char ret_text[96])
{
	char name[AW__SIGNAL_NAME_BYTES];

	switch (probe->end) {
	case AW__PROBE_KILLED:
		snprintf(ret_text, 96, "killed by %s%s", aw__cli_signal_name(probe->result, name),
			 probe->result == SIGSYS ? ", by a seccomp filter" : "");
		break;
	case AW__PROBE_LATE:
		snprintf(ret_text, 96, "not finished in time");
		break;
	case AW__PROBE_FAILED:
		snprintf(ret_text, 96, "no process could be started: %s", strerror(probe->result));
		break;
	default:
		snprintf(ret_text, 96, "%s", strerror(probe->result));
	}
	return ret_text;
}
