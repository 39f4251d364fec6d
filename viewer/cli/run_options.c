/* SPDX-License-Identifier: MIT */
/* The command line of `awry run`: its options, their checks, and where the command begins. */
#include "viewer/cli/run_python.h"
#include "viewer/cli/run.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "viewer/cli/option_report.h"

enum { OPTION_REPORT = 1000, OPTION_FORCE, OPTION_TUI, OPTION_PYTHON };

static const struct argp_option options[] = {
	{ "report", OPTION_REPORT, "FORMAT[=FILE]", 0,
	  "At the end, write a report to FILE (- is standard output), or on stderr instead of the "
	  "findings as they happen; may be given several times",
	  0 },
	{ "tui", OPTION_TUI, NULL, 0,
	  "Show the run in the viewer, with the command's output in a pane; after the viewer is "
	  "closed, the run continues",
	  0 },
	{ "python", OPTION_PYTHON, "PROGRAM", 0,
	  "The interpreter that runs a CMD which is a Python file (app.py, app.pyz), a folder with "
	  "a "
	  "__main__.py, or begins with -m; by default python3",
	  0 },
	{ NULL, 'm', "MODULE", 0,
	  "Run a Python module: MODULE and the words after it are the command, as for -- -m MODULE",
	  0 },
	{ "output", 'o', "FILE", 0,
	  "Record a trace, too; %p in its name is the process id, and .zst at its end compresses "
	  "it",
	  0 },
	{ "force", OPTION_FORCE, NULL, 0,
	  "Replace a report's FILE that exists, and the trace's even if it is not a recording", 0 },
	{ 0 },
};

static void parse_report(struct aw__run_arguments *arguments, const char *text,
			 struct argp_state *state)
{
	size_t length = strcspn(text, "=");
	struct aw__run_wanted *wanted = &arguments->reports[arguments->report_count];

	if (arguments->report_count == AW__RUN_MAX_REPORTS)
		aw__cli_usage(state, "at most %d reports are allowed", AW__RUN_MAX_REPORTS);
	wanted->format = aw__option_report_format(state, text, length);
	if (text[length] == '=') {
		wanted->path = aw__cli_output_name(state, "--report", text + length + 1);
		if (wanted->path == NULL)
			wanted->path = "/dev/stdout";
	}
	arguments->at_the_end = arguments->at_the_end || wanted->path == NULL;
	arguments->report_count++;
}

/* "-m module" as one word or two: the command begins there, and no option of awry follows. */
static void begin_module(struct aw__run_arguments *arguments, const char *module,
			 struct argp_state *state)
{
	const bool is_own_word = state->argv[state->next - 1] == module;

	if (module[0] == '\0')
		aw__cli_usage(state, "-m: the name of the module is empty");
	arguments->words = state->argv + state->next - (is_own_word ? 2 : 1);
	state->next = state->argc;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct aw__run_arguments *arguments = state->input;
	char path[PATH_MAX];

	switch (key) {
	case OPTION_REPORT:
		parse_report(arguments, arg, state);
		return 0;
	case 'o':
		arguments->trace = aw__cli_output_name(state, "-o", arg);
		if (arguments->trace == NULL)
			aw__cli_usage(state,
				      "-o: '-' is not allowed, since the program itself writes "
				      "the recording: name a file (./- is a file of that name)");
		if (!aw__run_trace_allowed(arg))
			aw__cli_usage(state,
				      "'%s': %%p, the process id, and %%%% are allowed in FILE",
				      arg);
		return 0;
	case OPTION_TUI:
		arguments->tui = true;
		return 0;
	case OPTION_PYTHON:
		if (!aw__python_find_command(arg, path) || access(path, X_OK) != 0)
			aw__cli_usage(state, "--python: cannot run '%s'; expected an interpreter",
				      arg);
		arguments->python = arg;
		return 0;
	case OPTION_FORCE:
		arguments->force = true;
		return 0;
	case 'm':
		begin_module(arguments, arg, state);
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &arguments->gating;
		state->child_inputs[1] = &arguments->sourcing;
		return 0;
	case ARGP_KEY_ARGS:
		arguments->words = state->argv + state->next;
		return 0;
	case ARGP_KEY_END:
		if (arguments->words == NULL)
			aw__cli_usage(state,
				      "a command is wanted: awry run [OPTIONS] -- CMD ARGS...");
		arguments->command = aw__python_command(arguments->words, arguments->python);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const char doc[] =
	"Run a command with debug mode on. Its findings are printed on stderr as they happen, each "
	"in full the first time, with a summary at the end.\v"
	"Examples:\n"
	"  awry run -- ./server\n"
	"  awry run -m module        Python; also app.py, app.pyz, and any command\n"
	"  awry run --fail-on any -o run.awry -- ./tests\n"
	"  awry run --report sarif=awry.sarif --report junit=awry.xml -- ./tests\n"
	"  awry run --fail-on 'any,blocked-loop>500ms' --allow allow.awry -- ./tests\n"
	"\n"
	"Exits with the command's status, or by its signal; with 66 if a term of --fail-on is met, "
	"or an entry of the allow-list is out of date; with 1 if a report could not be written, or "
	"if there was nothing for --fail-on to judge.";

void aw__run_parse(int argc, char **argv, struct aw__run_arguments *ret_arguments)
{
	static const struct argp_child children[] = { { &aw__option_gate_argp, 0, NULL, 0 },
						      { &aw__option_source_argp, 0, NULL, 0 },
						      { 0 } };
	static const struct argp argp = { options, parse,    "-- CMD ARGS...",
					  doc,	   children, aw__option_report_help,
					  NULL };

	memset(ret_arguments, 0, sizeof(*ret_arguments));
	aw__cli_parse(&argp, argc, argv, ARGP_IN_ORDER, ret_arguments);
}

static bool absolute(const char *path, char ret_path[PATH_MAX], struct aw__problem *problem)
{
	char folder[PATH_MAX];

	if (path[0] == '/')
		return snprintf(ret_path, PATH_MAX, "%s", path) < PATH_MAX ||
		       aw__problem_set(problem, "%.200s…: the path is too long", path);
	if (getcwd(folder, sizeof(folder)) == NULL ||
	    snprintf(ret_path, PATH_MAX, "%s/%s", folder, path) >= PATH_MAX)
		return aw__problem_set(problem, "%.200s: the path is too long", path);
	return true;
}

bool aw__run_can_write(struct aw__run_arguments *arguments, struct aw__problem *problem)
{
	for (size_t i = 0; i < arguments->report_count; i++)
		if (arguments->reports[i].path != NULL &&
		    !aw__output_allowed(arguments->reports[i].path, AW__OUTPUT_OTHER,
					arguments->force, problem))
			return false;
	return arguments->trace == NULL ||
	       (absolute(arguments->trace, arguments->trace_path, problem) &&
		aw__output_allowed(arguments->trace_path, AW__OUTPUT_OF_AGENT, arguments->force,
				   problem));
}
