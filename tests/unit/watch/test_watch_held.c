/* SPDX-License-Identifier: MIT */
/* Tests of held errors: when an error that is not retrieved becomes a finding, and what is copied in time for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/record/ring.h"
#include "agent/record/writer.h"
#include "proto/finding.h"
#include "watch_case.h"

static void fail_with(struct aw_agent_task *task, uint64_t error)
{
	aw_agent_task_done(task, AW_OUTCOME_ERROR, error);
}

static void held__is_reported_once_when_it_lasts(void **state)
{
	struct aw_agent_task task = make(NULL, 0);

	fail_with(&task, 71);
	look(99);
	assert_string_equal(found(), "");
	look(1);
	assert_string_equal(found(), "held-error");
	assert_int_equal(last.finding.error, 71);
	assert_int_equal(last.finding.task, task.id);
	assert_int_equal(last.finding.value, 10 * SECOND);
	look(200);
	assert_string_equal(found(), "");
	aw_agent_error_retrieved(&task, 71, NULL);
}

static void held__similar_cases_have_no_finding(void **state)
{
	struct aw_agent_task taken = make(NULL, 0), member = make(NULL, 99), lost = make(NULL, 0);
	struct aw_agent_task cancelled = make(NULL, 0);

	aw_agent_task_done(&cancelled, AW_OUTCOME_CANCELLED, 0);
	fail_with(&taken, 72);
	fail_with(&member, 73);
	fail_with(&lost, 74);
	look(90);
	aw_agent_error_retrieved(&taken, 72, NULL);
	aw_agent_error_lost(&lost, 74);
	assert_string_equal(found(), "never-retrieved");
	look(30);
	assert_string_equal(found(), "");
	aw_agent_error_retrieved(&member, 73, NULL);
}

/* The program retrieves the error between the check and the finding. */
static void held__that_is_retrieved_meanwhile_is_no_finding(void **state)
{
	struct aw_agent_task task = make(NULL, 0);
	struct aw__held_list held = { .early = true };

	fail_with(&task, 75);
	now += 11 * SECOND;
	aw__watch_tasks(&thresholds, &held);
	assert_int_equal(held.count, 1);
	assert_true(held.due);
	aw_agent_error_retrieved(&task, 75, NULL);
	aw__watch_held_finding(&held.items[0]);
	assert_string_equal(found(), "");
}

/* A task that awaits the failed one gets the error when it runs. Until then it waits (Python) or is ready (C). */
static void held__is_no_finding_while_a_task_awaits_it(void **state)
{
	struct aw_agent_task task = make(NULL, 0), waits = make(NULL, 0), ready = make(NULL, 0);
	struct aw__held_list held;

	fail_with(&task, 76);
	aw_agent_task_wait(&waits, AW_WAIT_TASK, task.id);
	look(150);
	assert_string_equal(found(), "");
	aw__watch_held_at_end(1, &held);
	assert_int_equal(held.count, 0);
	end(&waits);
	aw_agent_task_wait(&ready, AW_WAIT_TASK, task.id);
	aw_agent_task_woken(&ready, task.id);
	look(1);
	assert_string_equal(found(), "");
	end(&ready);
	look(1);
	assert_string_equal(found(), "held-error");
	/* at the end it is not reported again */
	aw__watch_held_at_end(1, &held);
	assert_int_equal(held.count, 0);
	aw_agent_error_retrieved(&task, 76, NULL);
}

/* A retrieval is recorded in the findings' ring only if the error was due to be reported as held. */
static void held__retrievals_are_recorded_as_findings_only_if_due(void **state)
{
	struct aw_agent_task early = make(NULL, 0), member = make(NULL, 99), late = make(NULL, 0);
	const struct aw__ring *ring = &aw__writer_get()->rings[AW__FINDINGS];
	uint64_t before;

	fail_with(&early, 77);
	fail_with(&member, 78);
	fail_with(&late, 79);
	now += 9 * SECOND;
	before = ring->head;
	aw_agent_error_retrieved(&early, 77, NULL);
	now += 2 * SECOND;
	aw_agent_error_retrieved(&member, 78, NULL);
	assert_int_equal(ring->head, before);
	aw_agent_error_retrieved(&late, 79, NULL);
	assert_true(ring->head > before);
}

/* Copies for a finding that may never be made go to the events' ring, where they overwrite no findings. */
static void held__keeps_copies_among_the_events(void **state)
{
	const struct aw__event error = { .kind = AW__ERROR, .subject = 91 };
	const struct aw__ring *rings = aw__writer_get()->rings;
	const uint64_t findings = rings[AW__FINDINGS].head, events = rings[AW__EVENTS].head;

	aw__watch_held_put_again(&error, false);
	assert_int_equal(rings[AW__FINDINGS].head, findings);
	assert_true(rings[AW__EVENTS].head > events);
	aw__watch_held_put_again(&error, true);
	assert_true(rings[AW__FINDINGS].head > findings);
}

static void held__at_the_end_needs_no_time(void **state)
{
	struct aw_agent_task tasks[AW__HELD_A_LOOK + 3];
	struct aw__held_list held;
	uint32_t next = 1;
	unsigned count = 0;

	for (unsigned i = 0; i < AW__HELD_A_LOOK + 3; i++) {
		tasks[i] = make(NULL, 0);
		fail_with(&tasks[i], 100 + i);
	}
	do {
		next = aw__watch_held_at_end(next, &held);
		count += held.count;
	} while (next != 0);
	assert_int_equal(count, AW__HELD_A_LOOK + 3);
	for (unsigned i = 0; i < AW__HELD_A_LOOK + 3; i++)
		aw_agent_error_retrieved(&tasks[i], 100 + i, NULL);
	aw__watch_held_at_end(1, &held);
	assert_int_equal(held.count, 0);
}

#define CASE(name) cmocka_unit_test_setup(name, watch_set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(held__is_reported_once_when_it_lasts),
		CASE(held__similar_cases_have_no_finding),
		CASE(held__that_is_retrieved_meanwhile_is_no_finding),
		CASE(held__is_no_finding_while_a_task_awaits_it),
		CASE(held__retrievals_are_recorded_as_findings_only_if_due),
		CASE(held__keeps_copies_among_the_events),
		CASE(held__at_the_end_needs_no_time),
	};
	int failed;

	watch_open();
	failed = cmocka_run_group_tests_name("held", tests, NULL, NULL);
	return watch_close() ? failed : 1;
}
