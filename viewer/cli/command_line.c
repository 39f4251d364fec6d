/* SPDX-License-Identifier: MIT */
/*
 * Command lines of all subcommands: the TARGET argument, and the errors of argp and of awry itself. Errors repeat
 * arguments, so they are escaped before they reach the terminal.
 *
 * argp and getopt write their messages to stderr themselves. While they parse, stderr is a buffer; when the program exits, the
 * buffer is escaped and written.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "viewer/cli/cli.h"

static FILE *terminal; /* the real stderr while messages are captured; NULL: they are not */
static char *captured;
static size_t captured_length;

static void put_line(struct aw__buffer *out, const char *text, size_t length)
{
	aw__text_escape(out, text, length, !aw__text_locale_is_utf8());
	aw__buffer_char(out, '\n');
}

/*
 * Escape the message, whose line breaks come from the arguments, but not argp's hint at --help, which is the last
 * line.
 */
static void write_captured(void)
{
	struct aw__buffer out = AW__BUFFER_EMPTY;
	const char *hint;
	size_t length;

	if (terminal == NULL || fflush(stderr) != 0 || captured_length == 0)
		return;
	length = captured_length - (captured[captured_length - 1] == '\n');
	hint = memrchr(captured, '\n', length);
	if (hint != NULL)
		put_line(&out, captured, (size_t)(hint - captured));
	hint = hint != NULL ? hint + 1 : captured;
	put_line(&out, hint, length - (size_t)(hint - captured));
	aw__cli_write(STDERR_FILENO, aw__buffer_string(&out), out.length);
	aw__buffer_finish(&out);
}

void aw__cli_parse(const struct argp *argp, int argc, char **argv, unsigned flags, void *input)
{
	FILE *buffer = open_memstream(&captured, &captured_length);

	if (buffer != NULL && atexit(write_captured) == 0) {
		terminal = stderr;
		stderr = buffer;
	}
	argp_parse(argp, argc, argv, flags, NULL, input);
	if (terminal != NULL)
		stderr = terminal;
	terminal = NULL;
	if (buffer != NULL)
		fclose(buffer);
	free(captured);
	captured = NULL;
}

static _Noreturn void hint_at_help(const struct argp_state *state)
{
	argp_state_help(state, terminal != NULL ? terminal : stderr, ARGP_HELP_STD_ERR);
	exit(AW__EXIT_USAGE);
}

void aw__cli_usage(const struct argp_state *state, const char *format, ...)
{
	struct aw__buffer text = AW__BUFFER_EMPTY;
	va_list arguments;

	va_start(arguments, format);
	aw__buffer_vformat(&text, format, arguments);
	va_end(arguments);
	aw__cli_fail("%s", aw__buffer_string(&text));
	aw__buffer_finish(&text);
	hint_at_help(state);
}

void aw__cli_fail_at(const char *option, const struct aw__problem *problem)
{
	const char *line = problem->text + strcspn(problem->text, "\n");
	struct aw__buffer out = AW__BUFFER_EMPTY;

	aw__cli_fail("%s: %.*s", option, (int)(line - problem->text), problem->text);
	while (*line != '\0') {
		const size_t length = strcspn(++line, "\n");

		put_line(&out, line, length);
		line += length;
	}
	aw__cli_write(STDERR_FILENO, aw__buffer_string(&out), out.length);
	aw__buffer_finish(&out);
}

void aw__cli_usage_at(const struct argp_state *state, const char *option,
		      const struct aw__problem *problem)
{
	aw__cli_fail_at(option, problem);
	hint_at_help(state);
}

const char *aw__cli_output_name(const struct argp_state *state, const char *option,
				const char *name)
{
	if (name[0] == '\0')
		aw__cli_usage(state, "%s: the file name is empty", option);
	return strcmp(name, "-") != 0 ? name : NULL;
}

/* ---- the target of commands that take exactly one ---- */

static error_t parse_target(int key, char *arg, struct argp_state *state)
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

const struct argp aw__target_argp = { NULL, parse_target, NULL, NULL, NULL, NULL, NULL };
