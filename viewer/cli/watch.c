/* SPDX-License-Identifier: MIT */
#include "viewer/cli/watch.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "viewer/tui/tui.h"

/* The keys wait so long at most. */
#define PUMP_NS	   5000000u
#define PUMP_ITEMS 256 /* between two looks at the clock */

struct watched {
	struct aw__session *session;
	struct aw__tui_process process;
};

static size_t count(void *arg)
{
	(void)arg;
	return 1;
}

static const struct aw__tui_process *process(void *arg, size_t index)
{
	const struct watched *watched = arg;

	(void)index;
	return &watched->process;
}

static size_t poll_fds(void *arg, struct pollfd *fds, size_t most)
{
	const struct watched *watched = arg;

	(void)most;
	fds[0].fd = aw__source_fd(watched->session->source);
	fds[0].events = POLLIN;
	return 1;
}

static enum aw__tui_pumped pump(void *arg, struct aw__problem *problem)
{
	uint64_t start_ns = aw__clock_monotonic_ns();
	struct watched *watched = arg;
	enum aw__source_status status;

	do {
		status = aw__session_step(watched->session, PUMP_ITEMS, problem);
	} while (status == AW__SOURCE_GOT && aw__clock_monotonic_ns() - start_ns < PUMP_NS);
	if (status == AW__SOURCE_GOT)
		return AW__TUI_MORE;
	if (status == AW__SOURCE_WAIT)
		return AW__TUI_WAIT;
	watched->process.ended = true;
	return status == AW__SOURCE_FAILED ? AW__TUI_FAILED : AW__TUI_END;
}

static void describe(const struct aw__tui_process *process, const struct aw__found_group *group,
		     bool ascii, struct aw__buffer *out)
{
	struct aw__report_options look = { .colour = true,
					   .ascii = ascii,
					   .files = process->files };

	aw__report_finding(process->model, &look, group, 0, out);
}

bool aw__watch_is_possible(void)
{
	const char *term = getenv("TERM");

	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && term != NULL &&
	       strcmp(term, "dumb") != 0;
}

int aw__watch_session(struct aw__session *session)
{
	/* If there is no index it is read while it is shown. */
	const bool jumped = aw__session_jump(session);
	struct watched watched = {
		.session = session,
		.process = { .model = session->model,
			     .files = session->files,
			     .recorded = aw__source_kind(session->source) != AW__SOURCE_SOCKET,
			     .arg = session },
	};
	struct aw__tui_host host = {
		.arg = &watched,
		.count = count,
		.process = process,
		.poll = poll_fds,
		.pump = pump,
		.describe = describe,
	};
	struct aw__problem problem;
	bool shown;

	(void)jumped;
	aw__cli_hold(true);
	shown = aw__tui_run(&host, &problem);
	aw__cli_hold(false);
	if (!shown)
		return aw__cli_fail("%s", problem.text);
	return session->failed ? AW__EXIT_FAILED : AW__EXIT_DONE;
}
