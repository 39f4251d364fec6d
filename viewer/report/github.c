/* SPDX-License-Identifier: MIT */
/*
 * Writes findings as annotations of GitHub workflows: one line for each group of findings,
 *
 *	::error file=FILE,line=LINE,title=TITLE::MESSAGE
 *
 * Percent signs and line ends are escaped; in a property also the colon and the comma, which would end it.
 */
#include "viewer/report/format_parts.h"
#include "viewer/report/formats.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"

static void put_line(struct aw__buffer *out, const char *text, size_t length, bool property)
{
	struct aw__buffer safe = AW__BUFFER_EMPTY;

	aw__text_escape(&safe, text, length, false);
	for (size_t i = 0; i < safe.length; i++) {
		char byte = safe.data[i];

		if (byte == '%' || (property && (byte == ':' || byte == ',')))
			aw__buffer_format(out, "%%%02X", (unsigned)byte);
		else
			aw__buffer_char(out, byte);
	}
	aw__buffer_finish(&safe);
}

/* Drop control characters except line ends: the log is shown in terminals, too. */
static void put(struct aw__buffer *out, const char *text, size_t length, bool property)
{
	const char *newline;

	while ((newline = memchr(text, '\n', length)) != NULL) {
		const size_t line = (size_t)(newline - text);

		put_line(out, text, line, property);
		aw__buffer_text(out, "%0A");
		text = newline + 1;
		length -= line + 1;
	}
	put_line(out, text, length, property);
}

static const char *command_of(const struct aw__verdicts *verdicts,
			      const struct aw__found_group *group)
{
	static const char *const commands[] = { "error", "warning", "notice" };

	return aw__verdicts_spare(verdicts, group) ? "notice" : commands[aw__level(group->kind)];
}

/* Add the text report of a finding without its first line: the annotation has the headline already. */
static void add_details(const struct aw__report_process *process,
			const struct aw__report_options *options,
			const struct aw__found_group *group, struct aw__buffer *out)
{
	struct aw__report_options look = { .folder = options->folder,
					   .verdicts = process->verdicts };
	struct aw__buffer text = { .most = AW__REPORT_MOST_BYTES };
	const char *newline;

	aw__report_finding(process->model, &look, group, 0, &text);
	newline = text.data != NULL ? strchr(text.data, '\n') : NULL;
	if (newline != NULL)
		put(out, newline, strlen(newline), false);
	aw__buffer_finish(&text);
}

static void annotate(const struct aw__report_process *process,
		     const struct aw__report_options *options, const struct aw__found_group *group,
		     struct aw__buffer *out)
{
	const char *id = aw__finding_spec(group->kind)->id;
	struct aw__buffer text = AW__BUFFER_EMPTY;
	char space[PATH_MAX];
	struct aw__frame frame;

	aw__buffer_format(out, "::%s ", command_of(process->verdicts, group));
	if (aw__headline_place(process->model, group, &frame)) {
		const char *file = aw__format_path(options, frame.file, space);

		aw__buffer_text(out, "file=");
		put(out, file, strlen(file), true);
		if (frame.line > 0)
			aw__buffer_format(out, ",line=%u", frame.line);
		aw__buffer_char(out, ',');
	}
	aw__buffer_format(out, "title=awry %s::", id);
	aw__headline_text(process->model, group, &text);
	put(out, aw__buffer_string(&text), text.length, false);
	aw__buffer_finish(&text);
	add_details(process, options, group, out);
	aw__buffer_char(out, '\n');
}

static void annotate_all(const struct aw__report_process *process,
			 const struct aw__report_options *options, struct aw__buffer *out)
{
	struct aw__sorted groups;
	struct aw__limit limit;
	uint64_t left_out;

	aw__sorted_groups(process->model, &groups);
	aw__limit_begin(&limit, out);
	for (size_t i = 0; i < groups.count; i++) {
		if (!aw__limit_next(&limit))
			continue;
		annotate(process, options, groups.items[i], out);
		aw__limit_done(&limit);
	}
	left_out = aw__limit_end(&limit);
	if (left_out > 0) {
		aw__buffer_text(out, "::warning title=awry::");
		aw__limit_show(out, left_out, "finding");
		aw__buffer_char(out, '\n');
	}
	aw__sorted_finish(&groups);
}

void aw__github_write(const struct aw__report_process *processes, size_t count,
		      const struct aw__report_options *options, struct aw__buffer *out)
{
	for (size_t i = 0; i < count; i++) {
		annotate_all(&processes[i], options, out);
		if (aw__model_counts(processes[i].model)->findings_beyond > 0)
			aw__buffer_format(out,
					  "::warning title=awry::%" PRIu64
					  " further findings are counted, but not kept\n",
					  aw__model_counts(processes[i].model)->findings_beyond);
	}
}
