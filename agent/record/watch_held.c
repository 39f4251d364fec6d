/* SPDX-License-Identifier: MIT */
/*
 * Errors that are held: a task ended with one, nobody has retrieved it, and somebody has a reference to the task. watch.c finds
 * them in the task table, and the agent's thread tells them.
 */
#include "agent/record/recorder.h"

void aw__held_add(struct aw__held_list *list, const struct aw__task_view *view, bool due)
{
	list->items[list->count++] = (struct aw__held){
		.task = view->task.id,
		.error = view->wait_target,
		.since_ns = view->changed_ns,
		.slot = view->task.slot,
		.due = due,
	};
}

uint32_t aw__record_held_at_end(uint32_t from, struct aw__held_list *ret_held)
{
	struct aw__task_view view;
	uint64_t end;

	ret_held->count = 0;
	if (aw__writer_get() == NULL)
		return 0;
	end = aw__slots_end();
	for (; from < end && ret_held->count < AW__HELD_A_LOOK; from++)
		if (aw__slot_view(from, &view) && aw__held_is(&view))
			aw__held_add(ret_held, &view, true);
	return from < end ? from : 0;
}

void aw__record_put_again(const struct aw__event *event)
{
	struct aw__writer *writer = aw__writer_get();
	struct aw__event again = *event;

	if (writer == NULL)
		return;
	aw__writer_now(writer);
	if (event->kind == AW__ERROR)
		again.error.flags |= AW_ERROR_LOST;
	aw__ring_put(writer, AW__FINDINGS, &again);
}

void aw__record_held_finding(const struct aw__held *held)
{
	struct aw__writer *writer = aw__writer_get();
	struct aw__task_view view;

	if (writer == NULL || !aw__slot_view(held->slot, &view) || view.task.id != held->task ||
	    !aw__held_is(&view))
		return;
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
