/* SPDX-License-Identifier: MIT */
/*
 * Writes JUnit's XML for CI systems: one test suite for each process. A group of findings is a failed test case, or a
 * skipped one if it is allowed. A kind without findings is a test case that passed, so no suite is empty.
 */
#include "viewer/report/format_parts.h"
#include "viewer/report/formats.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

struct tally {
	uint64_t cases, failures, skipped;
};

static void attribute(struct aw__buffer *out, const char *name, const char *text)
{
	aw__buffer_format(out, " %s=\"", name);
	aw__xml_attribute(out, text, strlen(text));
	aw__buffer_char(out, '"');
}

static struct tally count_up(const struct aw__report_process *process,
			     const struct aw__sorted *groups)
{
	const struct aw__model_counts *counts = aw__model_counts(process->model);
	struct tally tally = { .cases = groups->count };

	for (size_t i = 0; i < groups->count; i++)
		if (aw__verdicts_spare(process->verdicts, groups->items[i]))
			tally.skipped++;
		else
			tally.failures++;
	for (size_t kind = 1; kind < AW__FINDING_KINDS; kind++)
		tally.cases += counts->findings[kind] == 0;
	return tally;
}

static void put_tally(struct aw__buffer *out, const struct tally *tally)
{
	aw__buffer_format(out,
			  " tests=\"%" PRIu64 "\" failures=\"%" PRIu64
			  "\" errors=\"0\" skipped=\"%" PRIu64 "\"",
			  tally->cases, tally->failures, tally->skipped);
}

static void put_case(const struct aw__report_process *process,
		     const struct aw__report_options *options, const struct aw__found_group *group,
		     struct aw__buffer *out)
{
	uint64_t identity = aw__identity_group(process->model, group);
	struct aw__buffer name = AW__BUFFER_EMPTY;
	char text[AW__IDENTITY_BYTES], line[16], space[PATH_MAX];
	struct aw__frame frame;
	bool placed = aw__headline_place(process->model, group, &frame);

	/* The test case's name has neither line nor message, so that a finding has the same name in each run. */
	aw__buffer_format(&name, "%s in %s [%.8s]", aw__finding_spec(group->kind)->title,
			  frame.function != NULL ? frame.function : "unknown function",
			  aw__identity_text(identity, text));
	aw__buffer_text(out, "    <testcase");
	aw__buffer_format(out, " classname=\"awry.%s\"", aw__finding_spec(group->kind)->id);
	attribute(out, "name", aw__buffer_string(&name));
	if (placed)
		attribute(out, "file", aw__format_path(options, frame.file, space));
	snprintf(line, sizeof(line), "%u", frame.line);
	if (placed && frame.line > 0)
		attribute(out, "line", line);
	aw__buffer_text(out, " time=\"0\">\n");
	aw__buffer_finish(&name);
}

static void put_failure(const struct aw__report_process *process,
			const struct aw__report_options *options,
			const struct aw__found_group *group, struct aw__buffer *out)
{
	struct aw__report_options look = { .folder = options->folder,
					   .files = process->files,
					   .verdicts = process->verdicts };
	struct aw__buffer text = { .most = AW__REPORT_MOST_BYTES };

	aw__headline_text(process->model, group, &text);
	aw__buffer_text(out, "      <failure");
	attribute(out, "message", aw__buffer_string(&text));
	attribute(out, "type", aw__finding_spec(group->kind)->id);
	aw__buffer_char(out, '>');
	aw__buffer_clear(&text);
	aw__report_finding(process->model, &look, group, 0, &text);
	aw__xml_text(out, aw__buffer_string(&text), text.length);
	aw__buffer_text(out, "</failure>\n");
	aw__buffer_finish(&text);
}

static void put_group(const struct aw__report_process *process,
		      const struct aw__report_options *options, const struct aw__found_group *group,
		      struct aw__buffer *out)
{
	const struct aw__allowance *entry;

	put_case(process, options, group, out);
	if (aw__verdicts_of_group(process->verdicts, group, &entry) == group->count &&
	    entry != NULL) {
		aw__buffer_text(out, "      <skipped");
		attribute(out, "message", entry->reason);
		aw__buffer_text(out, "/>\n");
	} else {
		put_failure(process, options, group, out);
	}
	aw__buffer_text(out, "    </testcase>\n");
}

static void put_passed(const struct aw__model *model, struct aw__buffer *out)
{
	const struct aw__model_counts *counts = aw__model_counts(model);

	for (size_t kind = 1; kind < AW__FINDING_KINDS; kind++)
		if (counts->findings[kind] == 0)
			aw__buffer_format(out,
					  "    <testcase classname=\"awry.%s\" name=\"none\" "
					  "time=\"0\"/>\n",
					  aw__finding_specs[kind].id);
}

static void put_time(const struct aw__model *model, struct aw__buffer *out)
{
	const struct aw__model_counts *counts = aw__model_counts(model);
	time_t seconds = (time_t)(aw__model_realtime_ns(model, counts->first_ns) / 1000000000u);
	uint64_t lasted_ns = counts->last_ns - counts->first_ns;
	char text[32] = "1970-01-01T00:00:00";
	struct tm utc;

	if (gmtime_r(&seconds, &utc) != NULL && utc.tm_year < 8000)
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc);
	attribute(out, "timestamp", text);
	aw__buffer_format(out, " time=\"%" PRIu64 ".%03u\"", lasted_ns / 1000000000u,
			  (unsigned)(lasted_ns / 1000000u % 1000u));
}

static void put_left_out(struct aw__buffer *out, uint64_t count)
{
	if (count == 0)
		return;
	aw__buffer_text(out, "    <system-out>");
	aw__limit_show(out, count, "finding");
	aw__buffer_text(out, "</system-out>\n");
}

static void put_suite(const struct aw__report_process *process,
		      const struct aw__report_options *options, struct aw__buffer *out,
		      struct tally *sum)
{
	const uint64_t beyond = aw__model_counts(process->model)->findings_beyond;
	struct aw__sorted groups;
	struct aw__limit limit;
	struct tally tally;
	uint64_t left_out;

	aw__sorted_groups(process->model, &groups);
	tally = count_up(process, &groups);
	aw__buffer_text(out, "  <testsuite");
	attribute(out, "name", aw__headline_program(process->model));
	put_tally(out, &tally);
	put_time(process->model, out);
	aw__buffer_text(out, ">\n");
	aw__limit_begin(&limit, out);
	for (size_t i = 0; i < groups.count; i++) {
		if (!aw__limit_next(&limit))
			continue;
		put_group(process, options, groups.items[i], out);
		aw__limit_done(&limit);
	}
	left_out = aw__limit_end(&limit);
	put_passed(process->model, out);
	put_left_out(out, left_out);
	if (beyond > 0)
		aw__buffer_format(out,
				  "    <system-err>%" PRIu64
				  " further findings are counted, but not kept</system-err>\n",
				  beyond);
	aw__buffer_text(out, "  </testsuite>\n");
	aw__sorted_finish(&groups);
	sum->cases += tally.cases;
	sum->failures += tally.failures;
	sum->skipped += tally.skipped;
}

void aw__junit_write(const struct aw__report_process *processes, size_t count,
		     const struct aw__report_options *options, struct aw__buffer *out)
{
	struct aw__buffer suites = AW__BUFFER_EMPTY;
	struct tally sum = { 0 };

	for (size_t i = 0; i < count; i++)
		put_suite(&processes[i], options, &suites, &sum);
	aw__buffer_text(out,
			"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"awry\"");
	put_tally(out, &sum);
	aw__buffer_text(out, ">\n");
	aw__buffer_append(out, aw__buffer_string(&suites), suites.length);
	aw__buffer_text(out, "</testsuites>\n");
	out->failed = out->failed || suites.failed;
	aw__buffer_finish(&suites);
}
