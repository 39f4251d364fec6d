/* SPDX-License-Identifier: MIT */
/* awry export: one pass over a recording, into another tool's format. */
#include <stdlib.h>
#include <string.h>

#include "viewer/cli/collector.h"
#include "viewer/cli/exporting.h"

enum {
	OPTION_FORCE = 1000,
	OPTION_ENDPOINT,
	OPTION_SINCE,
	OPTION_UNTIL,
	OPTION_FILTER,
};

static const struct argp_option options[] = {
	{ "format", 'f', "FORMAT", 0, "One of the formats below", 0 },
	{ "output", 'o', "OUT", 0, "Where it goes; - is standard output", 0 },
	{ "force", OPTION_FORCE, NULL, 0, "Replace OUT if it exists", 0 },
	{ "endpoint", OPTION_ENDPOINT, "URL", 0, "Send it to this OTLP collector instead (otlp)",
	  0 },
	{ "since", OPTION_SINCE, "TIME", 0, "Leave out what was before", 0 },
	{ "until", OPTION_UNTIL, "TIME", 0, "Leave out what was then, and later", 0 },
	{ "filter", OPTION_FILTER, "FILTER", 0, "Leave out tasks that do not match", 0 },
	{ "quiet", 'q', NULL, 0, "Show no progress", 0 },
	{ 0 },
};

static void list_formats(struct aw__buffer *out)
{
	const struct aw__exporter *exporter;

	for (size_t i = 0; (exporter = aw__exporter_at(i)) != NULL; i++)
		aw__buffer_format(out, "%s%s", i > 0 ? ", " : "", exporter->name);
}

static void choose_format(struct aw__exporting *arguments, const char *name,
			  struct argp_state *state)
{
	struct aw__buffer formats = AW__BUFFER_EMPTY;

	arguments->exporter = aw__exporter_find(name, strlen(name));
	if (arguments->exporter != NULL)
		return;
	list_formats(&formats);
	aw__cli_usage(state, "unknown format '%s'; allowed are %s", name,
		      aw__buffer_string(&formats));
}

/* To a file, or to a collector. */
static void check_output(struct aw__exporting *arguments, struct argp_state *state)
{
	bool sends = arguments->exporter != NULL && arguments->exporter->sends;

	if (arguments->exporter == NULL)
		aw__cli_usage(state, "--format FORMAT and -o OUT are wanted");
	if (arguments->endpoint == NULL && arguments->path == NULL && sends)
		arguments->endpoint = aw__collector_environment();
	if (arguments->endpoint != NULL && !sends)
		aw__cli_usage(state, "--endpoint is for --format otlp only");
	if (arguments->endpoint != NULL && arguments->path != NULL)
		aw__cli_usage(state, "--endpoint and -o exclude each other");
	if (arguments->endpoint == NULL && arguments->path == NULL)
		aw__cli_usage(state,
			      sends ? "-o OUT or --endpoint URL is wanted" : "-o OUT is wanted");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct aw__exporting *arguments = state->input;

	switch (key) {
	case 'f':
		choose_format(arguments, arg, state);
		return 0;
	case 'o':
		aw__cli_output_name(state, "-o", arg);
		arguments->path = arg;
		return 0;
	case OPTION_FORCE:
		arguments->force = true;
		return 0;
	case OPTION_ENDPOINT:
		arguments->endpoint = arg;
		return 0;
	case OPTION_SINCE:
		arguments->part.since = arg;
		return 0;
	case OPTION_UNTIL:
		arguments->part.until = arg;
		return 0;
	case OPTION_FILTER:
		arguments->part.filter = arg;
		return 0;
	case 'q':
		arguments->part.quiet = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &arguments->target;
		return 0;
	case ARGP_KEY_END:
		check_output(arguments, state);
		if (!aw__survey_check(&arguments->part))
			exit(AW__EXIT_USAGE);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* --help lists the formats, from their table. */
static char *help(int key, const char *text, void *input)
{
	const struct aw__exporter *exporter;
	struct aw__buffer out = AW__BUFFER_EMPTY;
	char *copy;

	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)(uintptr_t)text;
	aw__buffer_text(&out, "Formats:\n");
	for (size_t i = 0; (exporter = aw__exporter_at(i)) != NULL; i++)
		aw__buffer_format(&out, "  %-11s %s\n", exporter->name, exporter->description);
	aw__buffer_text(&out,
			"\nTIME is 10s (from the recording's beginning), -5s (before its end),\n"
			"+2.5s (after --since), or 2026-11-21T03:04:05Z.\n"
			"FILTER is made of terms, all of which must hold, like\n"
			"  state:waiting age>5s name~/db/ -has:error\nIts fields are:\n");
	for (const struct aw__filter_field *field = aw__filter_fields; field->name != NULL; field++)
		aw__buffer_format(&out, "  %-10s %s\n", field->name, field->help);
	aw__buffer_format(&out, "\n%s", text);
	copy = strdup(aw__buffer_string(&out));
	aw__buffer_finish(&out);
	return copy;
}

int aw__command_export(int argc, char **argv)
{
	static const struct argp_child children[] = { { &aw__targeting_argp, 0, NULL, 0 }, { 0 } };
	static const struct argp argp = {
		options,
		parse,
		"PID|FILE --format FORMAT -o OUT",
		"Export a recording in another tool's format.\v"
		"Examples:\n  awry export run.awry --format perfetto -o run.pftrace\n"
		"  awry export run.awry --format sqlite --since -10s -o run.db\n"
		"  awry export 4242 --format dot --filter state:waiting -o - | dot -Tsvg -o "
		"now.svg\n"
		"  awry export run.awry --format otlp --endpoint http://localhost:4318",
		children,
		help,
		NULL
	};
	struct aw__exporting arguments = {
		.target.wanted = "a process id, a trace or a black box",
	};
	struct aw__session session;
	struct aw__problem problem;
	bool done;

	aw__cli_parse(&argp, argc, argv, 0, &arguments);
	if (!aw__session_open(&session, arguments.target.name, 0))
		return AW__EXIT_FAILED;
	done = aw__exporting_run(&arguments, &session, &problem);
	if (!done && problem.text[0] != '\0')
		aw__cli_fail("%s", problem.text);
	done = done && !session.failed;
	aw__session_close(&session);
	return done ? AW__EXIT_DONE : AW__EXIT_FAILED;
}
