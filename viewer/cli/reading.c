/* SPDX-License-Identifier: MIT */
/* The command line that errors, tree and stats share: the target and the options of how it is shown. */
#include "viewer/cli/cli.h"

#include <string.h>
#include <unistd.h>

#include "viewer/cli/filtering.h"
#include "viewer/cli/sourcing.h"

enum { OPTION_JSON = 1000, OPTION_MACHINERY };

static const struct argp_option options[] = {
	{ "json", OPTION_JSON, NULL, 0, "Print JSON", 0 },
	{ "machinery", OPTION_MACHINERY, NULL, 0, "Show the frames of awry, libuv and libc, too",
	  0 },
	{ 0 },
};

static struct aw__sourcing sourcing;

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct aw__reading *reading = state->input;

	switch (key) {
	case OPTION_JSON:
		reading->json = true;
		return 0;
	case OPTION_MACHINERY:
		reading->machinery = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &reading->target;
		state->child_inputs[1] = &sourcing;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

void aw__reading_parse(int argc, char **argv, const char *doc, struct aw__reading *ret_reading)
{
	static const struct argp_child children[] = {
		{ &aw__targeting_argp, 0, NULL, 0 }, { &aw__sourcing_argp, 0, NULL, 0 },
		{ &aw__moment_argp, 0, NULL, 0 },    { &aw__paging_argp, 0, NULL, 0 },
		{ &aw__filtering_argp, 0, NULL, 0 }, { 0 }
	};
	struct argp argp = { options, parse, "PID|FILE", doc, children, NULL, NULL };

	memset(ret_reading, 0, sizeof(*ret_reading));
	aw__cli_parse(&argp, argc, argv, 0, ret_reading);
}
