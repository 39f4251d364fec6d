/* SPDX-License-Identifier: MIT */
/*
 * A program under a seccomp filter that kills. It uses <awry/agent.h> only, so that nearly all system calls are the agent's.
 *
 *	filtered SITUATION FILE NUMBER...
 *
 * When the third byte of FILE is 1, the program installs the filter, and sets the first byte to 1. From then on, a system call kills the
 * process unless its NUMBER is given or the program itself needs it. When the second byte is 1, the program exits with the status 7.
 */
#include <awry/agent.h>

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_CALLS 120
#define STATUS	   7

static struct aw_agent_loop loop;
static volatile unsigned char *shared;
static struct sock_filter code[2 * MOST_CALLS + 8];
static unsigned short length;

static void put(struct sock_filter instruction)
{
	code[length++] = instruction;
}

static void allow(unsigned number)
{
	put((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1));
	put((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
}

/* Install the filter on all threads. */
static void install(void)
{
	const struct sock_fprog program = { .len = length, .filter = code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) !=
		    0) {
		perror("seccomp");
		exit(77);
	}
	shared[0] = 1;
}

static void start(void)
{
	aw_agent_start("test");
	aw_agent_loop_opened(&loop, "filtered");
	aw_agent_loop_busy(&loop);
	aw_agent_loop_idle(&loop);
}

/* Makes a call that the agent never makes. */
static void pass_time(void)
{
	syscall(SYS_sched_yield);
}

static void wait_for_end(void)
{
	while (shared[1] == 0)
		pass_time();
}

static void lose_error(void)
{
	struct aw_agent_task task = { .id = aw_agent_new_task_id() };
	const struct aw_agent_birth birth = { .loop = &loop };

	aw_agent_task_created(&task, &birth);
	aw_agent_task_step(&task);
	aw_agent_task_done(&task, AW_OUTCOME_ERROR, 71);
	aw_agent_error_lost(&task, 71);
}

static clock_t processor_ms(void)
{
	return clock() / (CLOCKS_PER_SEC / 1000);
}

/* Blocks the loop repeatedly, because on a busy machine the sampler may miss a stack. */
__attribute__((noinline)) static void run_for_long(void)
{
	while (shared[1] == 0) {
		const clock_t end = processor_ms() + 300;

		aw_agent_loop_busy(&loop);
		while (shared[1] == 0 && processor_ms() < end)
			for (volatile unsigned i = 0; i < 1000000; i++)
				;
		aw_agent_loop_idle(&loop);
	}
}

__attribute__((noinline)) static void sleep_for_long(void)
{
	const struct timespec piece = { .tv_sec = 1 };

	aw_agent_loop_busy(&loop);
	while (shared[1] == 0)
		syscall(SYS_nanosleep, &piece, NULL);
	aw_agent_loop_idle(&loop);
}

static void fork_recording(void)
{
	const pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		lose_error();
		wait_for_end();
		exit(STATUS);
	}
	wait_for_end();
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != STATUS << 8)
		abort();
}

static void act(const char *situation)
{
	if (strcmp(situation, "finding") == 0)
		lose_error();
	else if (strcmp(situation, "running") == 0)
		run_for_long();
	else if (strcmp(situation, "asleep") == 0)
		sleep_for_long();
	else if (strcmp(situation, "fork") == 0)
		fork_recording();
	wait_for_end();
}

static void prepare(const char *situation, int argc, char **argv)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	put((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					 offsetof(struct seccomp_data, nr)));
	allow(SYS_sched_yield);
	allow(SYS_exit_group);
	if (strcmp(situation, "asleep") == 0)
		allow(SYS_nanosleep);
	if (strcmp(situation, "fork") == 0) {
		allow(SYS_clone);
		allow(SYS_wait4);
	}
	for (int i = 3; i < argc && i < MOST_CALLS; i++)
		allow((unsigned)atoi(argv[i]));
	put((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
}

int main(int argc, char **argv)
{
	const char *situation = argc > 2 ? argv[1] : "";
	const int fd = argc > 2 ? open(argv[2], O_RDWR | O_CLOEXEC) : -1;

	if (fd < 0)
		return 2;
	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (shared == MAP_FAILED)
		return 2;
	prepare(situation, argc, argv);
	if (strcmp(situation, "start") == 0) {
		install();
		start();
	} else {
		start();
		while (shared[2] == 0)
			pass_time();
		install();
	}
	act(situation);
	if (strcmp(situation, "end") == 0 || strcmp(situation, "start") == 0 ||
	    strcmp(situation, "fork") == 0)
		exit(STATUS);
	syscall(SYS_exit_group, STATUS); /* runs no exit handlers */
}
