/* SPDX-License-Identifier: MIT */
/*
 * Prints findings to stderr as they occur (AWRY_STDERR), in the agent's thread: in asyncio's words and in the form
 * of Python tracebacks, so that people and tools recognise them.
 *
 * What a finding names (its task, the nodes of its error) was put into the same ring just before it; so the
 * printer keeps the records since the thread's last finding, and needs nothing else.
 */
#include <awry/agent.h>
#include <string.h>

#include "agent/stream/stream_internal.h"
#include "agent/stream/print.h"
#include "base/alloc.h"
#include "proto/finding.h"

#define MOST_PARTS 4096u /* records that findings still to come may name, of all threads */
#define MOST_KNOWN 1024u /* findings that were printed: others like them are only counted */

#define TEXT_OF(number) #number
#define AS_TEXT(number) TEXT_OF(number)
#define ROOM_MS		AS_TEXT(AW__STDERR_WAIT_MS)

struct known {
	uint64_t kind;
	uint64_t coroutine;
	uint64_t stack;
	uint64_t error_type;
	uint64_t error_stack;
	uint64_t again;
};

struct aw__printer {
	struct aw__print print;
	struct aw__box_cursor *cursor;
	struct aw__event *parts[MOST_PARTS];
	size_t part_count;
	struct known known[MOST_KNOWN];
	size_t known_count;
	size_t next_known;
	uint64_t forgotten_again; /* of entries that were replaced */
	uint64_t overwritten;	  /* records that came faster than they were read */
};

struct aw__printer *aw__printer_create(const struct aw__box *box)
{
	struct aw__printer *printer = aw__alloc_zeroed(1, sizeof(*printer));

	if (printer == NULL)
		return NULL;
	printer->cursor = aw__box_cursor_create(box);
	if (printer->cursor == NULL) {
		aw__alloc_free(printer);
		return NULL;
	}
	aw__box_cursor_important_only(printer->cursor);
	aw__print_init(&printer->print, box);
	return printer;
}

/* One block: the event, its list, its text. */
static struct aw__event *copy_event(const struct aw__event *event)
{
	const size_t list = event->list_length * sizeof(uint64_t);
	struct aw__event *copy = aw__alloc(sizeof(*copy) + list + event->text_length);

	if (copy == NULL)
		return NULL;
	*copy = *event;
	copy->list = (uint64_t *)(copy + 1);
	copy->text = (char *)(copy + 1) + list;
	if (list > 0)
		memcpy(copy + 1, event->list, list);
	if (event->text_length > 0)
		memcpy((char *)(copy + 1) + list, event->text, event->text_length);
	return copy;
}

static void forget_oldest(struct aw__printer *printer)
{
	aw__alloc_free(printer->parts[0]);
	printer->part_count--;
	memmove(printer->parts, printer->parts + 1,
		printer->part_count * sizeof(printer->parts[0]));
}

static void keep(struct aw__printer *printer, const struct aw__event *event)
{
	struct aw__event *copy = copy_event(event);

	if (copy == NULL)
		return;
	if (printer->part_count == MOST_PARTS)
		forget_oldest(printer);
	printer->parts[printer->part_count++] = copy;
}

static void forget_parts_of(struct aw__printer *printer, uint32_t thread)
{
	size_t kept = 0;

	for (size_t i = 0; i < printer->part_count; i++) {
		if (printer->parts[i]->thread == thread)
			aw__alloc_free(printer->parts[i]);
		else
			printer->parts[kept++] = printer->parts[i];
	}
	printer->part_count = kept;
}

static const struct aw__event *part(const struct aw__printer *printer, enum aw__event_kind kind,
				    uint64_t subject)
{
	for (size_t i = printer->part_count; i > 0; i--)
		if (printer->parts[i - 1]->kind == kind &&
		    printer->parts[i - 1]->subject == subject)
			return printer->parts[i - 1];
	return NULL;
}

/* True if a finding like it was printed already; then it is counted. */
static bool is_known(struct aw__printer *printer, const struct aw__event *finding,
		     const struct aw__event *error)
{
	const struct known like = {
		.kind = finding->finding.kind,
		.coroutine = finding->list_length > 0 ? finding->list[AW__FINDING_COROUTINE] : 0,
		.stack = finding->finding.stack,
		.error_type = error != NULL ? error->error.type : 0,
		.error_stack = error != NULL ? error->error.stack : 0,
	};

	struct known *known;

	for (size_t i = 0; i < printer->known_count; i++) {
		known = &printer->known[i];

		if (known->kind != like.kind || known->coroutine != like.coroutine ||
		    known->stack != like.stack || known->error_type != like.error_type ||
		    known->error_stack != like.error_stack)
			continue;
		known->again++;
		return true;
	}
	/* Replace the oldest entry: many different findings are printed, many that are alike are not. */
	known = &printer->known[printer->next_known++ % MOST_KNOWN];
	printer->forgotten_again += known->again;
	*known = like;
	if (printer->known_count < MOST_KNOWN)
		printer->known_count++;
	return false;
}

static void print_finding(struct aw__printer *printer, const struct aw__event *finding)
{
	const struct aw__event *error = part(printer, AW__ERROR, finding->finding.error);

	if (finding->finding.error == 0)
		error = NULL;
	if (is_known(printer, finding, error))
		return;
	printer->print.parts = (const struct aw__event *const *)printer->parts;
	printer->print.part_count = printer->part_count;
	aw__print_finding(&printer->print, finding,
			  part(printer, AW__TASK_STATE, finding->finding.task));
	aw__print_flush(&printer->print);
}

void aw__printer_print(struct aw__printer *printer)
{
	struct aw__item item;

	aw__box_cursor_mark(printer->cursor);
	while (aw__box_cursor_next(printer->cursor, &item)) {
		const struct aw__event *event = &item.event;

		if (item.kind == AW__ITEM_DEFINITION && printer->print.symbols != NULL)
			aw__symbolizer_define(printer->print.symbols, &item.definition);
		if (item.kind != AW__ITEM_EVENT)
			continue;
		switch (event->kind) {
		case AW__TASK_STATE:
		case AW__ERROR:
		case AW__ERROR_NOTE:
			keep(printer, event);
			break;
		case AW__FINDING:
			print_finding(printer, event);
			forget_parts_of(printer, event->thread);
			break;
		case AW__EVENTS_LOST:
			/* findings report the other kinds */
			if (event->lost.what == AW__LOST_FINDINGS)
				printer->overwritten += event->lost.count;
			break;
		default:
			break;
		}
	}
}

static void tell_unwritten(const struct aw__printer *printer, enum aw__stderr_result why,
			   const char *words)
{
	const unsigned long long count = printer->print.unwritten[why];

	if (count > 0)
		aw__complain("awry: %llu finding%s not printed, or not whole: %s", count,
			     count == 1 ? " was" : "s were", words);
}

void aw__printer_tell_losses(const struct aw__printer *printer)
{
	const unsigned long long lost = printer->overwritten;

	if (lost > 0)
		aw__complain(
			"awry: not all findings were printed: they came faster than they could be "
			"printed, and up to %llu record%s of them were overwritten",
			lost, lost == 1 ? "" : "s");
	tell_unwritten(printer, AW__STDERR_NO_ROOM, "stderr had no room for " ROOM_MS " ms");
	tell_unwritten(printer, AW__STDERR_ANOTHER,
		       "stderr was closed, or another file than at the start");
	tell_unwritten(printer, AW__STDERR_FAILED, "stderr could not be written");
}

void aw__printer_destroy(struct aw__printer *printer)
{
	uint64_t again;

	if (printer == NULL)
		return;
	again = printer->forgotten_again;
	for (size_t i = 0; i < printer->known_count; i++)
		again += printer->known[i].again;
	if (again > 0)
		aw__complain("awry: %llu more finding%s like those above",
			     (unsigned long long)again, again == 1 ? "" : "s");
	while (printer->part_count > 0)
		forget_oldest(printer);
	aw__box_cursor_destroy(printer->cursor);
	aw__print_finish(&printer->print);
	aw__alloc_free(printer);
}
