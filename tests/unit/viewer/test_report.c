/* SPDX-License-Identifier: MIT */
/* Tests of the text reports: findings, error trees, and the tree of tasks, for small recordings written by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <awry/agent.h>
#include <awry/agent_resilience.h>

#include "base/alloc.h"
#include "model_items.h"
#include "viewer/report/report.h"

static const struct aw__report_options plain = { 0 };

static int tear_down(void **state)
{
	return aw__alloc_live() == 0 ? 0 : -1;
}

/* main() ran amain (task 1), which spawned bug (tasks 2, 3); file ids 1, functions 2.., places 10..
 */
static void define_demo(struct aw__model *model)
{
	items_hello(model, 42);
	items_string(model, 1, "demo.c");
	items_string(model, 2, "main");
	items_string(model, 3, "amain");
	items_string(model, 4, "bug");
	items_place(model, 10, 2, 1, 30);
	items_place(model, 11, 3, 1, 20);
	items_place(model, 12, 4, 1, 5);
	items_place(model, 13, 4, 1, 3);
	items_type(model, 14, "Exception", 0);
	items_stack(model, 20, 0, 0, 1, (const uint64_t[]){ 10 });
	items_stack(model, 21, 20, 0, 1, (const uint64_t[]){ 11 });
	items_stack(model, 22, 21, 0, 1, (const uint64_t[]){ 12 });
}

static void tell_lost(struct aw__model *model, uint64_t task)
{
	struct items_error error = { .time_ns = 10 * task,
				     .id = 100 + task,
				     .type = 14,
				     .task = task,
				     .site = 12,
				     .stack = 22,
				     .message = "not consumed" };

	items_told(model, 10 * task, 1, 0, 11, 20, AW__TASK_RUNNING, "main");
	items_told(model, 10 * task, task, 1, 13, 21, AW__TASK_FINISHED, NULL);
	items_error(model, &error);
	items_found(model, 10 * task + 1, 200 + task, AW__NEVER_RETRIEVED, task, 100 + task, 21, 0,
		    13);
}

static void check(struct aw__buffer *out, const char *expected)
{
	if (strcmp(aw__buffer_string(out), expected) != 0)
		printf("--- got\n%s--- expected\n%s", aw__buffer_string(out), expected);
	assert_string_equal(aw__buffer_string(out), expected);
	aw__buffer_finish(out);
}

static const char lost_text[] =
	"/usr/bin/demo, process 42, runtime awry: 2 findings: 2 never-retrieved\n"
	"\n"
	"1. Task exception was never retrieved  [never-retrieved ×2]\n"
	"   task Task-2 (coroutine bug, defined at demo.c:3)\n"
	"\n"
	"   Exception: not consumed\n"
	"     raised in Task-2 (coroutine bug, defined at demo.c:3)\n"
	"     stack, most recent call first:\n"
	"       bug at demo.c:5\n"
	"     Task-2 was created at:\n"
	"       amain at demo.c:20\n"
	"     created by main, which was created at:\n"
	"       main at demo.c:30\n"
	"\n"
	"   1 more time, of Task-3\n"
	"\n"
	"   It failed, and its last reference was dropped before anybody asked for its result: its "
	"work\n"
	"   is half done, and no code has handled the error.\n"
	"   Await it, look at its exception, or create the task in a task group.\n";

static void report__shows_a_lost_error_up_to_main(void **state)
{
	struct aw__model *model = aw__model_create();
	struct aw__buffer out = AW__BUFFER_EMPTY;

	define_demo(model);
	tell_lost(model, 2);
	tell_lost(model, 3);
	aw__report_findings(model, &plain, &out);
	check(&out, lost_text);
	aw__model_destroy(model);
}

static void report__does_not_depend_on_events_that_may_be_overwritten(void **state)
{
	struct aw__model *model = aw__model_create();
	struct aw__buffer out = AW__BUFFER_EMPTY;

	define_demo(model);
	items_created(model, 1, 1, 0, 11, 20, "main");
	items_created(model, 2, 2, 1, 13, 21, "first name");
	items_event(model, AW__TASK_NAMED, 3, 2, NULL, 0, NULL, "another name");
	tell_lost(model, 3);
	tell_lost(model, 2);
	items_event(model, AW__TASK_NAMED, 900, 2, NULL, 0, NULL, "a last name");
	tell_lost(model, 3);
	aw__report_findings(model, &plain, &out);
	check(&out, lost_text);
	aw__model_destroy(model);
}

static void report__nothing_found(void **state)
{
	struct aw__model *model = aw__model_create();
	struct aw__buffer out = AW__BUFFER_EMPTY;

	items_hello(model, 42);
	aw__report_findings(model, &plain, &out);
	check(&out, "/usr/bin/demo, process 42, runtime awry: 0 findings\n");
	aw__model_destroy(model);
}

static void report__draws_groups_causes_notes_and_contexts(void **state)
{
	static const char expected[] = "3 errors recorded: 0 lost, 0 retrieved, "
				       "3 part of another error, or not looked at yet\n"
				       "\n"
				       "1. pending: not retrieved yet\n"
				       "   Error of an unknown type (2 sub-exceptions): two\n"
				       "   │     lines\n"
				       "   │   raised in no task\n"
				       "   │   stack, most recent call first:\n"
				       "   │     amain at demo.c:20\n"
				       "   │     main at demo.c:30\n"
				       "   ├─ Exception: a\\x1b[31m\\u202e\n"
				       "   │  │   note: mind\n"
				       "   │  │   .code = 7\n"
				       "   │  │   raised in Task-9\n"
				       "   │  │   stack as above: main at demo.c:30\n"
				       "   │  └─ caused by Exception\n"
				       "   │         raised in no task\n"
				       "   └─ error #77, which was not recorded\n";
	struct aw__model *model = aw__model_create();
	struct aw__buffer out = AW__BUFFER_EMPTY;
	struct items_error cause = { .id = 1, .type = 14 };
	struct items_error child = { .id = 2,
				     .type = 14,
				     .cause = 1,
				     .context = 1,
				     .task = 9,
				     .stack = 20,
				     .message = "a\x1b[31m\xe2\x80\xae" };
	struct items_error group = { .id = 3,
				     .flags = AW_ERROR_IS_GROUP,
				     .site = 11,
				     .stack = 20,
				     .child_count = 2,
				     .children = { 2, 77 },
				     .message = "two\nlines" };
	uint64_t key[AW__EVENT_ARGS] = { 5 };

	define_demo(model);
	items_string(model, 5, "code");
	items_error(model, &group);
	items_error(model, &cause);
	items_error(model, &child);
	items_event(model, AW__ERROR_NOTE, 5, 2, NULL, 0, NULL, "mind");
	items_event(model, AW__ERROR_ATTRIBUTE, 5, 2, key, 0, NULL, "7");
	aw__report_errors(model, &plain, &out);
	check(&out, expected);
	aw__model_destroy(model);
}

static void report__shows_how_an_error_was_handled(void **state)
{
	static const char expected[] =
		"2 errors recorded: 0 lost, 2 retrieved\n\n"
		"1. retrieved by Task-9\n"
		"   Error of an unknown type: one\n"
		"     attempt 2 of 5 of fetch: failed, the next one after 300 ms; breaker feed "
		"open, "
		"after 3 failures\n"
		"     service live, number 1 of 2, failed 4 times in a row\n"
		"     raised in no task\n\n"
		"2. retrieved\n"
		"   Error of an unknown type: two\n"
		"     .attempts = 7\n     .attempt = 4\n     .retry = 'x\\x1b'\n"
		"     attempt 4 of 7 of x\\x1b: gave up\n"
		"     severity high in a.b, retry #5: stop\n"
		"     raised in no task\n";
	struct aw__model *model = aw__model_create();
	struct aw__buffer out = AW__BUFFER_EMPTY;
	struct items_error one = { .id = 1, .message = "one" };
	struct items_error two = { .id = 2, .type = 1, .message = "two" };
	const uint64_t breaker[AW__EVENT_ARGS] = { AW_BREAKER_IS_OPEN, 3, 0, 9, 0 };
	const uint64_t attempt[AW__EVENT_ARGS] = { 2, 5, 1, 300000000, AW_ATTEMPT_FAILED };
	const uint64_t service[AW__EVENT_ARGS] = { 0, 2, 1, 4, 1 };
	const uint64_t decision[AW__EVENT_ARGS] = { 2, 5, 0, 0, 0 };
	const uint64_t nonsense[AW__EVENT_ARGS] = { 1, 0, 0, 0, 99 };
	const uint64_t keys[][AW__EVENT_ARGS] = { { 5 }, { 6 }, { 7 } };
	const uint64_t list[] = { 9, 90 };

	items_string(model, 5, "attempts");
	items_string(model, 6, "attempt");
	items_string(model, 7, "retry");
	items_event(model, AW__BREAKER, 1, 90, breaker, 0, NULL, "feed");
	items_error(model, &one);
	items_event(model, AW__ATTEMPT, 2, 80, attempt, 2, list, "fetch");
	items_event(model, AW__SERVICE, 3, 70, service, 1, list, "live");
	items_error(model, &two);
	items_event(model, AW__ERROR_ATTRIBUTE, 4, 2, keys[0], 0, NULL, "7");
	items_event(model, AW__ERROR_ATTRIBUTE, 4, 2, keys[1], 0, NULL, "4");
	items_event(model, AW__ERROR_ATTRIBUTE, 4, 2, keys[2], 0, NULL, "'x\x1b'");
	items_event(model, AW__RECOVERY, 5, 2, decision, 0, NULL, "a.b");
	/* invalid: no error, no list, a number that is too long, half a string */
	items_event(model, AW__ATTEMPT, 6, 80, nonsense, 0, NULL, NULL);
	items_event(model, AW__ERROR_ATTRIBUTE, 6, 3, keys[0], 0, NULL, "99999999999999999999");
	items_event(model, AW__ERROR_ATTRIBUTE, 6, 3, keys[2], 0, NULL, "'");
	items_event(model, AW__ERROR_ATTRIBUTE, 6, 3, keys[2], 0, NULL, NULL);
	aw__report_errors(model, &plain, &out);
	check(&out, expected);
	aw__model_destroy(model);
}

static void report__cycles_and_deep_chains_end(void **state)
{
	struct aw__model *model = aw__model_create();
	struct aw__buffer out = AW__BUFFER_EMPTY;
	struct items_error one = { .id = 1, .cause = 2 }, two = { .id = 2, .type = 5, .cause = 1 };

	items_error(model, &one);
	items_error(model, &two);
	for (uint64_t id = 1000; id < 101000; id++) {
		struct items_error deep = { .id = id, .type = 6, .cause = id - 1 };

		items_error(model, &deep);
	}
	aw__report_errors(model, &plain, &out);
	assert_non_null(strstr(out.data, "(shown above)"));
	assert_non_null(strstr(out.data, "and 99,952 errors below this one, too deep to be shown"));
	assert_true(out.length < 100000);
	aw__buffer_finish(&out);
	aw__model_destroy(model);
}

static void report__says_how_many_ancestors_are_hidden(void **state)
{
	struct aw__model *model = aw__model_create();
	struct aw__buffer out = AW__BUFFER_EMPTY;
	struct items_error error = { .id = 1, .stack = 1999 };

	define_demo(model);
	for (uint32_t id = 1000; id < 2000; id++)
		items_stack(model, id, id == 1000 ? 20 : id - 1, 0, 1, (const uint64_t[]){ 11 });
	items_error(model, &error);
	aw__report_errors(model, &plain, &out);
	assert_non_null(strstr(out.data, "… 982 more ancestors …"));
	assert_non_null(strstr(out.data, "main at demo.c:30"));
	aw__buffer_finish(&out);
	aw__model_destroy(model);
}

static void report__draws_live_tasks_and_what_they_wait_for(void **state)
{
	static const char expected[] = "3 live tasks\n"
				       "main  amain  state unknown, alive for 999 ns\n"
				       "`- Task-2  bug  waiting: task Task-4 for 988 ns\n"
				       "   `- Task-4  bug  pending for 980 ns\n";
	struct aw__model *model = aw__model_create();
	struct aw__report_options ascii = { .ascii = true };
	uint64_t wait[AW__EVENT_ARGS] = { AW_WAIT_TASK, 4 };
	struct aw__buffer out = AW__BUFFER_EMPTY;

	define_demo(model);
	items_created(model, 1, 1, 0, 11, 20, "main");
	items_created(model, 2, 2, 1, 13, 21, NULL);
	items_created(model, 3, 3, 1, 13, 21, NULL);
	items_event(model, AW__TASK_WAIT, 12, 2, wait, 0, NULL, NULL);
	items_created(model, 20, 4, 2, 13, 21,
		      NULL); /* since this event, the model knows that waits are recorded */
	items_done(model, 5, 3, AW_OUTCOME_RESULT, 0);
	aw__report_tree(model, &ascii, 1000, &out);
	check(&out, expected);
	aw__model_destroy(model);
}

static void report__says_that_a_task_was_created_before_recording_began(void **state)
{
	static const char expected[] =
		"2 live tasks; their states are recorded only with AWRY_DETAIL=steps\n"
		"Task-1  amain  state unknown, alive for 990 ns, created before recording began\n"
		"`- Task-2  bug  state unknown, alive for 980 ns\n";
	static const char stack[] = "   created by a task that was created at:\n"
				    "     ... created before recording began ...\n";
	struct aw__model *model = aw__model_create();
	struct aw__report_options ascii = { .ascii = true };
	struct aw__buffer out = AW__BUFFER_EMPTY;

	define_demo(model);
	items_stack(model, 40, 0, AW__STACK_BEFORE_RECORDING, 0, NULL);
	items_stack(model, 41, 40, 0, 1, (const uint64_t[]){ 11 });
	items_created(model, 10, 1, 0, 11, 40, NULL);
	items_created(model, 20, 2, 1, 13, 41, NULL);
	aw__report_tree(model, &ascii, 1000, &out);
	check(&out, expected);
	aw__buffer_clear(&out);
	items_found(model, 30, 200, AW__ORPHAN_TASK, 2, 0, 41, 0, 13);
	items_found(model, 31, 201, AW__ORPHAN_TASK, 1, 0, 40, 0, 11);
	aw__report_findings(model, &ascii, &out);
	assert_non_null(strstr(aw__buffer_string(&out), stack));
	assert_null(strstr(aw__buffer_string(&out), "no frames were recorded"));
	aw__buffer_finish(&out);
	aw__model_destroy(model);
}

static void report__says_where_a_task_waits(void **state)
{
	static const char expected[] = "2 live tasks\n"
				       "main  amain  waiting: sleep for 990 ns\n"
				       "|   in amain at demo.c:20\n"
				       "`- Task-2  bug  waiting: sleep for 980 ns\n"
				       "       in bug at demo.c:5\n";
	const uint64_t wait[AW__EVENT_ARGS] = { AW_WAIT_SLEEP };
	const uint64_t where[AW__EVENT_ARGS] = { 22 }, outer[AW__EVENT_ARGS] = { 21 };
	struct aw__model *model = aw__model_create();
	struct aw__report_options ascii = { .ascii = true };
	struct aw__buffer out = AW__BUFFER_EMPTY;

	define_demo(model);
	items_created(model, 1, 1, 0, 11, 20, "main");
	items_created(model, 2, 2, 1, 13, 21, NULL);
	items_event(model, AW__TASK_WAIT, 10, 1, wait, 0, NULL, NULL);
	items_event(model, AW__TASK_WAIT, 20, 2, wait, 0, NULL, NULL);
	items_event(model, AW__TASK_WAITS_AT, 20, 1, outer, 0, NULL, NULL);
	items_event(model, AW__TASK_WAITS_AT, 20, 2, where, 0, NULL, NULL);
	aw__report_tree(model, &ascii, 1000, &out);
	check(&out, expected);
	/* after a step, the wait stack is gone */
	aw__buffer_clear(&out);
	items_event(model, AW__TASK_STEP, 30, 2, NULL, 0, NULL, NULL);
	items_event(model, AW__TASK_WAITS_AT, 31, 2, where, 0, NULL, NULL);
	aw__report_tree(model, &ascii, 1000, &out);
	assert_null(strstr(aw__buffer_string(&out), "in bug"));
	/* a new wait; the stack that is reported belongs to the wait before */
	aw__buffer_clear(&out);
	items_event(model, AW__TASK_WAIT, 40, 2, wait, 0, NULL, NULL);
	items_event(model, AW__TASK_WAITS_AT, 20, 2, where, 0, NULL, NULL);
	aw__report_tree(model, &ascii, 1000, &out);
	assert_null(strstr(aw__buffer_string(&out), "in bug"));
	aw__buffer_finish(&out);
	aw__model_destroy(model);
}

/* The row just before a finding has the task's wait stack at that time; later rows may have another. */
static void tell_waiting(struct aw__model *model, uint64_t time_ns, uint64_t stack)
{
	const uint64_t args[AW__EVENT_ARGS] = { 1, 13, 21, 0, AW__TASK_WAITING };
	const uint64_t list[AW__STATE_NUMBERS] = {
		[AW__STATE_WAIT_KIND] = AW_WAIT_SLEEP, [AW__STATE_WAIT_STACK] = stack
	};

	items_event(model, AW__TASK_STATE, time_ns, 2, args, AW__STATE_NUMBERS, list, NULL);
}

static void report__says_where_a_task_waited_when_it_was_found(void **state)
{
	struct aw__model *model = aw__model_create();
	struct aw__report_options ascii = { .ascii = true };
	struct aw__buffer out = AW__BUFFER_EMPTY;

	define_demo(model);
	items_created(model, 1, 1, 0, 11, 20, "main");
	items_created(model, 2, 2, 1, 13, 21, NULL);
	items_found(model, 5, 1, AW__BLOCKED_LOOP, 2, 0, 21, 13, 0);
	tell_waiting(model, 10, 22);
	items_found(model, 10, 2, AW__ORPHAN_TASK, 2, 0, 21, 13, 0);
	tell_waiting(model, 20, 21);
	items_found(model, 30, 3, AW__BLOCKED_LOOP, 2, 0, 21, 13, 0);
	assert_int_equal(aw__model_found(model, 1)->wait_stack, 0);
	assert_int_equal(aw__model_found(model, 3)->wait_stack, 0);
	assert_int_equal(aw__model_found(model, 2)->wait_stack, 22);
	aw__report_findings(model, &ascii, &out);
	assert_non_null(strstr(aw__buffer_string(&out),
			       "it waited here, most recent call first:\n     bug at demo.c:5"));
	aw__buffer_finish(&out);
	aw__model_destroy(model);
}

static void report__escapes_the_names_of_tasks_in_a_deadlock(void **state)
{
	const uint64_t row[AW__EVENT_ARGS] = { 1, 13, 21, 0, AW__TASK_WAITING };
	const uint64_t numbers[AW__STATE_NUMBERS] = {
		[AW__STATE_WAIT_KIND] = AW_WAIT_LOCK, [AW__STATE_WAIT_STACK] = 22
	};
	const uint64_t args[AW__EVENT_ARGS] = { AW__DEADLOCK, 2, 0, 0, 1 };
	const uint64_t list[] = { 0, 0, 0, 0, 0, 2, AW_WAIT_LOCK, 50 };
	struct aw__model *model = aw__model_create();
	struct aw__report_options ascii = { .ascii = true };
	struct aw__buffer out = AW__BUFFER_EMPTY;

	define_demo(model);
	items_event(model, AW__TASK_STATE, 10, 2, row, AW__STATE_NUMBERS, numbers, "\x1b[31mred");
	items_event(model, AW__FINDING, 10, 1, args, sizeof(list) / sizeof(list[0]), list, NULL);
	aw__report_findings(model, &ascii, &out);
	assert_null(strchr(aw__buffer_string(&out), '\x1b'));
	assert_non_null(strstr(aw__buffer_string(&out),
			       "\\x1b[31mred waits here, most recent call first:\n"));
	aw__buffer_finish(&out);
	aw__model_destroy(model);
}

/* A wait stack may link to the stack where the task itself was created. */
static void report__says_where_a_task_of_a_deadlock_was_created(void **state)
{
	const uint64_t row[AW__EVENT_ARGS] = { 1, 13, 21, 0, AW__TASK_WAITING };
	const uint64_t numbers[AW__STATE_NUMBERS] = {
		[AW__STATE_WAIT_KIND] = AW_WAIT_LOCK, [AW__STATE_WAIT_STACK] = 22
	};
	const uint64_t args[AW__EVENT_ARGS] = { AW__DEADLOCK, 2, 0, 0, 1 };
	const uint64_t list[] = { 0, 0, 0, 0, 0, 2, AW_WAIT_LOCK, 50 };
	struct aw__model *model = aw__model_create();
	struct aw__report_options ascii = { .ascii = true };
	struct aw__buffer out = AW__BUFFER_EMPTY;

	define_demo(model);
	items_created(model, 1, 1, 0, 11, 20, "main");
	items_event(model, AW__TASK_STATE, 10, 2, row, AW__STATE_NUMBERS, numbers, NULL);
	items_event(model, AW__FINDING, 10, 1, args, sizeof(list) / sizeof(list[0]), list, NULL);
	aw__report_findings(model, &ascii, &out);
	assert_non_null(strstr(aw__buffer_string(&out),
			       "Task-2 waits here, most recent call first:\n"
			       "     bug at demo.c:5\n"
			       "   Task-2 was created at:\n"
			       "     amain at demo.c:20\n"
			       "   created by Task-1, which was created at:\n"
			       "     main at demo.c:30\n"));
	aw__buffer_finish(&out);
	aw__model_destroy(model);
}

/* In a recording without steps, the state of a created task is unknown. */
static void report__says_that_states_are_not_known(void **state)
{
	static const char never[] =
		"1 live task; their states are recorded only with AWRY_DETAIL=steps\n"
		"main  amain  state unknown, alive for 2.9 s\n";
	static const char once[] = "1 live task; their states are 2.0 s old\n"
				   "main  amain  waiting: sleep for 2.5 s\n";
	const uint64_t second = UINT64_C(1000000000), begin[AW__EVENT_ARGS] = { 1 };
	const uint64_t facts[AW__EVENT_ARGS] = { 0, 11, 20, 0, AW__TASK_WAITING };
	const uint64_t slot[AW__STATE_NUMBERS] = {
		[AW__STATE_CHANGED_NS] = second / 2, [AW__STATE_WAIT_KIND] = AW_WAIT_SLEEP
	};
	struct aw__model *model = aw__model_create();
	struct aw__report_options ascii = { .ascii = true };
	struct aw__buffer out = AW__BUFFER_EMPTY;

	define_demo(model);
	items_created(model, 1, 1, 0, 11, 20, "main");
	aw__report_tree(model, &ascii, 3 * second, &out);
	check(&out, never);
	/* a box has a snapshot of its end, without a time */
	items_event(model, AW__SNAPSHOT_BEGIN, 0, 0, begin, 0, NULL, NULL);
	items_event(model, AW__SNAPSHOT_END, 0, 0, NULL, 0, NULL, NULL);
	aw__report_tree(model, &ascii, 3 * second, &out);
	assert_null(strstr(aw__buffer_string(&out), "; what they do"));
	aw__buffer_clear(&out);
	items_event(model, AW__SNAPSHOT_BEGIN, second, 0, begin, 0, NULL, NULL);
	items_event(model, AW__TASK_STATE, second, 1, facts, AW__STATE_NUMBERS, slot, NULL);
	aw__report_tree(model, &ascii, 3 * second, &out);
	check(&out, once);
	aw__model_destroy(model);
}

static void report__colours_only_when_asked(void **state)
{
	struct aw__model *model = aw__model_create();
	struct aw__report_options colour = { .colour = true };
	struct aw__buffer out = AW__BUFFER_EMPTY;

	define_demo(model);
	tell_lost(model, 2);
	aw__report_findings(model, &plain, &out);
	assert_null(strchr(out.data, '\x1b'));
	aw__buffer_clear(&out);
	aw__report_findings(model, &colour, &out);
	assert_non_null(strchr(out.data, '\x1b'));
	aw__buffer_finish(&out);
	aw__model_destroy(model);
}

#define TEST(f) cmocka_unit_test_teardown(f, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(report__shows_a_lost_error_up_to_main),
		TEST(report__does_not_depend_on_events_that_may_be_overwritten),
		TEST(report__nothing_found),
		TEST(report__draws_groups_causes_notes_and_contexts),
		TEST(report__shows_how_an_error_was_handled),
		TEST(report__cycles_and_deep_chains_end),
		TEST(report__says_how_many_ancestors_are_hidden),
		TEST(report__draws_live_tasks_and_what_they_wait_for),
		TEST(report__says_that_a_task_was_created_before_recording_began),
		TEST(report__says_where_a_task_waits),
		TEST(report__says_where_a_task_waited_when_it_was_found),
		TEST(report__escapes_the_names_of_tasks_in_a_deadlock),
		TEST(report__says_where_a_task_of_a_deadlock_was_created),
		TEST(report__says_that_states_are_not_known),
		TEST(report__colours_only_when_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
