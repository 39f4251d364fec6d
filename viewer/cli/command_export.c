/* SPDX-License-Identifier: MIT */
/*
 * Implements `awry export`, which converts a recording to another tool's format. The items of the recording, restricted to
 * --since, --until and --filter, are passed to the exporter of the format, which writes to a file, to standard output or to
 * a collector.
 */
#include "viewer/cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "viewer/cli/collector.h"
#include "viewer/cli/export_read.h"
#include "viewer/cli/selection.h"
#include "viewer/export/export.h"
#include "viewer/export/part.h"

struct arguments {
	struct aw__target target;
	const char *path;     /* "-": standard output; NULL: send to `endpoint` */
	const char *endpoint; /* a collector's URL */
	const struct aw__exporter *exporter;
	struct aw__selection_wish part;
	bool force; /* replace an existing file */
};

/* ---- the command line ---- */

enum {
	OPTION_FORCE = 1000,
	OPTION_ENDPOINT,
	OPTION_SINCE,
	OPTION_UNTIL,
	OPTION_FILTER,
};

static const struct argp_option options[] = {
	{ "format", 'f', "FORMAT", 0, "One of the formats below", 0 },
	{ "output", 'o', "OUT", 0, "Write to OUT; - is standard output", 0 },
	{ "force", OPTION_FORCE, NULL, 0, "Replace OUT if it exists", 0 },
	{ "endpoint", OPTION_ENDPOINT, "URL", 0, "Send it to this OTLP collector instead (otlp)",
	  0 },
	{ "since", OPTION_SINCE, "TIME", 0, "Leave out everything before TIME", 0 },
	{ "until", OPTION_UNTIL, "TIME", 0, "Leave out everything from TIME on", 0 },
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

static void choose_format(struct arguments *arguments, const char *name, struct argp_state *state)
{
	struct aw__buffer formats = AW__BUFFER_EMPTY;

	arguments->exporter = aw__exporter_find(name, strlen(name));
	if (arguments->exporter != NULL)
		return;
	list_formats(&formats);
	aw__cli_usage(state, "unknown format '%s'; allowed are %s", name,
		      aw__buffer_string(&formats));
}

/* The output is either a file or a collector. */
static void check_output(struct arguments *arguments, struct argp_state *state)
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
	struct arguments *arguments = state->input;

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
		if (!aw__selection_check(&arguments->part))
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

/* ---- the export ---- */

/* `file` NULL: to the collector. */
static bool export_items(const struct arguments *arguments, struct aw__session *session, FILE *file,
			 struct aw__collector *collector, struct aw__problem *problem)
{
	const struct aw__selection_wish *wish = &arguments->part;
	struct aw__selection selection = { .until_ns = UINT64_MAX };
	struct aw__export *export;
	struct aw__part *part;
	bool partial = wish->since != NULL || wish->until != NULL || wish->filter != NULL;
	bool done;

	if (partial && !aw__selection_make(&selection, arguments->target.name, 0, wish)) {
		problem->text[0] = '\0'; /* the error was printed */
		return false;
	}
	export = aw__export_open(arguments->exporter, file);
	if (file != stdout)
		aw__export_set_name(export, arguments->path);
	aw__export_set_resolver(export, aw__symbols_resolve, session->symbols);
	if (arguments->exporter->sends)
		aw__collector_add_labels(export);
	if (collector != NULL)
		aw__export_set_sender(export, aw__collector_send, collector,
				      aw__collector_json(collector));
	part = aw__part_create(export, selection.from_ns, selection.until_ns,
			       wish->filter != NULL ? &selection.tasks : NULL);
	aw__export_read(session, part, wish->quiet, "exported");
	aw__export_end(export);
	aw__export_tell_left_out(session, aw__export_left_out(export),
				 "; --since, --until and --filter export a part");
	done = aw__export_close(export, problem);
	aw__part_destroy(part);
	aw__selection_finish(&selection);
	return done;
}

static bool export_to_collector(const struct arguments *arguments, struct aw__session *session,
				struct aw__problem *problem)
{
	struct aw__collector *collector = aw__collector_create(arguments->endpoint, problem);
	bool done;

	if (collector == NULL)
		return false;
	done = export_items(arguments, session, NULL, collector, problem);
	aw__collector_destroy(collector);
	return done;
}

static bool is_same_file(const char *one, const char *other)
{
	struct stat a, b;

	return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

/* A closed pipe (| head) is not an error. */
static bool leave_quietly(int error, struct aw__problem *problem)
{
	if (aw__cli_pipe_broke(error))
		problem->text[0] = '\0';
	return false;
}

static bool export_to_file(const struct arguments *arguments, struct aw__session *session,
			   struct aw__problem *problem)
{
	struct aw__output output;
	FILE *file;
	bool done;
	int error;

	if (is_same_file(arguments->target.name, arguments->path))
		return aw__problem_set(problem, "%s: is the recording itself; name another file",
				       arguments->path);
	if (!aw__output_open(&output, arguments->path, AW__OUTPUT_OTHER, arguments->force, problem))
		return false;
	file = fdopen(dup(output.fd), "w");
	done = file != NULL && export_items(arguments, session, file, NULL, problem);
	if (file == NULL)
		aw__problem_set(problem, "%s: %s", arguments->path, strerror(errno));
	else if (fclose(file) != 0 && done)
		done = aw__problem_set(problem, "%s: %s", arguments->path, strerror(errno));
	if (done)
		return aw__output_finish(&output, problem);
	error = errno;
	aw__output_abandon(&output);
	return leave_quietly(error, problem);
}

static bool export_session(const struct arguments *arguments, struct aw__session *session,
			   struct aw__problem *problem)
{
	if (arguments->path == NULL)
		return export_to_collector(arguments, session, problem);
	if (strcmp(arguments->path, "-") == 0)
		return export_items(arguments, session, stdout, NULL, problem) ||
		       leave_quietly(errno, problem);
	return export_to_file(arguments, session, problem);
}

int aw__command_export(int argc, char **argv)
{
	static const struct argp_child children[] = { { &aw__target_argp, 0, NULL, 0 }, { 0 } };
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
	struct arguments arguments = {
		.target.wanted = "a process id, a trace or a black box",
	};
	struct aw__session session;
	struct aw__problem problem;
	bool done;

	aw__cli_parse(&argp, argc, argv, 0, &arguments);
	if (!aw__session_open(&session, arguments.target.name, 0))
		return AW__EXIT_FAILED;
	done = export_session(&arguments, &session, &problem);
	if (!done && problem.text[0] != '\0')
		aw__cli_fail("%s", problem.text);
	done = done && !session.failed;
	aw__session_close(&session);
	return done ? AW__EXIT_DONE : AW__EXIT_FAILED;
}
