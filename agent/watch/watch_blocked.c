/* SPDX-License-Identifier: MIT */
/*
 * Finds blocked loops, for the agent's thread: it reads what hooks_loop.c notes about each loop in the box, and records findings in its own
 * rings.
 */
#include <stdio.h>
#include <string.h>

#include "agent/record/atomics.h"
#include "agent/record/box_tables.h"
#include "agent/record/interned.h"
#include "agent/record/put_finding.h"
#include "agent/record/recorder.h"
#include "agent/record/ring.h"
#include "agent/record/stack_capture.h"
#include "agent/record/writer.h"
#include "agent/watch/detectors.h"
#include "agent/watch/watch_parts.h"
#include "base/text.h"
#include "proto/finding.h"

#define LONGEST_TICK_NS                                                                            \
	UINT64_C(50000000) /* between two looks of the agent's thread, if it has a processor */

bool aw__watch_blocked_next(int64_t after, uint64_t longer_than_ns, struct aw__blocked *ret)
{
	const uint64_t now = aw__now_ns();

	if (aw__recorder.base == NULL)
		return false;
	for (uint32_t i = (uint32_t)(after + 1); i < aw__header()->loop_capacity; i++) {
		const struct aw__box_loop *entry = &aw__loop_table()[i];
		const uint64_t since = AW__LOAD_ACQUIRE(entry->busy_since_ns);

		if (AW__LOAD(entry->id) == 0 || since == 0 || now <= since ||
		    now - since < longer_than_ns || AW__LOAD(entry->finding) != 0)
			continue;
		ret->loop = i;
		ret->tid = AW__LOAD(entry->tid);
		ret->since_ns = since;
		ret->lasted_ns = now - since;
		return true;
	}
	return false;
}

bool aw__watch_blocked_is_due(const struct aw__blocked *blocked, uint64_t threshold_ns,
			      uint64_t first_look_ns, uint64_t waited_ns)
{
	const uint64_t known_ns =
		blocked->lasted_ns > first_look_ns ? blocked->lasted_ns - first_look_ns : 0;
	const bool late = first_look_ns > AW__FIRST_LOOK_NS(threshold_ns) + LONGEST_TICK_NS;
	const uint64_t unknown_ns = late || waited_ns > known_ns / 10 ? first_look_ns : 0;

	return blocked->lasted_ns >= threshold_ns + waited_ns + unknown_ns;
}

/* The task that the loop runs, as its slot describes it now; id 0: it runs none. */
static struct aw_agent_task blocking_task(const struct aw__box_loop *entry, uint64_t *ret_coroutine)
{
	struct aw_agent_task task = { .id = AW__LOAD(entry->task) };
	const struct aw__box_task *slot;

	*ret_coroutine = 0;
	task.slot = (uint32_t)AW__LOAD(entry->task_slot);
	slot = task.id != 0 ? aw__task_slot(&task) : NULL;
	if (slot != NULL) {
		const uint64_t both = AW__LOAD(slot->coroutine_stack);

		task.stack = (uint32_t)both;
		*ret_coroutine = both >> 32;
	}
	return task;
}

static uint32_t intern_frames(const struct aw__blocked_stack *stack, uint32_t link)
{
	uint64_t numbers[AW__STACK_FRAMES + AW__STACK_MOST_FRAMES];

	if (stack->count == 0)
		return 0;
	memcpy(numbers + AW__STACK_FRAMES, stack->frames, stack->count * sizeof(uint64_t));
	aw__modules_mark(numbers + AW__STACK_FRAMES, stack->count);
	return aw__stack_intern(numbers, stack->count, link,
				(stack->cut ? AW__STACK_CUT : 0) |
					(stack->whole ? 0 : AW__STACK_UNWALKED));
}

/* Waits for a processor below a tenth of the time are not mentioned. */
static void tell_waited(struct aw__event *event, char text[128], uint64_t waited_ns)
{
	char waited[AW__DURATION_BYTES];

	if (waited_ns == 0 || waited_ns < event->finding.value / 10)
		return;
	event->text = text;
	event->text_length = (uint32_t)snprintf(
		text, 128, "for at least %s of it the thread waited for a processor",
		aw__text_duration_into(waited, sizeof(waited), waited_ns));
}

void aw__watch_blocked_finding(const struct aw__blocked *blocked,
			       const struct aw__blocked_stack *stack, uint64_t waited_ns)
{
	char text[128];
	struct aw__box_loop *entry = &aw__loop_table()[blocked->loop];
	struct aw__writer *writer = aw__writer_get();
	uint64_t list[AW__FINDING_NUMBERS] = { 0 };
	struct aw__event event = { .list = list, .list_length = AW__FINDING_NUMBERS };
	struct aw_agent_task task;

	if (writer == NULL || AW__LOAD(entry->busy_since_ns) != blocked->since_ns)
		return;
	aw__writer_now(writer);
	task = blocking_task(entry, &list[AW__FINDING_COROUTINE]);
	event.finding.kind = AW__BLOCKED_LOOP;
	event.finding.task = task.id;
	event.finding.stack = intern_frames(stack, task.stack);
	event.finding.value = writer->now_ns - blocked->since_ns;
	tell_waited(&event, text, waited_ns);
	list[AW__FINDING_LOOP] = AW__LOAD(entry->id);
	if (task.id != 0)
		aw__task_tell(writer, &task);
	aw__finding_put(writer, &event);
	AW__STORE(entry->finding, event.subject);
	/* If the loop has gone on meanwhile, the finding is not about the iteration that it is in now. */
	if (AW__LOAD(entry->busy_since_ns) != blocked->since_ns)
		AW__STORE(entry->finding, 0);
}

/* By the loop's index in the table: its finding, and the duration that was recorded last. */
static struct still {
	uint64_t finding, told_ns;
} still[AW__MOST_LOOPS];

void aw__watch_blocked_reset(void)
{
	memset(still, 0, sizeof(still));
}

/* The finding is read before the time: if the loop goes on in between, the end of that block is recorded already. */
static void tell_if_longer(struct aw__writer *writer, const struct aw__box_loop *entry,
			   struct still *told)
{
	struct aw__event event = { .kind = AW__LOOP_BLOCKED, .subject = AW__LOAD(entry->id) };
	const uint64_t finding = AW__LOAD_ACQUIRE(entry->finding);
	const uint64_t since_ns = AW__LOAD_ACQUIRE(entry->busy_since_ns);

	if (finding == 0 || since_ns == 0 || writer->now_ns <= since_ns)
		return;
	event.loop_unblocked.finding = finding;
	event.loop_unblocked.duration_ns = writer->now_ns - since_ns;
	if (told->finding != finding)
		*told = (struct still){ finding, event.loop_unblocked.duration_ns };
	if (event.loop_unblocked.duration_ns / 2 < told->told_ns)
		return;
	told->told_ns = event.loop_unblocked.duration_ns;
	aw__ring_put(writer, AW__FINDINGS, &event);
}

void aw__watch_still_blocked(void)
{
	struct aw__writer *writer = aw__recorder.base != NULL ? aw__writer_get() : NULL;

	for (uint32_t i = 0; writer != NULL && i < AW__MOST_LOOPS; i++) {
		if (AW__LOAD(aw__loop_table()[i].finding) == 0)
			continue;
		aw__writer_now(writer);
		tell_if_longer(writer, &aw__loop_table()[i], &still[i]);
	}
}
