/* SPDX-License-Identifier: MIT */
/* Signals: handlers, masks, alternate stacks, restarts, and waiting for them. */
#include "things.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t caught, caught_value;
static volatile void *caught_at;

static void count(int number)
{
	caught++;
}

static void on(int number, void (*handler)(int), int flags, struct sigaction *ret_before)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

	sigemptyset(&action.sa_mask);
	sigaction(number, &action, ret_before);
	caught = 0;
}

static void alarm_in(int ms)
{
	const struct itimerval timer = { .it_value = { ms / 1000, ms % 1000 * 1000 } };

	setitimer(ITIMER_REAL, &timer, NULL);
}

static void dispositions(void)
{
	for (int number = 1; number < NSIG; number++) {
		struct sigaction action;

		if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_DFL)
			saw("%d %s", number, action.sa_handler == SIG_IGN ? "ignored" : "handled");
	}
}

static void mask(void)
{
	sigset_t set;

	pthread_sigmask(SIG_SETMASK, NULL, &set);
	for (int number = 1; number < NSIG; number++)
		if (sigismember(&set, number) == 1)
			saw("%d", number);
	saw("pending:");
	sigpending(&set);
	for (int number = 1; number < NSIG; number++)
		if (sigismember(&set, number) == 1)
			saw("%d", number);
}

static int exits_with_3(void)
{
	return 3;
}

static void of_a_child(void)
{
	struct sigaction before;

	on(SIGCHLD, count, 0, &before);
	in_child(exits_with_3);
	saw("signals %d", (int)caught);
	sigaction(SIGCHLD, &before, NULL);
}

static void of_a_child_ignored(void)
{
	struct sigaction before;

	on(SIGCHLD, SIG_IGN, 0, &before);
	in_child(exits_with_3);
	sigaction(SIGCHLD, &before, NULL);
}

static void alarm_pauses(void)
{
	const long since = now_ms();
	struct sigaction before;

	on(SIGALRM, count, 0, &before);
	alarm_in(60);
	saw_result("pause", pause());
	saw("signals %d", (int)caught);
	saw_duration(since, 60);
	sigaction(SIGALRM, &before, NULL);
}

static void write_byte(void *arg)
{
	(void)!write(*(int *)arg, "x", 1);
}

static void read_while_alarmed(int flags)
{
	struct sigaction before;
	int ends[2];
	char byte = 0;

	if (pipe(ends) != 0)
		return;
	on(SIGALRM, count, flags, &before);
	later(120, write_byte, &ends[1]);
	alarm_in(50);
	saw_result("read", read(ends[0], &byte, 1));
	saw("signals %d", (int)caught);
	join_later();
	sigaction(SIGALRM, &before, NULL);
	close(ends[0]);
	close(ends[1]);
}

static void read_that_is_restarted(void)
{
	read_while_alarmed(SA_RESTART);
}

static void read_that_is_not(void)
{
	read_while_alarmed(0);
}

static char other_stack[64 << 10];

static void look_at_stack(int number)
{
	const char here = 0;

	caught = &here >= other_stack && &here < other_stack + sizeof(other_stack);
}

static void alternate_stack(void)
{
	const stack_t mine = { .ss_sp = other_stack, .ss_size = sizeof(other_stack) };
	struct sigaction before;
	stack_t was, now;

	saw_result("sigaltstack", sigaltstack(&mine, &was));
	on(SIGUSR1, look_at_stack, SA_ONSTACK, &before);
	raise(SIGUSR1);
	saw("on it %d", (int)caught);
	sigaltstack(NULL, &now);
	saw("still mine %d", now.ss_sp == mine.ss_sp && now.ss_size == mine.ss_size);
	sigaltstack(&was, NULL);
	saw("before %s", (was.ss_flags & SS_DISABLE) != 0 ? "none" : "another");
	sigaction(SIGUSR1, &before, NULL);
}

static sigjmp_buf back;

static void on_fault(int number, siginfo_t *info, void *context)
{
	caught_at = info->si_addr;
	caught_value = info->si_code;
	siglongjmp(back, 1);
}

static void fault(void)
{
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO }, before;
	volatile char *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	sigemptyset(&action.sa_mask);
	sigaction(SIGSEGV, &action, &before);
	if (sigsetjmp(back, 1) == 0)
		page[5] = 1;
	saw("there %d, because %d", caught_at == page + 5, (int)caught_value);
	sigaction(SIGSEGV, &before, NULL);
	munmap((void *)(uintptr_t)page, 4096);
}

static void note_value(int number, siginfo_t *info, void *context)
{
	caught++;
	caught_value = caught_value * 10 + info->si_value.sival_int;
}

static void queued(void)
{
	struct sigaction action = { .sa_sigaction = note_value, .sa_flags = SA_SIGINFO }, before;
	sigset_t set, old;

	sigemptyset(&action.sa_mask);
	sigaction(SIGRTMIN + 1, &action, &before);
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN + 1);
	pthread_sigmask(SIG_BLOCK, &set, &old);
	caught = caught_value = 0;
	for (int i = 1; i <= 3; i++)
		saw_result("sigqueue",
			   sigqueue(getpid(), SIGRTMIN + 1, (union sigval){ .sival_int = i }));
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	saw("signals %d, values %d", (int)caught, (int)caught_value);
	sigaction(SIGRTMIN + 1, &before, NULL);
}

static sigset_t block_usr2(sigset_t *ret_before)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &set, ret_before);
	return set;
}

static void kill_me(void *arg)
{
	kill(getpid(), *(int *)arg);
}

static void timed_wait_in_vain(void)
{
	const struct timespec timeout = { .tv_nsec = 80000000 };
	const long since = now_ms();
	sigset_t before;
	const sigset_t set = block_usr2(&before);

	saw_result("sigtimedwait", sigtimedwait(&set, NULL, &timeout));
	saw_duration(since, 80);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void timed_wait(void)
{
	const struct timespec timeout = { .tv_sec = 5 };
	int number = SIGUSR2;
	sigset_t before;
	const sigset_t set = block_usr2(&before);

	later(80, kill_me, &number);
	saw("%s",
	    sigtimedwait(&set, NULL, &timeout) == SIGUSR2 ? "got it" : strerrorname_np(errno));
	join_later();
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void waits_and_suspends(void)
{
	struct sigaction handler;
	int number = SIGUSR2, got = 0;
	sigset_t before, open;
	const sigset_t set = block_usr2(&before);

	later(60, kill_me, &number);
	saw_result("sigwait", sigwait(&set, &got));
	join_later();
	on(SIGUSR2, count, 0, &handler);
	open = before;
	sigdelset(&open, SIGUSR2);
	later(60, kill_me, &number);
	saw_result("sigsuspend", sigsuspend(&open));
	join_later();
	saw("signals %d", (int)caught);
	sigaction(SIGUSR2, &handler, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void by_descriptor(void)
{
	struct signalfd_siginfo info = { 0 };
	int number = SIGUSR2;
	sigset_t before;
	const sigset_t set = block_usr2(&before);
	const int fd = signalfd(-1, &set, 0);

	later(60, kill_me, &number);
	saw_result("read", read(fd, &info, sizeof(info)));
	saw("it is USR2 %d", info.ssi_signo == SIGUSR2);
	join_later();
	close(fd);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void broken_pipe(void)
{
	struct sigaction before;
	int ends[2];

	if (pipe(ends) != 0)
		return;
	close(ends[0]);
	on(SIGPIPE, count, 0, &before);
	saw_result("write", write(ends[1], "x", 1));
	saw("signals %d, before %s", (int)caught,
	    before.sa_handler == SIG_DFL   ? "default"
	    : before.sa_handler == SIG_IGN ? "ignored"
					   : "handled");
	sigaction(SIGPIPE, &before, NULL);
	close(ends[1]);
}

static int dies_by_term(void)
{
	kill(getpid(), SIGTERM);
	return 0;
}

static int aborts(void)
{
	abort();
}

static void deaths(void)
{
	in_child(dies_by_term);
	in_child(aborts);
}

static void stop_and_go(void)
{
	int status = 0, ends[2];
	char byte;
	pid_t pid;

	if (pipe(ends) != 0)
		return;
	pid = fork();
	if (pid == 0) {
		raise(SIGSTOP);
		(void)!read(ends[0], &byte, 1);
		_exit(4);
	}
	saw("stopped %d", waitpid(pid, &status, WUNTRACED) == pid);
	saw_status(status);
	kill(pid, SIGCONT);
	waitpid(pid, &status, WCONTINUED);
	saw_status(status);
	(void)!write(ends[1], "x", 1);
	close(ends[0]);
	close(ends[1]);
	waitpid(pid, &status, 0);
	saw_status(status);
}

static void *wait_for_usr1(void *arg)
{
	return (void *)(intptr_t)pause();
}

static void to_a_thread(void)
{
	struct sigaction before;
	pthread_t thread;

	on(SIGUSR1, count, 0, &before);
	pthread_create(&thread, NULL, wait_for_usr1, NULL);
	usleep(50000);
	saw_result("pthread_kill", pthread_kill(thread, SIGUSR1));
	pthread_join(thread, NULL);
	saw("signals %d", (int)caught);
	sigaction(SIGUSR1, &before, NULL);
}

const struct thing signal_things[] = {
	{ "dispositions", dispositions },
	{ "signal mask", mask },
	{ "SIGCHLD", of_a_child },
	{ "SIGCHLD ignored", of_a_child_ignored },
	{ "alarm", alarm_pauses },
	{ "SA_RESTART", read_that_is_restarted },
	{ "without SA_RESTART", read_that_is_not },
	{ "sigaltstack", alternate_stack },
	{ "SIGSEGV caught", fault },
	{ "sigqueue", queued },
	{ "sigtimedwait in vain", timed_wait_in_vain },
	{ "sigtimedwait", timed_wait },
	{ "sigwait, sigsuspend", waits_and_suspends },
	{ "signalfd", by_descriptor },
	{ "SIGPIPE", broken_pipe },
	{ "killed children", deaths },
	{ "stopped child", stop_and_go },
	{ "pthread_kill", to_a_thread },
	{ 0 },
};
