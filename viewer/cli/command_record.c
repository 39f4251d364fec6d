/* SPDX-License-Identifier: MIT */
/* Implements `awry record`, which copies the frames of a live process to a file as they arrive; damaged frames are left out. */
#include "viewer/cli/option_trace.h"

#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "base/text.h"
#include "viewer/source/copy.h"

static volatile sig_atomic_t interrupted;

static void interrupt(int signal_number)
{
	interrupted = signal_number;
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

/* Copy frames until the process ends, or ^C. */
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

static int record_to(const struct aw__option_trace *wish, struct aw__source *source)
{
	struct aw__copying copying;
	struct aw__problem problem;
	struct aw__output output;
	bool done;

	if (!aw__option_trace_begin(wish, &output))
		return AW__EXIT_FAILED;
	aw__copying_init(&copying, output.trace);
	done = record(&copying, source, &problem);
	aw__copying_finish(&copying);
	if (copying.damaged > 0)
		aw__cli_warn("%" PRIu64 " damaged frames were left out", copying.damaged);
	if (!done)
		aw__cli_warn("%s: %s", wish->target.name, problem.text);
	if (copying.frames == 0) {
		aw__output_abandon(&output);
		return aw__cli_fail("%s: nothing was recorded", wish->target.name);
	}
	return aw__option_trace_end(&output) && done ? AW__EXIT_DONE : AW__EXIT_FAILED;
}

static int refuse(const struct aw__option_trace *wish, const struct aw__source *source)
{
	if (aw__source_kind(source) == AW__SOURCE_BOX)
		return aw__cli_fail(
			"%s: does not answer; awry recover makes a trace of its black box",
			wish->target.name);
	return aw__cli_fail("%s: a trace; a live process is wanted", wish->target.name);
}

int aw__command_record(int argc, char **argv)
{
	static const char doc[] =
		"Record what a live process does into a trace, until it ends or "
		"^C.\v"
		"Examples:\n  awry ps\n  awry record 4242 -o run.awry\n  awry record 4242 -o "
		"run.awry.zst       compressed";
	struct sigaction action = { .sa_handler = interrupt };
	struct aw__option_trace wish;
	struct aw__source *source;
	struct aw__problem problem;
	int status;

	aw__option_trace_parse(argc, argv, "PID|SOCKET -o FILE", doc, "a process id or a socket",
			       &wish);
	source = aw__source_open(wish.target.name, AW__SOURCE_LIVE, &problem);
	if (source == NULL)
		return aw__cli_fail("%s", problem.text);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	if (aw__source_kind(source) == AW__SOURCE_SOCKET)
		status = record_to(&wish, source);
	else
		status = refuse(&wish, source);
	aw__source_close(source);
	return status;
}
