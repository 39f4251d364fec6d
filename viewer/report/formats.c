/* SPDX-License-Identifier: MIT */
/* The table of report formats, and the writers of text and JSON. */
#include "viewer/report/formats.h"

#include <string.h>

static void write_text(const struct aw__report_process *processes, size_t count,
		       const struct aw__report_options *options, struct aw__buffer *out)
{
	for (size_t i = 0; i < count; i++) {
		struct aw__report_options look = *options;

		look.files = processes[i].files;
		look.verdicts = processes[i].verdicts;
		if (i > 0)
			aw__buffer_char(out, '\n');
		aw__report_findings(processes[i].model, &look, out);
	}
}

static void write_json(const struct aw__report_process *processes, size_t count,
		       const struct aw__report_options *options, struct aw__buffer *out)
{
	for (size_t i = 0; i < count; i++) {
		struct aw__report_options look = *options;

		look.verdicts = processes[i].verdicts;
		aw__report_findings_json(processes[i].model, &look, out);
	}
}

/* clang-format off */
static const struct aw__report_format formats[] = {
	{ "text", "for people (the default)", "txt", false, write_text },
	{ "json", "for programs: docs/schema/report-1.json; one document a process", "json", false, write_json },
	{ "sarif", "SARIF 2.1.0, for code scanning", "sarif", true, aw__sarif_write },
	{ "junit", "JUnit's XML, for CI's lists of tests", "xml", true, aw__junit_write },
	{ "github", "annotations of a GitHub workflow, for a step's output", "txt", true, aw__github_write },
	{ "html", "one page that needs nothing else", "html", true, aw__html_write },
};
/* clang-format on */

#define COUNT (sizeof(formats) / sizeof(formats[0]))

const struct aw__report_format *aw__report_format_at(size_t index)
{
	return index < COUNT ? &formats[index] : NULL;
}

const struct aw__report_format *aw__report_format_find(const char *name, size_t length)
{
	for (size_t i = 0; i < COUNT; i++)
		if (strlen(formats[i].name) == length && memcmp(formats[i].name, name, length) == 0)
			return &formats[i];
	return NULL;
}
