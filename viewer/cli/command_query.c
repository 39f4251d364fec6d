/* SPDX-License-Identifier: MIT */
/*
 * Implements `awry query`, which runs one SQL query over the tables of the SQLite export. They are built in memory, and
 * the query can only read them.
 */
#include "viewer/cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "viewer/cli/export_read.h"
#include "viewer/cli/query_print.h"
#include "viewer/export/sqlite_query.h"

enum { OPTION_JSON = 1000, OPTION_CSV, OPTION_LIST };

struct arguments {
	const char *target, *sql;
	enum aw__query_form form;
	bool quiet, list;
};

static const struct argp_option options[] = {
	{ "json", OPTION_JSON, NULL, 0, "Print a list of JSON objects", 0 },
	{ "csv", OPTION_CSV, NULL, 0, "Print CSV (RFC 4180)", 0 },
	{ "list", OPTION_LIST, NULL, 0, "List the queries that have a name", 0 },
	{ "quiet", 'q', NULL, 0, "Show no progress", 0 },
	{ 0 },
};

static void list_queries(struct aw__buffer *out, const char *indent)
{
	for (const struct aw__query_named *named = aw__sqlite_named; named->name != NULL; named++)
		aw__buffer_format(out, "%s%-11s  %s\n", indent, named->name, named->description);
}

/* One word is the name of a query: no statement has only one. */
static void choose_query(struct arguments *arguments, const char *text,
			 const struct argp_state *state)
{
	const struct aw__query_named *named = aw__sqlite_named_find(text);
	struct aw__buffer names = AW__BUFFER_EMPTY;

	arguments->sql = named != NULL ? named->sql : text;
	if (named != NULL || text[0] == '\0' ||
	    text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_")] != '\0')
		return;
	for (named = aw__sqlite_named; named->name != NULL; named++)
		aw__buffer_format(&names, "%s%s", names.length > 0 ? ", " : "", named->name);
	aw__cli_usage(state, "unknown query '%s'; allowed are %s, or SQL", text,
		      aw__buffer_string(&names));
}

static void choose_form(struct arguments *arguments, enum aw__query_form form,
			const struct argp_state *state)
{
	if (arguments->form != AW__QUERY_ALIGNED && arguments->form != form)
		aw__cli_usage(state, "--json and --csv exclude each other");
	arguments->form = form;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case OPTION_JSON:
		choose_form(arguments, AW__QUERY_JSON, state);
		return 0;
	case OPTION_CSV:
		choose_form(arguments, AW__QUERY_CSV, state);
		return 0;
	case OPTION_LIST:
		arguments->list = true;
		return 0;
	case 'q':
		arguments->quiet = true;
		return 0;
	case ARGP_KEY_ARG:
		if (arguments->target == NULL)
			arguments->target = arg;
		else if (arguments->sql == NULL)
			choose_query(arguments, arg, state);
		else
			aw__cli_usage(state, "one query is allowed, and '%s' is the second", arg);
		return 0;
	case ARGP_KEY_END:
		if (!arguments->list && arguments->target == NULL)
			aw__cli_usage(
				state,
				"a process id, a trace or a black box, and a query are wanted");
		if (!arguments->list && arguments->sql == NULL)
			aw__cli_usage(state, "a query is wanted: SQL, or a name that --list shows");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* --help lists the queries, from their table. */
static char *help(int key, const char *text, void *input)
{
	struct aw__buffer out = AW__BUFFER_EMPTY;
	char *copy;

	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)(uintptr_t)text;
	aw__buffer_text(&out, "Queries:\n");
	list_queries(&out, "  ");
	aw__buffer_format(&out, "\n%s", text);
	copy = strdup(aw__buffer_string(&out));
	aw__buffer_finish(&out);
	return copy;
}

static int show_list(void)
{
	struct aw__buffer out = AW__BUFFER_EMPTY;
	int status;

	list_queries(&out, "");
	status = aw__cli_page(&out);
	aw__buffer_finish(&out);
	return status;
}

static int run_query(struct aw__query *query, const struct arguments *arguments)
{
	struct aw__problem problem;

	if (aw__sqlite_query_prepare(query, arguments->sql, &problem))
		return aw__query_print(query, arguments->form);
	aw__cli_fail("%s", problem.text);
	return AW__EXIT_USAGE;
}

/* Read the session into tables. NULL after an error was printed. */
static struct aw__query *read_tables(const struct arguments *arguments, struct aw__session *session)
{
	struct aw__export *export = aw__export_open(&aw__sqlite_query_exporter, NULL);
	struct aw__query *query;
	struct aw__problem problem;
	struct aw__part *part;

	aw__export_set_name(export, "the tables in memory");
	aw__export_set_resolver(export, aw__symbols_resolve, session->symbols);
	part = aw__part_create(export, 0, UINT64_MAX, NULL);
	aw__export_read(session, part, arguments->quiet, "queried");
	query = aw__sqlite_query_create(export);
	aw__export_tell_left_out(session, aw__export_left_out(export), "");
	aw__part_destroy(part);
	if (aw__export_close(export, &problem))
		return query;
	aw__cli_fail("%s", problem.text);
	aw__sqlite_query_destroy(query);
	return NULL;
}

int aw__command_query(int argc, char **argv)
{
	static const struct argp argp = {
		options,
		parse,
		"PID|FILE SQL|NAME\n--list",
		"Run one SQL query, or a query that has a name, over a recording. The tables are "
		"those of awry export --format sqlite, in memory; a query can only read them.\v"
		"Examples:\n  awry query run.awry waits\n"
		"  awry query run.awry \"SELECT name, outcome FROM tasks LIMIT 10\"\n"
		"  awry query --json 4242 'SELECT kind, time_ns FROM findings'\n"
		"  awry query --csv run.awry 'SELECT * FROM intervals' > intervals.csv",
		NULL,
		help,
		NULL
	};
	struct arguments arguments = { .form = AW__QUERY_ALIGNED };
	struct aw__session session;
	struct aw__query *query;
	int status = AW__EXIT_FAILED;

	aw__cli_parse(&argp, argc, argv, 0, &arguments);
	if (arguments.list)
		return show_list();
	if (!aw__session_open(&session, arguments.target, 0))
		return AW__EXIT_FAILED;
	query = read_tables(&arguments, &session);
	if (query != NULL)
		status = run_query(query, &arguments);
	aw__sqlite_query_destroy(query);
	if (session.failed && status == AW__EXIT_DONE)
		status = AW__EXIT_FAILED;
	aw__session_close(&session);
	return status;
}
