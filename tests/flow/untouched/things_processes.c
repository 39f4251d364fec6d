/* SPDX-License-Identifier: MIT */
/* Children of each kind, and their results; and what the program sees of its children and its own process. */
#include "things.h"

#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void wait_for(pid_t pid)
{
	int status = 0;

	if (waitpid(pid, &status, 0) == pid)
		saw_status(status);
	else
		saw("waitpid: %s", strerrorname_np(errno));
}

/* The program has no children: the sampler, which stops its threads, is not one. */
static void no_children(void)
{
	saw_result("wait", wait(NULL));
	saw_result("WNOHANG", waitpid(-1, NULL, WNOHANG));
	saw_result("__WALL", waitpid(-1, NULL, __WALL | WNOHANG));
	saw_result("__WCLONE", waitpid(-1, NULL, __WCLONE | WNOHANG));
	saw_result("waitid", waitid(P_ALL, 0, &(siginfo_t){ 0 }, WEXITED | WNOHANG));
}

/* The same while the thread blocks and may be sampled. */
static void no_children_after_a_while(void)
{
	for (int i = 0; i < 5; i++) {
		usleep(30000);
		saw_result("wait", wait(NULL));
	}
}

static void usage_of_children(void)
{
	struct rusage usage;

	getrusage(RUSAGE_CHILDREN, &usage);
	saw("%s", usage.ru_utime.tv_sec < 5 ? "little" : "much");
	saw("%ld swaps", usage.ru_nswap);
}

static void waits_without_hanging(void)
{
	const pid_t pid = fork();
	int status;

	if (pid == 0) {
		usleep(50000);
		_exit(6);
	}
	saw_result("waitpid", waitpid(-1, &status, WNOHANG));
	wait_for(pid);
	saw_result("waitpid", waitpid(-1, &status, WNOHANG));
}

static int one_more_loop(void)
{
	return use_a_loop(11);
}

static void forks(void)
{
	in_child(one_more_loop);
}

static void plain_fork_that_leaves_at_once(void)
{
	const pid_t pid = fork();

	if (pid == 0)
		_exit(13);
	wait_for(pid);
}

static void vforks(void)
{
	static char *const command[] = { (char *)"true", NULL };
	pid_t pid = vfork();

	if (pid == 0)
		_exit(14);
	wait_for(pid);
	pid = vfork();
	if (pid == 0) {
		execv("/bin/true", command);
		_exit(15);
	}
	wait_for(pid);
}

/* Forks without the handlers of pthread_atfork(). */
static void bare_fork_that_exits(void)
{
	const pid_t pid = _Fork();

	if (pid == 0)
		exit(16);
	wait_for(pid);
}

static void bare_fork_that_leaves(void)
{
	const pid_t pid = _Fork();

	if (pid == 0)
		_exit(17);
	wait_for(pid);
}

static void raw_clone_that_exits(void)
{
	const pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);

	if (pid == 0)
		exit(18);
	wait_for(pid);
}

static void quick_exits(void)
{
	const pid_t pid = fork();

	if (pid == 0)
		quick_exit(19);
	wait_for(pid);
}

static void spawns(void)
{
	static char *const command[] = { (char *)"sh", (char *)"-c", (char *)"exit 20", NULL };
	pid_t pid = 0;

	saw_result("posix_spawn", posix_spawn(&pid, "/bin/sh", NULL, NULL, command, environ));
	wait_for(pid);
	saw_result("system", WEXITSTATUS(system("exit 21")));
}

/* The state that an exec'd program inherits: descriptors, ignored signals, mask. */
static void executes(void)
{
	static const char script[] =
		"grep -E 'Sig(Blk|Ign|Cgt)' /proc/self/status | tr '\\n\\t' '  '; "
		"for fd in /proc/self/fd/*; do printf '%s ' \"${fd##*/}\"; done";
	FILE *out = popen(script, "r");
	char text[512] = "";
	size_t length = fread(text, 1, sizeof(text) - 1, out);

	text[length] = '\0';
	saw("%s", text);
	saw_result("pclose", pclose(out));
}

static void environment(void)
{
	static const char script[] =
		"env | grep -v '^AWRY_\\|^_=\\|^PWD=\\|^SHLVL=\\|^OLDPWD=' | sort | cksum";
	FILE *out = popen(script, "r");
	char text[64] = "";
	unsigned count = 0;

	(void)!fgets(text, sizeof(text), out);
	pclose(out);
	text[strcspn(text, "\n")] = '\0';
	for (char **entry = environ; *entry != NULL; entry++)
		count += strncmp(*entry, "AWRY_", 5) != 0;
	saw("sum %s of %u", text, count);
}

static int leads_a_session(void)
{
	return setsid() == getpid() && getpgrp() == getpid() && getsid(0) == getpid() ? 22 : 1;
}

static int changes_its_group(void)
{
	return setpgid(0, 0) == 0 && getpgrp() == getpid() ? 23 : 1;
}

static void sessions(void)
{
	in_child(leads_a_session);
	in_child(changes_its_group);
	saw("in the same group %d", getpgrp() == getpgid(getppid()) || getpgrp() == getpid());
}

static void attributes(void)
{
	char name[16] = "";
	int signal_number = -1;

	prctl(PR_GET_NAME, name);
	saw("name %s;", name);
	saw_result("dumpable", prctl(PR_GET_DUMPABLE));
	prctl(PR_GET_PDEATHSIG, &signal_number);
	saw("parent's death signal %d;", signal_number);
	saw_result("no new privileges", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	saw_result("subreaper", prctl(PR_GET_CHILD_SUBREAPER, &signal_number));
	saw_result("tracer", prctl(PR_SET_NAME, "renamed"));
	saw_result("nice", getpriority(PRIO_PROCESS, 0));
	saw_result("policy", sched_getscheduler(0));
	prctl(PR_SET_NAME, name);
}

static void not_dumpable(void)
{
	prctl(PR_SET_DUMPABLE, 0);
	usleep(60000);
	saw_result("dumpable", prctl(PR_GET_DUMPABLE));
	prctl(PR_SET_DUMPABLE, 1);
}

static void processors(void)
{
	cpu_set_t set;

	saw_result("affinity", sched_getaffinity(0, sizeof(set), &set));
	saw("as many as there are %d", CPU_COUNT(&set) == sysconf(_SC_NPROCESSORS_ONLN));
}

static int many_children(void)
{
	int sum = 0;

	for (int i = 0; i < 20; i++) {
		const pid_t pid = fork();
		int status = 0;

		if (pid == 0)
			exit(one_more_loop());
		waitpid(pid, &status, 0);
		sum += WEXITSTATUS(status);
	}
	return sum == 20 * 11 ? 24 : 1;
}

static void grandchildren(void)
{
	in_child(many_children);
}

const struct thing process_things[] = {
	{ "no children", no_children },
	{ "no children after a while", no_children_after_a_while },
	{ "time of children", usage_of_children },
	{ "WNOHANG", waits_without_hanging },
	{ "fork, with a loop", forks },
	{ "fork, _exit", plain_fork_that_leaves_at_once },
	{ "vfork", vforks },
	{ "_Fork, exit", bare_fork_that_exits },
	{ "_Fork, _exit", bare_fork_that_leaves },
	{ "clone, exit", raw_clone_that_exits },
	{ "quick_exit", quick_exits },
	{ "posix_spawn, system", spawns },
	{ "exec", executes },
	{ "environment", environment },
	{ "sessions", sessions },
	{ "attributes", attributes },
	{ "not dumpable", not_dumpable },
	{ "processors", processors },
	{ "grandchildren with loops", grandchildren },
	{ 0 },
};
