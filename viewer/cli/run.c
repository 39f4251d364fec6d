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
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "viewer/cli/child.h"

/* Processes that the command started, beyond this many, are not listened to. */
#define MAX_PROCESSES 256
/* How long the others may go on telling once the command has ended. */
#define GRACE_NS 500000000u

enum { OPTION_FAIL_ON = 1000, OPTION_REPORT, OPTION_FORCE };

enum format { AS_THEY_HAPPEN, TEXT, JSON };

struct arguments {
	bool fail_on[AW__FINDING_KINDS];
	enum format format;
	const char *trace;
	bool force;
	char **command;
};

static const struct argp_option options[] = {
	{ "fail-on", OPTION_FAIL_ON, "KIND[,KIND...]", 0,
	  "Exit with 66 if there is any such finding; 'any' is every kind", 0 },
	{ "report", OPTION_REPORT, "FORMAT", 0,
	  "Show the findings at the end instead, as text or json, on stderr", 0 },
	{ "output", 'o', "FILE", 0, "Record a trace, too", 0 },
	{ "force", OPTION_FORCE, NULL, 0, "Replace FILE even if it is not a trace", 0 },
	{ 0 },
};

static void parse_kinds(struct arguments *arguments, const char *list, struct argp_state *state)
{
	while (true) {
		size_t length = strcspn(list, ",");
		enum aw__finding_kind kind = aw__finding_by_id(list, length);

		if (length == 3 && memcmp(list, "any", 3) == 0) {
			memset(arguments->fail_on, true, sizeof(arguments->fail_on));
		} else if (kind != 0) {
			arguments->fail_on[kind] = true;
		} else {
			struct aw__buffer kinds = AW__BUFFER_EMPTY;

			aw__cli_kinds(&kinds);
			argp_error(state, "the kind '%.*s' is unknown: any, %s are allowed",
				   (int)length, list, aw__buffer_string(&kinds));
		}
		if (list[length] == '\0')
			return;
		list += length + 1;
	}
}

static void parse_format(struct arguments *arguments, const char *name, struct argp_state *state)
{
	if (strcmp(name, "text") == 0)
		arguments->format = TEXT;
	else if (strcmp(name, "json") == 0)
		arguments->format = JSON;
	else
		argp_error(state, "the format '%s' is unknown: text and json are allowed", name);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case OPTION_FAIL_ON:
		parse_kinds(arguments, arg, state);
		return 0;
	case OPTION_REPORT:
		parse_format(arguments, arg, state);
		return 0;
	case 'o':
		arguments->trace = arg;
		return 0;
	case OPTION_FORCE:
		arguments->force = true;
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
	const struct arguments *arguments;
	struct aw__listener listener;
	struct aw__child child;
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
	if (run->arguments->format == AS_THEY_HAPPEN)
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

static size_t poll_all(struct run *run, int timeout_ms)
{
	struct pollfd fds[MAX_PROCESSES + 3];
	size_t count = 0;

	fds[count++] = (struct pollfd){ .fd = run->listener.fd, .events = POLLIN };
	fds[count++] = (struct pollfd){ .fd = run->child.signal_fd, .events = POLLIN };
	if (!run->child.ended)
		fds[count++] = (struct pollfd){ .fd = run->child.pid_fd, .events = POLLIN };
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
		if (connected == 0 || aw__clock_monotonic_ns() - ended_ns > GRACE_NS)
			return;
	}
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

static void show_end(const struct run *run)
{
	struct aw__report_options look = aw__cli_options(STDERR_FILENO);
	struct aw__buffer out = AW__BUFFER_EMPTY;
	size_t shown = 0;

	for (size_t i = 0; i < run->count; i++) {
		const struct aw__session *session = &run->processes[i]->session;

		if (aw__model_hello(session->model) == NULL)
			continue;
		shown++;
		look.files = session->files;
		if (run->arguments->format == JSON) {
			aw__report_findings_json(session->model, &out);
		} else if (run->arguments->format == TEXT) {
			aw__report_findings(session->model, &look, &out);
		} else {
			aw__buffer_text(&out, "awry: ");
			aw__report_summary(session->model, &look, &out);
		}
	}
	aw__cli_write(STDERR_FILENO, aw__buffer_string(&out), out.length);
	aw__buffer_finish(&out);
	if (shown == 0)
		aw__cli_warn(
			"%s: nothing was recorded: no awry runtime or adapter was started in it",
			run->arguments->command[0]);
	if (run->ignored > 0)
		aw__cli_warn("%" PRIu64 " more processes were not listened to: %d are allowed",
			     run->ignored, MAX_PROCESSES);
}

static bool fails(const struct run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		const struct aw__model_counts *counts =
			aw__model_counts(run->processes[i]->session.model);

		for (size_t kind = 0; kind < AW__FINDING_KINDS; kind++)
			if (run->arguments->fail_on[kind] && counts->findings[kind] > 0)
				return true;
	}
	return false;
}

static int start_and_watch(struct run *run, const char *trace)
{
	struct aw__problem problem;
	int status = aw__child_start(&run->child, run->arguments->command, run->listener.path,
				     trace, &problem);

	if (status != 0) {
		aw__listener_close(&run->listener);
		aw__cli_fail("%s", problem.text);
		return status;
	}
	watch(run);
	aw__listener_close(&run->listener);
	look_for_silent(run);
	show_end(run);
	status = fails(run) ? AW__EXIT_FOUND : -1;
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

int aw__command_run(int argc, char **argv)
{
	static const struct argp argp = { options,
					  parse,
					  "-- CMD ARGS...",
					  "Run a command with debug mode on. Its findings are "
					  "printed on stderr as they happen, each "
					  "in full the first time, with a summary at the end. "
					  "Exits with the command's status, or by "
					  "its signal.\v"
					  "Examples:\n  awry run -- ./server\n  awry run --fail-on "
					  "any -o run.awry -- ./tests",
					  NULL,
					  NULL,
					  NULL };
	struct arguments arguments = { 0 };
	struct run run = { .arguments = &arguments };
	struct aw__problem problem;
	char trace[PATH_MAX];

	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &arguments);
	if (arguments.trace != NULL && (!absolute(arguments.trace, trace, &problem) ||
					!aw__output_allowed(trace, arguments.force, &problem)))
		return aw__cli_fail("%s", problem.text);
	if (!aw__listener_open(&run.listener, &problem))
		return aw__cli_fail("%s", problem.text);
	return start_and_watch(&run, arguments.trace != NULL ? trace : NULL);
}
