/* SPDX-License-Identifier: MIT */
/*
 * The options --fail-on and --allow of `awry report` and `awry run`. Prints which terms are met; the command then
 * exits with 66.
 */
#include "viewer/cli/gating.h"

#include <string.h>

enum { OPTION_FAIL_ON = 2000 };

static const struct argp_option options[] = {
	{ "fail-on", OPTION_FAIL_ON, "TERM[,TERM...]", 0,
	  "Exit with 66 if a term is met: KIND, KIND>=COUNT, KIND>TIME; 'any' is every kind", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct aw__gating *gating = state->input;
	struct aw__problem problem;

	switch (key) {
	case OPTION_FAIL_ON:
		if (!aw__gate_parse(&gating->gate, arg, &problem))
			aw__cli_usage_at(state, "--fail-on", &problem);
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &gating->allow;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = { { &aw__allowing_argp, 0, NULL, 0 }, { 0 } };
const struct argp aw__gating_argp = { options, parse, NULL, NULL, children, NULL, NULL };

int aw__gating_check(const struct aw__gating *gating, const struct aw__report_process *processes,
		     size_t count)
{
	struct aw__buffer why = AW__BUFFER_EMPTY;
	bool expired = aw__allowing_tell(gating->allow), fails;
	char *rest = NULL;

	fails = aw__gate_fails(&gating->gate, processes, count, &why);
	for (char *line = why.data != NULL ? strtok_r(why.data, "\n", &rest) : NULL; line != NULL;
	     line = strtok_r(NULL, "\n", &rest))
		aw__cli_fail("--fail-on %s", line);
	aw__buffer_finish(&why);
	return fails || expired ? AW__EXIT_FOUND : AW__EXIT_DONE;
}

void aw__gating_finish(struct aw__gating *gating)
{
	aw__allow_list_destroy(gating->allow);
	gating->allow = NULL;
}
