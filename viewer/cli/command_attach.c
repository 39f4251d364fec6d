/* SPDX-License-Identifier: MIT */
/* Implements `awry attach`, which opens the full-screen viewer on a process, a recording or a black box, or on several of them. */
#include "viewer/cli/cli.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "viewer/cli/choose.h"
#include "viewer/cli/option_source.h"
#include "viewer/cli/viewer_host.h"

#define MAX_TARGETS 64

static volatile sig_atomic_t interrupted;

static void interrupt(int signal_number)
{
	interrupted = signal_number;
}

struct arguments {
	char **targets;
	size_t count;
	struct aw__option_source sourcing;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &arguments->sourcing;
		return 0;
	case ARGP_KEY_ARGS:
		arguments->targets = state->argv + state->next;
		arguments->count = (size_t)(state->argc - state->next);
		if (arguments->count > MAX_TARGETS)
			aw__cli_usage(state, "%zu targets are too many: %d are allowed",
				      arguments->count, MAX_TARGETS);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
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

static int print_each(struct aw__session *sessions, size_t count)
{
	if (count > 1)
		return aw__cli_fail("without a terminal one target is allowed, not %zu", count);
	return print_all(&sessions[0]);
}

static int show_all(struct aw__session *sessions, size_t count)
{
	struct aw__choices choices = { .count = 0 };
	struct aw__viewer_host host = {
		.list_arg = &choices,
		.list = aw__choices_list,
		.attach = aw__choices_attach,
	};
	int status;

	choices.host = &host;

	for (size_t i = 0; i < count; i++) {
		/* A trace without an index is read while it is shown. */
		const bool jumped = aw__session_jump(&sessions[i]);

		(void)jumped;
		aw__viewer_host_add(&host, &sessions[i]);
	}
	status = aw__viewer_host_run(&host);
	aw__viewer_host_finish(&host);
	aw__choices_finish(&choices);
	return status;
}

static int attach(char **targets, size_t count)
{
	struct aw__session *sessions = aw__alloc_must_zeroed(count, sizeof(*sessions));
	int status = AW__EXIT_DONE;
	size_t opened = 0;

	while (opened < count &&
	       aw__session_open(&sessions[opened], targets[opened], AW__SOURCE_LIVE))
		opened++;
	if (opened < count)
		status = AW__EXIT_FAILED;
	else if (aw__viewer_host_is_possible())
		status = show_all(sessions, count);
	else
		status = print_each(sessions, count);
	while (opened > 0)
		aw__session_close(&sessions[--opened]);
	aw__alloc_free(sessions);
	return status;
}

int aw__command_attach(int argc, char **argv)
{
	static const struct argp_child children[] = { { &aw__option_source_argp, 0, NULL, 0 },
						      { 0 } };
	static const struct argp argp = {
		NULL,
		parse,
		"[PID|SOCKET|FILE]...",
		"Show live processes, traces or black boxes in the viewer, several in one view; "
		"its key ? lists its keys. Without a terminal: print the findings as they happen, "
		"until the end or ^C. Without an argument: list this user's processes, and update "
		"the list (without a terminal: take the live process, if there is only one).",
		children,
		NULL,
		NULL
	};
	struct arguments arguments = { 0 };
	char chosen[AW__LOCATION_PATH_BYTES];
	char *target = chosen;
	int status;

	aw__cli_parse(&argp, argc, argv, 0, &arguments);
	if (arguments.count > 0)
		return attach(arguments.targets, arguments.count);
	if (aw__viewer_host_is_possible())
		return show_all(NULL, 0);
	status = aw__choose_target(chosen);
	if (status != AW__EXIT_DONE || chosen[0] == '\0')
		return status;
	return attach(&target, 1);
}
