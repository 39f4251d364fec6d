/* SPDX-License-Identifier: MIT */
/*
 * Held errors, for the agent's thread, which records them: a task ended with an error that nobody has retrieved, and the task is still
 * referenced. watch_tasks.c finds such tasks in the task table.
 */
#include "agent/record/box_tables.h"
#include "agent/record/put_finding.h"
#include "agent/record/ring.h"
#include "agent/record/writer.h"
#include "agent/watch/detectors.h"
#include "agent/watch/watch_parts.h"

void aw__held_add(struct aw__held_list *list, const struct aw__task_view *view)
{
	list->items[list->count++] = (struct aw__held){
		.task = view->task.id,
		.error = view->wait_target,
		.since_ns = view->changed_ns,
		.slot = view->task.slot,
	};
}

static void take_out(struct aw__held_list *list, uint64_t task)
{
	for (unsigned i = 0; i < list->count; i++)
		if (list->items[i].task == task)
			list->items[i--] = list->items[--list->count];
}

void aw__held_without_awaited(struct aw__held_list *list)
{
	const uint64_t end = list->count > 0 ? aw__slots_end() : 0;
	struct aw__task_view view;

	for (uint32_t i = 1; i < end && list->count > 0; i++) {
		uint64_t awaited;

		if (!aw__slot_view(i, &view))
			continue;
		awaited = aw__row_awaits(AW__VIEW_STATE(&view), AW__VIEW_WAIT(&view),
					 view.wait_target);
		if (awaited != 0)
			take_out(list, awaited);
	}
}

uint32_t aw__watch_held_at_end(uint32_t from, struct aw__held_list *ret_held)
{
	struct aw__task_view view;
	uint64_t end;

	ret_held->count = 0;
	ret_held->due = true;
	if (aw__writer_get() == NULL)
		return 0;
	end = aw__slots_end();
	for (; from < end && ret_held->count < AW__HELD_A_LOOK; from++)
		if (aw__slot_view(from, &view) && aw__held_is(&view) &&
		    !aw__held_was_reported(&view))
			aw__held_add(ret_held, &view);
	aw__held_without_awaited(ret_held);
	return from < end ? from : 0;
}

static void put_cancel(struct aw__writer *writer, unsigned ring, const struct aw__event *event)
{
	struct aw__event told = { .kind = AW__CANCEL_TOLD, .subject = event->subject };

	told.cancel_told.by = event->cancel.by;
	told.cancel_told.stack = event->cancel.origin == AW_NONE ? event->cancel.stack : AW_NONE;
	told.cancel_told.why = event->cancel.why;
	told.cancel_told.origin = event->cancel.origin;
	told.cancel_told.time_ns = event->time_ns;
	aw__ring_put(writer, ring, &told);
}

static void put_creation(struct aw__writer *writer, unsigned ring, const struct aw__event *event)
{
	const uint64_t list[AW__STATE_NUMBERS] = { [AW__STATE_CREATED_NS] = event->time_ns };
	struct aw__event told = { .kind = AW__TASK_STATE,
				  .subject = event->subject,
				  .list = list,
				  .list_length = AW__STATE_NUMBERS,
				  .text = event->text,
				  .text_length = event->text_length };

	told.state.creator = event->created.creator;
	told.state.coroutine = event->created.coroutine;
	told.state.stack = event->created.stack;
	told.state.loop = event->created.loop;
	told.state.state = AW__TASK_FINISHED;
	aw__ring_put(writer, ring, &told);
}

void aw__watch_held_put_again(const struct aw__event *event, bool due)
{
	const unsigned ring = due ? AW__FINDINGS : AW__EVENTS;
	struct aw__writer *writer = aw__writer_get();
	struct aw__event again = *event;

	if (writer == NULL)
		return;
	aw__writer_now(writer);
	switch (event->kind) {
	case AW__CANCEL_ASKED:
		put_cancel(writer, ring, event);
		return;
	case AW__TASK_CREATED:
		put_creation(writer, ring, event);
		return;
	case AW__ERROR:
		if (due)
			again.error.flags |= AW_ERROR_LOST;
		break;
	default:
		break;
	}
	aw__ring_put(writer, ring, &again);
}

void aw__watch_held_finding(const struct aw__held *held)
{
	struct aw__writer *writer = aw__writer_get();
	struct aw__task_view view;

	if (writer == NULL || !aw__slot_view(held->slot, &view) || view.task.id != held->task ||
	    !aw__held_is(&view))
		return;
	aw__held_note_reported(&view);
	aw__writer_now(writer);
	aw__task_finding(writer, &view.task,
			 &(struct aw__task_found){
				 .kind = AW__HELD_ERROR,
				 .error = held->error,
				 .value = writer->now_ns > held->since_ns
						  ? writer->now_ns - held->since_ns
						  : 0,
			 });
}
