/* SPDX-License-Identifier: MIT */
/*
 * Connects sessions to the full-screen viewer, for `awry attach` and `awry run --tui`: implements the callbacks of
 * viewer/tui/tui.h, by which the viewer lists, polls and reads its processes.
 */
#include "viewer/cli/viewer_host.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t count(void *arg)
{
	const struct aw__viewer_host *host = arg;

	return host->count;
}

static const struct aw__tui_process *process(void *arg, size_t index)
{
	const struct aw__viewer_host *host = arg;

	return &host->items[index]->process;
}

static size_t poll_fds(void *arg, struct pollfd *fds, size_t most)
{
	const struct aw__viewer_host *host = arg;
	size_t used = 0;

	for (size_t i = 0; i < host->count && used < most; i++)
		if (!host->items[i]->process.ended)
			fds[used++] = (struct pollfd){
				.fd = aw__source_fd(host->items[i]->session->source),
				.events = POLLIN,
			};
	if (host->poll != NULL)
		used += host->poll(host->arg, fds + used, most - used);
	return used;
}

/* Read each process in turn; one that failed is reported, and the others go on. */
static enum aw__tui_pumped pump(void *arg, struct aw__problem *problem)
{
	struct aw__viewer_host *host = arg;
	bool waits = false;

	if (host->look != NULL)
		host->look(host->arg, host);
	waits = host->over != NULL && !host->over(host->arg);
	for (size_t tried = 0; tried < host->count; tried++) {
		struct aw__viewer_process *watched = host->items[host->turn++ % host->count];
		enum aw__tui_pumped pumped;

		if (watched->process.ended)
			continue;
		pumped = aw__viewer_process_pump(watched, problem);
		if (pumped == AW__TUI_MORE)
			return AW__TUI_MORE;
		waits = waits || pumped == AW__TUI_WAIT;
		if (pumped == AW__TUI_FAILED && host->count == 1)
			return AW__TUI_FAILED;
	}
	return waits ? AW__TUI_WAIT : AW__TUI_END;
}

static void describe(const struct aw__tui_process *process, const struct aw__found_group *group,
		     bool ascii, struct aw__buffer *out)
{
	struct aw__report_options look = { .colour = true,
					   .ascii = ascii,
					   .files = process->files };

	aw__report_finding(process->model, &look, group, 0, out);
}

static const char *output(void *arg, size_t *ret_length)
{
	const struct aw__viewer_host *host = arg;

	return host->output(host->arg, ret_length);
}

static size_t list(void *arg, struct aw__tui_listed *ret_listed, size_t most)
{
	const struct aw__viewer_host *host = arg;

	return host->list(host->list_arg, ret_listed, most);
}

static bool attach(void *arg, uint64_t id, struct aw__problem *problem)
{
	const struct aw__viewer_host *host = arg;

	return host->attach(host->list_arg, id, problem);
}

bool aw__viewer_host_is_possible(void)
{
	const char *term = getenv("TERM");

	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && term != NULL &&
	       strcmp(term, "dumb") != 0;
}

bool aw__viewer_host_add(struct aw__viewer_host *host, struct aw__session *session)
{
	if (host->count == AW__TUI_PROCESSES)
		return false;
	host->items[host->count++] = aw__viewer_process_create(session);
	return true;
}

void aw__viewer_host_finish(struct aw__viewer_host *host)
{
	for (size_t i = 0; i < host->count; i++)
		aw__viewer_process_destroy(host->items[i]);
	host->count = 0;
}

int aw__viewer_host_run(struct aw__viewer_host *host)
{
	struct aw__tui_host tui = {
		.arg = host,
		.count = count,
		.process = process,
		.poll = poll_fds,
		.pump = pump,
		.describe = describe,
		.timeline = aw__viewer_process_timeline,
		.events = aw__viewer_process_events,
		.seek = aw__viewer_process_seek,
		.list = host->list != NULL ? list : NULL,
		.attach = attach,
		.output = host->output != NULL ? output : NULL,
	};
	struct aw__problem problem;
	bool shown, failed = false;

	aw__cli_hold(true);
	shown = aw__tui_run(&tui, &problem);
	aw__cli_hold(false);
	if (!shown)
		return aw__cli_fail("%s", problem.text);
	for (size_t i = 0; i < host->count; i++)
		failed = failed || host->items[i]->session->failed;
	return failed ? AW__EXIT_FAILED : AW__EXIT_DONE;
}
