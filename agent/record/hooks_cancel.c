/* SPDX-License-Identifier: MIT */
/*
 * Hooks of cancellation: a request is made, delivered, and then passed on, taken back, or swallowed.
 *
 * A task that returns normally although it was cancelled is reported when it ends. One that goes on instead can only be
 * found by looking now and then (agent/watch/watch_cancels.c): so a delivered cancellation stays in a small table until the
 * task ends or takes the request back. A thread writes the entries of its own tasks, the agent's thread reads all. If the
 * table is full, a task that goes on is not reported; one that ends still is.
 */
#include <stdio.h>
#include <string.h>

#include "agent/record/atomics.h"
#include "agent/record/box_tables.h"
#include "agent/record/hook_tables.h"
#include "agent/record/put_finding.h"
#include "agent/record/reset.h"
#include "agent/record/ring.h"
#include "agent/record/stack_capture.h"
#include "agent/record/writer.h"

#define PLACES 1024u
#define WINDOW 16u

struct place {
	_Atomic uint64_t task; /* 0: free */
	_Atomic uint64_t slot;
	_Atomic uint64_t by;
	_Atomic uint64_t by_slot;
	_Atomic uint64_t stack;
	_Atomic uint64_t since_ns; /* 0: not complete yet, or already reported */
};

static struct place places[PLACES];

static struct place *place_of(uint64_t task, uint64_t holds)
{
	const uint64_t hash = aw__hold_hash(task);

	for (uint64_t i = 0; i < WINDOW; i++) {
		struct place *place = &places[(hash + i) % PLACES];
		uint64_t expected = holds;

		if (holds == task ? AW__LOAD(place->task) == task
				  : atomic_compare_exchange_strong(&place->task, &expected, task))
			return place;
	}
	return NULL;
}

static void clear(void)
{
	for (unsigned i = 0; i < PLACES; i++) {
		AW__STORE(places[i].since_ns, 0);
		AW__STORE_RELEASE(places[i].task, 0);
	}
}

static struct aw__reset reset = { .clear = clear };

__attribute__((constructor)) static void register_reset(void)
{
	aw__reset_register(&reset);
}

void aw__cancels_forget(const struct aw_agent_task *task)
{
	struct place *place = place_of(task->id, task->id);

	if (place == NULL)
		return;
	AW__STORE(place->since_ns, 0);
	AW__STORE_RELEASE(place->task, 0);
}

void aw_agent_cancel_asked(struct aw_agent_task *target, const struct aw_agent_cancel *cancel)
{
	struct aw__writer *writer = aw__writer_get();
	const struct aw__box_task *by;
	struct aw__event event = { .kind = AW__CANCEL_ASKED, .subject = target->id };

	if (writer == NULL)
		return;
	aw__writer_now(writer);
	event.cancel.by = cancel->by != NULL ? cancel->by->id : 0;
	event.cancel.stack =
		aw__stack_given(cancel->stack, cancel->by != NULL ? cancel->by->stack : 0,
				__builtin_return_address(0));
	event.cancel.why = cancel->why;
	event.cancel.origin = cancel->origin;
	event.cancel.deadline_ns = cancel->deadline_ns;
	by = aw__task_slot(cancel->by);
	target->cancel_by = event.cancel.by;
	target->cancel_by_stack = cancel->by != NULL ? cancel->by->stack : AW_NONE;
	target->cancel_by_coroutine =
		by != NULL ? (aw_intern)(AW__LOAD(by->coroutine_stack) >> 32) : AW_NONE;
	target->cancel_why = cancel->why;
	target->cancel_origin = cancel->origin;
	target->cancel_ns = writer->now_ns;
	target->cancel_by_slot = cancel->by != NULL ? cancel->by->slot : 0;
	/* the cause of a cancellation by a timer or a group is where its scope was opened */
	target->cancel_stack =
		cancel->origin != AW_NONE ? cancel->origin : (aw_intern)event.cancel.stack;
	event.text = cancel->message;
	if (cancel->message != NULL)
		event.text_length =
			(uint32_t)(cancel->message_length < UINT32_MAX ? cancel->message_length
								       : UINT32_MAX);
	aw__ring_put(writer, AW__EVENTS, &event);
}

void aw_agent_cancel_delivered(struct aw_agent_task *task)
{
	struct aw__writer *writer = aw__writer_get();
	struct place *place;

	if (writer == NULL || task->cancel_stack == 0 || place_of(task->id, task->id) != NULL)
		return;
	place = place_of(task->id, 0);
	if (place == NULL)
		return;
	AW__STORE(place->slot, task->slot);
	AW__STORE(place->by, task->cancel_by);
	AW__STORE(place->by_slot, task->cancel_by_slot);
	AW__STORE(place->stack, task->cancel_stack);
	AW__STORE_RELEASE(place->since_ns, aw__writer_now(writer));
}

void aw_agent_cancel_taken_back(struct aw_agent_task *task)
{
	aw__cancels_forget(task);
}

/* Whether the watchdog has already reported that the task goes on. */
static bool was_told(uint64_t task)
{
	const struct place *place = place_of(task, task);

	return place != NULL && AW__LOAD(place->since_ns) == 0;
}

/* Put the task that asked, which the finding names. If it has ended, use what was noted when it asked. */
static void tell_canceller(struct aw__writer *writer, const struct aw_agent_task *task)
{
	const struct aw_agent_task by = { .id = task->cancel_by, .slot = task->cancel_by_slot };
	const uint64_t list[AW__STATE_NUMBERS] = { 0 };
	struct aw__event event = { .kind = AW__TASK_STATE,
				   .subject = by.id,
				   .list = list,
				   .list_length = AW__STATE_NUMBERS };

	if (aw__task_slot(&by) != NULL) {
		aw__task_tell(writer, &by);
		return;
	}
	if (task->cancel_by == 0 || task->cancel_by_coroutine == AW_NONE)
		return;
	event.state.state = AW__TASK_FINISHED;
	event.state.stack = task->cancel_by_stack;
	event.state.coroutine = task->cancel_by_coroutine;
	aw__ring_put(writer, AW__FINDINGS, &event);
}

void aw__cancel_tell(struct aw__writer *writer, const struct aw_agent_task *task)
{
	struct aw__event event = { .kind = AW__CANCEL_TOLD, .subject = task->id };

	if (task->cancel_ns == 0)
		return;
	tell_canceller(writer, task);
	event.cancel_told.by = task->cancel_by;
	event.cancel_told.stack = task->cancel_origin == AW_NONE ? task->cancel_stack : AW_NONE;
	event.cancel_told.why = task->cancel_why;
	event.cancel_told.origin = task->cancel_origin;
	event.cancel_told.time_ns = task->cancel_ns;
	aw__ring_put(writer, AW__FINDINGS, &event);
}

void aw_agent_cancel_swallowed(struct aw_agent_task *task)
{
	struct aw__writer *writer = aw__writer_get();
	char words[96];
	const struct aw__task_found found = {
		.kind = AW__SWALLOWED_CANCEL,
		.stack = task->cancel_stack,
		.by = task->cancel_by,
		.text = words,
	};

	if (writer == NULL || was_told(task->id))
		return;
	snprintf(words, sizeof(words), "it returned normally%s%s",
		 task->cancel_why != AW_CANCEL_ASKED ? "; it was cancelled because " : "",
		 task->cancel_why != AW_CANCEL_ASKED ? aw__cancel_why_text(task->cancel_why) : "");
	aw__writer_now(writer);
	tell_canceller(writer, task);
	aw__task_finding(writer, task, &found);
}

/* ---- for agent/watch/watch_cancels.c ---- */

static bool read_place(const struct place *place, struct aw__delivered *ret)
{
	ret->since_ns = AW__LOAD_ACQUIRE(place->since_ns);
	ret->task = AW__LOAD(place->task);
	ret->slot = (uint32_t)AW__LOAD(place->slot);
	ret->by = AW__LOAD(place->by);
	ret->by_slot = (uint32_t)AW__LOAD(place->by_slot);
	ret->stack = AW__LOAD(place->stack);
	return ret->since_ns != 0 && ret->task != 0;
}

unsigned aw__cancels_next(unsigned from, struct aw__delivered *ret)
{
	for (; from < PLACES; from++)
		if (AW__LOAD(places[from].task) != 0 && read_place(&places[from], ret))
			return from + 1;
	return 0;
}

bool aw__cancels_note_reported(unsigned next, const struct aw__delivered *delivered)
{
	struct place *place = &places[next - 1];

	if (AW__LOAD(place->task) != delivered->task)
		return false;
	AW__STORE(place->since_ns, 0);
	return true;
}
