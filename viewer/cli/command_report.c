/* SPDX-License-Identifier: MIT */
/*
 * Implements `awry report`, which prints or writes the findings of one target in any of the report formats, and applies
 * --fail-on.
 */
#include "viewer/cli/cli.h"

#include <string.h>
#include <unistd.h>

#include "viewer/cli/option_filter.h"
#include "viewer/cli/option_gate.h"
#include "viewer/cli/option_report.h"
#include "viewer/cli/option_source.h"

struct arguments {
	struct aw__target target;
	const char *path;
	const struct aw__report_format *format;
	bool machinery, force;
	struct aw__option_gate gating;
	struct aw__option_source sourcing;
};

enum { OPTION_JSON = 1000, OPTION_MACHINERY, OPTION_FORCE };

static const struct argp_option options[] = {
	{ "format", 'f', "FORMAT", 0, "One of the formats below; text is the default", 0 },
	{ "json", OPTION_JSON, NULL, 0, "The same as --format json", 0 },
	{ "output", 'o', "FILE", 0, "Write it to FILE; - is standard output", 0 },
	{ "force", OPTION_FORCE, NULL, 0, "Replace FILE if it exists", 0 },
	{ "machinery", OPTION_MACHINERY, NULL, 0,
	  "Show the frames of awry, libuv, CPython and libc, too", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case 'f':
		arguments->format = aw__option_report_format(state, arg, strlen(arg));
		return 0;
	case OPTION_JSON:
		arguments->format = aw__option_report_format(state, "json", 4);
		return 0;
	case 'o':
		arguments->path = aw__cli_output_name(state, "-o", arg);
		return 0;
	case OPTION_FORCE:
		arguments->force = true;
		return 0;
	case OPTION_MACHINERY:
		arguments->machinery = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &arguments->gating;
		state->child_inputs[1] = &arguments->sourcing;
		state->child_inputs[2] = &arguments->target;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const char doc[] =
	"Show the findings of a process, a trace or a black box: what went wrong, where it was "
	"raised, and where the task was created, up to main.\v"
	"Examples:\n"
	"  awry report 4242\n"
	"  awry report --json run.awry | jq '.findings[].kind'\n"
	"  awry report run.awry --format html -o run.html\n"
	"  awry report run.awry --fail-on 'any,blocked-loop>500ms' --allow allow.awry\n"
	"\n"
	"Exit status: 0 done, 1 not all could be read, 2 bad usage, 66 a term of --fail-on is met, "
	"or an entry of FILE is out of date.";

static int put(const struct arguments *arguments, struct aw__buffer *out)
{
	struct aw__problem problem;

	if (arguments->path == NULL)
		return aw__cli_page(out);
	if (!aw__option_report_write(arguments->path, arguments->force, out, &problem))
		return aw__cli_fail("%s", problem.text);
	return AW__EXIT_DONE;
}

static int show(struct arguments *arguments, struct aw__session *session)
{
	struct aw__report_options look =
		aw__option_source_look(&arguments->sourcing, arguments->format,
				       arguments->path == NULL ? STDOUT_FILENO : -1);
	struct aw__report_process process = { .model = session->model, .files = session->files };
	struct aw__buffer out = AW__BUFFER_EMPTY;
	struct aw__verdicts verdicts;
	int status, found;

	aw__verdicts_init(&verdicts, arguments->gating.allow, session->model);
	process.verdicts = &verdicts;
	look.machinery = arguments->machinery;
	arguments->format->write(&process, 1, &look, &out);
	status = put(arguments, &out);
	found = aw__option_gate_check(&arguments->gating, &process, 1);
	aw__buffer_finish(&out);
	aw__verdicts_finish(&verdicts);
	return status != AW__EXIT_DONE ? status : found;
}

int aw__command_report(int argc, char **argv)
{
	static const struct argp_child children[] = { { &aw__option_gate_argp, 0, NULL, 0 },
						      { &aw__option_source_argp, 0, NULL, 0 },
						      { &aw__target_argp, 0, NULL, 0 },
						      { &aw__option_at_argp, 0, NULL, 0 },
						      { &aw__paging_argp, 0, NULL, 0 },
						      { &aw__option_filter_argp, 0, NULL, 0 },
						      { 0 } };
	static const struct argp argp = { options, parse,    "PID|FILE",
					  doc,	   children, aw__option_report_help,
					  NULL };
	struct arguments arguments = { .format = aw__report_format_at(0) };
	const unsigned flags = AW__SOURCE_BRIEF | AW__SOURCE_HELD;
	struct aw__session session;
	struct aw__problem problem;
	int status = AW__EXIT_FAILED;

	aw__cli_parse(&argp, argc, argv, 0, &arguments);
	if (arguments.path != NULL &&
	    !aw__output_allowed(arguments.path, AW__OUTPUT_OTHER, arguments.force, &problem)) {
		aw__cli_fail("%s", problem.text);
	} else if (aw__session_open(&session, arguments.target.name, flags)) {
		aw__session_read(&session);
		aw__option_filter_apply(&session, flags);
		status = show(&arguments, &session);
		if (session.failed && status == AW__EXIT_DONE)
			status = AW__EXIT_FAILED;
		aw__session_close(&session);
	}
	aw__option_gate_finish(&arguments.gating);
	return status;
}
