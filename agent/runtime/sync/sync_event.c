/* SPDX-License-Identifier: MIT */
/* aw_event: a flag that wakes all waiting tasks when it is set, as asyncio.Event. */
#include "agent/runtime/sync/sync.h"

static void check(const aw_event *event)
{
	aw__must(event->magic == AW__MAGIC_EVENT, "invalid or freed event");
}

void aw_event_init(aw_event *event)
{
	*event = (aw_event){ .magic = AW__MAGIC_EVENT };
}

void aw_event_finish(aw_event *event)
{
	if (event == NULL)
		return;
	check(event);
	aw__must(aw__sync_nobody(&event->line), "a task still waits for the event");
	event->magic = 0;
}

void aw_event_set(aw_event *event)
{
	check(event);
	if (event->set)
		return;
	event->set = true;
	aw__sync_wake_all(&event->line);
}

void aw_event_clear(aw_event *event)
{
	check(event);
	event->set = false;
}

bool aw_event_is_set(const aw_event *event)
{
	check(event);
	return event->set;
}

aw_error *aw_event_wait(aw_event *event)
{
	bool woken;

	check(event);
	if (event->set)
		return NULL;
	return aw__sync_wait(&event->line, AW_WAIT_EVENT, &event->id, &woken);
}
