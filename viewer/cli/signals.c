/* SPDX-License-Identifier: MIT */
/*
 * Signal dispositions as awry inherited them: the command of `awry run` gets the same, and SIGPIPE ends awry as it
 * ends other programs.
 */
#include "viewer/cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static const int numbers[] = { SIGINT, SIGQUIT, SIGPIPE };

#define COUNT (sizeof(numbers) / sizeof(numbers[0]))

static struct sigaction inherited[COUNT];

void aw__cli_signals_init(void)
{
	for (size_t i = 0; i < COUNT; i++)
		sigaction(numbers[i], NULL, &inherited[i]);
	signal(SIGPIPE, SIG_IGN);
}

void aw__cli_signals_restore(void)
{
	for (size_t i = 0; i < COUNT; i++)
		sigaction(numbers[i], &inherited[i], NULL);
}

const char *aw__cli_signal_name(int number, char ret_name[AW__SIGNAL_NAME_BYTES])
{
	const char *abbreviated = sigabbrev_np(number);

	if (abbreviated != NULL)
		snprintf(ret_name, AW__SIGNAL_NAME_BYTES, "SIG%s", abbreviated);
	else if (number >= SIGRTMIN && number <= SIGRTMAX)
		snprintf(ret_name, AW__SIGNAL_NAME_BYTES, "SIGRTMIN+%d", number - SIGRTMIN);
	else /* the C library keeps some for itself */
		snprintf(ret_name, AW__SIGNAL_NAME_BYTES, "signal %d", number);
	return ret_name;
}

bool aw__cli_pipe_broke(int error)
{
	sigset_t set;

	if (error != EPIPE)
		return false;
	aw__cli_signals_restore();
	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(SIGPIPE);
	return true;
}
