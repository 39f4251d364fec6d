/* SPDX-License-Identifier: MIT */
/*
 * Restores the terminal if the viewer crashes or is killed: a handler for crash signals, and a small child process
 * for SIGKILL, which sleeps until the viewer ends.
 */
#include "viewer/tui/terminal_restore.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/mapping.h"

static int life = -1; /* a pipe to the child process: closed when this process ends */
static pid_t child;
static struct termios sane;
static const char *sane_text;

/* After these signals the program restores the terminal itself. */
static const int crashes[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
#define CRASHES (sizeof(crashes) / sizeof(crashes[0]))

static struct sigaction before_crash[CRASHES];

static void give_back(void)
{
	tcsetattr(STDIN_FILENO, TCSADRAIN, &sane);
	(void)!write(STDOUT_FILENO, sane_text, strlen(sane_text));
}

static void crash(int number, siginfo_t *info, void *context)
{
	sigset_t set;

	(void)context;
	if (number == SIGBUS && aw__mapping_repair(info))
		return; /* a mapped file was truncated */
	give_back();
	(void)!write(life, "", 1);
	for (size_t i = 0; i < CRASHES; i++)
		if (crashes[i] == number)
			sigaction(number, &before_crash[i], NULL);
	sigemptyset(&set);
	sigaddset(&set, number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(number);
}

static void catch_crashes(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_sigaction = crash;
	action.sa_flags = SA_SIGINFO;
	for (size_t i = 0; i < CRASHES; i++)
		sigaction(crashes[i], &action, &before_crash[i]);
}

static void ignore(int number)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = SIG_IGN;
	sigaction(number, &action, NULL);
}

/* A byte means a normal end; end of file without one means that the viewer was killed. */
static _Noreturn void guard(int fd)
{
	static const int signals[] = {
		SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP, SIGTTOU, SIGPIPE
	};
	ssize_t got;
	char byte;

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		ignore(signals[i]);
	do {
		got = read(fd, &byte, 1);
	} while (got < 0 && errno == EINTR);
	if (got == 0)
		give_back();
	_exit(0);
}

void aw__terminal_restore_start(const char *reset)
{
	int ends[2];

	if (life >= 0 || tcgetattr(STDIN_FILENO, &sane) != 0 || pipe2(ends, O_CLOEXEC) != 0)
		return;
	sane_text = reset;
	child = fork();
	if (child == 0) {
		for (int fd = 3; fd < 1024; fd++)
			if (fd != ends[0])
				close(fd);
		guard(ends[0]);
	}
	close(ends[0]);
	life = ends[1];
	catch_crashes();
}

void aw__terminal_restore_stop(void)
{
	if (life < 0)
		return;
	for (size_t i = 0; i < CRASHES; i++)
		sigaction(crashes[i], &before_crash[i], NULL);
	(void)!write(life, "", 1);
	close(life);
	life = -1;
	while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	child = 0;
}
