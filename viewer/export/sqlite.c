/* SPDX-License-Identifier: MIT */
/*
 * `awry export sqlite`: each item becomes rows of the schema in sqlite_schema.h. A definition, task or error that
 * is reported again does not change its row.
 */
#include "viewer/export/sqlite.h"

#include <string.h>

#include <awry/agent.h>

#include "base/alloc.h"
#include "viewer/export/frames.h"
#include "viewer/export/sqlite_query.h"

static void appeared(struct aw__export *export, struct aw__followed *task,
		     const struct aw__event *event)
{
	aw__sqlite_run(export, AW__SQLITE_TASK, "isoooooo", task->id, task->name, task->creator,
		       task->coroutine, task->stack, task->loop, task->scope,
		       task->before_recording ? 0 : task->from_ns);
}

static void renamed(struct aw__export *export, struct aw__followed *task)
{
	aw__sqlite_run(export, AW__SQLITE_TASK_NAMED, "is", task->id, task->name);
}

static void function_known(struct aw__export *export, struct aw__followed *task)
{
	aw__sqlite_run(export, AW__SQLITE_TASK_FUNCTION, "io", task->id, task->coroutine);
}

static void phase_ended(struct aw__export *export, struct aw__followed *task, uint64_t now_ns)
{
	bool waiting = task->phase == AW__PHASE_WAITING;
	char space[48];

	if (task->phase != AW__PHASE_UNKNOWN)
		aw__sqlite_run(export, AW__SQLITE_INTERVAL, "issoii", task->id,
			       waiting ? "waiting" : aw__phase_name(task->phase, 0, space),
			       waiting ? aw__wait_name(task->wait_kind) : NULL, task->wait_target,
			       task->since_ns, now_ns);
}

static void finished(struct aw__export *export, struct aw__followed *task, uint64_t now_ns,
		     uint64_t outcome, const struct aw__event *event)
{
	bool done = event->kind == AW__TASK_DONE;

	aw__sqlite_run(export, AW__SQLITE_TASK_DONE, "iisoii", task->id, now_ns,
		       aw__outcome_name(outcome), done ? event->done.error : 0,
		       done ? event->done.run_ns : aw__event_listed(event, AW__STATE_RUN_NS),
		       done ? event->done.steps : aw__event_listed(event, AW__STATE_STEPS));
}

static void begin_in(struct aw__export *export, bool memory)
{
	static const struct aw__follow_calls calls = {
		.appeared = appeared,
		.renamed = renamed,
		.function_known = function_known,
		.phase_ended = phase_ended,
		.finished = finished,
	};
	struct aw__sqlite *sqlite = aw__alloc_must_zeroed(1, sizeof(*sqlite));

	export->state = sqlite;
	sqlite->fd = -1;
	sqlite->memory = memory;
	aw__follow_init(&sqlite->follow, export, &calls);
	aw__sqlite_open(export, sqlite);
}

static void begin(struct aw__export *export)
{
	begin_in(export, false);
}

static void begin_memory(struct aw__export *export)
{
	begin_in(export, true);
}

static void hello(struct aw__export *export, const struct aw__hello *it)
{
	aw__sqlite_run(export, AW__SQLITE_PROCESS, "ittii", (uint64_t)it->pid, it->program,
		       strnlen(it->program, sizeof(it->program)), it->runtime,
		       strnlen(it->runtime, sizeof(it->runtime)), it->monotonic_ns,
		       it->realtime_ns);
}

/* Places and frames are written at the end, when all symbols are known. */
static void definition(struct aw__export *export, const struct aw__definition *it)
{
	if (it->kind == AW__STRING)
		aw__sqlite_run(export, AW__SQLITE_STRING, "it", (uint64_t)it->id,
			       it->text_length > 0 ? it->text : "", (size_t)it->text_length);
	else if (it->kind == AW__TYPE && it->number_count > 0)
		aw__sqlite_run(export, AW__SQLITE_TYPE, "ito", (uint64_t)it->id,
			       it->text_length > 0 ? it->text : "", (size_t)it->text_length,
			       it->numbers[0]);
	else if (it->kind == AW__PLACE)
		aw__sqlite_run(export, AW__SQLITE_PLACE, "isso", (uint64_t)it->id, NULL, NULL,
			       UINT64_C(0));
	else if (it->kind == AW__STACK && it->number_count >= AW__STACK_FRAMES)
		aw__sqlite_run(export, AW__SQLITE_STACK, "ioi", (uint64_t)it->id,
			       it->numbers[AW__STACK_LINK], it->numbers[AW__STACK_FLAGS]);
}

static const char *text_of(const struct aw__event *event)
{
	return event->text_length > 0 ? event->text : "";
}

static void error(struct aw__export *export, const struct aw__event *event)
{
	const uint64_t flags = event->error.flags;

	aw__sqlite_run(export, AW__SQLITE_ERROR, "iiooootooi", event->subject, event->time_ns,
		       event->error.type, event->error.task, event->error.site, event->error.stack,
		       text_of(event), (size_t)event->text_length,
		       aw__event_listed(event, AW__ERROR_CAUSE),
		       aw__event_listed(event, AW__ERROR_CONTEXT),
		       (uint64_t)((flags & AW_ERROR_IS_GROUP) != 0));
}

static void error_children(struct aw__export *export, const struct aw__event *event)
{
	for (uint32_t i = AW__ERROR_CHILDREN; i < event->list_length; i++)
		aw__sqlite_run(export, AW__SQLITE_ERROR_CHILD, "iii", event->subject,
			       (uint64_t)(i - AW__ERROR_CHILDREN), event->list[i]);
}

static void note(struct aw__export *export, const struct aw__event *event)
{
	const char *key = NULL;

	if (event->kind == AW__ERROR_ATTRIBUTE)
		key = aw__model_string(export->names, event->attribute.key);
	aw__sqlite_run(export, AW__SQLITE_ERROR_NOTE, "iist", event->subject, event->time_ns, key,
		       text_of(event), (size_t)event->text_length);
}

static void finding(struct aw__export *export, const struct aw__event *event)
{
	const struct aw__finding_spec *spec = aw__finding_spec(event->finding.kind);

	aw__sqlite_run(export, AW__SQLITE_FINDING, "iisoooiooots", event->subject, event->time_ns,
		       spec->id, event->finding.task, event->finding.error, event->finding.stack,
		       event->finding.value, aw__event_listed(event, AW__FINDING_COROUTINE),
		       aw__event_listed(event, AW__FINDING_LOOP),
		       aw__event_listed(event, AW__FINDING_CREATOR), text_of(event),
		       (size_t)event->text_length, spec->advice);
	/* the finding names the whole tree, but only this error is lost */
	if (aw__finding_is_lost_error(event->finding.kind))
		aw__sqlite_run(export, AW__SQLITE_ERROR_LOST, "i", event->finding.error);
}

static void cancel(struct aw__export *export, const struct aw__event *event)
{
	aw__sqlite_run(export, AW__SQLITE_CANCEL, "iiostooo", event->subject, event->time_ns,
		       event->cancel.by, aw__cancel_why_name(event->cancel.why), text_of(event),
		       (size_t)event->text_length, event->cancel.stack, event->cancel.origin,
		       event->cancel.deadline_ns);
}

static void loop(struct aw__export *export, const struct aw__event *event)
{
	bool opened = event->kind == AW__LOOP_OPENED;

	switch (event->kind) {
	case AW__LOOP_OPENED:
	case AW__LOOP_STATE:
		aw__sqlite_run(export, AW__SQLITE_LOOP, "itoo", event->subject, text_of(event),
			       (size_t)event->text_length, event->loop_opened.tid,
			       opened ? event->time_ns : 0);
		break;
	case AW__LOOP_CLOSED:
		aw__sqlite_run(export, AW__SQLITE_LOOP_CLOSED, "ii", event->subject,
			       event->time_ns);
		break;
	default:
		aw__sqlite_run(export, AW__SQLITE_BLOCK, "iiio", event->subject, event->time_ns,
			       event->loop_unblocked.duration_ns, event->loop_unblocked.finding);
		break;
	}
}

/* Counts of all iterations so far: later rows replace earlier ones. */
static void lags(struct aw__export *export, const struct aw__event *event)
{
	for (uint32_t i = 0; i + 1 < event->list_length; i += 2)
		aw__sqlite_run(export, AW__SQLITE_LAG, "iii", event->subject, event->list[i],
			       event->list[i + 1]);
}

static const char *loss_name(uint64_t what)
{
	static const char *const names[AW__LOST_KINDS] = {
		[AW__LOST_RECORDS] = "records",		[AW__LOST_FINDINGS] = "findings",
		[AW__LOST_DEFINITIONS] = "definitions", [AW__LOST_THREADS] = "threads",
		[AW__LOST_HISTORY] = "history",
	};

	return what < AW__LOST_KINDS ? names[what] : "?";
}

/* Write a row for each of the event's numbers. */
static void plain(struct aw__export *export, const struct aw__event *event)
{
	const struct aw__event_spec *spec = &aw__event_specs[event->kind];
	bool has_task = event->kind == AW__ATTEMPT || event->kind == AW__SERVICE;

	for (unsigned i = 0; i < aw__event_arg_count(event->kind); i++)
		aw__sqlite_run(export, AW__SQLITE_EVENT, "isiotsi", event->time_ns, spec->name,
			       event->subject, has_task ? aw__event_listed(event, 0) : 0,
			       text_of(event), (size_t)event->text_length, spec->args[i].name,
			       event->args[i]);
}

static void event(struct aw__export *export, const struct aw__event *it)
{
	struct aw__sqlite *sqlite = export->state;

	aw__follow_event(&sqlite->follow, it);
	switch (it->kind) {
	case AW__THREAD_STARTED:
		aw__sqlite_run(export, AW__SQLITE_THREAD, "iot", (uint64_t)it->thread,
			       it->thread_started.tid, text_of(it), (size_t)it->text_length);
		break;
	case AW__LOOP_OPENED:
	case AW__LOOP_STATE:
	case AW__LOOP_CLOSED:
	case AW__LOOP_UNBLOCKED:
		loop(export, it);
		break;
	case AW__LOOP_LAGS:
		lags(export, it);
		break;
	case AW__CANCEL_ASKED:
		cancel(export, it);
		break;
	case AW__ERROR:
		error(export, it);
		error_children(export, it);
		break;
	case AW__ERROR_NOTE:
	case AW__ERROR_ATTRIBUTE:
		note(export, it);
		break;
	case AW__ERROR_RETRIEVED:
		aw__sqlite_run(export, AW__SQLITE_ERROR_RETRIEVED, "iioo", it->subject, it->time_ns,
			       it->retrieved.owner, it->retrieved.by);
		break;
	case AW__FINDING:
		finding(export, it);
		break;
	case AW__HANDLE_OPENED:
		aw__sqlite_run(export, AW__SQLITE_HANDLE, "isoi", it->subject,
			       aw__model_string(export->names, it->handle.kind), it->handle.task,
			       it->time_ns);
		break;
	case AW__HANDLE_CLOSED:
		aw__sqlite_run(export, AW__SQLITE_HANDLE_CLOSED, "ii", it->subject, it->time_ns);
		break;
	case AW__EVENTS_LOST:
		aw__sqlite_run(export, AW__SQLITE_LOSS, "iiis", it->time_ns, (uint64_t)it->thread,
			       it->lost.count, loss_name(it->lost.what));
		break;
	case AW__ATTEMPT:
	case AW__BREAKER:
	case AW__SERVICE:
	case AW__RECOVERY:
		plain(export, it);
		break;
	default: /* follow.c handles these */
		break;
	}
}

static void item(struct aw__export *export, const struct aw__item *it)
{
	if (it->kind == AW__ITEM_HELLO)
		hello(export, &it->hello);
	else if (it->kind == AW__ITEM_DEFINITION)
		definition(export, &it->definition);
	else if (it->kind == AW__ITEM_EVENT)
		event(export, &it->event);
}

static void place(struct aw__export *export, uint64_t id)
{
	struct aw__frame frame;

	if (aw__model_place(export->names, id, &frame))
		aw__sqlite_run(export, AW__SQLITE_PLACE, "isso", id, frame.function, frame.file,
			       (uint64_t)frame.line);
}

static void stack(struct aw__export *export, uint64_t id)
{
	struct aw__frame frames[AW__FRAME_MAX_INLINED];
	struct aw__stack it;
	uint64_t depth = 0;

	if (!aw__model_stack(export->names, id, &it) || aw__export_leaves_out(export))
		return;
	for (uint32_t i = 0; i < it.count; i++) {
		size_t count = aw__model_frames(export->names, it.frames[i], frames,
						AW__FRAME_MAX_INLINED);

		for (size_t j = 0; j < count; j++)
			aw__sqlite_run(export, AW__SQLITE_FRAME, "iissosoii", id, depth++,
				       frames[j].function, frames[j].file, (uint64_t)frames[j].line,
				       frames[j].module, frames[j].address,
				       (uint64_t)frames[j].inlined, (uint64_t)frames[j].own);
	}
}

/* Call `each` for every row of a table of definitions, now that all symbols are known. */
static void for_each(struct aw__export *export, const char *query,
		     void (*each)(struct aw__export *export, uint64_t id))
{
	struct aw__sqlite *sqlite = export->state;
	sqlite3_stmt *statement;

	if (export->error != 0 ||
	    sqlite3_prepare_v2(sqlite->database, query, -1, &statement, NULL) != SQLITE_OK)
		return;
	while (export->error == 0 && sqlite3_step(statement) == SQLITE_ROW)
		each(export, (uint64_t)sqlite3_column_int64(statement, 0));
	sqlite3_finalize(statement);
}

static void end(struct aw__export *export)
{
	struct aw__sqlite *sqlite = export->state;
	uint64_t left_out = sqlite->follow.left_out, last_ns = sqlite->follow.last_ns;

	aw__follow_finish(&sqlite->follow);
	if (left_out > 0)
		aw__sqlite_run(export, AW__SQLITE_LOSS, "iiis", last_ns, UINT64_C(0), left_out,
			       "tasks beyond the bound of the export");
	for_each(export, "SELECT place FROM places ORDER BY place", place);
	for_each(export, "SELECT stack FROM stacks ORDER BY stack", stack);
	aw__sqlite_close(export, sqlite);
	aw__alloc_free(sqlite);
}

const struct aw__exporter aw__sqlite_exporter = {
	.name = "sqlite",
	.description = "a database: tasks, intervals, errors, findings, stacks",
	.extension = "db",
	.begin = begin,
	.item = item,
	.end = end,
};

const struct aw__exporter aw__sqlite_query_exporter = {
	.name = "query",
	.description = "the same database in memory",
	.begin = begin_memory,
	.item = item,
	.end = end,
};
