/* SPDX-License-Identifier: MIT */
/* Hooks of handles, which must be closed. The runtime, and not the recorder, remembers where each was opened. */
#include <stdio.h>
#include <string.h>

#include "agent/record/interned.h"
#include "agent/record/put_finding.h"
#include "agent/record/ring.h"
#include "agent/record/stack_capture.h"
#include "agent/record/writer.h"
#include "proto/finding.h"

aw_intern aw_agent_handle_opened(uint64_t id, const char *kind, const struct aw_agent_task *by)
{
	struct aw__event event = { .kind = AW__HANDLE_OPENED, .subject = id };
	struct aw__writer *writer = aw__writer_get();

	if (writer == NULL)
		return AW_NONE;
	aw__writer_now(writer);
	event.handle.kind = aw__intern_text(kind);
	event.handle.task = by != NULL ? by->id : 0;
	aw__ring_put(writer, AW__EVENTS, &event);
	return aw__stack_capture(by != NULL ? by->stack : 0, __builtin_return_address(0));
}

void aw_agent_handle_closed(uint64_t id)
{
	struct aw__event event = { .kind = AW__HANDLE_CLOSED, .subject = id };
	struct aw__writer *writer = aw__writer_get();

	if (writer == NULL)
		return;
	aw__writer_now(writer);
	aw__ring_put(writer, AW__EVENTS, &event);
}

void aw_agent_handle_unclosed(uint64_t id, const char *kind, aw_intern stack)
{
	struct aw__event event = { .list_length = AW__FINDING_NUMBERS };
	const uint64_t list[AW__FINDING_NUMBERS] = { 0 };
	struct aw__writer *writer = aw__writer_get();

	if (writer == NULL)
		return;
	aw__writer_now(writer);
	event.list = list;
	event.finding.kind = AW__UNCLOSED_HANDLE;
	event.finding.stack = stack;
	event.finding.value = id;
	event.text = kind;
	event.text_length = (uint32_t)strlen(kind);
	aw__finding_put(writer, &event);
}

void aw_agent_handle_dropped(uint64_t id, const char *kind, aw_intern stack)
{
	char text[128];

	snprintf(text, sizeof(text), "%.64s%s", kind, AW__WHERE_COLLECTED);
	aw_agent_handle_unclosed(id, text, stack);
}
