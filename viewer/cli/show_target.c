/* SPDX-License-Identifier: MIT */
/*
 * For `awry errors`, `tree` and `stats`: parses their options and reads one target, for which each command prints a text
 * of its own.
 */
#include "viewer/cli/cli.h"

#include <unistd.h>

#include "viewer/cli/option_filter.h"
#include "viewer/cli/option_source.h"

enum { OPTION_JSON = 1000, OPTION_MACHINERY };

static const struct argp_option options[] = {
	{ "json", OPTION_JSON, NULL, 0, "Print JSON", 0 },
	{ "machinery", OPTION_MACHINERY, NULL, 0,
	  "Show the frames of awry, libuv, CPython and libc, too", 0 },
	{ 0 },
};

struct arguments {
	struct aw__target target;
	struct aw__option_source sourcing;
	bool json, machinery;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case OPTION_JSON:
		arguments->json = true;
		return 0;
	case OPTION_MACHINERY:
		arguments->machinery = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &arguments->target;
		state->child_inputs[1] = &arguments->sourcing;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void parse_arguments(int argc, char **argv, const char *doc, struct arguments *ret_arguments)
{
	static const struct argp_child children[] = {
		{ &aw__target_argp, 0, NULL, 0 },	 { &aw__option_source_argp, 0, NULL, 0 },
		{ &aw__option_at_argp, 0, NULL, 0 },	 { &aw__paging_argp, 0, NULL, 0 },
		{ &aw__option_filter_argp, 0, NULL, 0 }, { 0 }
	};
	const struct argp argp = { options, parse, "PID|FILE", doc, children, NULL, NULL };

	aw__cli_parse(&argp, argc, argv, 0, ret_arguments);
}

int aw__show_target(int argc, char **argv, const char *doc, aw__show_write *write)
{
	struct aw__report_options look = aw__cli_options(STDOUT_FILENO);
	struct aw__buffer out = AW__BUFFER_EMPTY;
	struct arguments arguments = { 0 };
	struct aw__session session;
	int status;

	parse_arguments(argc, argv, doc, &arguments);
	if (!aw__session_open(&session, arguments.target.name, 0))
		return AW__EXIT_FAILED;
	aw__session_read(&session);
	aw__option_filter_apply(&session, 0);
	look.files = session.files;
	look.filtered = session.whole != NULL;
	look.machinery = arguments.machinery;
	write(&session, &look, arguments.json, &out);
	status = aw__cli_page(&out);
	status = session.failed ? AW__EXIT_FAILED : status;
	aw__buffer_finish(&out);
	aw__session_close(&session);
	return status;
}
