/* SPDX-License-Identifier: MIT */
/* awry recover */
#include "viewer/cli/cli.h"

#include "viewer/source/copy.h"

enum { OPTION_FORCE = 1000, OPTION_COMPRESS };

struct arguments {
	const char *target, *path;
	bool force, compress;
};

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
			argp_error(state, "a process id or a black box is wanted");
		if (arguments->path == NULL)
			argp_error(state, "-o FILE is wanted: where the trace goes");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int recover(const struct arguments *arguments, struct aw__source *source)
{
	struct aw__problem problem;
	struct aw__output output;

	if (!aw__output_open(&output, arguments->path, arguments->force, &problem))
		return aw__cli_fail("%s", problem.text);
	if (!aw__output_trace(&output, arguments->compress, &problem) ||
	    !aw__copy_items(source, output.trace, &problem)) {
		aw__output_abandon(&output);
		return aw__cli_fail("%s: %s", arguments->path, problem.text);
	}
	if (!aw__output_finish(&output, &problem))
		return aw__cli_fail("%s", problem.text);
	aw__session_index_file(arguments->path);
	return AW__EXIT_DONE;
}

int aw__command_recover(int argc, char **argv)
{
	static const struct argp argp = {
		options,
		parse,
		"PID|BOX -o FILE",
		"Make a trace of a black box: of a process that crashed or was killed, or of one "
		"that is "
		"blocked or stopped.\v"
		"Examples:\n  awry ps\n  awry recover 4242 -o crash.awry\n  awry report crash.awry",
		NULL,
		NULL,
		NULL
	};
	struct arguments arguments = { 0 };
	struct aw__source *source;
	struct aw__problem problem;
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	source = aw__source_open(arguments.target, 0, &problem);
	if (source == NULL)
		return aw__cli_fail("%s", problem.text);
	if (aw__source_kind(source) == AW__SOURCE_BOX)
		status = recover(&arguments, source);
	else
		status = aw__cli_fail("%s: not a black box; a process id or a black box is wanted",
				      arguments.target);
	aw__source_close(source);
	return status;
}
