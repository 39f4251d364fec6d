/* SPDX-License-Identifier: MIT */
/* The recordings of the tests of exporters, and their exports into memory. */
#include "export_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <awry/agent.h>

#include "base/alloc.h"

const char hostile[] = "a\"b\\c\n\x1b[31m\xff\xc3(\0nul\xe2\x80\xaeZ";
_Static_assert(sizeof(hostile) - 1 == HOSTILE_LENGTH, "the length without the last NUL");

struct aw__item *add(struct recording *recording, enum aw__item_kind kind)
{
	struct aw__item *item = &recording->items[recording->count++];

	memset(item, 0, sizeof(*item));
	item->kind = kind;
	return item;
}

static void define(struct recording *recording, uint32_t id, enum aw__definition_kind kind,
		   size_t count, const uint64_t *numbers, const char *text, size_t length)
{
	uint64_t *copy = recording->lists[recording->count];
	struct aw__definition *it = &add(recording, AW__ITEM_DEFINITION)->definition;

	if (count > 0)
		memcpy(copy, numbers, count * sizeof(*copy));
	*it = (struct aw__definition){ id, kind, (uint32_t)count, (uint32_t)length, copy, text };
}

struct aw__event *happen(struct recording *recording, enum aw__event_kind kind, uint64_t time_ns,
			 uint64_t subject, const uint64_t args[5], const char *text, size_t length)
{
	struct aw__event *it = &add(recording, AW__ITEM_EVENT)->event;

	it->kind = kind;
	it->time_ns = START_NS + time_ns;
	it->subject = subject;
	it->text = text;
	it->text_length = (uint32_t)length;
	if (args != NULL)
		memcpy(it->args, args, sizeof(it->args));
	return it;
}

void begin(struct recording *recording)
{
	struct aw__hello *hello = &add(recording, AW__ITEM_HELLO)->hello;

	hello->major = AW__PROTOCOL_MAJOR;
	hello->pid = 42;
	hello->monotonic_ns = START_NS;
	hello->realtime_ns = UINT64_C(1700000000000000000);
	strcpy(hello->runtime, "awry");
	strcpy(hello->program, "/usr/bin/demo");
	define(recording, 1, AW__STRING, 0, NULL, TEXT("demo.c"));
	define(recording, 2, AW__STRING, 0, NULL, TEXT("bug"));
	define(recording, 3, AW__PLACE, 4, (const uint64_t[]){ 2, 1, 5, 0 }, NULL, 0);
	define(recording, 4, AW__TYPE, 1, (const uint64_t[]){ 0 }, TEXT("ValueError"));
	define(recording, 5, AW__STACK, 4,
	       (const uint64_t[]){ 0, 0, 3 | AW__FRAME_IS_PLACE, 0x5555 }, NULL, 0);
	happen(recording, AW__THREAD_STARTED, 0, 1, ARGS(42), TEXT("main"));
	happen(recording, AW__LOOP_OPENED, 0, 9, ARGS(42), TEXT("main"));
}

void fill(struct recording *recording)
{
	static const uint64_t parts[] = { 0, 0, 8 };
	static const uint64_t found[] = { 3, 9, 0, 1 };
	struct aw__event *event;

	begin(recording);
	happen(recording, AW__TASK_CREATED, 1000, 1, ARGS(0, 3, 5, 9), NULL, 0);
	happen(recording, AW__TASK_CREATED, 2000, 2, ARGS(1, 3, 5, 9), hostile, HOSTILE_LENGTH);
	happen(recording, AW__TASK_STEP, 3000, 2, NULL, NULL, 0);
	happen(recording, AW__TASK_WAIT, 4500, 2, ARGS(AW_WAIT_SLEEP), NULL, 0);
	happen(recording, AW__TASK_WOKEN, 6000, 2, NULL, NULL, 0);
	happen(recording, AW__TASK_STEP, 7000, 2, NULL, NULL, 0);
	event = happen(recording, AW__ERROR, 7500, 7, ARGS(4, 2, 3, 5, AW_ERROR_IS_GROUP), hostile,
		       HOSTILE_LENGTH);
	event->list = parts;
	event->list_length = 3;
	happen(recording, AW__ERROR_NOTE, 7500, 7, NULL, hostile, HOSTILE_LENGTH);
	happen(recording, AW__TASK_DONE, 8000, 2, ARGS(AW_OUTCOME_ERROR, 7, 2500, 2), NULL, 0);
	event = happen(recording, AW__FINDING, 9000, 77, ARGS(AW__NEVER_RETRIEVED, 2, 7, 5), NULL,
		       0);
	event->list = found;
	event->list_length = 4;
	happen(recording, AW__LOOP_UNBLOCKED, 400000, 9, ARGS(300000, 78), NULL, 0);
	happen(recording, AW__EVENTS_LOST, 400000, 0, ARGS(13, AW__LOST_RECORDS), NULL, 0);
	add(recording, AW__ITEM_GOODBYE)->goodbye.monotonic_ns = START_NS + 500000;
}

char *export_all(const char *format, const struct recording *recording, size_t *ret_length)
{
	struct aw__problem problem;
	struct aw__export *export;
	char *text = NULL;
	FILE *file = open_memstream(&text, ret_length);

	export = aw__export_open(aw__exporter_find(format, strlen(format)), file);
	for (size_t i = 0; i < recording->count; i++)
		assert_true(aw__export_item(export, &recording->items[i]));
	assert_true(aw__export_close(export, &problem));
	fclose(file);
	assert_int_equal(aw__alloc_live(), 0);
	return text;
}
