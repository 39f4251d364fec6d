/* SPDX-License-Identifier: MIT */
/* Writes the JSON documents: findings, errors, the tree of tasks, statistics. */
#include "viewer/report/json.h"

#include <awry/agent.h>

#include "viewer/report/allow.h"
#include "viewer/report/identity.h"
#include "viewer/report/format_parts.h"

/* The histogram of a loop's iterations, without empty buckets. */
static json_t *lags_json(const struct aw__lags *lags)
{
	json_t *object = json_object(), *buckets = json_array();
	uint64_t list[AW__LAG_LIST_WORDS];
	const uint32_t length = aw__lags_list(lags, list);

	json_object_set_new(object, "count", aw__json_number(aw__lags_count(lags)));
	json_object_set_new(object, "p50_ns", aw__json_number(aw__lags_quantile_ns(lags, 500)));
	json_object_set_new(object, "p99_ns", aw__json_number(aw__lags_quantile_ns(lags, 990)));
	json_object_set_new(object, "longest_ns", aw__json_number(lags->longest_ns));
	for (uint32_t i = 0; i < length; i += 2) {
		json_t *bucket = json_object();

		json_object_set_new(bucket, "from_ns", aw__json_number(list[i]));
		json_object_set_new(bucket, "count", aw__json_number(list[i + 1]));
		json_array_append_new(buckets, bucket);
	}
	json_object_set_new(object, "buckets", buckets);
	return object;
}

static json_t *loop_json(const struct aw__loop *loop)
{
	json_t *object = json_object();

	json_object_set_new(object, "id", aw__json_number(loop->id));
	json_object_set_new(object, "label", aw__json_text(loop->label));
	json_object_set_new(object, "tid", aw__json_number(loop->tid));
	json_object_set_new(object, "closed", json_boolean(loop->closed));
	json_object_set_new(object, "blocked", aw__json_number(loop->blocked_count));
	json_object_set_new(object, "blocked_ns", aw__json_number(loop->blocked_ns));
	json_object_set_new(object, "iterations", lags_json(&loop->lags));
	return object;
}

static json_t *loops_json(const struct aw__model *model)
{
	json_t *loops = json_array();

	for (size_t i = 0; i < aw__model_loop_count(model); i++)
		json_array_append_new(loops, loop_json(aw__model_loop_at(model, i)));
	return loops;
}

/* Write errors with all their parts: a flat list, whose elements refer to their parts by id. */
static json_t *errors_json(struct aw__json *json, struct aw__map *wanted)
{
	json_t *errors = json_array();
	struct aw__sorted sorted;

	aw__sorted_errors(json->model, &sorted);
	for (size_t i = 0; i < sorted.count; i++) {
		const struct aw__error *error = sorted.items[i];

		if ((wanted == NULL || aw__map_get(wanted, error->id) != NULL) &&
		    aw__json_has_room(&json->limits->errors))
			aw__json_add(&json->limits->errors, errors, aw__json_error(json, error));
	}
	aw__sorted_finish(&sorted);
	return errors;
}

/* The occurrences that are listed: the first one, and those in "again". */
#define MOST_LISTED 1001

static json_t *again_json(const struct aw__model *model, const struct aw__sorted *members)
{
	json_t *again = json_array();

	for (size_t i = 1; i < members->count && i < MOST_LISTED; i++) {
		const struct aw__found *found = members->items[i];
		json_t *object = json_object();

		json_object_set_new(object, "id", aw__json_number(found->id));
		json_object_set_new(object, "task", aw__json_task(model, found->task, true));
		if (found->error != 0)
			json_object_set_new(object, "error", aw__json_number(found->error));
		json_array_append_new(again, object);
	}
	return again;
}

static void set_what(json_t *object, struct aw__json *json, const struct aw__found *found)
{
	const struct aw__model *model = json->model;

	json_object_set_new(object, "id", aw__json_number(found->id));
	json_object_set_new(object, "time_ns", aw__json_number(found->time_ns));
	json_object_set_new(object, "task", aw__json_task(model, found->task, true));
	json_object_set_new(object, "creator", aw__json_task(model, found->creator, true));
	json_object_set_new(object, "coroutine", aw__json_place(model, found->coroutine));
	json_object_set_new(object, "error",
			    found->error != 0 ? aw__json_number(found->error) : json_null());
	json_object_set_new(object, "stack", aw__json_stack(json, found->stack));
	json_object_set_new(object, "wait_stack", aw__json_stack(json, found->wait_stack));
	json_object_set_new(object, "detail", aw__json_text(found->text));
	if (found->kind == AW__BLOCKED_LOOP) {
		json_object_set_new(object, "noticed_after_ns", aw__json_number(found->value));
		json_object_set_new(object, "lasted_ns",
				    found->lasted_ns != 0 ? aw__json_number(found->lasted_ns)
							  : json_null());
	} else if (found->value != 0) {
		json_object_set_new(object, "value", aw__json_number(found->value));
	}
	if (found->by != 0)
		json_object_set_new(object, "by", aw__json_task(model, found->by, true));
	if (found->member_count > 0)
		json_object_set_new(object, "members", aw__json_members(json, found));
}

json_t *aw__json_allowance(const struct aw__allowance *entry, const struct aw__allow_list *list,
			   uint64_t count)
{
	json_t *object = json_object();

	json_object_set_new(object, "count", aw__json_number(count));
	json_object_set_new(object, "reason", aw__json_text(entry->reason));
	json_object_set_new(object, "file", aw__json_text(list->name));
	json_object_set_new(object, "line", aw__json_number(entry->line));
	json_object_set_new(object, "expires",
			    entry->expires[0] != '\0' ? json_string(entry->expires) : json_null());
	return object;
}

static json_t *allowed_json(const struct aw__verdicts *verdicts,
			    const struct aw__found_group *group)
{
	const struct aw__allowance *entry;
	uint64_t count = aw__verdicts_of_group(verdicts, group, &entry);

	return entry != NULL ? aw__json_allowance(entry, verdicts->list, count) : json_null();
}

/* If only some occurrences are allowed: which of those that are listed. */
static void set_allowed_ids(json_t *object, const struct aw__verdicts *verdicts,
			    const struct aw__found_group *group, const struct aw__sorted *members)
{
	const struct aw__allowance *entry;
	const uint64_t allowed = aw__verdicts_of_group(verdicts, group, &entry);
	json_t *ids;

	if (entry == NULL || allowed == group->count)
		return;
	ids = json_array();
	for (size_t i = 0; i < members->count && i < MOST_LISTED; i++) {
		const struct aw__found *found = members->items[i];

		if (aw__verdicts_of(verdicts, found) != NULL)
			json_array_append_new(ids, aw__json_number(found->id));
	}
	json_object_set_new(object, "allowed_ids", ids);
}

static json_t *finding_json(struct aw__json *json, const struct aw__found_group *group,
			    const struct aw__verdicts *verdicts, struct aw__map *errors)
{
	const struct aw__finding_spec spec =
		aw__finding_spec_in(group->kind, aw__model_runtimes(json->model));
	json_t *object = json_object();
	struct aw__sorted members;
	char fingerprint[AW__IDENTITY_BYTES];

	aw__sorted_members(group, &members);
	json_object_set_new(object, "kind", json_string(spec.id));
	json_object_set_new(object, "title",
			    json_string(aw__finding_title(group->kind, group->first->task)));
	json_object_set_new(object, "level", json_string(aw__level_name(aw__level(group->kind))));
	json_object_set_new(object, "fingerprint",
			    json_string(aw__identity_text(aw__identity_group(json->model, group),
							  fingerprint)));
	json_object_set_new(object, "count", aw__json_number(group->count));
	json_object_set_new(object, "kept", aw__json_number(group->kept));
	json_object_set_new(object, "first_ns", aw__json_number(group->first_ns));
	json_object_set_new(object, "last_ns", aw__json_number(group->last_ns));
	json_object_set_new(object, "allowed", allowed_json(verdicts, group));
	set_allowed_ids(object, verdicts, group, &members);
	set_what(object, json, members.items[0]);
	json_object_set_new(object, "again", again_json(json->model, &members));
	json_object_set_new(object, "meaning", json_string(spec.meaning));
	json_object_set_new(object, "advice", json_string(spec.advice));
	for (size_t i = 0; i < members.count; i++) {
		const struct aw__found *found = members.items[i];

		if (found->error != 0)
			aw__error_tree_mark(json->model, errors, found->error);
	}
	aw__sorted_finish(&members);
	return object;
}

json_t *aw__json_findings(const struct aw__model *model, const struct aw__report_options *options,
			  struct aw__json_limits *limits)
{
	json_t *document = aw__json_document(model, "urn:awry:report:1"), *findings = json_array();
	const struct aw__verdicts *verdicts = options->verdicts;
	struct aw__json json = {
		.model = model, .strict = true, .files = options->files, .limits = limits
	};
	struct aw__map errors = { 0 };
	struct aw__sorted groups;

	aw__sorted_groups(model, &groups);
	for (size_t i = 0; i < groups.count; i++)
		if (aw__json_has_room(&limits->findings))
			aw__json_add(&limits->findings, findings,
				     finding_json(&json, groups.items[i], verdicts, &errors));
	aw__sorted_finish(&groups);
	json_object_set_new(document, "finding_count",
			    aw__json_number(aw__model_finding_count(model)));
	json_object_set_new(document, "allowed_count",
			    aw__json_number(verdicts != NULL ? verdicts->count : 0));
	json_object_set_new(document, "findings", findings);
	json_object_set_new(document, "errors", errors_json(&json, &errors));
	json_object_set_new(document, "stacks", aw__json_stacks(&json));
	json_object_set_new(document, "loops", loops_json(model));
	json_object_set_new(document, "losses", aw__json_losses(model));
	aw__json_left_out(document, limits);
	aw__json_finish(&json);
	aw__map_finish(&errors);
	return document;
}

void aw__report_findings_json(const struct aw__model *model,
			      const struct aw__report_options *options, struct aw__buffer *out)
{
	const size_t before = out->length;
	struct aw__json_limits limits = { .findings.bytes = before,
					  .errors.bytes = before,
					  .stacks.bytes = before };

	aw__json_write(aw__json_findings(model, options, &limits), out);
}

void aw__report_errors_json(const struct aw__model *model, struct aw__buffer *out)
{
	json_t *document = aw__json_document(model, "urn:awry:errors:1"), *roots = json_array();
	json_t *errors;
	struct aw__json_limits limits = { 0 };
	struct aw__json json = { .model = model, .limits = &limits };
	struct aw__sorted sorted;

	aw__sorted_roots(model, &sorted);
	for (size_t i = 0; i < sorted.count; i++) {
		const struct aw__error *error = sorted.items[i];

		json_array_append_new(roots, aw__json_number(error->id));
	}
	aw__sorted_finish(&sorted);
	json_object_set_new(document, "roots", roots);
	errors = errors_json(&json, NULL);
	json_object_set_new(
		document, "not_kept",
		aw__json_number(aw__model_counts(model)->errors - json_array_size(errors)));
	json_object_set_new(document, "errors", errors);
	json_object_set_new(document, "stacks", aw__json_stacks(&json));
	aw__json_finish(&json);
	json_object_set_new(document, "losses", aw__json_losses(model));
	aw__json_left_out(document, &limits);
	aw__json_write(document, out);
}

static void add_frame(void *arg, const struct aw__frame *frame)
{
	json_array_append_new(arg, aw__json_frame(frame));
}

/* The program's frames of a stack, innermost first. */
static json_t *frames_json(const struct aw__model *model, uint64_t id)
{
	json_t *list = json_array();

	aw__model_program_frames(model, id, add_frame, list);
	return list;
}

static json_t *live_json(struct aw__json *json, const struct aw__task *task, uint64_t now_ns)
{
	const struct aw__model *model = json->model;
	json_t *object = aw__json_task(model, task->id, json->strict);

	json_object_set_new(object, "creator",
			    task->facts.creator != 0 ? aw__json_number(task->facts.creator)
						     : json_null());
	json_object_set_new(object, "state", json_string(aw__task_state_name(task->state)));
	if (task->state == AW__TASK_RUNNING && task->wait_stack != 0) {
		json_object_set_new(object, "runs_at", frames_json(model, task->wait_stack));
		json_object_set_new(object, "run_stack", aw__json_stack(json, task->wait_stack));
	}
	if (task->state == AW__TASK_WAITING) {
		json_object_set_new(object, "wait", json_string(aw__wait_name(task->wait_kind)));
		json_object_set_new(object, "wait_target", aw__json_number(task->wait_target));
		if (task->wait_stack != 0) {
			json_object_set_new(object, "waits_at",
					    frames_json(model, task->wait_stack));
			json_object_set_new(object, "wait_stack",
					    aw__json_stack(json, task->wait_stack));
		}
		if (aw__model_holder(model, task->wait_target) != 0)
			json_object_set_new(
				object, "held_by",
				aw__json_number(aw__model_holder(model, task->wait_target)));
	}
	if (task->changed_ns != 0)
		json_object_set_new(
			object, "for_ns",
			aw__json_number(now_ns > task->changed_ns ? now_ns - task->changed_ns : 0));
	json_object_set_new(object, "cancel_asked", json_boolean(task->cancel != NULL));
	if (task->cancel != NULL) {
		json_object_set_new(object, "cancel_why",
				    json_string(aw__cancel_why_name(task->cancel->why)));
		json_object_set_new(object, "cancel_by", aw__json_number(task->cancel->by));
	}
	json_object_set_new(object, "stack", aw__json_stack(json, task->facts.stack));
	if (aw__model_before_recording(model, task->facts.stack))
		json_object_set_new(object, "before_recording", json_true());
	return object;
}

void aw__report_tree_json(const struct aw__model *model, uint64_t now_ns, struct aw__buffer *out)
{
	json_t *document = aw__json_document(model, "urn:awry:tasks:1"), *tasks = json_array();
	const struct aw__task *task = aw__model_task_roots(model);
	struct aw__json_limits limits = { 0 };
	struct aw__json json = { .model = model, .limits = &limits };
	int depth = 0;

	for (; task != NULL; task = aw__model_task_next(task, &depth))
		if (task->live && aw__json_has_room(&limits.tasks))
			aw__json_add(&limits.tasks, tasks, live_json(&json, task, now_ns));
	json_object_set_new(document, "tasks", tasks);
	json_object_set_new(document, "stacks", aw__json_stacks(&json));
	aw__json_finish(&json);
	json_object_set_new(document, "circles", aw__json_circles(model));
	json_object_set_new(document, "unlisted",
			    aw__json_number(aw__model_counts(model)->unlisted_tasks));
	aw__json_left_out(document, &limits);
	aw__json_write(document, out);
}

static json_t *events_json(const struct aw__model_counts *counts)
{
	json_t *events = json_object();

	for (size_t kind = 1; kind < AW__EVENT_KINDS; kind++)
		if (counts->events[kind] > 0)
			json_object_set_new(events, aw__event_specs[kind].name,
					    aw__json_number(counts->events[kind]));
	return events;
}

static json_t *kinds_json(const struct aw__model_counts *counts)
{
	json_t *kinds = json_object();

	for (size_t kind = 0; kind < AW__FINDING_KINDS; kind++)
		if (counts->findings[kind] > 0)
			json_object_set_new(kinds, aw__finding_specs[kind].id,
					    aw__json_number(counts->findings[kind]));
	return kinds;
}

void aw__report_stats_json(const struct aw__model *model, const struct aw__report_source *source,
			   struct aw__buffer *out)
{
	const struct aw__model_counts *counts = aw__model_counts(model);
	json_t *document = aw__json_document(model, "urn:awry:stats:1"), *origin = json_object(),
	       *tasks = json_object();

	json_object_set_new(origin, "kind", json_string(source->what));
	json_object_set_new(origin, "bytes", aw__json_number(source->bytes));
	json_object_set_new(origin, "damaged_frames", aw__json_number(source->damaged));
	json_object_set_new(origin, "cut", json_boolean(source->cut));
	json_object_set_new(document, "source", origin);
	json_object_set_new(document, "goodbye", json_boolean(aw__model_ended(model)));
	json_object_set_new(document, "duration_ns",
			    aw__json_number(aw__model_span_ns(model, source->now_ns)));
	json_object_set_new(document, "events", events_json(counts));
	json_object_set_new(document, "definitions", aw__json_number(counts->definitions));
	json_object_set_new(tasks, "created", aw__json_number(counts->tasks_created));
	json_object_set_new(tasks, "finished", aw__json_number(counts->tasks_finished));
	json_object_set_new(tasks, "failed", aw__json_number(counts->tasks_error));
	json_object_set_new(tasks, "cancelled", aw__json_number(counts->tasks_cancelled));
	json_object_set_new(tasks, "live", aw__json_number(counts->tasks_live));
	json_object_set_new(tasks, "unlisted", aw__json_number(counts->unlisted_tasks));
	json_object_set_new(document, "tasks", tasks);
	json_object_set_new(document, "loops", loops_json(model));
	json_object_set_new(document, "errors", aw__json_number(counts->errors));
	json_object_set_new(document, "findings", kinds_json(counts));
	json_object_set_new(document, "older_events", aw__json_number(counts->history));
	json_object_set_new(document, "lost_events", aw__json_number(counts->lost_events));
	json_object_set_new(document, "losses", aw__json_losses(model));
	aw__json_write(document, out);
}
