/* SPDX-License-Identifier: MIT */
/*
 * Connects sessions to the full-screen viewer, for `awry attach` and `awry run --tui`: implements the callbacks of
 * viewer/tui/tui.h, by which the viewer lists, polls and reads its processes.
 */
#include "viewer/cli/watch.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t count(void *arg)
{
	const struct aw__watch *watch = arg;

	return watch->count;
}

static const struct aw__tui_process *process(void *arg, size_t index)
{
	const struct aw__watch *watch = arg;

	return &watch->items[index]->process;
}

static size_t poll_fds(void *arg, struct pollfd *fds, size_t most)
{
	const struct aw__watch *watch = arg;
	size_t used = 0;

	for (size_t i = 0; i < watch->count && used < most; i++)
		if (!watch->items[i]->process.ended)
			fds[used++] = (struct pollfd){
				.fd = aw__source_fd(watch->items[i]->session->source),
				.events = POLLIN,
			};
	if (watch->poll != NULL)
		used += watch->poll(watch->arg, fds + used, most - used);
	return used;
}

/* Read each process in turn; one that failed is reported, and the others go on. */
static enum aw__tui_pumped pump(void *arg, struct aw__problem *problem)
{
	struct aw__watch *watch = arg;
	bool waits = false;

	if (watch->look != NULL)
		watch->look(watch->arg, watch);
	waits = watch->over != NULL && !watch->over(watch->arg);
	for (size_t tried = 0; tried < watch->count; tried++) {
		struct aw__watched *watched = watch->items[watch->turn++ % watch->count];
		enum aw__tui_pumped pumped;

		if (watched->process.ended)
			continue;
		pumped = aw__watched_pump(watched, problem);
		if (pumped == AW__TUI_MORE)
			return AW__TUI_MORE;
		waits = waits || pumped == AW__TUI_WAIT;
		if (pumped == AW__TUI_FAILED && watch->count == 1)
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
	const struct aw__watch *watch = arg;

	return watch->output(watch->arg, ret_length);
}

static size_t list(void *arg, struct aw__tui_listed *ret_listed, size_t most)
{
	const struct aw__watch *watch = arg;

	return watch->list(watch->list_arg, ret_listed, most);
}

static bool attach(void *arg, uint64_t id, struct aw__problem *problem)
{
	const struct aw__watch *watch = arg;

	return watch->attach(watch->list_arg, id, problem);
}

bool aw__watch_is_possible(void)
{
	const char *term = getenv("TERM");

	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && term != NULL &&
	       strcmp(term, "dumb") != 0;
}

bool aw__watch_add(struct aw__watch *watch, struct aw__session *session)
{
	if (watch->count == AW__TUI_PROCESSES)
		return false;
	watch->items[watch->count++] = aw__watched_create(session);
	return true;
}

void aw__watch_finish(struct aw__watch *watch)
{
	for (size_t i = 0; i < watch->count; i++)
		aw__watched_destroy(watch->items[i]);
	watch->count = 0;
}

int aw__watch_run(struct aw__watch *watch)
{
	struct aw__tui_host host = {
		.arg = watch,
		.count = count,
		.process = process,
		.poll = poll_fds,
		.pump = pump,
		.describe = describe,
		.timeline = aw__watched_timeline,
		.events = aw__watched_events,
		.seek = aw__watched_seek,
		.list = watch->list != NULL ? list : NULL,
		.attach = attach,
		.output = watch->output != NULL ? output : NULL,
	};
	struct aw__problem problem;
	bool shown, failed = false;

	aw__cli_hold(true);
	shown = aw__tui_run(&host, &problem);
	aw__cli_hold(false);
	if (!shown)
		return aw__cli_fail("%s", problem.text);
	for (size_t i = 0; i < watch->count; i++)
		failed = failed || watch->items[i]->session->failed;
	return failed ? AW__EXIT_FAILED : AW__EXIT_DONE;
}
