/* SPDX-License-Identifier: MIT */
/* awry attach */
#include "viewer/cli/cli.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "viewer/cli/choose.h"
#include "viewer/cli/watch.h"

static volatile sig_atomic_t interrupted;

static void interrupt(int signal_number)
{
	interrupted = signal_number;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	const char **target = state->input;

	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	if (*target != NULL)
		argp_error(state, "one target is allowed, and '%s' is the second", arg);
	*target = arg;
	return 0;
}

static void follow(struct aw__session *session)
{
	struct aw__follower follower = { 0 };
	enum aw__source_status status;

	do {
		struct pollfd poll_fd = { .fd = aw__source_fd(session->source), .events = POLLIN };

		status = aw__session_drain(session);
		aw__follower_print(&follower, session, STDOUT_FILENO);
		if (status == AW__SOURCE_WAIT && !interrupted)
			poll(&poll_fd, 1, -1);
	} while (status == AW__SOURCE_WAIT && !interrupted);
}

static int print_all(struct aw__session *session)
{
	struct sigaction action = { .sa_handler = interrupt };
	struct aw__report_options look = aw__cli_options(STDOUT_FILENO);
	struct aw__buffer out = AW__BUFFER_EMPTY;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	follow(session);
	aw__report_summary(session->model, &look, &out);
	aw__cli_write(STDOUT_FILENO, aw__buffer_string(&out), out.length);
	aw__buffer_finish(&out);
	return session->failed ? AW__EXIT_FAILED : AW__EXIT_DONE;
}

int aw__command_attach(int argc, char **argv)
{
	static const struct argp argp = {
		NULL,
		parse,
		"[PID|SOCKET|FILE]",
		"Show a live process, a trace or a black box in the viewer; its ? key lists its "
		"keys. Without a terminal: print the findings as they happen, until the end or "
		"^C. Without an argument: the process that is alive, if there is only one; "
		"otherwise "
		"choose from a list.",
		NULL,
		NULL,
		NULL
	};
	struct aw__session session;
	const char *target = NULL;
	char chosen[AW__LOCATION_PATH_BYTES];
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &target);
	if (target == NULL) {
		status = aw__choose_target(chosen);
		if (status != AW__EXIT_DONE || chosen[0] == '\0')
			return status;
		target = chosen;
	}
	if (!aw__session_open(&session, target, AW__SOURCE_LIVE))
		return AW__EXIT_FAILED;
	status = aw__watch_is_possible() ? aw__watch_session(&session) : print_all(&session);
	aw__session_close(&session);
	return status;
}
