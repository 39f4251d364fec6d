/* SPDX-License-Identifier: MIT */
/*
 * Formats one finding for stderr, in the words of asyncio's log. printer.c calls it with the finding and the rows
 * that were recorded before it.
 */
#include "agent/stream/print.h"

#include <awry/agent.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "agent/stream/stream_internal.h"
#include "base/text.h"
#include "proto/finding.h"

void aw__print_init(struct aw__print *print, const struct aw__box *box)
{
	memset(print, 0, sizeof(*print));
	print->box = box;
	print->symbols = aw__symbolizer_create();
}

void aw__print_finish(struct aw__print *print)
{
	aw__symbolizer_destroy(print->symbols);
	aw__buffer_finish(&print->out);
}

void aw__print_flush(struct aw__print *print)
{
	if (!print->out.failed && print->out.length > 0)
		print->unwritten[aw__stderr_write(print->out.data, print->out.length)]++;
	aw__buffer_clear(&print->out);
}

static void put_task_name(struct aw__print *print, const struct aw__event *task, uint64_t id)
{
	if (task != NULL && task->text_length > 0)
		aw__text_escape(&print->out, task->text, task->text_length, false);
	else
		aw__buffer_format(&print->out, "Task-%" PRIu64, id);
}

static void put_coroutine(struct aw__print *print, uint64_t place, bool done)
{
	if (place == 0)
		return;
	aw__buffer_text(&print->out, " coro=<");
	aw__print_place_name(print, place);
	aw__buffer_text(&print->out, done ? "() done, defined at " : "() running, defined at ");
	if (!aw__print_place_site(print, place))
		aw__buffer_char(&print->out, '?');
	aw__buffer_char(&print->out, '>');
}

static void put_creation(struct aw__print *print, uint64_t stack)
{
	if (stack == 0)
		return;
	aw__buffer_text(&print->out,
			"source_traceback: Object created at (most recent call last):\n");
	aw__print_stack(print, stack);
}

static void put_exception(struct aw__print *print, uint64_t error)
{
	if (error == 0)
		return;
	aw__buffer_text(&print->out, " exception=");
	aw__print_error_repr(print, error);
}

static void put_creation_site(struct aw__print *print, uint64_t stack)
{
	const size_t before = print->out.length;

	aw__buffer_text(&print->out, " created at ");
	if (!aw__print_stack_top(print, stack) && !print->out.failed)
		print->out.length = before;
}

/* <Task finished name='…' coro=<…> exception=… created at …> */
static void put_task(struct aw__print *print, const struct aw__event *finding,
		     const struct aw__event *task, const char *state)
{
	const bool ended = finding->finding.kind == AW__SCOPE_LEFT_OPEN;

	aw__buffer_format(&print->out, "<Task %s name='", state);
	put_task_name(print, task, finding->finding.task);
	aw__buffer_char(&print->out, '\'');
	put_coroutine(print, aw__event_listed(finding, AW__FINDING_COROUTINE),
		      ended || finding->finding.error != 0);
	put_exception(print, finding->finding.error);
	put_creation_site(print, task != NULL ? task->state.stack : finding->finding.stack);
	aw__buffer_text(&print->out, ">\n");
}

static void put_seconds(struct aw__print *print, uint64_t ns)
{
	const uint64_t ms = ns / 1000000;

	aw__buffer_format(&print->out, "%" PRIu64 ".%03" PRIu64 " seconds", ms / 1000, ms % 1000);
}

static void print_never_retrieved(struct aw__print *print, const struct aw__event *finding,
				  const struct aw__event *task)
{
	const uint64_t id = finding->finding.task;

	aw__buffer_format(&print->out, "%s\nfuture: ", aw__finding_title(AW__NEVER_RETRIEVED, id));
	if (id != 0) {
		put_task(print, finding, task, "finished");
	} else {
		aw__buffer_text(&print->out, "<Future finished");
		put_exception(print, finding->finding.error);
		aw__buffer_text(&print->out, ">\n");
	}
	put_creation(print, finding->finding.stack);
	aw__print_error(print, finding->finding.error);
}

static void print_held(struct aw__print *print, const struct aw__event *finding,
		       const struct aw__event *task)
{
	aw__buffer_text(&print->out, "Task exception was not retrieved for ");
	put_seconds(print, finding->finding.value);
	aw__buffer_text(&print->out, ", and the task is kept\nfuture: ");
	put_task(print, finding, task, "finished");
	put_creation(print, finding->finding.stack);
	aw__print_error(print, finding->finding.error);
}

static void print_never_awaited(struct aw__print *print, const struct aw__event *finding)
{
	aw__buffer_text(&print->out, "RuntimeWarning: coroutine '");
	aw__print_place_name(print, aw__event_listed(finding, AW__FINDING_COROUTINE));
	aw__buffer_text(&print->out, "' was never awaited\n");
	if (finding->finding.stack == 0)
		return;
	aw__buffer_text(&print->out,
			aw__finding_where_dropped(finding->finding.kind, finding->text_length > 0)
				? "Coroutine dropped at (most recent call last)\n"
				: "Coroutine created at (most recent call last)\n");
	aw__print_stack(print, finding->finding.stack);
}

static void print_destroyed_pending(struct aw__print *print, const struct aw__event *finding,
				    const struct aw__event *task)
{
	aw__buffer_text(&print->out, "Task was destroyed but it is pending!\ntask: ");
	put_task(print, finding, task, "pending");
	put_creation(print, finding->finding.stack);
}

static void print_blocked_loop(struct aw__print *print, const struct aw__event *finding,
			       const struct aw__event *task)
{
	const uint64_t ms = finding->finding.value / 1000000;

	aw__buffer_text(&print->out, "Executing ");
	if (finding->finding.task != 0) {
		aw__buffer_text(&print->out, "<Task name='");
		put_task_name(print, task, finding->finding.task);
		aw__buffer_char(&print->out, '\'');
		put_coroutine(print, aw__event_listed(finding, AW__FINDING_COROUTINE), false);
		aw__buffer_char(&print->out, '>');
	} else {
		aw__buffer_text(&print->out, "a callback");
	}
	aw__buffer_format(&print->out,
			  " has taken %" PRIu64 ".%03" PRIu64
			  " seconds so far: the event loop is blocked\n",
			  ms / 1000, ms % 1000);
	if (finding->text_length > 0) {
		aw__buffer_text(&print->out, "  (");
		aw__text_escape(&print->out, finding->text, finding->text_length, false);
		aw__buffer_text(&print->out, ")\n");
	}
	if (finding->finding.stack == 0) {
		aw__buffer_text(&print->out, "  (its stack could not be taken)\n");
		return;
	}
	aw__buffer_text(&print->out, "Blocked in (most recent call last):\n");
	aw__print_stack(print, finding->finding.stack);
}

/* A task that was recorded before the finding. */
static const struct aw__event *told_task(const struct aw__print *print, uint64_t id)
{
	for (size_t i = print->part_count; i > 0; i--)
		if (print->parts[i - 1]->kind == AW__TASK_STATE &&
		    print->parts[i - 1]->subject == id)
			return print->parts[i - 1];
	return NULL;
}

static void print_swallowed_cancel(struct aw__print *print, const struct aw__event *finding,
				   const struct aw__event *task)
{
	const uint64_t by = aw__event_listed(finding, AW__FINDING_BY);

	aw__buffer_text(&print->out, "A task swallowed its cancellation: ");
	aw__text_escape(&print->out, finding->text, finding->text_length, false);
	aw__buffer_text(&print->out, "\ntask: ");
	put_task(print, finding, task, "cancelling");
	aw__buffer_text(&print->out, "It was asked to cancel by ");
	if (by != 0)
		put_task_name(print, told_task(print, by), by);
	else
		aw__buffer_text(&print->out, "its loop");
	aw__buffer_text(&print->out, " (most recent call last):\n");
	aw__print_stack(print, finding->finding.stack);
}

/* Where a task waits, if that was recorded. */
static void put_wait(struct aw__print *print, const struct aw__event *task, const char *heading)
{
	const uint64_t stack = task != NULL ? aw__event_listed(task, AW__STATE_WAIT_STACK) : 0;

	if (stack == 0)
		return;
	aw__buffer_format(&print->out, "%s (most recent call last):\n", heading);
	aw__print_stack(print, stack);
}

static void put_member(struct aw__print *print, const struct aw__event *finding, uint32_t at)
{
	const uint64_t kind = aw__event_listed(finding, at + AW__MEMBER_WAIT_KIND);
	const uint64_t target = aw__event_listed(finding, at + AW__MEMBER_WAIT_TARGET);
	const uint64_t id = aw__event_listed(finding, at + AW__MEMBER_TASK);
	const struct aw__event *task = told_task(print, id);

	aw__buffer_text(&print->out, "  ");
	put_task_name(print, task, id);
	aw__buffer_format(&print->out, " waits for %s", aw__wait_name(kind));
	if (kind == AW_WAIT_TASK) {
		aw__buffer_char(&print->out, ' ');
		put_task_name(print, told_task(print, target), target);
	} else if (target != 0) {
		aw__buffer_format(&print->out, " #%" PRIu64, target);
	}
	if (task != NULL)
		put_coroutine(print, task->state.coroutine, false);
	aw__buffer_char(&print->out, '\n');
	put_wait(print, task, "  waits at");
	if (task == NULL || task->state.stack == 0)
		return;
	aw__buffer_text(&print->out, "  created at (most recent call last):\n");
	aw__print_stack(print, task->state.stack);
}

static void print_deadlock(struct aw__print *print, const struct aw__event *finding)
{
	uint32_t at = AW__FINDING_MEMBERS;
	const uint64_t total = finding->finding.value;
	uint64_t shown = 0;

	aw__buffer_text(&print->out, "Deadlock: ");
	if (finding->text_length > 0)
		aw__text_escape(&print->out, finding->text, finding->text_length, false);
	else
		aw__buffer_format(&print->out,
				  "%" PRIu64 " task%s wait%s for what the next one has", total,
				  total == 1 ? "" : "s", total == 1 ? "s" : "");
	aw__buffer_char(&print->out, '\n');
	for (; at + AW__MEMBER_NUMBERS <= finding->list_length; at += AW__MEMBER_NUMBERS, shown++)
		put_member(print, finding, at);
	if (shown < total)
		aw__buffer_format(&print->out, "  … and %" PRIu64 " more\n", total - shown);
}

static void print_unclosed_handle(struct aw__print *print, const struct aw__event *finding)
{
	static const char loop[] = "event loop";
	const bool is_loop = finding->text_length == sizeof(loop) - 1 &&
			     memcmp(finding->text, loop, sizeof(loop) - 1) == 0;

	aw__buffer_format(&print->out, "ResourceWarning: unclosed %s <",
			  is_loop ? loop : "transport");
	aw__text_escape(&print->out, finding->text, finding->text_length, false);
	aw__buffer_format(&print->out, " #%" PRIu64 ">\n", finding->finding.value);
	if (memmem(finding->text, finding->text_length, AW__WHERE_COLLECTED,
		   sizeof(AW__WHERE_COLLECTED) - 1) == NULL) {
		put_creation(print, finding->finding.stack);
	} else if (finding->finding.stack != 0) {
		aw__buffer_text(&print->out, "Object dropped at (most recent call last)\n");
		aw__print_stack(print, finding->finding.stack);
	}
}

/* One line that says what lasts too long, or is too much. */
static void put_too_long(struct aw__print *print, const struct aw__event *finding)
{
	const uint64_t kind = finding->finding.kind;

	if (kind == AW__LEAKED_TASK && finding->text_length > 0) {
		aw__buffer_text(&print->out, finding->finding.value > 0
						     ? "The number of tasks keeps growing: "
						     : "A task waits for what can never come: ");
		aw__text_escape(&print->out, finding->text, finding->text_length, false);
		return;
	}
	aw__buffer_text(&print->out, kind == AW__LEAKED_TASK
					     ? "A task waits for what may never come"
					     : aw__finding_title(kind, finding->finding.task));
	if (kind == AW__BUSY_TASK) {
		aw__buffer_format(&print->out, ": %" PRIu64 " %% of the time",
				  finding->finding.value);
		return;
	}
	aw__buffer_text(&print->out, ": for ");
	put_seconds(print, finding->finding.value);
}

/* A task about which something lasts too long. */
static void print_lasting(struct aw__print *print, const struct aw__event *finding,
			  const struct aw__event *task)
{
	put_too_long(print, finding);
	aw__buffer_text(&print->out, "\ntask: ");
	put_task(print, finding, task,
		 task != NULL && task->state.state == AW__TASK_FINISHED ? "finished" : "pending");
	put_wait(print, task, "It waits at");
	put_creation(print, finding->finding.stack);
}

static void print_scope_left_open(struct aw__print *print, const struct aw__event *finding,
				  const struct aw__event *task)
{
	aw__buffer_text(&print->out, "Scope left open: ");
	aw__text_escape(&print->out, finding->text, finding->text_length, false);
	aw__buffer_text(&print->out, "\ntask: ");
	put_task(print, finding, task, "ended");
	put_creation(print, finding->finding.stack);
}

static void print_lost_events(struct aw__print *print, const struct aw__event *finding)
{
	aw__buffer_format(&print->out,
			  "Events were lost: %" PRIu64 " of them: ", finding->finding.value);
	aw__text_escape(&print->out, finding->text, finding->text_length, false);
	aw__buffer_char(&print->out, '\n');
}

void aw__print_finding(struct aw__print *print, const struct aw__event *finding,
		       const struct aw__event *task)
{
	print->indent_length = 0;
	print->folder = getcwd(print->folder_bytes, sizeof(print->folder_bytes));
	switch (finding->finding.kind) {
	case AW__NEVER_RETRIEVED:
		print_never_retrieved(print, finding, task);
		break;
	case AW__HELD_ERROR:
		print_held(print, finding, task);
		break;
	case AW__NEVER_AWAITED:
		print_never_awaited(print, finding);
		break;
	case AW__DESTROYED_PENDING:
		print_destroyed_pending(print, finding, task);
		break;
	case AW__BLOCKED_LOOP:
		print_blocked_loop(print, finding, task);
		break;
	case AW__LOST_EVENTS:
		print_lost_events(print, finding);
		break;
	case AW__SWALLOWED_CANCEL:
		print_swallowed_cancel(print, finding, task);
		break;
	case AW__DEADLOCK:
		print_deadlock(print, finding);
		break;
	case AW__UNCLOSED_HANDLE:
		print_unclosed_handle(print, finding);
		break;
	case AW__ORPHAN_TASK:
	case AW__LEAKED_TASK:
	case AW__STARVED_TASK:
	case AW__BUSY_TASK:
		print_lasting(print, finding, task);
		break;
	case AW__SCOPE_LEFT_OPEN:
		print_scope_left_open(print, finding, task);
		break;
	case AW__STACK_OVERFLOW: /* printed where it was noticed, as the process may have ended by now */
	case AW__UNHANDLED_ERROR: /* the loop has printed it, recorded or not */
		break;
	default:
		aw__buffer_format(&print->out, "%s\n",
				  aw__finding_spec(finding->finding.kind)->title);
		break;
	}
}
