/* SPDX-License-Identifier: MIT */
/* One recording after another: what hooks that are late do, and what those are told that come with what is of an earlier one. */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/record/atomics.h"
#include "agent/record/box_tables.h"
#include "agent/record/recorder.h"
#include "agent/record/retire.h"
#include "agent/record/ring.h"
#include "agent/record/writer.h"
#include "box_walk.h"

/* As control.c does, without a stream. */
static void record_again(const struct aw__record_options *options)
{
	const uint32_t epoch = aw_agent_epoch();

	aw__record_close();
	box_fixture_next(options);
	assert_int_equal(aw_agent_epoch(), epoch + 1);
}

static unsigned listed(void)
{
	struct box_walk *walk = box_walk_all(true);
	const unsigned count = walk->listed;

	free(walk);
	return count;
}

static void again__numbers_of_what_was_interned_stay(void **state)
{
	const struct aw__record_options options = box_fixture_small();
	const aw_intern place = aw_agent_place("fetch", "feed.c", 44, NULL);
	struct aw__definition definition;
	uint64_t before[AW__PLACE_NUMBERS];

	assert_true(aw__box_definition(box_fixture_box(), place, &definition));
	memcpy(before, definition.numbers, sizeof(before));
	record_again(&options);
	assert_int_equal(aw_agent_place("fetch", "feed.c", 44, NULL), place);
	assert_true(aw__box_definition(box_fixture_box(), place, &definition));
	assert_int_equal(definition.kind, AW__PLACE);
	assert_memory_equal(definition.numbers, before, sizeof(before));
	assert_true(aw_agent_place("other", "feed.c", 45, NULL) > place);
}

/* Its slot is another one's by now, or none. */
static void again__a_task_of_an_earlier_recording_harms_no_other(void **state)
{
	const struct aw__record_options options = box_fixture_small();
	struct aw_agent_task old = box_task(NULL, "old"), other;
	struct aw_agent_loop loop = { 0 };
	struct aw__task_view view;

	aw_agent_loop_opened(&loop, "loop");
	record_again(&options);
	other = box_task(NULL, "other");
	assert_int_equal(other.slot, old.slot);
	aw_agent_task_step(&old);
	aw_agent_task_wait(&old, AW_WAIT_LOCK, 7);
	aw_agent_task_woken(&old, 0);
	aw_agent_task_named(&old, "x", 1);
	aw_agent_loop_busy(&loop);
	aw_agent_loop_idle(&loop);
	aw_agent_loop_closed(&loop);
	aw_agent_task_done(&old, AW_OUTCOME_RESULT, 0);
	assert_true(aw__slot_view(other.slot, &view));
	assert_int_equal(view.task.id, other.id);
	assert_int_equal(AW__VIEW_STATE(&view), AW__TASK_PENDING);
	assert_int_equal(listed(), 1);
	aw_agent_task_done(&other, AW_OUTCOME_RESULT, 0);
}

/* As a hook does that had its writer before. */
static void again__a_late_hook_writes_to_no_new_box(void **state)
{
	const struct aw__record_options options = box_fixture_small();
	struct aw_agent_task old = box_task(NULL, "old"), other;
	struct aw__writer *late = aw__writer_own;
	struct aw__event event = { .kind = AW__TASK_NAMED, .text = "late", .text_length = 4 };
	struct aw__task_view view;
	struct box_walk *walk;
	uint32_t slot;

	record_again(&options);
	assert_false(late->open);
	assert_non_null(aw__recorder.retired);
	assert_int_equal(aw__recorder.retired->users, 1);
	aw__writer_own = &aw__writer_none; /* another thread */
	other = box_task(NULL, "other");
	assert_int_equal(other.slot, old.slot);
	aw__slot_give(late, old.slot);
	slot = aw__slot_take(late);
	assert_true(slot == old.slot);
	aw__slot_give(late, slot);
	for (unsigned i = 0; i < 100; i++)
		(void)aw__slot_take(late);
	assert_int_equal(aw__slot_take(late), 0); /* there are no more */
	for (unsigned i = 0; i < 5000; i++)
		aw__ring_put(late, AW__EVENTS, &event);
	assert_true(aw__slot_view(other.slot, &view));
	assert_int_equal(view.task.id, other.id);
	walk = box_walk_all(true);
	assert_int_equal(walk->counts[AW__TASK_NAMED], 0);
	assert_int_equal(walk->listed, 1);
	assert_int_equal(walk->last[AW__SNAPSHOT_BEGIN].snapshot.unlisted, 0);
	free(walk);
	aw_agent_task_done(&other, AW_OUTCOME_RESULT, 0);

	/* it comes back: the addresses are given back */
	aw__writer_own = late;
	other = box_task(NULL, "again");
	assert_null(aw__recorder.retired);
	assert_true(aw__writer_own->open);
	assert_int_equal(listed(), 1);
	aw_agent_task_done(&other, AW_OUTCOME_RESULT, 0);
}

static void again__findings_are_counted_from_the_start_of_a_recording(void **state)
{
	const struct aw__record_options options = box_fixture_small();

	record_again(&options);
	assert_int_equal(aw_agent_finding_count(), 0);
	aw_agent_handle_unclosed(aw_agent_new_id(), "socket", AW_STACK_NONE);
	aw_agent_handle_unclosed(aw_agent_new_id(), "socket", AW_STACK_NONE);
	assert_int_equal(aw_agent_finding_count(), 2);
	record_again(&options);
	assert_int_equal(aw_agent_finding_count(), 0);
	aw_agent_handle_unclosed(aw_agent_new_id(), "socket", AW_STACK_NONE);
	aw_agent_switch = 0; /* as after aw_agent_stop(), which keeps the box's memory */
	assert_int_equal(aw_agent_finding_count(), 0);
	aw_agent_switch = 1;
	assert_int_equal(aw_agent_finding_count(), 1);
}

/* A thread in a hook that read the box's address before the next recording began, and uses it afterwards. */
struct late_hook {
	struct aw__box_header *header;
	_Atomic bool goes_on;
	uint64_t read;
};

/* Relaxed, as in a hook: nothing synchronizes this thread with the one that begins the next recording. */
static void *go_on_late(void *data)
{
	struct late_hook *hook = data;

	while (!AW__LOAD(hook->goes_on))
		sched_yield();
	hook->read = AW__LOAD_ACQUIRE(hook->header->arena_end);
	hook->header->ring_bytes = 1;
	return NULL;
}

static void again__a_late_hook_reads_nothing_and_is_no_race(void **state)
{
	const struct aw__record_options options = box_fixture_small();
	struct aw_agent_task old = box_task(NULL, "old"), other;
	struct late_hook hook = { .header = aw__header() };
	pthread_t thread;

	assert_int_not_equal(AW__LOAD(hook.header->arena_end), 0);
	assert_int_equal(pthread_create(&thread, NULL, go_on_late, &hook), 0);
	record_again(&options);
	assert_true(hook.header != aw__header());
	AW__STORE(hook.goes_on, true);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(hook.read, 0);
	assert_int_not_equal(aw__header()->ring_bytes, 1);
	assert_int_not_equal(old.slot, 0);
	other = box_task(NULL, "other");
	aw_agent_task_done(&other, AW_OUTCOME_RESULT, 0);
}

/* It was beyond the bound of the earlier recording; this one must not count it off. */
static void again__a_task_that_was_not_listed_is_not_counted_off(void **state)
{
	const struct aw__record_options options = box_fixture_small();
	const unsigned count = 17000;
	struct aw_agent_task *tasks = calloc(count, sizeof(*tasks)), one = { 0 };
	uint64_t refused;

	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < count; i++)
			tasks[i] = box_task(NULL, NULL);
		if (round == 0) {
			one = tasks[count - 1]; /* not listed */
			record_again(&options);
		}
	}
	refused = AW__LOAD(aw__recorder.header->task_refused);
	assert_true(refused > 0);
	aw_agent_task_done(&one, AW_OUTCOME_RESULT, 0);
	assert_int_equal(AW__LOAD(aw__recorder.header->task_refused), refused);
	for (unsigned i = 0; i < count; i++)
		aw_agent_task_done(&tasks[i], AW_OUTCOME_RESULT, 0);
	assert_int_equal(AW__LOAD(aw__recorder.header->task_refused), 0);
	free(tasks);
}

/* One that is listed stays as it is, with where it was created. */
static void again__a_task_is_listed_once_in_a_recording(void **state)
{
	const struct aw__record_options options = box_fixture_small();
	const struct aw_agent_birth anew = { .before_recording = true };
	struct aw_agent_task task = box_task(NULL, "task");
	struct aw_agent_loop loop = { 0 };
	uint32_t slot;

	aw_agent_loop_opened(&loop, "loop");
	record_again(&options);
	aw_agent_task_created(&task, &anew);
	slot = task.slot;
	aw_agent_task_created(&task, &anew);
	assert_int_equal(task.slot, slot);
	assert_int_equal(listed(), 1);
	aw_agent_loop_opened(&loop, "loop");
	slot = loop.slot;
	aw_agent_loop_opened(&loop, "loop");
	assert_int_equal(loop.slot, slot);
	aw_agent_loop_closed(&loop);
	for (unsigned i = 0; i < AW__MOST_LOOPS; i++)
		assert_int_equal(AW__LOAD(aw__recorder.loops[i].id), 0);
	aw_agent_task_done(&task, AW_OUTCOME_RESULT, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(again__numbers_of_what_was_interned_stay),
		cmocka_unit_test(again__a_task_of_an_earlier_recording_harms_no_other),
		cmocka_unit_test(again__a_late_hook_writes_to_no_new_box),
		cmocka_unit_test(again__a_late_hook_reads_nothing_and_is_no_race),
		cmocka_unit_test(again__findings_are_counted_from_the_start_of_a_recording),
		cmocka_unit_test(again__a_task_that_was_not_listed_is_not_counted_off),
		cmocka_unit_test(again__a_task_is_listed_once_in_a_recording),
	};

	return cmocka_run_group_tests_name("record_again", tests, box_open_small, box_close);
}
