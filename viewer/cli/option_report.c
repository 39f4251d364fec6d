/* SPDX-License-Identifier: MIT */
/*
 * For commands with --format or --report: finds the report format by its name, lists the formats in --help, and
 * writes a finished report to its file.
 */
#include "viewer/cli/option_report.h"

#include <errno.h>
#include <string.h>

const struct aw__report_format *aw__option_report_format(struct argp_state *state, const char *name,
							 size_t length)
{
	const struct aw__report_format *format = aw__report_format_find(name, length);
	struct aw__buffer names = AW__BUFFER_EMPTY;

	if (format != NULL)
		return format;
	for (size_t i = 0; (format = aw__report_format_at(i)) != NULL; i++)
		aw__buffer_format(&names, "%s%s", i > 0 ? ", " : "", format->name);
	aw__cli_usage(state, "unknown format '%.*s'; allowed are %s", (int)length, name,
		      aw__buffer_string(&names));
	aw__buffer_finish(&names);
	return NULL;
}

char *aw__option_report_help(int key, const char *text, void *input)
{
	const struct aw__report_format *format;
	struct aw__buffer out = AW__BUFFER_EMPTY;
	char *copy;

	if (key != ARGP_KEY_HELP_POST_DOC || text == NULL)
		return (char *)(uintptr_t)text;
	aw__buffer_text(&out, "Formats:\n");
	for (size_t i = 0; (format = aw__report_format_at(i)) != NULL; i++)
		aw__buffer_format(&out, "  %-10s %s\n", format->name, format->description);
	aw__buffer_text(&out, "\nKinds:\n");
	for (size_t kind = 1; kind < AW__FINDING_KINDS; kind++)
		aw__buffer_format(&out, "  %-18s %s\n", aw__finding_specs[kind].id,
				  aw__finding_specs[kind].title);
	aw__buffer_format(&out, "\n%s", text);
	copy = strdup(aw__buffer_string(&out));
	aw__buffer_finish(&out);
	return copy;
}

bool aw__option_report_write(const char *path, bool force, const struct aw__buffer *text,
			     struct aw__problem *problem)
{
	struct aw__output output;

	if (text->failed)
		return aw__problem_set(problem, "out of memory");
	if (!aw__output_open(&output, path, AW__OUTPUT_OTHER, force, problem))
		return false;
	if (aw__cli_write(output.fd, text->data, text->length))
		return aw__output_finish(&output, problem);
	aw__problem_set(problem, "%.400s: %s", path, strerror(errno));
	aw__output_abandon(&output);
	return false;
}
