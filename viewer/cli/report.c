/* SPDX-License-Identifier: MIT */
/* awry report */
#include "viewer/cli/cli.h"

#include <string.h>
#include <unistd.h>

struct arguments {
	const char *target;
	bool json, machinery;
};

enum { OPTION_JSON = 1000, OPTION_MACHINERY };

static const struct argp_option options[] = {
	{ "format", 'f', "FORMAT", 0, "text (the default) or json", 0 },
	{ "json", OPTION_JSON, NULL, 0, "The same as --format json", 0 },
	{ "machinery", OPTION_MACHINERY, NULL, 0, "Show the frames of awry, libuv and libc, too",
	  0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case 'f':
		if (strcmp(arg, "text") != 0 && strcmp(arg, "json") != 0)
			argp_error(state, "the format '%s' is unknown: text and json are allowed",
				   arg);
		arguments->json = strcmp(arg, "json") == 0;
		return 0;
	case OPTION_JSON:
		arguments->json = true;
		return 0;
	case OPTION_MACHINERY:
		arguments->machinery = true;
		return 0;
	case ARGP_KEY_ARG:
		if (arguments->target != NULL)
			argp_error(state, "one target is allowed, and '%s' is the second", arg);
		arguments->target = arg;
		return 0;
	case ARGP_KEY_END:
		if (arguments->target == NULL)
			argp_error(state,
				   "a process id, a socket, a trace or a black box is wanted");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int aw__command_report(int argc, char **argv)
{
	static const struct argp argp = { options,
					  parse,
					  "PID|FILE",
					  "Show the findings of a process, a trace or a black box: "
					  "what went wrong, where it was "
					  "raised, and where the task was created, up to main.\v"
					  "Examples:\n  awry report 4242\n  awry report --json "
					  "run.awry | jq '.findings[].kind'",
					  NULL,
					  NULL,
					  NULL };
	struct aw__report_options look = aw__cli_options(STDOUT_FILENO);
	struct aw__buffer out = AW__BUFFER_EMPTY;
	struct arguments arguments = { 0 };
	struct aw__session session;
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	if (!aw__session_open(&session, arguments.target, AW__SOURCE_BRIEF))
		return AW__EXIT_FAILED;
	aw__session_read(&session);
	look.files = session.files;
	look.machinery = arguments.machinery;
	if (arguments.json)
		aw__report_findings_json(session.model, &out);
	else
		aw__report_findings(session.model, &look, &out);
	status = aw__cli_page(&out);
	status = session.failed ? AW__EXIT_FAILED : status;
	aw__buffer_finish(&out);
	aw__session_close(&session);
	return status;
}
