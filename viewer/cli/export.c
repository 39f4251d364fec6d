/* SPDX-License-Identifier: MIT */
/* awry export: one pass over a recording, into another tool's format. */
#include "viewer/cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "viewer/export/export.h"

enum { OPTION_FORCE = 1000 };

struct arguments {
	const char *target, *path;
	const struct aw__exporter *exporter;
	bool force;
};

static const struct argp_option options[] = {
	{ "format", 'f', "FORMAT", 0, "One of the formats below", 0 },
	{ "output", 'o', "OUT", 0, "Where it goes; - is standard output", 0 },
	{ "force", OPTION_FORCE, NULL, 0, "Replace OUT if it is there", 0 },
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
	argp_error(state, "the format '%s' is unknown: %s are allowed", name,
		   aw__buffer_string(&formats));
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case 'f':
		choose_format(arguments, arg, state);
		return 0;
	case 'o':
		arguments->path = arg;
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
			argp_error(state, "a process id, a trace or a black box is wanted");
		if (arguments->exporter == NULL || arguments->path == NULL)
			argp_error(state, "--format FORMAT and -o OUT are wanted");
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
		aw__buffer_format(&out, "  %-10s %s\n", exporter->name, exporter->description);
	aw__buffer_format(&out, "\n%s", text);
	copy = strdup(aw__buffer_string(&out));
	aw__buffer_finish(&out);
	return copy;
}

static bool export_items(const struct arguments *arguments, struct aw__session *session, FILE *file,
			 struct aw__problem *problem)
{
	struct aw__export *export = aw__export_open(arguments->exporter, file);
	enum aw__source_status status;
	struct aw__problem trouble;
	struct aw__item item;
	bool writing = true;

	aw__export_set_resolver(export, aw__symbols_resolve, session->symbols);
	do {
		status = aw__source_next(session->source, &item, &trouble);
		if (status == AW__SOURCE_DAMAGED)
			aw__session_damaged(session, &trouble);
		if (status != AW__SOURCE_GOT)
			continue;
		if (item.kind == AW__ITEM_DEFINITION)
			aw__symbols_define(session->symbols, &item.definition);
		writing = aw__export_item(export, &item);
	} while (writing && (status == AW__SOURCE_GOT || status == AW__SOURCE_DAMAGED));
	if (status == AW__SOURCE_FAILED) {
		aw__cli_fail("%s: %s", session->target, trouble.text);
		session->failed = true;
	} else if (writing && aw__source_cut(session->source, &trouble)) {
		aw__cli_warn("%s: %s; what comes before is exported", session->target,
			     trouble.text);
		session->failed = true;
	}
	return aw__export_close(export, problem);
}

static bool is_same_file(const char *one, const char *other)
{
	struct stat a, b;

	return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

static bool export_to_file(const struct arguments *arguments, struct aw__session *session,
			   struct aw__problem *problem)
{
	struct aw__output output;
	FILE *file;
	bool done;

	if (is_same_file(arguments->target, arguments->path))
		return aw__problem_set(problem,
				       "%s: is the recording itself; another file is wanted",
				       arguments->path);
	if (!aw__output_open(&output, arguments->path, arguments->force, problem))
		return false;
	file = fdopen(dup(output.fd), "w");
	done = file != NULL && export_items(arguments, session, file, problem);
	if (file == NULL)
		aw__problem_set(problem, "%s: %s", arguments->path, strerror(errno));
	else if (fclose(file) != 0 && done)
		done = aw__problem_set(problem, "%s: %s", arguments->path, strerror(errno));
	if (done)
		return aw__output_finish(&output, problem);
	aw__output_abandon(&output);
	return false;
}

int aw__command_export(int argc, char **argv)
{
	static const struct argp argp = {
		options,
		parse,
		"PID|FILE --format FORMAT -o OUT",
		"Export a recording in another tool's format.\v"
		"Examples:\n  awry export run.awry --format chrome -o run.json",
		NULL,
		help,
		NULL
	};
	struct arguments arguments = { 0 };
	struct aw__session session;
	struct aw__problem problem;
	bool done;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	if (!aw__session_open(&session, arguments.target, 0))
		return AW__EXIT_FAILED;
	if (strcmp(arguments.path, "-") == 0)
		done = export_items(&arguments, &session, stdout, &problem);
	else
		done = export_to_file(&arguments, &session, &problem);
	if (!done)
		aw__cli_fail("%s", problem.text);
	done = done && !session.failed;
	aw__session_close(&session);
	return done ? AW__EXIT_DONE : AW__EXIT_FAILED;
}
