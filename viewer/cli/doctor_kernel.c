/* SPDX-License-Identifier: MIT */
/*
 * Checks of `awry doctor`: what the kernel is and allows. The calls are those that the agent makes, tried in a child; awry(7), "Under seccomp", lists
 * them all.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "viewer/cli/doctor.h"
#include "viewer/source/source.h"

#if defined(__x86_64__)
#include <sys/user.h>
#define CAN_SAMPLE 1
#else
#define CAN_SAMPLE 0
#endif

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
#ifndef CLOSE_RANGE_UNSHARE
#define CLOSE_RANGE_UNSHARE 2u
#endif

void aw__doctor_kernel(const struct aw__doctor *doctor, struct aw__check *check)
{
	struct utsname name;

	(void)doctor;
	if (uname(&name) != 0) {
		aw__check_remark(check, AW__HEALTH_UNKNOWN, "uname(): %s", strerror(errno));
		return;
	}
	aw__check_fact(check, "%s %s, %s", name.sysname, name.release, name.machine);
	if (!CAN_SAMPLE)
		aw__check_remark(check, AW__HEALTH_WARNING,
				 "on this processor a blocked loop has no stack of C code: that "
				 "exists on x86-64 only; the rest works");
}

/* ---- system calls ---- */

/* Each returns 0 or errno. A call with arguments that cannot be right shows whether a filter lets it through: the kernel's own answer is another one. */

static int answer(long result, int harmless)
{
	return result >= 0 || errno == harmless ? 0 : errno;
}

/* Kernels before 5.14 answer EINVAL, and the file is extended by fallocate() instead. */
static int try_madvise(void *argument)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	(void)argument;
	return page == MAP_FAILED ? errno
				  : answer(madvise(page, 4096, MADV_POPULATE_WRITE), EINVAL);
}

static int try_rename(void *argument)
{
	(void)argument;
	return answer(syscall(SYS_renameat2, -1, "", -1, "", 1), ENOENT);
}

static int try_lock(void *argument)
{
	(void)argument;
	return answer(flock(-1, LOCK_EX | LOCK_NB), EBADF);
}

static int try_socket(void *argument)
{
	(void)argument;
	return answer(socket(AF_UNIX, SOCK_STREAM, 0), 0);
}

static int try_own_table(void *argument)
{
	(void)argument;
#ifdef SYS_close_range
	if (syscall(SYS_close_range, 100, ~0u, CLOSE_RANGE_UNSHARE) == 0)
		return 0;
#endif
	return answer(unshare(CLONE_FILES), 0);
}

static int try_stderr(void *argument)
{
	(void)argument;
#if defined(SYS_pidfd_open) && defined(SYS_pidfd_getfd)
	const long process = syscall(SYS_pidfd_open, getpid(), 0);

	return process < 0 ? errno : answer(syscall(SYS_pidfd_getfd, process, STDERR_FILENO, 0), 0);
#else
	return ENOSYS;
#endif
}

static int try_copy(void *argument)
{
	char from = 1, to = 0;
	const struct iovec source = { &from, 1 }, target = { &to, 1 };

	(void)argument;
	return answer(syscall(SYS_process_vm_readv, (long)getpid(), &target, 1L, &source, 1L, 0L),
		      0);
}

static const struct {
	const char *name;
	int (*function)(void *argument);
	enum aw__health without;
	const char *lost;
} calls[] = {
	{ "madvise", try_madvise, AW__HEALTH_MISSING,
	  "a black box gets no memory: nothing is recorded" },
	{ "renameat2", try_rename, AW__HEALTH_MISSING,
	  "a black box gets no name: nothing is recorded" },
	{ "flock", try_lock, AW__HEALTH_WARNING,
	  "the box of a running process looks like a stale one where /proc does not show the "
	  "process" },
	{ "socket", try_socket, AW__HEALTH_WARNING,
	  "no viewer can connect, and awry run receives nothing: awry reads black boxes instead" },
	{ "close_range or unshare", try_own_table, AW__HEALTH_WARNING,
	  "the agent's descriptors are in the program's table, numbered from 500" },
	{ "pidfd_getfd", try_stderr, AW__HEALTH_OK,
	  "the agent keeps a copy of the program's stderr open, until the program has another file "
	  "there" },
	{ "process_vm_readv", try_copy, AW__HEALTH_OK,
	  "stacks of blocked loops are read from /proc/self/mem instead" },
};

static void tell_mending(struct aw__check *check, const struct aw__probe *probe)
{
	if (probe->end == AW__PROBE_KILLED)
		aw__check_mend(check, "let the seccomp filter answer calls with an error, or allow "
				      "those of awry(7), \"Under seccomp\"");
	else if (probe->end == AW__PROBE_ENDED && probe->result == ENOSYS)
		aw__check_mend(check,
			       "a newer kernel (awry is tested with Linux 6), or a filter that "
			       "allows the call");
	else
		aw__check_mend(check, "allow the call in the seccomp filter: docker run "
				      "--security-opt seccomp=PROFILE.json");
}

void aw__doctor_calls(const struct aw__doctor *doctor, struct aw__check *check)
{
	const size_t count = sizeof(calls) / sizeof(calls[0]);
	size_t works = 0;

	(void)doctor;
	for (size_t i = 0; i < count; i++) {
		struct aw__probe probe;
		char reason[96];

		if (aw__probe_run(calls[i].function, NULL, AW__PROBE_MS, &probe)) {
			works++;
		} else {
			/* a filter that kills ends the program, whatever the call is for */
			aw__check_remark(check,
					 probe.end == AW__PROBE_KILLED ? AW__HEALTH_MISSING
								       : calls[i].without,
					 "%s: %s: %s", calls[i].name,
					 aw__probe_reason(&probe, reason),
					 probe.end == AW__PROBE_KILLED
						 ? "a recorded program is ended by the same filter"
						 : calls[i].lost);
			if (works == i) /* once is enough */
				tell_mending(check, &probe);
		}
		aw__probe_finish(&probe);
	}
	aw__check_fact(check, "%zu of %zu work", works, count);
}

/* ---- seccomp ---- */

/* The number behind "NAME:" in /proc/self/status; -1: not known. */
static int read_status(const char *name)
{
	FILE *file = fopen("/proc/self/status", "re");
	const size_t length = strlen(name);
	char line[256];
	int value = -1;

	while (file != NULL && value < 0 && fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, name, length) == 0 && line[length] == ':')
			value = atoi(line + length + 1);
	if (file != NULL)
		fclose(file);
	return value;
}

void aw__doctor_filter(const struct aw__doctor *doctor, struct aw__check *check)
{
	int mode = read_status("Seccomp");
	const int filters = read_status("Seccomp_filters");

	(void)doctor;
	if (mode < 0)
		mode = prctl(PR_GET_SECCOMP, 0, 0, 0, 0);
	if (mode < 0) {
		aw__check_remark(check, AW__HEALTH_UNKNOWN, "prctl(PR_GET_SECCOMP): %s",
				 strerror(errno));
		return;
	}
	if (mode == 0) {
		aw__check_fact(check, "no filter");
		return;
	}
	if (filters > 0)
		aw__check_fact(check, "%d filter%s", filters, filters == 1 ? "" : "s");
	else
		aw__check_fact(check, "a filter");
	aw__check_remark(
		check, AW__HEALTH_OK,
		"the programs that are started here have it, too; what it forbids of awry's "
		"calls is listed under system-calls and ptrace");
}

/* ---- ptrace ---- */

struct step {
	const char *call;
	int error;
};

/* Shared with the helper, which ends by _exit(). */
static struct step *failed;

static bool note(long result, const char *call)
{
	if (result >= 0)
		return true;
	*failed = (struct step){ call, errno };
	return false;
}

/* What sampler_stop.c's helper does: stop a thread of another process, read its registers, let it go. */
static void stop_and_look(pid_t pid)
{
	int status = 0;
#if CAN_SAMPLE
	struct user_regs_struct registers;
#endif

	if (!note(ptrace(PTRACE_SEIZE, pid, 0, 0), "PTRACE_SEIZE") ||
	    !note(ptrace(PTRACE_INTERRUPT, pid, 0, 0), "PTRACE_INTERRUPT") ||
	    !note(waitpid(pid, &status, __WALL), "wait4"))
		return;
#if CAN_SAMPLE
	note(ptrace(PTRACE_GETREGS, pid, 0, &registers), "PTRACE_GETREGS");
#endif
	ptrace(PTRACE_DETACH, pid, 0, 0);
}

static int try_ptrace(void *argument)
{
	const pid_t self = getpid();
	int ends[2], status = 0;
	char go = 0;
	pid_t helper;

	(void)argument;
	if (!note(pipe(ends), "pipe"))
		return 1;
	helper = fork();
	if (helper == 0) {
		close(ends[1]);
		if (read(ends[0], &go, 1) == 1)
			stop_and_look(self);
		_exit(0);
	}
	if (!note(helper, "fork"))
		return 1;
#ifdef PR_SET_PTRACER
	(void)prctl(PR_SET_PTRACER, helper, 0, 0, 0);
#endif
	(void)!write(ends[1], &go, 1);
	close(ends[1]);
	while (waitpid(helper, &status, 0) < 0 && errno == EINTR)
		;
	/* a filter that kills has killed the helper: end in the same way, so that the probe's result says so */
	if (WIFSIGNALED(status))
		raise(WTERMSIG(status));
	return failed->error != 0;
}

/* Yama's restriction of ptrace; -1: there is none. */
static int read_scope(void)
{
	FILE *file = fopen("/proc/sys/kernel/yama/ptrace_scope", "re");
	int scope = -1;

	if (file != NULL && fscanf(file, "%d", &scope) != 1)
		scope = -1;
	if (file != NULL)
		fclose(file);
	return scope;
}

static void explain_ptrace(struct aw__check *check, const struct aw__probe *probe, int scope)
{
	char reason[96];

	if (failed->error != 0)
		aw__check_fact(check, "%s: %s", failed->call, strerror(failed->error));
	else
		aw__check_fact(check, "%s", aw__probe_reason(probe, reason));
	if (probe->end == AW__PROBE_KILLED) {
		aw__check_remark(check, AW__HEALTH_MISSING,
				 "a filter that kills ends the recorded program when its loop is "
				 "blocked");
		aw__check_mend(check,
			       "let the seccomp filter answer ptrace with an error, or allow it");
		return;
	}
	aw__check_remark(
		check, AW__HEALTH_WARNING,
		"a loop that is blocked by its own code has no stack of C code (a Python loop "
		"has that of its Python frames); one that sleeps in a system call has it");
	if (scope >= 2)
		aw__check_mend(check, "sysctl kernel.yama.ptrace_scope=1");
	else
		aw__check_mend(check,
			       "docker run --cap-add=SYS_PTRACE; Kubernetes: "
			       "securityContext.capabilities.add: [SYS_PTRACE]; or a seccomp "
			       "profile that allows ptrace");
}

void aw__doctor_ptrace(const struct aw__doctor *doctor, struct aw__check *check)
{
	const int scope = read_scope();
	struct aw__probe probe;

	(void)doctor;
	failed = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (failed == MAP_FAILED) {
		aw__check_remark(check, AW__HEALTH_UNKNOWN, "mmap(): %s", strerror(errno));
		return;
	}
	if (aw__probe_run(try_ptrace, NULL, AW__PROBE_MS, &probe) && failed->error == 0)
		aw__check_fact(check, "a thread can be stopped and looked at");
	else
		explain_ptrace(check, &probe, scope);
	if (scope >= 0)
		aw__check_fact(check, "Yama's ptrace_scope is %d", scope);
	aw__probe_finish(&probe);
	munmap(failed, 4096);
}

/* ---- /proc ---- */

static bool can_read(const char *path)
{
	char byte;
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	const bool can = fd >= 0 && read(fd, &byte, 1) == 1;

	if (fd >= 0)
		close(fd);
	return can;
}

static void check_thread_file(struct aw__check *check, const char *name, const char *lost)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/task/%ld/%s", (long)getpid(), name);
	if (can_read(path))
		return;
	aw__check_fact(check, "/proc/self/task/TID/%s: %s", name, strerror(errno));
	aw__check_remark(check, AW__HEALTH_WARNING, "%s", lost);
}

void aw__doctor_proc(const struct aw__doctor *doctor, struct aw__check *check)
{
	struct statfs system;
	char program[8];

	(void)doctor;
	if (statfs("/proc", &system) != 0 || system.f_type != PROC_SUPER_MAGIC) {
		aw__check_fact(check, "not mounted");
		aw__check_remark(
			check, AW__HEALTH_WARNING,
			"black boxes do not say which program they are of; running processes "
			"are told from ended ones by their locks only; a loop that sleeps in a "
			"system call has no stack while it is blocked");
		aw__check_mend(check, "mount -t proc proc /proc");
		return;
	}
	if (readlink("/proc/self/exe", program, sizeof(program)) < 0 ||
	    aw__location_start_ticks(getpid(), NULL) == 0) {
		aw__check_fact(check, "mounted, but does not show this process");
		aw__check_remark(check, AW__HEALTH_WARNING,
				 "black boxes do not say which program they are of");
		aw__check_mend(check,
			       "mount a /proc of this PID namespace: mount -t proc proc /proc");
		return;
	}
	check_thread_file(check, "syscall",
			  "a loop that sleeps in a system call has no stack while it is blocked");
	check_thread_file(check, "schedstat",
			  "on a busy machine a loop that only waits for a processor may be called "
			  "blocked");
	if (check->fact.length == 0)
		aw__check_fact(check, "mounted, and readable");
	if (access("/proc/1/stat", F_OK) != 0)
		aw__check_fact(check,
			       "hides other users' processes (hidepid), which awry does not need");
}
