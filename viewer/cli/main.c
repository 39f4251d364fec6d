/* SPDX-License-Identifier: MIT */
/* The main program: the table of commands, help and version. */
#include "viewer/cli/cli.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef AWRY_VERSION
#define AWRY_VERSION "unknown"
#endif

/* clang-format off */
const struct aw__command aw__commands[] = {
	{ "run", "run a command with debug mode on, and show its findings", aw__command_run },
	{ "attach", "show a live process, a trace or a black box in the viewer", aw__command_attach },
	{ "ps", "list the debuggable processes: alive, stopped, gone", aw__command_ps },
	{ "tree", "show the tree of tasks", aw__command_tree },
	{ "errors", "show the exception trees", aw__command_errors },
	{ "report", "show the findings", aw__command_report },
	{ "diff", "show what changed between two recordings", aw__command_diff },
	{ "record", "record a live process into a trace", aw__command_record },
	{ "recover", "make a trace of a dead process's black box", aw__command_recover },
	{ "export", "export a recording in another tool's format", aw__command_export },
	{ "query", "run an SQL query over a recording", aw__command_query },
	{ "index", "add an index to a long trace, for quick access", aw__command_index },
	{ "doctor", "check whether programs, or a command, can be recorded here", aw__command_doctor },
	{ "stats", "show counts, losses, rates and sizes", aw__command_stats },
	{ 0 },
};

static const char examples[] =
	"Examples:\n"
	"  awry run -- ./server --port 8080        findings as they happen, and a summary\n"
	"  awry run --fail-on never-retrieved,never-awaited -- make check\n"
	"  awry run -o run.awry -- ./server; awry report run.awry\n"
	"  awry ps; awry tree 4242; awry errors 4242\n"
	"  awry recover 4242 -o crash.awry         after kill -9, too\n"
	"\n"
	"Exit status: 0 done, 1 the work failed, 2 bad usage, 66 a term of --fail-on is met;\n"
	"awry run: that of the command.\n";
/* clang-format on */

static const struct aw__command *find(const char *name)
{
	for (const struct aw__command *command = aw__commands; command->name != NULL; command++)
		if (strcmp(command->name, name) == 0)
			return command;
	return NULL;
}

static int help(FILE *out)
{
	fputs("awry shows where async code goes awry.\n\n"
	      "Usage: awry COMMAND [OPTIONS] …      awry help COMMAND      awry --version\n\n",
	      out);
	for (const struct aw__command *command = aw__commands; command->name != NULL; command++)
		fprintf(out, "  %-8s  %s\n", command->name, command->summary);
	fprintf(out, "\n%s", examples);
	return AW__EXIT_DONE;
}

static int wrong_command(const char *name)
{
	struct aw__buffer names = AW__BUFFER_EMPTY;

	for (const struct aw__command *command = aw__commands; command->name != NULL; command++)
		aw__buffer_format(&names, "%s%s", names.length > 0 ? ", " : "", command->name);
	aw__cli_fail("unknown command '%s'; allowed are %s, help", name, aw__buffer_string(&names));
	aw__buffer_finish(&names);
	return AW__EXIT_USAGE;
}

static int start(const struct aw__command *command, int argc, char **argv)
{
	static char name[64];

	snprintf(name, sizeof(name), "awry %s", command->name);
	aw__cli_name = name;
	argv[0] = name;
	argp_err_exit_status = AW__EXIT_USAGE;
	return command->run(argc, argv);
}

static int help_about(const char *name)
{
	char space[8] = "", option[] = "--help";
	char *argv[] = { space, option, NULL };
	const struct aw__command *command = find(name);

	return command != NULL ? start(command, 2, argv) : wrong_command(name);
}

int main(int argc, char **argv)
{
	const struct aw__command *command;

	setlocale(LC_ALL, "");
	aw__cli_signals_init();
	if (argc < 2) {
		help(stderr);
		return AW__EXIT_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)
		return printf("awry %s\n", AWRY_VERSION) > 0 ? AW__EXIT_DONE : AW__EXIT_FAILED;
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return help(stdout);
	if (strcmp(argv[1], "help") == 0)
		return argc > 2 ? help_about(argv[2]) : help(stdout);
	command = find(argv[1]);
	return command != NULL ? start(command, argc - 1, argv + 1) : wrong_command(argv[1]);
}
