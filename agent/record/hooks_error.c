/* SPDX-License-Identifier: MIT */
/* Hooks of errors: they put a record for each error, and for each of its notes and attributes. */
#include <stdio.h>
#include <string.h>

#include "agent/record/atomics.h"
#include "agent/record/interned.h"
#include "agent/record/put_finding.h"
#include "agent/record/ring.h"
#include "agent/record/writer.h"
#include "proto/finding.h"

#define MARK_BYTES 32u /* for "… (123456 bytes more)" */

/* Fit a text into a record; a cut one says how much is missing. `room` is used if it must be cut. */
static void fit(struct aw__event *event, const char *text, size_t length,
		char room[AW__RECORD_TEXT_BYTES])
{
	size_t kept = AW__RECORD_TEXT_BYTES - MARK_BYTES;

	event->text = text;
	event->text_length = text != NULL ? (uint32_t)length : 0;
	if (text == NULL || length <= AW__RECORD_TEXT_BYTES)
		return;
	while (kept > 0 && ((unsigned char)text[kept] & 0xc0) == 0x80)
		kept--; /* not within a character */
	memcpy(room, text, kept);
	event->text = room;
	event->text_length =
		(uint32_t)kept +
		(uint32_t)snprintf(room + kept, MARK_BYTES, "… (%zu bytes more)", length - kept);
}

static void put_node(struct aw__writer *writer, unsigned ring, const struct aw_agent_error *error)
{
	const size_t most = AW__RECORD_LIST_WORDS - AW__ERROR_CHILDREN;
	const size_t children = error->child_count < most ? error->child_count : most;
	char room[AW__RECORD_TEXT_BYTES];
	uint64_t list[AW__RECORD_LIST_WORDS];
	struct aw__event event = { .kind = AW__ERROR, .subject = error->id };

	event.error.type = error->type;
	event.error.task = error->task;
	event.error.site = error->site;
	event.error.stack = error->stack;
	event.error.flags = error->flags | (children < error->child_count ? AW_ERROR_CUT : 0u);
	list[AW__ERROR_CAUSE] = error->cause;
	list[AW__ERROR_CONTEXT] = error->context;
	for (size_t i = 0; i < children; i++)
		list[AW__ERROR_CHILDREN + i] = error->children[i];
	event.list = list;
	event.list_length = (uint32_t)(AW__ERROR_CHILDREN + children);
	fit(&event, error->message, error->message_length, room);
	aw__ring_put(writer, ring, &event);
}

static void put_notes(struct aw__writer *writer, unsigned ring, const struct aw_agent_error *error)
{
	char room[AW__RECORD_TEXT_BYTES];

	for (size_t i = 0; i < error->note_count; i++) {
		struct aw__event event = { .kind = AW__ERROR_NOTE, .subject = error->id };

		fit(&event, error->notes[i], strlen(error->notes[i]), room);
		aw__ring_put(writer, ring, &event);
	}
}

static void put_attributes(struct aw__writer *writer, unsigned ring,
			   const struct aw_agent_error *error)
{
	char room[AW__RECORD_TEXT_BYTES];

	for (size_t i = 0; i < error->attribute_count; i++) {
		const struct aw_agent_attribute *attribute = &error->attributes[i];
		struct aw__event event = { .kind = AW__ERROR_ATTRIBUTE, .subject = error->id };

		event.attribute.key = aw__intern_text(attribute->key);
		fit(&event, attribute->value, attribute->value_length, room);
		aw__ring_put(writer, ring, &event);
	}
}

void aw_agent_error(const struct aw_agent_error *error)
{
	const unsigned ring = (error->flags & AW_ERROR_LOST) != 0 ? AW__FINDINGS : AW__EVENTS;
	struct aw__writer *writer = aw__writer_get();

	if (writer == NULL)
		return;
	aw__writer_now(writer);
	put_node(writer, ring, error);
	put_notes(writer, ring, error);
	put_attributes(writer, ring, error);
}

/* An error of no task: the finding names the loop that runs on this thread. */
static void unhandled_in_loop(struct aw__writer *writer, const char *text, uint64_t error)
{
	uint64_t list[AW__FINDING_NUMBERS] = { 0 };
	struct aw__event event = { .list = list, .list_length = AW__FINDING_NUMBERS };

	event.finding.kind = AW__UNHANDLED_ERROR;
	event.finding.error = error;
	list[AW__FINDING_LOOP] = writer->loop != NULL ? AW__LOAD(writer->loop->id) : 0;
	event.text = text;
	event.text_length = text != NULL ? (uint32_t)strlen(text) : 0;
	aw__finding_put(writer, &event);
}

void aw_agent_error_unhandled(const struct aw_agent_task *owner, const char *callback,
			      const char *message, uint64_t error)
{
	struct aw__writer *writer = aw__writer_get();
	char text[160];

	if (writer == NULL)
		return;
	aw__writer_now(writer);
	if (callback != NULL)
		snprintf(text, sizeof(text), "in callback %.64s()", callback);
	else if (message != NULL)
		snprintf(text, sizeof(text), "%.150s", message);
	if (owner == NULL) {
		unhandled_in_loop(writer, callback != NULL || message != NULL ? text : NULL, error);
		return;
	}
	aw__cancel_tell(writer, owner);
	aw__task_finding(writer, owner,
			 &(struct aw__task_found){
				 .kind = AW__UNHANDLED_ERROR,
				 .error = error,
				 .text = callback != NULL || message != NULL ? text : NULL });
}
