/* SPDX-License-Identifier: MIT */
/* awry record: the frames of a live process go into a file as they come, but for damaged ones. */
#include "viewer/cli/cli.h"

#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "base/text.h"
#include "viewer/source/copy.h"

enum { OPTION_FORCE = 1000, OPTION_COMPRESS };

struct arguments {
	const char *target, *path;
	bool force, compress;
};

static volatile sig_atomic_t interrupted;

static void interrupt(int signal_number)
{
	interrupted = signal_number;
}

static const struct argp_option options[] = {
	{ "output", 'o', "FILE", 0, "Where the trace goes", 0 },
	{ "compress", OPTION_COMPRESS, NULL, 0, "Compress the trace; the same if FILE ends in .zst",
	  0 },
	{ "force", OPTION_FORCE, NULL, 0, "Replace FILE even if it is not a trace", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case 'o':
		arguments->path = arg;
		return 0;
	case OPTION_COMPRESS:
		arguments->compress = true;
		return 0;
	case OPTION_FORCE:
		arguments->force = true;
		return 0;
	case ARGP_KEY_ARG:
		if (arguments->target != NULL)
			argp_error(state, "one target is allowed, and '%s' is the second", arg);
		arguments->target = arg;
		return 0;
	case ARGP_KEY_END:
		if (arguments->target == NULL)
			argp_error(state, "a process id or a socket is wanted");
		if (arguments->path == NULL)
			argp_error(state, "-o FILE is wanted: where the trace goes");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void show_progress(const struct aw__copying *copying, bool last)
{
	struct aw__buffer line = AW__BUFFER_EMPTY;

	if (!isatty(STDERR_FILENO))
		return;
	aw__buffer_text(&line, "\r\x1b[K");
	if (!last) {
		aw__buffer_format(&line, "%s: ", aw__cli_name);
		aw__text_size(&line, copying->bytes);
		aw__buffer_text(&line, "; ^C ends the recording");
	}
	aw__cli_write(STDERR_FILENO, aw__buffer_string(&line), line.length);
	aw__buffer_finish(&line);
}

/* Until the process ends or ^C. */
static bool record(struct aw__copying *copying, struct aw__source *source,
		   struct aw__problem *problem)
{
	struct pollfd poll_fd = { .fd = aw__source_fd(source), .events = POLLIN };
	enum aw__source_status status = AW__SOURCE_WAIT;

	while (!interrupted && status == AW__SOURCE_WAIT) {
		if (poll(&poll_fd, 1, 1000) >= 0)
			show_progress(copying, false);
		status = aw__copying_go_on(copying, source, problem);
	}
	show_progress(copying, true);
	return status != AW__SOURCE_FAILED;
}

static int record_to(const struct arguments *arguments, struct aw__source *source)
{
	struct aw__copying copying;
	struct aw__problem problem;
	struct aw__output output;
	bool done;

	if (!aw__output_open(&output, arguments->path, arguments->force, &problem))
		return aw__cli_fail("%s", problem.text);
	if (!aw__output_trace(&output, arguments->compress, &problem)) {
		aw__output_abandon(&output);
		return aw__cli_fail("%s", problem.text);
	}
	aw__copying_init(&copying, output.trace);
	done = record(&copying, source, &problem);
	aw__copying_finish(&copying);
	if (copying.damaged > 0)
		aw__cli_warn("%" PRIu64 " damaged frames were left out", copying.damaged);
	if (!done)
		aw__cli_warn("%s: %s", arguments->target, problem.text);
	if (copying.frames == 0) {
		aw__output_abandon(&output);
		return aw__cli_fail("%s: nothing was recorded", arguments->target);
	}
	if (!aw__output_finish(&output, &problem))
		return aw__cli_fail("%s", problem.text);
	aw__session_index_file(arguments->path);
	return done ? AW__EXIT_DONE : AW__EXIT_FAILED;
}

static int refuse(const struct arguments *arguments, const struct aw__source *source)
{
	if (aw__source_kind(source) == AW__SOURCE_BOX)
		return aw__cli_fail(
			"%s: does not answer; awry recover makes a trace of its black box",
			arguments->target);
	return aw__cli_fail("%s: a trace; a live process is wanted", arguments->target);
}

int aw__command_record(int argc, char **argv)
{
	static const struct argp argp = {
		options,
		parse,
		"PID|SOCKET -o FILE",
		"Record what a live process does into a trace, until it ends or "
		"^C.",
		NULL,
		NULL,
		NULL
	};
	struct sigaction action = { .sa_handler = interrupt };
	struct arguments arguments = { 0 };
	struct aw__source *source;
	struct aw__problem problem;
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	source = aw__source_open(arguments.target, AW__SOURCE_LIVE, &problem);
	if (source == NULL)
		return aw__cli_fail("%s", problem.text);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	if (aw__source_kind(source) == AW__SOURCE_SOCKET)
		status = record_to(&arguments, source);
	else
		status = refuse(&arguments, source);
	aw__source_close(source);
	return status;
}
