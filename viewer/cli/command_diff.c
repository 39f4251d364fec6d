/* SPDX-License-Identifier: MIT */
/*
 * Implements `awry diff OLD NEW`, which reads both recordings into profiles (viewer/report/profile.h), prints what
 * changed, and applies --fail-on.
 */
#include "viewer/cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "viewer/cli/option_gate.h"
#include "viewer/report/diff.h"
#include "viewer/report/gate.h"

enum { OPTION_JSON = 1000, OPTION_FAIL_ON, OPTION_SLOWER };

struct arguments {
	const char *targets[2];
	size_t count;
	bool json;
	bool fail_on[AW__CHANGES];
	unsigned slower_percent;
	struct aw__allow_list *allow;
};

static const struct argp_option options[] = {
	{ "json", OPTION_JSON, NULL, 0, "Print JSON", 0 },
	{ "fail-on", OPTION_FAIL_ON, "WHAT[,WHAT...]", 0,
	  "Exit with 66 if there are new or more findings, or slower tasks: new, more, slower, any",
	  0 },
	{ "slower", OPTION_SLOWER, "PERCENT", 0,
	  "Tasks are slower if the median of their run time grew by PERCENT, or that of their "
	  "waits "
	  "by twice as much; 100 is the default",
	  0 },
	{ 0 },
};

static void parse_fail_on(struct arguments *arguments, const char *text, struct argp_state *state)
{
	static const enum aw__change changes[] = { AW__CHANGE_NEW, AW__CHANGE_MORE,
						   AW__CHANGE_SLOWER };

	for (const char *at = text;; at++) {
		size_t length = strcspn(at, ",");
		bool known = length == 3 && memcmp(at, "any", 3) == 0;
		struct aw__problem problem;

		for (size_t i = 0; i < 3; i++) {
			const char *name = aw__change_name(changes[i]);
			bool same = strlen(name) == length && memcmp(name, at, length) == 0;

			if (same || (length == 3 && memcmp(at, "any", 3) == 0))
				arguments->fail_on[changes[i]] = true;
			known = known || same;
		}
		if (!known) {
			aw__problem_point(&problem, text, at, length,
					  "allowed are new, more, slower and any");
			aw__cli_usage_at(state, "--fail-on", &problem);
		}
		at += length;
		if (*at == '\0')
			return;
	}
}

static unsigned parse_percent(const char *text, struct argp_state *state)
{
	char *end;
	unsigned long percent = strtoul(text, &end, 10);

	if (text[0] < '0' || text[0] > '9' || *end != '\0' || percent < 1 || percent > 100000)
		aw__cli_usage(state, "--slower: 1 to 100000 percent are allowed, and not '%s'",
			      text);
	return (unsigned)percent;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case OPTION_JSON:
		arguments->json = true;
		return 0;
	case OPTION_FAIL_ON:
		parse_fail_on(arguments, arg, state);
		return 0;
	case OPTION_SLOWER:
		arguments->slower_percent = parse_percent(arg, state);
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &arguments->allow;
		return 0;
	case ARGP_KEY_ARG:
		if (arguments->count == 2)
			aw__cli_usage(state, "two recordings are allowed, and '%s' is the third",
				      arg);
		arguments->targets[arguments->count++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (arguments->count < 2)
			aw__cli_usage(state,
				      "two recordings are wanted: the old one and the new one");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* False if nothing could be read (an error was printed). `whole` becomes false if only a part could be read. */
static bool read_profile(const struct arguments *arguments, size_t which,
			 struct aw__profile *profile, bool *whole)
{
	enum aw__source_status status;
	struct aw__verdicts verdicts;
	struct aw__session session;
	struct aw__problem problem;
	struct aw__item item;

	if (!aw__session_open(&session, arguments->targets[which], 0))
		return false;
	while ((status = aw__source_next(session.source, &item, &problem)) == AW__SOURCE_GOT ||
	       status == AW__SOURCE_DAMAGED) {
		if (status == AW__SOURCE_DAMAGED) {
			aw__session_damaged(&session, &problem);
			continue;
		}
		aw__profile_item(profile, &item);
		aw__session_ingest(&session, &item);
	}
	aw__session_tell_end(&session, status, &problem);
	aw__verdicts_init(&verdicts, arguments->allow, session.model);
	aw__profile_complete(profile, session.model, &verdicts);
	aw__verdicts_finish(&verdicts);
	*whole = *whole && !session.failed;
	aw__session_close(&session);
	return true;
}

/* Allowed findings do not fail the build. */
static bool fails(const struct arguments *arguments, const struct aw__diff *diff)
{
	for (size_t change = 0; change < AW__CHANGES; change++)
		if (arguments->fail_on[change] &&
		    (diff->found[change] > diff->allowed[change] ||
		     (change == AW__CHANGE_SLOWER && diff->stacked[change] > 0)))
			return true;
	return false;
}

static int show(const struct arguments *arguments, const struct aw__diff *diff)
{
	struct aw__report_options look = aw__cli_options(STDOUT_FILENO);
	struct aw__buffer out = AW__BUFFER_EMPTY;
	bool expired;
	int status;

	if (arguments->json)
		aw__diff_json(diff, &out);
	else
		aw__diff_text(diff, &look, &out);
	status = aw__cli_page(&out);
	aw__buffer_finish(&out);
	expired = aw__option_allow_tell(arguments->allow);
	if (status == AW__EXIT_DONE && (fails(arguments, diff) || expired))
		status = AW__EXIT_FOUND;
	return status;
}

static const char doc[] =
	"Show what changed between two recordings of a program: findings that are new, gone or "
	"more frequent; places that create tasks which are new, gone, slower or faster. Two "
	"findings are the same if they are of one kind and were made and raised in the same "
	"functions, whatever the lines.\v"
	"Examples:\n"
	"  awry diff before.awry after.awry\n"
	"  awry diff --fail-on new,slower main.awry branch.awry\n"
	"  awry diff --fail-on new --allow allow.awry main.awry branch.awry\n"
	"  awry diff --json a.awry b.awry | jq '.findings[] | select(.change == \"new\")'\n"
	"\n"
	"Exit status: 0 done, 1 not all could be read, 2 bad usage, 66 something of --fail-on, "
	"or an entry of FILE is out of date.";

int aw__command_diff(int argc, char **argv)
{
	static const struct argp_child children[] = { { &aw__option_allow_argp, 0, NULL, 0 },
						      { &aw__paging_argp, 0, NULL, 0 },
						      { 0 } };
	static const struct argp argp = { options, parse, "OLD NEW", doc, children, NULL, NULL };
	struct arguments arguments = { .slower_percent = 100 };
	struct aw__profile older = { 0 }, newer = { 0 };
	struct aw__diff diff;
	int status = AW__EXIT_FAILED;
	bool whole = true;

	aw__cli_parse(&argp, argc, argv, 0, &arguments);
	if (!read_profile(&arguments, 0, &older, &whole) ||
	    !read_profile(&arguments, 1, &newer, &whole)) {
		aw__profile_finish(&older);
		aw__allow_list_destroy(arguments.allow);
		return status;
	}
	aw__diff_init(&diff, &older, &newer, arguments.slower_percent);
	if (older.tasks + older.found + newer.tasks + newer.found > 0 || whole)
		status = show(&arguments, &diff);
	if (!whole && status == AW__EXIT_DONE)
		status = AW__EXIT_FAILED;
	aw__diff_finish(&diff);
	aw__profile_finish(&older);
	aw__profile_finish(&newer);
	aw__allow_list_destroy(arguments.allow);
	return status;
}
