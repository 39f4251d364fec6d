/* SPDX-License-Identifier: MIT */
/* Says, for agent/stream, how much the recorder had no room for, and records it as a finding. */
#include <string.h>

#include "agent/record/atomics.h"
#include "agent/record/put_finding.h"
#include "agent/record/recorder.h"
#include "agent/record/writer.h"
#include "proto/finding.h"

void aw__record_refused(struct aw__refused *ret)
{
	const struct aw__box_header *header = aw__recorder.header;

	ret->definitions = AW__LOAD(header->arena_refused);
	ret->records = AW__LOAD(header->ring_refused);
	ret->tasks = AW__LOAD(header->task_refused);
	ret->loops = AW__LOAD(header->loop_refused);
}

void aw__record_lost_finding(uint64_t count, const char *what)
{
	struct aw__writer *writer = aw__writer_get();
	const uint64_t list[AW__FINDING_NUMBERS] = { 0 };
	struct aw__event event = { .list = list, .list_length = AW__FINDING_NUMBERS };

	if (writer == NULL)
		return;
	aw__writer_now(writer);
	event.finding.kind = AW__LOST_EVENTS;
	event.finding.value = count;
	event.text = what;
	event.text_length = (uint32_t)strlen(what);
	aw__finding_put(writer, &event);
}
