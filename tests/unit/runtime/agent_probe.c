/* SPDX-License-Identifier: MIT */
/*
 * A recorder that replaces the real one in the runtime's tests: each hook call becomes a line of text, so that
 * tests can check which hooks were called, and in which order.
 */
#include "tests/unit/runtime/agent_probe.h"

#include <awry/agent_resilience.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	TEXT_BYTES = 1 << 18,
	NAMES = 256,
};

unsigned int agent_probe_busy, agent_probe_idle, agent_probe_ticks, agent_probe_next;
uint64_t agent_probe_target;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char text[TEXT_BYTES];
static size_t length;
static char names[NAMES][64]; /* the interned texts, by their number */
static unsigned int name_count = 1;
static char kinds[NAMES][32]; /* the kinds of handles, by id */
static uint64_t first_id;

__attribute__((format(printf, 1, 2))) static void line(const char *format, ...)
{
	va_list list;

	pthread_mutex_lock(&mutex);
	va_start(list, format);
	length += (size_t)vsnprintf(text + length, sizeof(text) - length, format, list);
	va_end(list);
	if (length > sizeof(text) - 2)
		length = sizeof(text) - 2;
	text[length++] = '\n';
	text[length] = '\0';
	pthread_mutex_unlock(&mutex);
}

void agent_probe_start(void)
{
	length = 0;
	text[0] = '\0';
	first_id = aw_agent_new_task_id();
	agent_probe_busy = agent_probe_idle = agent_probe_ticks = agent_probe_next = 0;
	agent_probe_target = 0;
	__atomic_store_n(&aw_agent_switch, 1, __ATOMIC_RELAXED);
}

void agent_probe_stop(void)
{
	__atomic_store_n(&aw_agent_switch, 0, __ATOMIC_RELAXED);
	length = 0;
	text[0] = '\0';
}

const char *agent_probe_text(void)
{
	return text;
}

/* The next occurrence of the line in the text, or NULL. */
static const char *find(const char *from, const char *wanted)
{
	size_t bytes = strlen(wanted);

	for (const char *at = from; *at != '\0'; at = strchr(at, '\n') + 1) {
		if (strncmp(at, wanted, bytes) == 0 && at[bytes] == '\n')
			return at;
	}
	return NULL;
}

unsigned int agent_probe_count(const char *wanted)
{
	unsigned int count = 0;

	for (const char *at = text; (at = find(at, wanted)) != NULL; at = strchr(at, '\n') + 1)
		count++;
	return count;
}

bool agent_probe_in_order(const char *first, ...)
{
	const char *at = text, *wanted = first;
	va_list list;

	va_start(list, first);
	while (wanted != NULL && (at = find(at, wanted)) != NULL) {
		at = strchr(at, '\n') + 1;
		wanted = va_arg(list, const char *);
	}
	va_end(list);
	return wanted == NULL;
}

/* ------------------------------------------------------------------------------------------------
 * The recorder
 */

bool aw_agent_start(const char *runtime)
{
	return aw_agent_on();
}

uint32_t aw_agent_epoch(void)
{
	return 0;
}

/* Ids grow from test to test; the trace numbers them from 1 in each test. */
static uint64_t number(uint64_t id)
{
	return id > first_id ? id - first_id : 0;
}

static uint64_t id_of(const struct aw_agent_task *task)
{
	return task != NULL ? number(task->id) : 0;
}

static aw_intern intern(const char *name)
{
	aw_intern found = 0;

	pthread_mutex_lock(&mutex);
	for (unsigned int i = 1; i < name_count && found == 0; i++)
		if (strcmp(names[i], name) == 0)
			found = i;
	if (found == 0 && name_count < NAMES) {
		snprintf(names[name_count], sizeof(names[0]), "%s", name);
		found = name_count++;
	}
	pthread_mutex_unlock(&mutex);
	return found;
}

aw_intern aw_agent_string(const char *string, size_t bytes)
{
	return intern(string);
}

aw_intern aw_agent_place(const char *function, const char *file, uint32_t line_number,
			 const void *address)
{
	return intern(function != NULL ? function : "?");
}

aw_intern aw_agent_type(const char *name, aw_intern base)
{
	return intern(name);
}

aw_intern aw_agent_stack(aw_intern link)
{
	return 1;
}

aw_intern aw_agent_stack_at(const void *address, aw_intern link)
{
	return 1;
}

aw_intern aw_agent_stack_of(const aw_intern *places, size_t count, aw_intern link)
{
	return 1;
}

void aw_agent_loop_opened(struct aw_agent_loop *loop, const char *label)
{
	if (label != NULL)
		line("loop opened %s", label);
	else
		line("loop opened");
}

void aw_agent_loop_busy(struct aw_agent_loop *loop)
{
	agent_probe_busy++;
}

void aw_agent_loop_idle(struct aw_agent_loop *loop)
{
	agent_probe_idle++;
}

void aw_agent_loop_tick(struct aw_agent_loop *loop)
{
	agent_probe_ticks++;
}

void aw_agent_loop_closed(struct aw_agent_loop *loop)
{
	line("loop closed");
}

void aw_agent_task_created(struct aw_agent_task *task, const struct aw_agent_birth *birth)
{
	line("create %" PRIu64 " %s by %" PRIu64 "%s%.*s", id_of(task), names[birth->coroutine],
	     id_of(birth->creator), birth->name != NULL ? " " : "", (int)birth->name_length,
	     birth->name != NULL ? birth->name : "");
}

void aw_agent_task_named(struct aw_agent_task *task, const char *name, size_t bytes)
{
	line("name %" PRIu64 " %.*s", id_of(task), (int)bytes, name);
}

void aw_agent_task_step(struct aw_agent_task *task)
{
	line("step %" PRIu64, id_of(task));
}

void aw_agent_task_step_next(struct aw_agent_task *task)
{
	agent_probe_next++;
	aw_agent_task_step(task);
}

void aw_agent_task_wait(struct aw_agent_task *task, enum aw_agent_wait kind, uint64_t target)
{
	static const char *const kind_names[] = {
		"other",  "sleep",   "task",   "future",    "gather", "group",
		"read",	  "write",   "accept", "connect",   "lock",   "queue",
		"thread", "process", "event",  "condition", "close",
	};

	agent_probe_target = target;
	if (kind == AW_WAIT_TASK)
		line("wait %" PRIu64 " task %" PRIu64, id_of(task), number(target));
	else
		line("wait %" PRIu64 " %s", id_of(task), kind_names[kind]);
}

void aw_agent_task_woken(struct aw_agent_task *task, uint64_t by)
{
	line("wake %" PRIu64 " by %" PRIu64, id_of(task), number(by));
}

void aw_agent_task_done(struct aw_agent_task *task, enum aw_agent_outcome outcome, uint64_t error)
{
	static const char *const outcomes[] = { "result", "error", "cancelled" };

	line("done %" PRIu64 " %s", id_of(task), outcomes[outcome]);
}

void aw_agent_task_forsaken(struct aw_agent_task *task)
{
	line("forsaken %" PRIu64, id_of(task));
}

void aw_agent_task_destroyed_pending(struct aw_agent_task *task)
{
	line("pending %" PRIu64, id_of(task));
}

void aw_agent_cancel_asked(struct aw_agent_task *target, const struct aw_agent_cancel *cancel)
{
	static const char *const whys[AW_CANCEL_WHYS] = { "", " timeout", " group", " signal",
							  " shutdown" };
	const char *message = cancel->message;

	line("cancel %" PRIu64 " by %" PRIu64 "%s%s%.*s", id_of(target), id_of(cancel->by),
	     whys[cancel->why], message != NULL ? " " : "", (int)cancel->message_length,
	     message != NULL ? message : "");
}

void aw_agent_coroutine_made(struct aw_agent_coroutine *coroutine, aw_intern function,
			     const struct aw_agent_task *creator)
{
	coroutine->function = function;
	line("made %s by %" PRIu64, names[function], id_of(creator));
}

void aw_agent_coroutine_dropped(const struct aw_agent_coroutine *coroutine,
				const struct aw_agent_task *creator)
{
	line("dropped %s by %" PRIu64, names[coroutine->function], id_of(creator));
}

void aw_agent_error(const struct aw_agent_error *error)
{
	line("%serror %s: %.*s", error->flags & AW_ERROR_LOST ? "lost " : "", names[error->type],
	     (int)error->message_length, error->message);
}

void aw_agent_error_retrieved(struct aw_agent_task *owner, uint64_t error,
			      const struct aw_agent_task *by)
{
	line("retrieved %" PRIu64 " by %" PRIu64, id_of(owner), id_of(by));
}

void aw_agent_error_lost(struct aw_agent_task *owner, uint64_t error)
{
	line("lost %" PRIu64, id_of(owner));
}

void aw_agent_error_unhandled(const struct aw_agent_task *owner, const char *callback,
			      const char *message, uint64_t error)
{
	line("unhandled in %s", callback != NULL ? callback : "no callback");
}

aw_intern aw_agent_handle_opened(uint64_t id, const char *kind, const struct aw_agent_task *by)
{
	snprintf(kinds[id % NAMES], sizeof(kinds[0]), "%s", kind);
	line("open %s by %" PRIu64, kind, id_of(by));
	return (aw_intern)id;
}

void aw_agent_handle_closed(uint64_t id)
{
	line("close %s", kinds[id % NAMES]);
}

void aw_agent_handle_unclosed(uint64_t id, const char *kind, aw_intern stack)
{
	line("unclosed %s%s", kind, stack == (aw_intern)id ? "" : " opened elsewhere");
}

void aw_agent_cancel_delivered(struct aw_agent_task *task)
{
	line("delivered %" PRIu64, id_of(task));
}

void aw_agent_cancel_taken_back(struct aw_agent_task *task)
{
	line("taken back %" PRIu64, id_of(task));
}

void aw_agent_task_overflowed(struct aw_agent_task *task, uint64_t stack_bytes, void *const *frames,
			      size_t count)
{
	line("overflow %" PRIu64, id_of(task));
}

void aw_agent_cancel_swallowed(struct aw_agent_task *task)
{
	line("swallowed %" PRIu64, id_of(task));
}

void aw_agent_task_unreferenced(struct aw_agent_task *task, bool unreferenced)
{
	line("%s %" PRIu64, unreferenced ? "unreferenced" : "referenced", id_of(task));
}

void aw_agent_task_timed(struct aw_agent_task *task, bool timed)
{
	line("%s %" PRIu64, timed ? "timed" : "not timed", id_of(task));
}

void aw_agent_task_shields(struct aw_agent_task *task, bool shields)
{
	line("%s %" PRIu64, shields ? "shields" : "does not shield", id_of(task));
}

void aw_agent_scope_left(const struct aw_agent_task *task, const struct aw_agent_left *left)
{
	static const char *const kind_names[AW_SCOPES] = { "timeout", "group", "as_completed",
							   "lock" };

	line("left %s%s%s by %" PRIu64, kind_names[left->kind], left->name != NULL ? " " : "",
	     left->name != NULL ? left->name : "", id_of(task));
}

void aw_agent_resource_held(uint64_t resource, uint64_t task)
{
	line("held by %" PRIu64, number(task));
}

bool aw_agent_wait_stacks(void)
{
	return false;
}

void aw_agent_task_scoped(struct aw_agent_task *task, uint64_t scope)
{
	(void)task;
	(void)scope;
}

void aw_agent_task_function(struct aw_agent_task *task, aw_intern function)
{
	(void)task;
	(void)function;
}

aw_intern aw_agent_stack_between(aw_intern link, const void *from, const void *until)
{
	(void)from;
	(void)until;
	return link;
}

void aw_agent_task_waits_for(struct aw_agent_task *task, enum aw_agent_wait kind, uint64_t target)
{
	(void)task;
	(void)kind;
	(void)target;
}

void aw_agent_task_waits_at(struct aw_agent_task *task, aw_intern stack)
{
	(void)task;
	(void)stack;
}

void aw_agent_task_kept(struct aw_agent_task *task, bool kept)
{
	(void)task;
	(void)kept;
}

void aw_agent_task_runs_at(struct aw_agent_task *task, aw_intern stack)
{
	(void)task;
	(void)stack;
}

void aw_agent_future_lost(const struct aw_agent_task *job, const struct aw_agent_birth *birth,
			  uint64_t error)
{
	(void)job;
	(void)birth;
	(void)error;
}

aw_intern aw_agent_stack_suspended(const struct aw_agent_registers *registers, aw_intern link)
{
	(void)registers;
	(void)link;
	return AW_NONE;
}

void aw_agent_loop_ending(struct aw_agent_loop *loop)
{
	line("loop ending");
}

void aw_agent_loop_stuck(struct aw_agent_loop *loop)
{
	line("loop stuck");
}

void aw_agent_loop_stuck_if_alone(struct aw_agent_loop *loop)
{
	line("loop stuck if alone");
}

void aw_agent_attempt(const struct aw_agent_attempt *attempt)
{
	static const char *const outcomes[] = { "succeeded", "failed", "gave up" };

	line("attempt %" PRIu64 " of %" PRIu64 " of %s %s%s by %" PRIu64, attempt->attempt,
	     attempt->attempts, attempt->name, outcomes[attempt->outcome],
	     attempt->breaker != 0 ? " through a breaker" : "", id_of(attempt->task));
}

void aw_agent_breaker(const struct aw_agent_breaker *breaker)
{
	static const char *const states[] = { "closed", "open", "half-open" };

	line("breaker %s %s after %" PRIu64 "%s", breaker->name, states[breaker->state],
	     breaker->failures, breaker->error != 0 ? " by an error" : "");
}

void aw_agent_service(const struct aw_agent_service *service)
{
	line("service %s %s by %" PRIu64, service->name, service->failed ? "failed" : "answered",
	     id_of(service->task));
}

void aw_agent_recovery(const struct aw_agent_recovery *recovery)
{
	line("recovery of %s severity %" PRIu64 " %s", recovery->component, recovery->severity,
	     recovery->again ? "again" : "stop");
}
