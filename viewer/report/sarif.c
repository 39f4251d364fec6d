/* SPDX-License-Identifier: MIT */
/*
 * Writes SARIF 2.1.0: one run, with an invocation for each process and a result for each group of findings.
 *
 * A result's partial fingerprint (identity.h) is the same in every run and when lines shift.
 */
#include "viewer/report/sarif.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "viewer/report/json.h"

#ifndef AWRY_VERSION
#error "AWRY_VERSION is not defined"
#endif

/* ---- the tool, and its rules ---- */

/* "NeverRetrieved" of "never-retrieved". */
static json_t *rule_name(const char *id)
{
	char name[64];
	size_t length = 0;
	bool upper = true;

	for (; *id != '\0' && length < sizeof(name) - 1; id++) {
		if (*id != '-')
			name[length++] = upper ? (char)toupper((unsigned char)*id) : *id;
		upper = *id == '-';
	}
	name[length] = '\0';
	return json_string(name);
}

static json_t *rule(uint32_t kind)
{
	const struct aw__finding_spec *spec = aw__finding_spec(kind);
	struct aw__buffer text = AW__BUFFER_EMPTY, markdown = AW__BUFFER_EMPTY;
	json_t *object;

	aw__buffer_format(&text, "%s %s", spec->meaning, spec->advice);
	aw__buffer_format(&markdown, "%s\n\n**%s**", spec->meaning, spec->advice);
	if (spec->threshold != NULL) {
		aw__buffer_format(&text, " Threshold: %s.", spec->threshold);
		aw__buffer_format(&markdown, "\n\nThreshold: %s.", spec->threshold);
	}
	object = json_pack("{ss so s{ss} s{ss} s{ss ss} s{ss}}", "id", spec->id, "name",
			   rule_name(spec->id), "shortDescription", "text", spec->title,
			   "fullDescription", "text", spec->meaning, "help", "text",
			   aw__buffer_string(&text), "markdown", aw__buffer_string(&markdown),
			   "defaultConfiguration", "level", aw__level_name(aw__level(kind)));
	aw__buffer_finish(&text);
	aw__buffer_finish(&markdown);
	return object;
}

static json_t *tool(void)
{
	json_t *rules = json_array();

	for (uint32_t kind = 0; kind < AW__FINDING_KINDS; kind++)
		json_array_append_new(rules, rule(kind));
	return json_pack("{s{ss ss ss so}}", "driver", "name", "awry", "version", AWRY_VERSION,
			 "semanticVersion", AWRY_VERSION, "rules", rules);
}

/* ---- the processes ---- */

static void put_time(json_t *object, const char *key, uint64_t realtime_ns)
{
	time_t seconds = (time_t)(realtime_ns / 1000000000u);
	char text[64];
	struct tm utc;
	size_t length;

	if (realtime_ns == 0 || gmtime_r(&seconds, &utc) == NULL || utc.tm_year >= 8000)
		return;
	length = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(text + length, sizeof(text) - length, ".%03uZ",
		 (unsigned)(realtime_ns / 1000000u % 1000u));
	json_object_set_new(object, key, json_string(text));
}

static void notify(json_t *list, uint64_t count, const char *what)
{
	struct aw__buffer text = AW__BUFFER_EMPTY;

	if (count == 0)
		return;
	aw__buffer_format(&text, "%" PRIu64 " %s", count, what);
	json_array_append_new(list, json_pack("{ss so}", "level", "warning", "message",
					      aw__sarif_message(aw__buffer_string(&text))));
	aw__buffer_finish(&text);
}

static json_t *losses(const struct aw__model *model, uint64_t left_out)
{
	const struct aw__model_counts *counts = aw__model_counts(model);
	json_t *list = json_array();

	notify(list, counts->lost_important,
	       "records of errors and findings were overwritten before they were read");
	notify(list, counts->findings_beyond, "further findings are counted, but not kept");
	notify(list, counts->errors_beyond, "further errors or parts of errors are not kept");
	notify(list, counts->definitions_beyond, "further definitions are not kept");
	notify(list, left_out, "further findings are left out: the report would be too large");
	return list;
}

static json_t *invocation(const struct aw__model *model, uint64_t left_out)
{
	const struct aw__hello *hello = aw__model_hello(model);
	const struct aw__model_counts *counts = aw__model_counts(model);
	json_t *object = json_pack("{sb so}", "executionSuccessful", 1,
				   "toolExecutionNotifications", losses(model, left_out));

	if (hello == NULL)
		return object;
	json_object_set_new(object, "processId", json_integer(hello->pid));
	if (counts->first_ns != 0)
		put_time(object, "startTimeUtc", aw__model_realtime_ns(model, counts->first_ns));
	if (counts->last_ns != 0)
		put_time(object, "endTimeUtc", aw__model_realtime_ns(model, counts->last_ns));
	json_object_set_new(object, "properties",
			    json_pack("{so so}", "program", aw__json_text(hello->program),
				      "runtime", aw__json_text(hello->runtime)));
	return object;
}

/* ---- results ---- */

static json_t *suppressions(const struct aw__verdicts *verdicts,
			    const struct aw__found_group *group)
{
	const struct aw__allowance *entry;

	if (!aw__verdicts_spare(verdicts, group))
		return json_array();
	aw__verdicts_of_group(verdicts, group, &entry);
	return json_pack("[{ss ss so}]", "kind", "external", "status", "accepted", "justification",
			 aw__json_text(entry->reason));
}

static void put_code(const struct aw__sarif *sarif, const struct aw__found_group *group,
		     json_t *object)
{
	json_t *flow = aw__sarif_flow(sarif, group->first);
	json_t *locations = json_array();
	struct aw__frame frame;

	aw__headline_place(sarif->model, group, &frame);
	if (frame.file != NULL || frame.function != NULL)
		json_array_append_new(locations, aw__sarif_location(sarif, &frame, NULL));
	json_object_set_new(object, "locations", locations);
	json_object_set_new(object, "relatedLocations", aw__sarif_related(sarif, group->first));
	json_object_set_new(object, "stacks", aw__sarif_stacks(sarif, group->first));
	if (flow != NULL)
		json_object_set_new(object, "codeFlows", json_pack("[o]", flow));
}

static json_t *result(const struct aw__sarif *sarif, const struct aw__found_group *group,
		      const struct aw__verdicts *verdicts, size_t process)
{
	const struct aw__finding_spec *spec = aw__finding_spec(group->kind);
	struct aw__buffer text = AW__BUFFER_EMPTY;
	char fingerprint[AW__IDENTITY_BYTES];
	json_t *object;

	aw__headline_text(sarif->model, group, &text);
	aw__identity_text(aw__identity_group(sarif->model, group), fingerprint);
	object = json_pack("{ss sI ss so sI s{ss} s{sI} so}", "ruleId", spec->id, "ruleIndex",
			   (json_int_t)(spec - aw__finding_specs), "level",
			   aw__level_name(aw__level(group->kind)), "message",
			   aw__sarif_message(aw__buffer_string(&text)), "occurrenceCount",
			   (json_int_t)(group->count < INT32_MAX ? group->count : INT32_MAX),
			   "partialFingerprints", "awryFinding/v1", fingerprint, "provenance",
			   "invocationIndex", (json_int_t)process, "suppressions",
			   suppressions(verdicts, group));
	put_code(sarif, group, object);
	aw__buffer_finish(&text);
	return object;
}

/* Returns how many results were left out. */
static uint64_t add_results(const struct aw__report_process *process, size_t index,
			    const struct aw__report_options *options, struct aw__json_limit *limit,
			    json_t *results)
{
	const uint64_t before = limit->left_out;
	struct aw__sarif sarif = { process->model, options };
	struct aw__sorted groups;

	aw__sorted_groups(process->model, &groups);
	for (size_t i = 0; i < groups.count; i++)
		if (aw__json_has_room(limit))
			aw__json_add(limit, results,
				     result(&sarif, groups.items[i], process->verdicts, index));
	aw__sorted_finish(&groups);
	return limit->left_out - before;
}

/* The base of relative paths. */
static json_t *bases(const struct aw__report_options *options)
{
	struct aw__buffer uri = AW__BUFFER_EMPTY;
	json_t *object = json_object();

	if (options->folder == NULL || options->folder[0] != '/') {
		json_object_set_new(object, "SRCROOT",
				    json_pack("{s{ss}}", "description", "text",
					      "the folder in which awry was started"));
		return object;
	}
	aw__sarif_uri(&uri, options->folder);
	json_object_set_new(object, "SRCROOT",
			    json_pack("{so}", "uri", json_string(aw__buffer_string(&uri))));
	aw__buffer_finish(&uri);
	return object;
}

void aw__sarif_write(const struct aw__report_process *processes, size_t count,
		     const struct aw__report_options *options, struct aw__buffer *out)
{
	json_t *invocations = json_array(), *results = json_array(), *document;
	struct aw__json_limit limit = { 0 };

	for (size_t i = 0; i < count; i++) {
		const uint64_t left_out = add_results(&processes[i], i, options, &limit, results);

		json_array_append_new(invocations, invocation(processes[i].model, left_out));
	}
	document = json_pack("{ss ss s[{so so so ss so}]}", "$schema",
			     "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
			     "sarif-schema-2.1.0.json",
			     "version", "2.1.0", "runs", "tool", tool(), "invocations", invocations,
			     "originalUriBaseIds", bases(options), "columnKind",
			     "unicodeCodePoints", "results", results);
	aw__json_write(document, out);
}
