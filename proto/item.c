/* SPDX-License-Identifier: MIT */
/*
 * The table of event kinds (subject, arguments, list and text of each), which encoder, decoder, recorder and
 * exports use; and the names of states, waits and outcomes.
 */
#include "proto/item.h"

#include <awry/agent.h>
#include <awry/agent_resilience.h>

/* clang-format off */
#define NUMBER(name) { name, AW__ARG_NUMBER }
#define INTERN(name) { name, AW__ARG_INTERN }
#define TASK(name)   { name, AW__ARG_TASK }
#define ID(name)     { name, AW__ARG_ID }
#define NS(name)     { name, AW__ARG_NS }
#define TIME(name)   { name, AW__ARG_TIME }

const struct aw__event_spec aw__event_specs[AW__EVENT_KINDS] = {
	[AW__THREAD_STARTED] = { "thread-started", "thread", { NUMBER("tid") }, .text = "name", .important = true },
	[AW__LOOP_OPENED] = { "loop-opened", "loop", { NUMBER("tid") }, .text = "label", .important = true },
	[AW__LOOP_CLOSED] = { "loop-closed", "loop", { { 0 } }, .important = true },
	[AW__LOOP_STATE] = { "loop-state", "loop",
		{ NUMBER("tid"), TIME("busy_since"), TASK("task"), NUMBER("iterations") }, .text = "label" },
	[AW__LOOP_UNBLOCKED] = { "loop-unblocked", "loop", { NS("duration"), ID("finding") }, .important = true },
	[AW__TASK_CREATED] = { "task-created", "task",
		{ TASK("creator"), INTERN("coroutine"), INTERN("stack"), ID("loop"), ID("scope") }, .text = "name" },
	[AW__TASK_NAMED] = { "task-named", "task", { { 0 } }, .text = "name" },
	[AW__TASK_STEP] = { "task-step", "task", { { 0 } }, .step = true },
	[AW__TASK_WAIT] = { "task-wait", "task", { NUMBER("kind"), ID("target") }, .step = true },
	[AW__TASK_WAITS_AT] = { "task-waits-at", "task", { INTERN("stack") }, .step = true },
	[AW__TASK_FUNCTION] = { "task-function", "task", { INTERN("coroutine") } },
	[AW__TASK_WOKEN] = { "task-woken", "task", { TASK("by") }, .step = true },
	[AW__TASK_DONE] = { "task-done", "task",
		{ NUMBER("outcome"), ID("error"), NS("run"), NUMBER("steps") } },
	[AW__TASK_STATE] = { "task-state", "task",
		{ TASK("creator"), INTERN("coroutine"), INTERN("stack"), ID("loop"), NUMBER("state") },
		.list = "created, changed, run, steps, wait kind, wait target, scope, outcome, wait stack",
		.text = "name", .important = true },
	[AW__CANCEL_ASKED] = { "cancel-asked", "task", 
		{ TASK("by"), INTERN("stack"), NUMBER("why"), INTERN("origin"), TIME("deadline") },
		.text = "message" },
	[AW__CANCEL_TOLD] = { "cancel-told", "task",
		{ TASK("by"), INTERN("stack"), NUMBER("why"), INTERN("origin"), TIME("time") }, .important = true },
	[AW__ERROR] = { "error", "error",
		{ INTERN("type"), TASK("task"), INTERN("site"), INTERN("stack"), NUMBER("flags") },
		.list = "cause, context, children", .text = "message", .important = true },
	[AW__ERROR_NOTE] = { "error-note", "error", { { 0 } }, .text = "note" },
	[AW__ERROR_ATTRIBUTE] = { "error-attribute", "error", { INTERN("key") }, .text = "value" },
	[AW__ERROR_RETRIEVED] = { "error-retrieved", "error", { TASK("owner"), TASK("by") } },
	[AW__FINDING] = { "finding", "finding",
		{ NUMBER("kind"), TASK("task"), ID("error"), INTERN("stack"), NUMBER("value") },
		.list = "coroutine, loop, coroutine id, creator, by; of a deadlock: task, wait kind, wait target, each", .text = "detail", .important = true },
	[AW__HANDLE_OPENED] = { "handle-opened", "handle", { INTERN("kind"), TASK("task") } },
	[AW__HANDLE_CLOSED] = { "handle-closed", "handle", { { 0 } } },
	[AW__EVENTS_LOST] = { "events-lost", "thread", { NUMBER("count"), NUMBER("what") } },
	[AW__SNAPSHOT_BEGIN] = { "snapshot-begin", "snapshot", { NUMBER("tasks"), NUMBER("unlisted") } },
	[AW__SNAPSHOT_END] = { "snapshot-end", "snapshot", { { 0 } } },
	[AW__RESOURCE_HELD] = { "resource-held", "resource", { TASK("task") }, .step = true },
	[AW__ATTEMPT] = { "attempt", "retry",
		{ NUMBER("attempt"), NUMBER("attempts"), ID("error"), NS("delay"), NUMBER("outcome") },
		.list = "task, breaker", .text = "name" },
	[AW__BREAKER] = { "breaker", "breaker",
		{ NUMBER("state"), NUMBER("failures"), TIME("since"), NS("recovery"), ID("error") }, .text = "name" },
	[AW__SERVICE] = { "service", "fallback",
		{ NUMBER("service"), NUMBER("services"), ID("error"), NUMBER("failures"), NUMBER("failed") },
		.list = "task", .text = "name" },
	[AW__RECOVERY] = { "recovery", "error",
		{ NUMBER("severity"), NUMBER("retry count"), NS("delay"), NUMBER("again") }, .text = "operation" },
	[AW__LOOP_BLOCKED] = { "loop-blocked", "loop", { NS("duration"), ID("finding") }, .important = true },
	[AW__LOOP_LAGS] = { "loop-lags", "loop", { NS("longest") },
		.list = "pairs: least duration of a bucket of iterations, number of iterations in it" },
};

static const char *const state_names[] = {
	[AW__TASK_PENDING] = "pending", [AW__TASK_RUNNING] = "running", [AW__TASK_WAITING] = "waiting",
	[AW__TASK_READY] = "ready", [AW__TASK_FINISHED] = "finished",
	[AW__TASK_UNTOLD] = "alive",
};

static const char *const wait_names[] = {
	[AW_WAIT_OTHER] = "other", [AW_WAIT_SLEEP] = "sleep", [AW_WAIT_TASK] = "task",
	[AW_WAIT_FUTURE] = "future", [AW_WAIT_GATHER] = "gather", [AW_WAIT_GROUP] = "group",
	[AW_WAIT_READ] = "read", [AW_WAIT_WRITE] = "write", [AW_WAIT_ACCEPT] = "accept",
	[AW_WAIT_CONNECT] = "connect", [AW_WAIT_LOCK] = "lock", [AW_WAIT_QUEUE] = "queue",
	[AW_WAIT_THREAD] = "thread", [AW_WAIT_PROCESS] = "process",
	[AW_WAIT_EVENT] = "event", [AW_WAIT_CONDITION] = "condition", [AW_WAIT_CLOSE] = "close",
	[AW_WAIT_JOB] = "job",
};

static const char *const outcome_names[] = {
	[AW_OUTCOME_RESULT] = "result", [AW_OUTCOME_ERROR] = "error", [AW_OUTCOME_CANCELLED] = "cancelled",
	[AW__OUTCOME_DESTROYED] = "destroyed",
};
static const char *const why_names[] = {
	[AW_CANCEL_ASKED] = "asked", [AW_CANCEL_TIMEOUT] = "timeout", [AW_CANCEL_GROUP] = "group",
	[AW_CANCEL_SIGNAL] = "signal", [AW_CANCEL_SHUTDOWN] = "shutdown",
};

static const char *const why_texts[] = {
	[AW_CANCEL_ASKED] = "the program called cancel()", [AW_CANCEL_TIMEOUT] = "a timeout ran out",
	[AW_CANCEL_GROUP] = "its group is shutting down", [AW_CANCEL_SIGNAL] = "the program was interrupted",
	[AW_CANCEL_SHUTDOWN] = "the main task is done (shutdown)",
};

static const char *const attempt_names[] = {
	[AW_ATTEMPT_SUCCEEDED] = "succeeded", [AW_ATTEMPT_FAILED] = "failed", [AW_ATTEMPT_GAVE_UP] = "gave up",
};

static const char *const breaker_names[] = {
	[AW_BREAKER_IS_CLOSED] = "closed", [AW_BREAKER_IS_OPEN] = "open", [AW_BREAKER_IS_HALF_OPEN] = "half-open",
};

static const char *const severity_names[] = { "low", "medium", "high", "critical" };
/* clang-format on */

#define NAME_IN(names, value) ((value) < sizeof(names) / sizeof((names)[0]) ? (names)[value] : "?")

uint64_t aw__event_blocked_ns(const struct aw__event *event)
{
	return event->kind == AW__LOOP_UNBLOCKED || event->kind == AW__LOOP_BLOCKED
		       ? event->loop_unblocked.duration_ns
		       : 0;
}

const char *aw__task_state_name(uint64_t state)
{
	return NAME_IN(state_names, state);
}

const char *aw__task_state_text(uint64_t state)
{
	return state == AW__TASK_UNTOLD ? "state unknown" : aw__task_state_name(state);
}

const char *aw__wait_name(uint64_t wait)
{
	return NAME_IN(wait_names, wait);
}

bool aw__state_has_place(uint64_t state, uint64_t wait)
{
	return state == AW__TASK_WAITING || (state == AW__TASK_RUNNING && wait == AW_WAIT_JOB);
}

const char *aw__outcome_name(uint64_t outcome)
{
	return NAME_IN(outcome_names, outcome);
}

const char *aw__cancel_why_name(uint64_t why)
{
	return NAME_IN(why_names, why);
}

const char *aw__cancel_why_text(uint64_t why)
{
	return why < sizeof(why_texts) / sizeof(why_texts[0])
		       ? why_texts[why]
		       : "of something that this viewer does not know";
}

const char *aw__attempt_name(uint64_t outcome)
{
	return NAME_IN(attempt_names, outcome);
}

const char *aw__breaker_name(uint64_t state)
{
	return NAME_IN(breaker_names, state);
}

const char *aw__severity_name(uint64_t severity)
{
	return NAME_IN(severity_names, severity);
}

unsigned aw__event_arg_count(enum aw__event_kind kind)
{
	unsigned count = 0;

	while (count < AW__EVENT_ARGS && aw__event_specs[kind].args[count].name != NULL)
		count++;
	return count;
}
