/* SPDX-License-Identifier: MIT */
/* awry record: the frames of a live process go into a file as they come, but for damaged ones. */
#include "viewer/cli/cli.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "proto/frame.h"

enum { OPTION_FORCE = 1000 };

struct arguments {
	const char *target, *path;
	bool force;
};

struct recording {
	struct aw__buffer in;
	int fd;
	bool begun;
	uint64_t bytes, damaged;
};

static volatile sig_atomic_t interrupted;

static void interrupt(int signal_number)
{
	interrupted = signal_number;
}

static const struct argp_option options[] = {
	{ "output", 'o', "FILE", 0, "Where the trace goes", 0 },
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

static bool put(struct recording *recording, size_t length, struct aw__problem *problem)
{
	if (!aw__cli_write(recording->fd, recording->in.data, length))
		return aw__problem_set(problem, "cannot be written: %s", strerror(errno));
	recording->bytes += length;
	return true;
}

/* Write the whole frames of what has come. */
static bool write_frames(struct recording *recording, struct aw__problem *problem)
{
	struct aw__buffer *in = &recording->in;
	size_t length, done = 0;

	if (!recording->begun && in->length >= AW__FRAME_PREAMBLE_BYTES) {
		if (memcmp(in->data, aw__frame_preamble, AW__FRAME_PREAMBLE_BYTES) != 0)
			return aw__problem_set(problem, "what answers is not awry's agent");
		if (!put(recording, AW__FRAME_PREAMBLE_BYTES, problem))
			return false;
		aw__buffer_consume(in, AW__FRAME_PREAMBLE_BYTES);
		recording->begun = true;
	}
	while (recording->begun && in->length > done) {
		const unsigned char *frame = (const unsigned char *)in->data + done;
		enum aw__frame_status status = aw__frame_parse(frame, in->length - done, &length);

		if (status == AW__FRAME_PARTIAL)
			break;
		if (status == AW__FRAME_BROKEN)
			return aw__problem_set(problem, "the process sends no frames any more");
		length += AW__FRAME_HEADER_BYTES;
		if (status == AW__FRAME_DAMAGED)
			recording->damaged++;
		else if (!aw__cli_write(recording->fd, frame, length))
			return aw__problem_set(problem, "cannot be written: %s", strerror(errno));
		else
			recording->bytes += length;
		done += length;
	}
	aw__buffer_consume(in, done);
	return true;
}

static void show_progress(const struct recording *recording, bool last)
{
	struct aw__buffer line = AW__BUFFER_EMPTY;

	if (!isatty(STDERR_FILENO))
		return;
	aw__buffer_text(&line, "\r\x1b[K");
	if (!last) {
		aw__buffer_format(&line, "%s: ", aw__cli_name);
		aw__text_size(&line, recording->bytes);
		aw__buffer_text(&line, "; ^C ends the recording");
	}
	aw__cli_write(STDERR_FILENO, aw__buffer_string(&line), line.length);
	aw__buffer_finish(&line);
}

/* Until the process ends or ^C. */
static bool record(struct recording *recording, int socket_fd, struct aw__problem *problem)
{
	struct pollfd poll_fd = { .fd = socket_fd, .events = POLLIN };

	while (!interrupted) {
		char *at = aw__buffer_reserve(&recording->in, 65536);
		ssize_t got = at != NULL ? read(socket_fd, at, 65536) : -1;

		if (at == NULL)
			return aw__problem_set(problem, "out of memory");
		if (got == 0 || (got < 0 && errno == ECONNRESET))
			return true;
		if (got > 0) {
			recording->in.length += (size_t)got;
			if (!write_frames(recording, problem))
				return false;
			continue;
		}
		if (errno != EAGAIN && errno != EINTR)
			return aw__problem_set(problem, "cannot be read: %s", strerror(errno));
		if (poll(&poll_fd, 1, 1000) >= 0)
			show_progress(recording, false);
	}
	return true;
}

static int record_to(const struct arguments *arguments, int socket_fd)
{
	struct recording recording = { .in = AW__BUFFER_EMPTY };
	struct aw__problem problem;
	struct aw__output output;
	bool done;

	if (!aw__output_open(&output, arguments->path, arguments->force, &problem))
		return aw__cli_fail("%s", problem.text);
	recording.fd = output.fd;
	done = record(&recording, socket_fd, &problem);
	show_progress(&recording, true);
	aw__buffer_finish(&recording.in);
	if (recording.damaged > 0)
		aw__cli_warn("%" PRIu64 " damaged frames were left out", recording.damaged);
	if (!done)
		aw__cli_warn("%s: %s", arguments->target, problem.text);
	if (recording.bytes <= AW__FRAME_PREAMBLE_BYTES) {
		aw__output_abandon(&output);
		return aw__cli_fail("%s: nothing was recorded", arguments->target);
	}
	if (!aw__output_finish(&output, &problem))
		return aw__cli_fail("%s", problem.text);
	return done ? AW__EXIT_DONE : AW__EXIT_FAILED;
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
		status = record_to(&arguments, aw__source_fd(source));
	else
		status = aw__cli_fail(
			"%s: does not answer; awry recover makes a trace of its black box",
			arguments.target);
	aw__source_close(source);
	return status;
}
