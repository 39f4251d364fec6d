/* SPDX-License-Identifier: MIT */
/* awry run */
#include "viewer/cli/cli.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "viewer/cli/child.h"
#include "viewer/cli/gating.h"
#include "viewer/cli/reporting.h"
#include "viewer/cli/run_end.h"
#include "viewer/cli/run_output.h"
#include "viewer/cli/run_trace.h"
#include "viewer/cli/watch.h"

/* Processes that the command started, beyond this many, are not listened to. */
#define MAX_PROCESSES 256
/* How long the others may go on telling once the command has ended. */
#define GRACE_NS 500000000u
/* Descriptors that are polled, beside those of the processes. */
#define OWN_FDS 4

/* Reports of one run. */
#define MAX_REPORTS 16

enum { OPTION_REPORT = 1000, OPTION_FORCE, OPTION_TUI };

struct arguments {
	struct aw__gating gating;
	struct aw__sourcing sourcing;
	struct aw__run_wanted reports[MAX_REPORTS];
	size_t report_count;
	bool at_the_end; /* one of them goes to stderr */
	const char *trace;
	bool force;
	bool tui;
	char **command;
};

static const struct argp_option options[] = {
	{ "report", OPTION_REPORT, "FORMAT[=FILE]", 0,
	  "At the end, write a report to FILE, or on stderr instead of the findings as they "
	  "happen; may be given several times",
	  0 },
	{ "tui", OPTION_TUI, NULL, 0,
	  "Show it in the viewer, with what the command writes in a pane; when the viewer is left, "
	  "go on without",
	  0 },
	{ "output", 'o', "FILE", 0,
	  "Record a trace, too; %p in its name is the process id, and .zst at its end compresses "
	  "it",
	  0 },
	{ "force", OPTION_FORCE, NULL, 0, "Replace a FILE that is there", 0 },
	{ 0 },
};

static void parse_report(struct arguments *arguments, const char *text, struct argp_state *state)
{
	size_t length = strcspn(text, "=");
	struct aw__run_wanted *wanted = &arguments->reports[arguments->report_count];

	if (arguments->report_count == MAX_REPORTS)
		argp_error(state, "at most %d reports are allowed", MAX_REPORTS);
	wanted->format = aw__reporting_format(state, text, length);
	wanted->path = text[length] == '=' ? text + length + 1 : NULL;
	if (wanted->path != NULL && *wanted->path == '\0')
		argp_error(state, "a file's name is wanted behind '%s'", text);
	arguments->at_the_end = arguments->at_the_end || wanted->path == NULL;
	arguments->report_count++;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case OPTION_REPORT:
		parse_report(arguments, arg, state);
		return 0;
	case 'o':
		arguments->trace = arg;
		if (!aw__run_trace_allowed(arg))
			argp_error(state, "'%s': %%p, the process id, and %%%% are allowed in FILE",
				   arg);
		return 0;
	case OPTION_TUI:
		arguments->tui = true;
		return 0;
	case OPTION_FORCE:
		arguments->force = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &arguments->gating;
		state->child_inputs[1] = &arguments->sourcing;
		return 0;
	case ARGP_KEY_ARGS:
		arguments->command = state->argv + state->next;
		return 0;
	case ARGP_KEY_END:
		if (arguments->command == NULL)
			argp_error(state, "a command is wanted: awry run [OPTIONS] -- CMD ARGS...");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* One process that connected. */
struct process {
	struct aw__session session;
	struct aw__follower follower;
	bool connected;
};

struct run {
	struct arguments *arguments;
	struct aw__listener listener;
	struct aw__child child;
	struct aw__run_output output;
	struct process *processes[MAX_PROCESSES];
	size_t count;
	uint64_t ignored; /* processes beyond the bound */
};

static struct process *add_process(struct run *run, struct aw__source *source_take)
{
	struct process *process;
	char name[32];

	if (run->count == MAX_PROCESSES) {
		run->ignored++;
		aw__source_close(source_take);
		return NULL;
	}
	process = aw__alloc_must_zeroed(1, sizeof(*process));
	snprintf(name, sizeof(name), "process %zu", run->count + 1);
	aw__session_init(&process->session, name, source_take);
	process->follower.allow = run->arguments->gating.allow;
	process->connected = source_take != NULL;
	run->processes[run->count++] = process;
	return process;
}

static void accept_all(struct run *run)
{
	int fd;

	while ((fd = aw__listener_accept(&run->listener)) >= 0)
		add_process(run, aw__source_adopt(fd));
}

static void print_new(const struct run *run, struct process *process)
{
	if (!run->arguments->at_the_end)
		aw__follower_print(&process->follower, &process->session, STDERR_FILENO);
}

/* What a process that died without a goodbye left in its box. */
static void read_box(struct process *process, uint32_t pid, uint64_t start_ticks)
{
	struct aw__source_box *boxes;
	struct aw__problem ignored;
	size_t count;

	if (!aw__source_list(&boxes, &count, &ignored))
		return;
	for (size_t i = 0; i < count; i++)
		if (boxes[i].location.pid == pid && boxes[i].location.start_ticks == start_ticks)
			aw__session_ingest_box(&process->session, boxes[i].path);
	aw__alloc_free(boxes);
}

static void hear(const struct run *run, struct process *process)
{
	enum aw__source_status status = aw__session_drain(&process->session);

	if (status != AW__SOURCE_WAIT) {
		const struct aw__hello *hello = aw__model_hello(process->session.model);

		process->connected = false;
		if (hello != NULL && !aw__model_ended(process->session.model))
			read_box(process, hello->pid, hello->process_start_ticks);
	}
	print_new(run, process);
}

static size_t own_fds(void *arg, struct pollfd *fds, size_t most)
{
	const struct run *run = arg;
	const int own[OWN_FDS] = { run->listener.fd, run->child.signal_fd, run->output.fd,
				   run->child.ended ? -1 : run->child.pid_fd };
	size_t count = 0;

	for (size_t i = 0; i < OWN_FDS && count < most; i++)
		if (own[i] >= 0)
			fds[count++] = (struct pollfd){ .fd = own[i], .events = POLLIN };
	return count;
}

static size_t poll_all(struct run *run, int timeout_ms)
{
	struct pollfd fds[MAX_PROCESSES + OWN_FDS];
	size_t count = own_fds(run, fds, OWN_FDS);

	for (size_t i = 0; i < run->count; i++)
		if (run->processes[i]->connected)
			fds[count++] = (struct pollfd){ .fd = aw__source_fd(
								run->processes[i]->session.source),
							.events = POLLIN };
	return poll(fds, count, timeout_ms) > 0 ? count : 0;
}

static size_t serve(struct run *run)
{
	size_t connected = 0;

	aw__child_forward(&run->child);
	accept_all(run);
	aw__run_output_read(&run->output, true);
	for (size_t i = 0; i < run->count; i++) {
		if (run->processes[i]->connected)
			hear(run, run->processes[i]);
		connected += run->processes[i]->connected;
	}
	return connected;
}

static void watch(struct run *run)
{
	uint64_t ended_ns = 0;

	for (;;) {
		size_t connected;

		poll_all(run, run->child.pid_fd < 0 || run->child.ended ? 20 : -1);
		aw__child_check(&run->child);
		connected = serve(run);
		if (!run->child.ended)
			continue;
		if (ended_ns == 0)
			ended_ns = aw__clock_monotonic_ns();
		/* what was written to a terminal may come out of it a moment later */
		if ((connected == 0 && run->output.fd < 0) ||
		    aw__clock_monotonic_ns() - ended_ns > GRACE_NS)
			return;
	}
}

/* ---- the viewer ---- */

static void look(void *arg, struct aw__watch *watch)
{
	struct run *run = arg;

	aw__child_forward(&run->child);
	aw__child_check(&run->child);
	accept_all(run);
	aw__run_output_read(&run->output, false);
	while (watch->count < run->count)
		if (!aw__watch_add(watch, &run->processes[watch->count]->session))
			return;
}

static bool over(void *arg)
{
	const struct run *run = arg;

	return run->child.ended && run->output.fd < 0;
}

static const char *written(void *arg, size_t *ret_length)
{
	const struct run *run = arg;

	*ret_length = run->output.text.length;
	return aw__buffer_string(&run->output.text);
}

/* Until the user leaves; what it has read to their ends is done. */
static void show(struct run *run)
{
	struct aw__watch watch = {
		.arg = run,
		.look = look,
		.poll = own_fds,
		.over = over,
		.output = written,
	};

	aw__watch_run(&watch);
	for (size_t i = 0; i < watch.count; i++) {
		run->processes[i]->connected = !watch.items[i]->process.ended;
		print_new(run, run->processes[i]);
	}
	aw__watch_finish(&watch);
}

static bool knows(const struct run *run, uint32_t pid)
{
	for (size_t i = 0; i < run->count; i++) {
		const struct aw__hello *hello = aw__model_hello(run->processes[i]->session.model);

		if (hello != NULL && hello->pid == pid)
			return true;
	}
	return false;
}

/* The command may have died before it said anything; its box says it. */
static void look_for_silent(struct run *run)
{
	struct process *process;

	if (knows(run, (uint32_t)run->child.pid))
		return;
	process = add_process(run, NULL);
	if (process == NULL)
		return;
	read_box(process, (uint32_t)run->child.pid, run->child.start_ticks);
	print_new(run, process);
}

static void finish_traces(const struct run *run, const char *trace)
{
	uint32_t pids[MAX_PROCESSES];
	size_t count = 0;

	for (size_t i = 0; i < run->count; i++) {
		const struct aw__hello *hello = aw__model_hello(run->processes[i]->session.model);

		if (hello != NULL)
			pids[count++] = hello->pid;
	}
	aw__run_trace_finish(trace, pids, count);
}

static int end(const struct run *run)
{
	const struct aw__session *sessions[MAX_PROCESSES];
	struct aw__run_end result = {
		.gating = &run->arguments->gating,
		.sourcing = &run->arguments->sourcing,
		.reports = run->arguments->reports,
		.report_count = run->arguments->report_count,
		.at_the_end = run->arguments->at_the_end,
		.command = run->arguments->command[0],
		.succeeded = WIFEXITED(run->child.status) && WEXITSTATUS(run->child.status) == 0,
		.sessions = sessions,
		.count = run->count,
	};

	for (size_t i = 0; i < run->count; i++)
		sessions[i] = &run->processes[i]->session;
	if (run->ignored > 0)
		aw__cli_warn("%" PRIu64 " more processes were not listened to: %d are allowed",
			     run->ignored, MAX_PROCESSES);
	return aw__run_end(&result);
}

static int start_and_watch(struct run *run, const char *trace)
{
	struct aw__problem problem;
	int status = AW__EXIT_FAILED;

	run->output = (struct aw__run_output){ .fd = -1, .terminal = -1 };
	if (!run->arguments->tui || aw__run_output_open(&run->output, &problem))
		status = aw__child_start(&run->child, run->arguments->command, run->listener.path,
					 trace, run->output.terminal, &problem);
	aw__run_output_started(&run->output);
	if (status != 0) {
		aw__listener_close(&run->listener);
		aw__run_output_close(&run->output);
		aw__cli_fail("%s", problem.text);
		return status;
	}
	if (run->arguments->tui)
		show(run);
	watch(run);
	aw__run_output_close(&run->output);
	aw__listener_close(&run->listener);
	if (trace != NULL)
		finish_traces(run, trace);
	look_for_silent(run);
	status = end(run);
	for (size_t i = 0; i < run->count; i++) {
		aw__session_close(&run->processes[i]->session);
		aw__alloc_free(run->processes[i]);
	}
	return status != -1 ? status : aw__child_exit(&run->child);
}

/* The command may change its folder before its agent opens the trace. */
static bool absolute(const char *path, char ret_path[PATH_MAX], struct aw__problem *problem)
{
	char folder[PATH_MAX];

	if (path[0] == '/')
		return snprintf(ret_path, PATH_MAX, "%s", path) < PATH_MAX ||
		       aw__problem_set(problem, "%.200s…: the path is too long", path);
	if (getcwd(folder, sizeof(folder)) == NULL ||
	    snprintf(ret_path, PATH_MAX, "%s/%s", folder, path) >= PATH_MAX)
		return aw__problem_set(problem, "%.200s: the path is too long", path);
	return true;
}

static const char doc[] =
	"Run a command with debug mode on. Its findings are printed on stderr as they happen, each "
	"in full the first time, with a summary at the end.\v"
	"Examples:\n"
	"  awry run -- ./server\n"
	"  awry run --fail-on any -o run.awry -- ./tests\n"
	"  awry run --report sarif=awry.sarif --report junit=awry.xml -- ./tests\n"
	"  awry run --fail-on 'any,blocked-loop>500ms' --allow allow.awry -- ./tests\n"
	"\n"
	"Exits with the command's status, or by its signal; with 66 if a term of --fail-on is met, "
	"or "
	"an entry of the allow-list is out of date; with 1 if a report could not be written, or if "
	"there was nothing for --fail-on to judge.";

static bool can_write(struct arguments *arguments, char trace[PATH_MAX],
		      struct aw__problem *problem)
{
	for (size_t i = 0; i < arguments->report_count; i++)
		if (arguments->reports[i].path != NULL &&
		    !aw__reporting_allowed(arguments->reports[i].path, arguments->force, problem))
			return false;
	return arguments->trace == NULL || (absolute(arguments->trace, trace, problem) &&
					    aw__output_allowed(trace, arguments->force, problem));
}

int aw__command_run(int argc, char **argv)
{
	static const struct argp_child children[] = { { &aw__gating_argp, 0, NULL, 0 },
						      { &aw__sourcing_argp, 0, NULL, 0 },
						      { 0 } };
	static const struct argp argp = { options, parse,    "-- CMD ARGS...",
					  doc,	   children, aw__reporting_help,
					  NULL };
	struct arguments arguments = { 0 };
	struct run run = { .arguments = &arguments };
	struct aw__problem problem;
	char trace[PATH_MAX];
	int status;

	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &arguments);
	if (arguments.tui && !aw__watch_is_possible())
		status = aw__cli_fail("--tui needs a terminal on stdin and stdout");
	else if (!can_write(&arguments, trace, &problem) ||
		 !aw__listener_open(&run.listener, &problem))
		status = aw__cli_fail("%s", problem.text);
	else
		status = start_and_watch(&run, arguments.trace != NULL ? trace : NULL);
	aw__gating_finish(&arguments.gating);
	return status;
}
