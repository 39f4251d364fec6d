/* SPDX-License-Identifier: MIT */
/* The options --at and --no-index of report, errors, tree and stats: parses the time, and moves a session there. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "viewer/cli/cli.h"
#include "viewer/model/task_filter.h"

enum { OPTION_AT = 2000, OPTION_NO_INDEX };

static struct aw__moment moment;
static bool no_index;

static const struct argp_option options[] = {
	{ "at", OPTION_AT, "TIME", 0,
	  "Show a trace as it was at a time after its first event (1.5s, 300ms, 2min), or after a "
	  "number of events (#1000)",
	  10 },
	{ "no-index", OPTION_NO_INDEX, NULL, 0,
	  "Read the trace from its beginning: do not use an index in it", 10 },
	{ 0 },
};

static bool parse_events(const char *text)
{
	char *end;

	if (text[0] != '#' || text[1] < '0' || text[1] > '9')
		return false;
	errno = 0;
	moment.kind = AW__AT_EVENT;
	moment.value = strtoull(text + 1, &end, 10);
	return errno == 0 && *end == '\0';
}

static bool parse_time(const char *text)
{
	size_t length = aw__filter_duration(text, &moment.value);

	moment.kind = AW__AT_TIME;
	return length > 0 && text[length] == '\0';
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case OPTION_AT:
		if (!parse_events(arg) && !parse_time(arg))
			aw__cli_usage(
				state,
				"--at: invalid time '%s'; expected a time after the first event "
				"with its unit (ns, us, ms, s, min, h, d), such as 1.5s, or a "
				"number of events, such as #1000",
				arg);
		return 0;
	case OPTION_NO_INDEX:
		no_index = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp aw__option_at_argp = { options, parse, NULL, NULL, NULL, NULL, NULL };

const struct aw__moment *aw__cli_at(void)
{
	return &moment;
}

bool aw__cli_uses_index(void)
{
	return !no_index;
}
