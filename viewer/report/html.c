/* SPDX-License-Identifier: MIT */
/*
 * Writes the HTML report: one self-contained page. Its content security policy allows only the page's own style and
 * script, by their hashes. Without the script each finding is one line; the script adds the details, the filter and
 * the timeline.
 */
#include "viewer/report/html.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "viewer/report/format_parts.h"
#include "viewer/report/formats.h"
#include "viewer/report/json.h"

static void text(struct aw__buffer *out, const char *string)
{
	aw__xml_text(out, string, strlen(string));
}

static void head(struct aw__buffer *out, const char *program)
{
	aw__buffer_format(
		out,
		"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"script-src '%s'; style-src '%s'; base-uri 'none'; form-action 'none'\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"referrer\" content=\"no-referrer\">\n"
		"<title>awry: ",
		aw__html_script_hash, aw__html_style_hash);
	text(out, program);
	aw__buffer_format(out, "</title>\n<style>%s</style>\n</head>\n<body>\n", aw__html_style);
}

static void put_summary(const struct aw__report_process *process,
			const struct aw__report_options *options, struct aw__buffer *out)
{
	struct aw__report_options look = { .folder = options->folder,
					   .verdicts = process->verdicts };
	struct aw__buffer summary = AW__BUFFER_EMPTY;
	const char *rest;
	size_t first;

	aw__report_summary(process->model, &look, &summary);
	first = strcspn(aw__buffer_string(&summary), "\n");
	aw__buffer_text(out, "<p>");
	aw__xml_text(out, aw__buffer_string(&summary), first);
	aw__buffer_text(out, "</p>\n");
	rest = aw__buffer_string(&summary) + first;
	if (*rest == '\n' && rest[1] != '\0') {
		aw__buffer_text(out, "<p class=\"loss\">");
		text(out, rest + 1);
		aw__buffer_text(out, "</p>\n");
	}
	aw__buffer_finish(&summary);
}

static void put_place(const struct aw__model *model, const struct aw__report_options *options,
		      const struct aw__found_group *group, struct aw__buffer *out)
{
	char space[PATH_MAX];
	struct aw__frame frame;

	if (!aw__headline_place(model, group, &frame))
		return;
	aw__buffer_text(out, "<span class=\"where mono\">");
	text(out, aw__format_path(options, frame.file, space));
	if (frame.line > 0)
		aw__buffer_format(out, ":%u", frame.line);
	aw__buffer_text(out, "</span>");
}

static void put_line(const struct aw__report_process *process, size_t index, size_t finding,
		     const struct aw__report_options *options, const struct aw__found_group *group,
		     struct aw__buffer *out)
{
	const char *id = aw__finding_spec(group->kind)->id;
	struct aw__buffer what = AW__BUFFER_EMPTY;

	aw__headline_text(process->model, group, &what);
	aw__buffer_format(out,
			  "<details class=\"finding %s%s\" data-kind=\"%s\" data-process=\"%zu\" "
			  "data-finding=\"%zu\"><summary><span class=\"kind\">%s</span> "
			  "<span class=\"what\">",
			  aw__level_name(aw__level(group->kind)),
			  aw__verdicts_spare(process->verdicts, group) ? " allowed" : "", id, index,
			  finding, id);
	aw__xml_text(out, aw__buffer_string(&what), what.length);
	aw__buffer_text(out, "</span> ");
	put_place(process->model, options, group, out);
	aw__buffer_text(out, "</summary></details>\n");
	aw__buffer_finish(&what);
}

static void put_process(const struct aw__report_process *process, size_t index,
			const struct aw__report_options *options, struct aw__buffer *out)
{
	struct aw__sorted groups;
	struct aw__limit limit;
	uint64_t left_out;

	aw__buffer_text(out, "<h2>");
	text(out, aw__headline_program(process->model));
	aw__buffer_text(out, "</h2>\n");
	put_summary(process, options, out);
	aw__sorted_groups(process->model, &groups);
	aw__limit_begin(&limit, out);
	for (size_t i = 0; i < groups.count; i++) {
		if (!aw__limit_next(&limit))
			continue;
		put_line(process, index, i, options, groups.items[i], out);
		aw__limit_done(&limit);
	}
	left_out = aw__limit_end(&limit);
	if (left_out > 0) {
		aw__buffer_text(out, "<p class=\"loss\">");
		aw__limit_show(out, left_out, "finding");
		aw__buffer_text(out, "</p>\n");
	}
	aw__sorted_finish(&groups);
}

/* A filter button for each kind that was found. */
static void put_bar(const struct aw__report_process *processes, size_t count,
		    struct aw__buffer *out)
{
	aw__buffer_text(out, "<div class=\"bar\"><input id=\"filter\" type=\"search\" "
			     "placeholder=\"Filter\" aria-label=\"Filter\">\n");
	for (size_t kind = 0; kind < AW__FINDING_KINDS; kind++) {
		uint64_t sum = 0;

		for (size_t i = 0; i < count; i++)
			sum += aw__model_counts(processes[i].model)->findings[kind];
		if (sum > 0)
			aw__buffer_format(out,
					  "<button type=\"button\" data-kind=\"%s\" "
					  "aria-pressed=\"false\">%s %" PRIu64 "</button>\n",
					  aw__finding_specs[kind].id, aw__finding_specs[kind].id,
					  sum);
	}
	aw__buffer_text(out, "<span id=\"shown\" class=\"soft\" role=\"status\"></span></div>\n");
}

/* The creation times of the tasks of findings, for the timeline. */
static json_t *created(const struct aw__model *model)
{
	json_t *object = json_object();
	char id[24];

	for (size_t i = 0; i < aw__model_found_group_count(model); i++) {
		const struct aw__found_group *group = aw__model_found_group_at(model, i);
		const struct aw__task *task =
			group->first != NULL ? aw__model_task(model, group->first->task) : NULL;

		if (task == NULL || aw__model_created_ns(model, task) == 0)
			continue;
		snprintf(id, sizeof(id), "%" PRIu64, task->id);
		json_object_set_new(object, id, aw__json_number(task->known_since_ns));
	}
	return object;
}

static void put_data(const struct aw__report_process *processes, size_t count,
		     const struct aw__report_options *options, struct aw__buffer *out)
{
	struct aw__json_limits limits = { 0 };
	json_t *documents = json_array();

	for (size_t i = 0; i < count; i++) {
		struct aw__report_options look = *options;
		json_t *document;

		look.verdicts = processes[i].verdicts;
		look.files = processes[i].files;
		document = aw__json_findings(processes[i].model, &look, &limits);
		json_object_set_new(document, "created", created(processes[i].model));
		json_array_append_new(documents, document);
	}
	aw__buffer_text(out, "<script type=\"application/json\" id=\"data\">");
	aw__json_write_safe(documents, out);
	aw__buffer_text(out, "</script>\n");
}

void aw__html_write(const struct aw__report_process *processes, size_t count,
		    const struct aw__report_options *options, struct aw__buffer *out)
{
	head(out, count > 0 ? aw__headline_program(processes[0].model) : "nothing was recorded");
	aw__buffer_text(out,
			"<h1>What went awry</h1>\n<canvas id=\"timeline\" tabindex=\"0\" "
			"role=\"application\" aria-label=\"Timeline of the findings\"></canvas>\n"
			"<div id=\"hint\" class=\"soft\" role=\"status\"></div>\n");
	put_bar(processes, count, out);
	aw__buffer_text(out, "<noscript><p class=\"loss\">Without scripts the findings are one "
			     "line each.</p></noscript>\n");
	for (size_t i = 0; i < count; i++)
		put_process(&processes[i], i, options, out);
	aw__buffer_text(out,
			"<p class=\"soft keys\">Keys: / filter, j k next and previous; on the "
			"timeline + - zoom, arrows move, 0 all, n p next and previous, Enter open"
			"</p>\n");
	put_data(processes, count, options, out);
	aw__buffer_format(out, "<script>%s</script>\n</body>\n</html>\n", aw__html_script);
}
