/* SPDX-License-Identifier: MIT */
/*
 * The TARGET argument of commands that take exactly one: an argp parser that requires it, and refuses a second
 * one.
 */
#include "viewer/cli/targeting.h"

#include "viewer/cli/cli.h"

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct aw__target *target = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (target->name != NULL)
			aw__cli_usage(state, "one target is allowed, and '%s' is the second", arg);
		target->name = arg;
		return 0;
	case ARGP_KEY_END:
		if (target->name == NULL)
			aw__cli_usage(state, "%s is wanted",
				      target->wanted != NULL
					      ? target->wanted
					      : "a process id, a socket, a trace or a black box");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp aw__targeting_argp = { NULL, parse, NULL, NULL, NULL, NULL, NULL };
