/* SPDX-License-Identifier: MIT */
/*
 * A program that checks its own descriptors while the agent works: the agent takes no number, and keeps nothing open.
 *
 *	own_table [-getfd] [-table] start         opens files while the agent starts, and prints how many numbers were not the lowest
 *	own_table [-getfd] [-table] steady COUNT  the same, COUNT times, while loops block and errors are lost
 *	own_table [-getfd] [-table] list          prints which descriptors were ever open meanwhile
 *	own_table [-getfd] [-table] ends          prints whether pipes end and ports are free when the program closes them
 *	own_table [-getfd] [-table] range         closes everything right after the start, opens twelve files, waits for a line
 *	own_table [-getfd] [-table] stderr        closes stderr after a line from stdin, and waits for another line
 *	own_table [-getfd] [-table] child         a forked child does `list`
 *	own_table [-getfd] [-table] alone COUNT   as `steady`, after the main thread has ended
 *	own_table [-madvise] grow                 keeps more and more tasks, after it has forbidden madvise()
 *
 * -getfd forbids pidfd_getfd(), -table forbids threads to have a descriptor table of their own, and -madvise forbids madvise().
 */
#include <awry.h>
#include <awry/agent.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FILES 12

/* ---- forbidden calls ---- */

static void forbid(const unsigned *numbers, unsigned count)
{
	struct sock_filter code[16] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	};
	struct sock_fprog program = { .filter = code };
	unsigned at = 1;

	for (unsigned i = 0; i < count; i++) {
		code[at++] =
			(struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, numbers[i], 0, 1);
		code[at++] =
			(struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	}
	code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	program.len = (unsigned short)at;
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0) {
		perror("seccomp");
		exit(77);
	}
}

static const unsigned getfd[] = { SYS_pidfd_getfd }, table[] = { SYS_close_range, SYS_unshare },
		      memory[] = { SYS_madvise };

/* ---- numbers of descriptors ---- */

static _Atomic int stopping;
static _Atomic long wrong;
static long rounds = -1; /* -1: until `stopping` is set */

static void *open_and_close(void *arg)
{
	const int lowest = open("/dev/null", O_RDONLY | O_CLOEXEC);

	close(lowest);
	for (long i = 0; rounds < 0 ? !stopping : i < rounds; i++) {
		const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

		wrong += fd != lowest;
		close(fd);
	}
	stopping = 1;
	return arg;
}

static int say_wrong(void)
{
	printf("%ld wrong\n", (long)wrong);
	return 0;
}

static int during_start(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, open_and_close, NULL);
	usleep(2000);
	aw_agent_start("test");
	usleep(20000);
	aw_agent_stop();
	stopping = 1;
	pthread_join(thread, NULL);
	return say_wrong();
}

static aw_error *lose(void *arg, void **ret)
{
	return aw_raise(aw_ValueError, "lost");
}

static void block(void)
{
	const struct timespec length = { .tv_nsec = 15000000 };
	const clock_t end = clock() + CLOCKS_PER_SEC / 66;

	nanosleep(&length, NULL);
	while (clock() < end)
		;
}

/* Loses an error and blocks the loop twice: in a system call, and computing. */
static aw_error *make_findings(void)
{
	aw_task_unref(aw_spawn(lose, NULL));
	AW_TRY(aw_sleep(AW_MS(1)));
	block();
	return NULL;
}

static aw_error *steady(void *arg, void **ret)
{
	pthread_t thread;

	AW_TRY(aw_sleep(AW_MS(20)));
	pthread_create(&thread, NULL, open_and_close, NULL);
	while (!stopping)
		AW_TRY(make_findings());
	pthread_join(thread, NULL);
	say_wrong();
	return NULL;
}

static void *run_alone(void *arg)
{
	exit(aw_exit_status(aw_run(steady, NULL, NULL)));
	return arg;
}

static int ends_main_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, run_alone, NULL);
	pthread_exit(NULL);
}

/* ---- open descriptors ---- */

static bool seen[4096];

static void look(void)
{
	DIR *folder = opendir("/proc/self/fd");
	const struct dirent *entry;

	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		const int fd = atoi(entry->d_name);

		if (fd < 4096 && fd != dirfd(folder))
			seen[fd] = true;
	}
	closedir(folder);
}

static aw_error *list(void *arg, void **ret)
{
	for (int i = 0; i < 20; i++) {
		AW_TRY(make_findings());
		for (int j = 0; j < 50; j++)
			look();
	}
	for (int fd = 0; fd < 4096; fd++)
		if (seen[fd])
			printf("%d ", fd);
	printf("\n");
	return NULL;
}

/* The child records what its task does, so it has a box and a thread. */
static aw_error *list_in_child(void *arg, void **ret)
{
	int status = 0;
	pid_t pid;

	AW_TRY(aw_sleep(AW_MS(20)));
	pid = fork();
	if (pid == 0) {
		aw_task_unref(aw_spawn(lose, NULL));
		AW_TRY(aw_yield());
		for (int i = 0; i < 200; i++, usleep(500))
			look();
		AW_TRY(list(NULL, NULL));
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return status == 0 ? NULL : aw_raise(aw_RuntimeError, "the child ended with %d", status);
}

/* ---- ends of pipes and ports ---- */

static int make_listener(int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons((unsigned short)port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 && listen(fd, 4) == 0)
		return fd;
	close(fd);
	return -1;
}

static int port_of(int fd)
{
	struct sockaddr_in address;
	socklen_t length = sizeof(address);

	getsockname(fd, (struct sockaddr *)&address, &length);
	return ntohs(address.sin_port);
}

static int ends(void)
{
	int pipes[FILES][2], ended = 0, again;
	const int listener = make_listener(0), port = port_of(listener);
	char byte;

	for (int i = 0; i < FILES; i++)
		(void)!pipe2(pipes[i], O_NONBLOCK | O_CLOEXEC);
	aw_agent_start("test");
	for (int i = 0; i < FILES; i++) {
		close(pipes[i][1]);
		ended += read(pipes[i][0], &byte, 1) == 0;
	}
	close(listener);
	again = make_listener(port);
	printf("%d pipes ended, port %s\n", ended, again >= 0 ? "free" : "taken");
	return 0;
}

static aw_error *sleeper(void *arg, void **ret)
{
	return aw_sleep(AW_SEC(600));
}

static aw_error *grow(void *arg, void **ret)
{
	AW_TRY(aw_sleep(AW_MS(20)));
	forbid(memory, 1);
	for (int i = 0; i < 20000; i++)
		aw_task_unref(aw_spawn(sleeper, NULL));
	AW_TRY(aw_sleep(AW_MS(100)));
	printf("done\n");
	return NULL;
}

static void wait_for_line(void)
{
	char line[64];

	(void)!read(0, line, sizeof(line));
}

static int closes_range(void)
{
	int right = 0;

	aw_agent_start("test");
	syscall(SYS_close_range, 3, ~0u, 0);
	for (int i = 0; i < FILES; i++)
		right += open("/dev/null", O_RDONLY) == 3 + i;
	usleep(3000);
	for (int i = 0; i < FILES; i++)
		right += fcntl(3 + i, F_GETFD) >= 0;
	printf("%d right\n", right);
	fflush(stdout);
	wait_for_line();
	return 0;
}

static int closes_stderr(void)
{
	aw_agent_start("test");
	wait_for_line();
	close(2);
	wait_for_line();
	printf("done\n");
	return 0;
}

int main(int argc, char **argv)
{
	aw_error *(*first)(void *, void **) = list;
	const char *what;

	for (; argc > 1 && argv[1][0] == '-'; argc--, argv++)
		if (strcmp(argv[1], "-getfd") == 0)
			forbid(getfd, 1);
		else if (strcmp(argv[1], "-madvise") == 0)
			forbid(memory, 1);
		else
			forbid(table, 2);
	what = argc > 1 ? argv[1] : "";
	if (argc > 2)
		rounds = atol(argv[2]);
	if (strcmp(what, "start") == 0)
		return during_start();
	if (strcmp(what, "ends") == 0)
		return ends();
	if (strcmp(what, "range") == 0)
		return closes_range();
	if (strcmp(what, "stderr") == 0)
		return closes_stderr();
	if (strcmp(what, "alone") == 0)
		return ends_main_thread();
	if (strcmp(what, "steady") == 0)
		first = steady;
	if (strcmp(what, "grow") == 0)
		first = grow;
	if (strcmp(what, "child") == 0)
		first = list_in_child;
	return aw_exit_status(aw_run(first, NULL, NULL));
}
