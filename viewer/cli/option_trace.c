/* SPDX-License-Identifier: MIT */
/*
 * For `awry record` and `awry recover`: parses the options -o, --force and --compress, and opens and finishes the trace
 * file that they write.
 */
#include "viewer/cli/option_trace.h"

#include <unistd.h>

enum { OPTION_FORCE = 1000, OPTION_COMPRESS };

static const struct argp_option options[] = {
	{ "output", 'o', "FILE", 0, "Where the trace goes; - is standard output", 0 },
	{ "compress", OPTION_COMPRESS, NULL, 0, "Compress the trace; the same if FILE ends in .zst",
	  0 },
	{ "force", OPTION_FORCE, NULL, 0, "Replace FILE even if it is not a recording", 0 },
	{ 0 },
};

static const char *output_name(const struct argp_state *state, const char *given)
{
	const char *name = aw__cli_output_name(state, "-o", given);

	if (name == NULL && isatty(STDOUT_FILENO))
		aw__cli_usage(state,
			      "-o: standard output is a terminal, and a recording is binary; "
			      "name a file, or redirect it");
	return name != NULL ? name : "/dev/stdout";
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct aw__option_trace *wish = state->input;

	switch (key) {
	case 'o':
		wish->path = output_name(state, arg);
		return 0;
	case OPTION_COMPRESS:
		wish->compress = true;
		return 0;
	case OPTION_FORCE:
		wish->force = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &wish->target;
		return 0;
	case ARGP_KEY_END:
		if (wish->path == NULL)
			aw__cli_usage(state, "-o FILE is wanted: where the trace goes");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

void aw__option_trace_parse(int argc, char **argv, const char *args, const char *doc,
			    const char *wanted, struct aw__option_trace *ret_wish)
{
	static const struct argp_child children[] = { { &aw__target_argp, 0, NULL, 0 }, { 0 } };
	const struct argp argp = { options, parse, args, doc, children, NULL, NULL };

	*ret_wish = (struct aw__option_trace){ .target.wanted = wanted };
	aw__cli_parse(&argp, argc, argv, 0, ret_wish);
}

bool aw__option_trace_begin(const struct aw__option_trace *wish, struct aw__output *ret_output)
{
	struct aw__problem problem;

	if (!aw__output_open(ret_output, wish->path, AW__OUTPUT_TRACE, wish->force, &problem)) {
		aw__cli_fail("%s", problem.text);
		return false;
	}
	if (aw__output_trace(ret_output, wish->compress, &problem))
		return true;
	aw__output_abandon(ret_output);
	aw__cli_fail("%s", problem.text);
	return false;
}

bool aw__option_trace_end(struct aw__output *output)
{
	struct aw__problem problem;

	if (!aw__output_finish(output, &problem)) {
		aw__cli_fail("%s", problem.text);
		return false;
	}
	if (!output->stream)
		aw__session_index_file(output->path);
	return true;
}
