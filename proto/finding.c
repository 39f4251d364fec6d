/* SPDX-License-Identifier: MIT */
/*
 * The table of finding kinds: id, title, meaning, advice and threshold of each. Reports, the viewer, the agent's
 * stderr and the manual take their texts from it; a few have another wording for Python programs.
 */
#include "proto/finding.h"

#include <string.h>

/* clang-format off */
const struct aw__finding_spec aw__finding_specs[AW__FINDING_KINDS] = {
	[0] = { "unknown", "A finding of a kind that this version does not know",
		"The recording was made by a newer awry.", "Read it with the awry that made it.", NULL },
	[AW__NEVER_RETRIEVED] = { "never-retrieved", "Task exception was never retrieved",
		"It failed, and its last reference was dropped before anybody asked for its result: "
		"its work is half done, and no code has handled the error.",
		"Await it, look at its exception, or create the task in a task group.", NULL },
	[AW__NEVER_AWAITED] = { "never-awaited", "coroutine was never awaited",
		"The coroutine object was made and dropped: its body never ran.",
		"Await it, or make a task of it; close it on purpose with aw_coro_close().", NULL },
	[AW__DESTROYED_PENDING] = { "destroyed-pending", "Task was destroyed but it is pending!",
		"Its loop was closed while it was pending: nothing can run it any more. What it was doing is half done, and "
		"what its stack owns is leaked.",
		"Cancel the task and await it before the loop is closed, or create it in a task group.", NULL },
	[AW__BLOCKED_LOOP] = { "blocked-loop", "The event loop was blocked",
		"One callback or step kept the loop's thread to itself: meanwhile no other task, timer or "
		"connection of this loop could go on.",
		"Move the blocking call to a thread, or await between portions of the work.",
		"an iteration longer than AWRY_BLOCKED_MS (100 ms)" },
	[AW__LOST_EVENTS] = { "lost-events", "Events were lost",
		"The recorder had no room for them, or the recording could not be written as fast: the report is incomplete.",
		"Raise AWRY_RING_BYTES or AWRY_MEMORY_BYTES, or record with AWRY_TRACE, which waits for room.", NULL },
	[AW__SWALLOWED_CANCEL] = { "swallowed-cancel", "A task swallowed its cancellation",
		"It was asked to cancel and got the CancelledError, but neither returned it nor called uncancel(): "
		"the code that cancelled it assumes that it has ended, or waits for its end.",
		"Return the CancelledError after the clean-up; where it is meant to end, call aw_task_uncancel().",
		"it returned a result, or still runs AWRY_CANCEL_MS (10 s) after the CancelledError reached it; not after "
		"errors, timeouts, task groups and uncancel()" },
	[AW__DEADLOCK] = { "deadlock", "Tasks wait for each other, and none can go on",
		"Each waits for something that only another of them can provide: a lock that it holds, or its end. "
		"Or every task of the loop waits, and there is no timer, no connection and no other thread "
		"that could wake one.",
		"Take locks in one order everywhere; do not hold a lock while you await a task that needs it; release it on every path.",
		"a circle of waits that no timeout will end, after AWRY_DEADLOCK_MS (1 s); a loop without any source of "
		"events, at once" },
	[AW__ORPHAN_TASK] = { "orphan-task", "Orphaned task: nobody holds a reference to it, so its result cannot be asked for",
		"The task that created it has ended, and nothing refers to it any more: its result or error will be lost. "
		"In asyncio it could be collected in the middle of its work.",
		"Keep a reference and await it, or create it in a task group.",
		"AWRY_ORPHAN_MS (1 s) after its creator was seen to have ended; never for members of a group or gather" },
	[AW__LEAKED_TASK] = { "leaked-task", "A task may never end, or is kept after its end",
		"It waits for a future that nobody can finish, because nothing refers to the future any more. Or it waits for a "
		"future, its creator has long ended, something still refers to the task, and other creators leave such tasks, too. Or "
		"the number of tasks from its creation place keeps growing: they do not end, or have ended and are still referenced. "
		"Each keeps its stack and everything that it refers to.",
		"Keep a reference to what it waits for, cancel it when what it works for ends, or wait with a timeout; drop the "
		"references to tasks that have ended.",
		"at once, if nothing refers to the task or the future, and no timeout ends the wait. Or: AWRY_LEAKED_S (60 s) in one wait "
		"for a future that no timeout ends, after its creator has ended, if another creator has left such a task at the same "
		"creation stack; never in waits for input, a queue, a lock, an event, a child process or a time. Or: of the tasks of one "
		"creation stack that are older than AWRY_LEAKED_S, and live or are still referenced, there were more at each of 5 counts "
		"in a row, AWRY_LEAKED_S apart, at least 100 in the end, and at least twice as many as before; one of them is named" },
	[AW__UNCLOSED_HANDLE] = { "unclosed-handle", "unclosed handle",
		"Its loop was closed while it was open: what was still to be sent is lost, and the other side "
		"sees a connection that breaks. A loop of aw_loop_from_uv() was still open when its thread or the program "
		"ended: its tasks were dropped in the middle of their work, without a message.",
		"Close it, and wait until it is closed, before the main task returns; close a loop with aw_loop_close().",
		NULL },
	[AW__STARVED_TASK] = { "starved-task", "A task is ready, but not run",
		"Its wait is over, but its loop does not run it, although no iteration of the loop lasts that long: other code "
		"has the thread, outside of the loop's own callbacks.",
		"Keep callbacks of libuv handles short, and run the libuv loop that the tasks live in.",
		"ready for longer than AWRY_STARVED_MS (1 s), while its loop is not known to be blocked" },
	[AW__BUSY_TASK] = { "busy-task", "One task uses nearly all of its loop's time",
		"No single step blocks the loop for long, but together its steps use nearly all of the loop's time: everything "
		"else on this loop is slow.",
		"Move the computation to a thread, or sleep between its portions instead of yielding.",
		"AWRY_BUSY_PERCENT (80 %) of the time, throughout AWRY_BUSY_MS (5 s)" },
	[AW__STACK_OVERFLOW] = { "stack-overflow", "A task's stack overflowed",
		"It reached the guard pages below its stack, by endless recursion or by large variables on its "
		"stack. The program was ended by SIGSEGV, or had a handler for it.",
		"End the recursion, take large arrays from the heap, or give tasks larger stacks: AW_RUN_OPTS(.stack_bytes = …).",
		NULL },
	[AW__UNHANDLED_ERROR] = { "unhandled-error", "Unhandled exception in a callback",
		"A callback of the loop failed, and the loop has no exception handler: the exception was printed, and "
		"the callback's work is half done.",
		"Handle it in the callback, or give the loop a handler by aw_loop_set_exception_handler().", NULL },
	[AW__SCOPE_LEFT_OPEN] = { "scope-left-open", "A task ended and left a scope open",
		"It opened a timeout, a task group or as_completed(), and ended without closing it, by an early return for "
		"example: it was closed then with the task's error, and tasks of the group were cancelled. Or it took a lock "
		"and ended, and the lock was destroyed without ever being released.",
		"Close it on every path: AW_WITH_TIMEOUT(), AW_WITH_GROUP(), AW_WITH_AS_COMPLETED() and AW_WITH_LOCK() do, also "
		"where AW_TRY() returns.", NULL },
	[AW__HELD_ERROR] = { "held-error", "Task exception was not retrieved so far, and the task is kept",
		"It failed, nobody has asked for its result, and something still refers to the task: until that reference is "
		"dropped, nothing else reports the error. Its work is half done.",
		"Await it, look at its exception in time, or create the task in a task group.",
		"AWRY_HELD_S (10 s) after the task failed; at once when the program ends, or is killed. Withdrawn if the "
		"error is retrieved later; reported as never-retrieved if the last reference is dropped before. A pending group "
		"or gather takes the errors of its members" },
};
/* clang-format on */

/* Other texts for Python programs. NULL: the same text. */
/* clang-format off */
static const struct {
	const char *meaning, *advice;
} python_words[AW__FINDING_KINDS] = {
	[AW__NEVER_AWAITED] = { NULL, "Await it, or make a task of it; close it on purpose with its close()." },
	[AW__DESTROYED_PENDING] = {
		"Its last reference was dropped while it was pending: it was collected in the middle of its work, which will never be "
		"finished. A loop has only weak references to its tasks.",
		"Keep a reference to it until it is done, or create it in a task group." },
	[AW__BLOCKED_LOOP] = { NULL,
		"Move the blocking call to a thread with asyncio.to_thread(), or await between portions of the work." },
	[AW__SWALLOWED_CANCEL] = { NULL,
		"Raise the CancelledError again after the clean-up; where the cancellation is meant to end, call uncancel()." },
	[AW__UNHANDLED_ERROR] = { NULL,
		"Handle it in the callback, or give the loop a handler by loop.set_exception_handler()." },
	[AW__LEAKED_TASK] = {
		"It waits for a future, its creator has long ended, something still refers to the task, and other creators leave such "
		"tasks, too. Or the number of tasks from its creation place keeps growing: they do not end, or have returned a result and "
		"are still referenced, by a list that only grows, for example.",
		"Keep a reference to what it waits for, cancel it when what it works for ends, or wait with a timeout; remove tasks that "
		"have ended from the collection that keeps them, for example by add_done_callback(tasks.discard)." },
	[AW__UNCLOSED_HANDLE] = {
		"It was collected while it was open: what was still to be sent is lost, and the other side sees a connection that breaks.",
		"Close it, and wait until it is closed: async with, or close() and wait_closed()." },
};
/* clang-format on */

struct aw__finding_spec aw__finding_spec_in(uint64_t kind, const char *runtimes)
{
	struct aw__finding_spec spec = *aw__finding_spec(kind);

	if (kind >= AW__FINDING_KINDS || strcmp(runtimes, "asyncio") != 0)
		return spec;
	if (python_words[kind].meaning != NULL)
		spec.meaning = python_words[kind].meaning;
	if (python_words[kind].advice != NULL)
		spec.advice = python_words[kind].advice;
	return spec;
}

enum aw__finding_kind aw__finding_by_id(const char *id, size_t length)
{
	for (size_t kind = 1; kind < AW__FINDING_KINDS; kind++)
		if (strlen(aw__finding_specs[kind].id) == length &&
		    memcmp(aw__finding_specs[kind].id, id, length) == 0)
			return (enum aw__finding_kind)kind;
	return 0;
}

const struct aw__finding_spec *aw__finding_spec(uint64_t kind)
{
	return &aw__finding_specs[kind < AW__FINDING_KINDS ? kind : 0];
}

bool aw__finding_is_lost_error(uint64_t kind)
{
	return kind == AW__NEVER_RETRIEVED || kind == AW__UNHANDLED_ERROR;
}

const char *aw__finding_title(uint64_t kind, uint64_t task)
{
	if (kind == AW__NEVER_RETRIEVED && task == 0)
		return "Future exception was never retrieved";
	return aw__finding_spec(kind)->title;
}
