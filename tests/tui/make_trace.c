/* SPDX-License-Identifier: MIT */
/*
 * make_trace FOLDER: writes the files for the tests of the viewer into a folder: the recordings demo.awry
 * and other.awry, and the source demo.c.
 *
 * It uses the same functions as the unit tests' recordings, but encodes the items instead of putting them
 * into a model: this program has its own aw__model_ingest().
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <awry/agent.h>

#include "proto/encode.h"
#include "tests/unit/viewer/model_items.h"

#define SECOND UINT64_C(1000000000)
#define MS     UINT64_C(1000000)

enum {
	DEMO_C = 1,
	MAIN,
	AMAIN,
	BUG,
	WORKER,
	TEST_C,
	LOCK,
	SYMBOL,
	HANDLE,
	AT_MAIN = 10,
	AT_AMAIN,
	AT_RAISE,
	COR_BUG,
	COR_WORKER,
	AT_WORKER,
	COR_AMAIN,
	VALUE_ERROR = 20,
	GROUP,
	OS_ERROR,
	KEY_ERROR,
	EVIL,
	STACK_MAIN = 30,
	STACK_AMAIN,
	STACK_RAISE,
	STACK_WORKER,
};

#define MOST_EVENTS 256

static struct aw__encoder *encoder;

/* Events are made subject by subject, and written in the order of their times. */
static struct kept {
	struct aw__event event;
	uint64_t list[32];
	size_t position;
} events[MOST_EVENTS];
static size_t event_count;

void aw__model_ingest(struct aw__model *model, const struct aw__item *item)
{
	(void)model;
	if (item->kind != AW__ITEM_EVENT) {
		aw__encoder_item(encoder, item);
		return;
	}
	if (event_count == MOST_EVENTS)
		abort();
	events[event_count].event = item->event;
	events[event_count].position = event_count;
	if (item->event.list_length > 0)
		memcpy(events[event_count].list, item->event.list,
		       item->event.list_length * sizeof(uint64_t));
	event_count++;
}

static int by_time(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	if (x->event.time_ns != y->event.time_ns)
		return x->event.time_ns < y->event.time_ns ? -1 : 1;
	return (x->position > y->position) - (x->position < y->position);
}

static void record(void)
{
	qsort(events, event_count, sizeof(events[0]), by_time);
	for (size_t i = 0; i < event_count; i++) {
		struct aw__item item = { .kind = AW__ITEM_EVENT, .event = events[i].event };

		item.event.list = events[i].list;
		aw__encoder_item(encoder, &item);
	}
	event_count = 0;
}

static void define(void)
{
	items_string(NULL, DEMO_C, "demo.c");
	items_string(NULL, MAIN, "main");
	items_string(NULL, AMAIN, "amain");
	items_string(NULL, BUG, "bug");
	items_string(NULL, WORKER, "worker");
	items_string(NULL, SYMBOL, "symbol");
	items_string(NULL, HANDLE, "tcp");
	items_place(NULL, AT_MAIN, MAIN, DEMO_C, 30);
	items_place(NULL, AT_AMAIN, AMAIN, DEMO_C, 20);
	items_place(NULL, AT_RAISE, BUG, DEMO_C, 5);
	items_place(NULL, COR_BUG, BUG, DEMO_C, 3);
	items_place(NULL, COR_WORKER, WORKER, DEMO_C, 9);
	items_place(NULL, AT_WORKER, WORKER, DEMO_C, 12);
	items_place(NULL, COR_AMAIN, AMAIN, DEMO_C, 16);
	items_type(NULL, VALUE_ERROR, "ValueError", 0);
	items_type(NULL, GROUP, "ExceptionGroup", 0);
	items_type(NULL, OS_ERROR, "OSError", 0);
	items_type(NULL, KEY_ERROR, "KeyError", 0);
	items_type(NULL, EVIL, "Evil\x1b[2JError\xe2\x80\xae", 0);
	items_stack(NULL, STACK_MAIN, 0, 0, 1, (const uint64_t[]){ AT_MAIN });
	items_stack(NULL, STACK_AMAIN, STACK_MAIN, 0, 1, (const uint64_t[]){ AT_AMAIN });
	items_stack(NULL, STACK_RAISE, STACK_AMAIN, 0, 1, (const uint64_t[]){ AT_RAISE });
	items_stack(NULL, STACK_WORKER, STACK_AMAIN, 0, 2,
		    (const uint64_t[]){ AT_WORKER, AT_RAISE });
}

static void waits(uint64_t time_ns, uint64_t task, uint64_t kind, uint64_t target)
{
	const uint64_t wait[AW__EVENT_ARGS] = { kind, target };

	items_event(NULL, AW__TASK_WAIT, time_ns, task, wait, 0, NULL, NULL);
}

/* A lost error: a task fails, and its error is never retrieved. */
static void tell_lost(uint64_t time_ns, uint64_t task, uint64_t error, uint64_t finding)
{
	struct items_error it = { .time_ns = time_ns,
				  .id = error,
				  .type = VALUE_ERROR,
				  .task = task,
				  .site = AT_RAISE,
				  .stack = STACK_RAISE,
				  .message = "not \x1b[31mconsumed" };

	items_created(NULL, 2 * SECOND, task, 1, COR_BUG, STACK_AMAIN, NULL);
	items_told(NULL, time_ns, task, 1, COR_BUG, STACK_AMAIN, AW__TASK_FINISHED, NULL);
	items_error(NULL, &it);
	items_done(NULL, time_ns, task, AW_OUTCOME_ERROR, error);
	items_found(NULL, time_ns + SECOND, finding, AW__NEVER_RETRIEVED, task, error, STACK_AMAIN,
		    0, COR_BUG);
}

/* A group with notes, attributes, a cause and a context. */
static void tell_group(void)
{
	static const uint64_t symbol[AW__EVENT_ARGS] = { SYMBOL };
	struct items_error cause = { .time_ns = 3 * SECOND,
				     .id = 110,
				     .type = OS_ERROR,
				     .task = 3,
				     .site = AT_WORKER,
				     .stack = STACK_WORKER,
				     .message = "[Errno 104] Connection reset by peer" };
	struct items_error first = { .time_ns = 3 * SECOND,
				     .id = 111,
				     .type = KEY_ERROR,
				     .task = 3,
				     .site = AT_WORKER,
				     .stack = STACK_WORKER,
				     .cause = 110,
				     .context = 110,
				     .message = "'BTC'" };
	struct items_error second = { .time_ns = 3 * SECOND,
				      .id = 112,
				      .type = EVIL,
				      .task = 4,
				      .site = AT_RAISE,
				      .stack = STACK_RAISE,
				      .context = 110,
				      .message = "line one\nline two" };
	struct items_error group = { .time_ns = 3 * SECOND,
				     .id = 113,
				     .type = GROUP,
				     .task = 1,
				     .site = AT_AMAIN,
				     .stack = STACK_AMAIN,
				     .flags = AW_ERROR_IS_GROUP,
				     .child_count = 3,
				     .children = { 111, 112, 999 },
				     .message = "unhandled errors in a TaskGroup" };

	items_error(NULL, &cause);
	items_error(NULL, &first);
	items_error(NULL, &second);
	items_error(NULL, &group);
	items_event(NULL, AW__ERROR_ATTRIBUTE, 3 * SECOND, 111, symbol, 0, NULL, "BTC/USD");
	items_event(NULL, AW__ERROR_NOTE, 3 * SECOND, 113, NULL, 0, NULL, "while it started");
}

static void tell_loop(void)
{
	static const uint64_t opened[AW__EVENT_ARGS] = { 4242 };
	static const uint64_t blocked[AW__EVENT_ARGS] = { AW__BLOCKED_LOOP, 1, 0, STACK_WORKER,
							  120 * MS };
	static const uint64_t list[AW__FINDING_NUMBERS] = { COR_WORKER, 1 };
	static const uint64_t unblocked[AW__EVENT_ARGS] = { 350 * MS, 210 };
	static const uint64_t longest[AW__EVENT_ARGS] = { 350 * MS };
	/* most iterations take microseconds, some wait for a disk, and one blocked the loop */
	static const uint64_t lags[] = { 2048,	  1200, 3072,	 5100, 4096,	8000, 6144,    2600,
					 8192,	  900,	16384,	 120,  65536,	8,    1 << 20, 14,
					 1 << 21, 31,	3 << 20, 12,   1 << 28, 1 };

	items_event(NULL, AW__THREAD_STARTED, 1 * SECOND, 0, opened, 0, NULL, "main");
	items_event(NULL, AW__LOOP_OPENED, 1 * SECOND, 1, opened, 0, NULL, "main loop");
	items_event(NULL, AW__FINDING, 4500 * MS, 210, blocked, AW__FINDING_NUMBERS, list, NULL);
	items_event(NULL, AW__LOOP_UNBLOCKED, 4700 * MS, 1, unblocked, 0, NULL, NULL);
	items_event(NULL, AW__LOOP_LAGS, 4900 * MS, 1, longest, sizeof(lags) / sizeof(lags[0]),
		    lags, NULL);
}

static void tell(void)
{
	static const uint64_t lost[AW__EVENT_ARGS] = { 1234, AW__LOST_RECORDS };
	static const uint64_t handle[AW__EVENT_ARGS] = { HANDLE, 3 };
	static const uint64_t held[AW__EVENT_ARGS] = { 1 };

	tell_loop();
	items_created(NULL, 1 * SECOND, 1, 0, COR_AMAIN, STACK_MAIN, "amain");
	items_told(NULL, 3 * SECOND, 1, 0, COR_AMAIN, STACK_MAIN, AW__TASK_RUNNING, "amain");
	tell_lost(3 * SECOND, 2, 100, 200);
	tell_lost(4 * SECOND, 12, 101, 202);
	items_created(NULL, 2 * SECOND, 3, 1, COR_WORKER, STACK_AMAIN, "日本");
	items_created(NULL, 2 * SECOND, 4, 1, COR_WORKER, STACK_AMAIN, "worker-\x1b]0;evil\x07");
	for (uint64_t id = 5; id < 8; id++)
		items_created(NULL, 2500 * MS, id, 3, COR_WORKER, STACK_WORKER, NULL);
	waits(3 * SECOND, 3, AW_WAIT_TASK, 4);
	waits(3 * SECOND, 4, AW_WAIT_TASK, 3);
	waits(3 * SECOND, 5, AW_WAIT_TASK, 3);
	waits(3 * SECOND, 6, AW_WAIT_LOCK, 70);
	waits(3 * SECOND, 7, AW_WAIT_LOCK, 70);
	items_event(NULL, AW__RESOURCE_HELD, 3 * SECOND, 70, held, 0, NULL, NULL);
	items_created(NULL, 2500 * MS, 8, 1, COR_WORKER, STACK_AMAIN, "reader");
	items_created(NULL, 2500 * MS, 9, 1, COR_WORKER, STACK_AMAIN, "patient");
	waits(3500 * MS, 8, AW_WAIT_READ, 80);
	waits(3500 * MS, 9, AW_WAIT_TASK, 8);
	waits(3 * SECOND, 1, AW_WAIT_SLEEP, 0);
	tell_group();
	items_event(NULL, AW__HANDLE_OPENED, 3 * SECOND, 80, handle, 0, NULL, NULL);
	items_found(NULL, 4 * SECOND, 201, AW__NEVER_AWAITED, 0, 0, STACK_AMAIN, 0, COR_AMAIN);
	items_event(NULL, AW__EVENTS_LOST, 5 * SECOND, 0, lost, 0, NULL, NULL);
}

static void tell_other(void)
{
	items_created(NULL, 2 * SECOND, 1, 0, COR_AMAIN, STACK_MAIN, "other main");
	items_created(NULL, 3 * SECOND, 2, 1, COR_WORKER, STACK_AMAIN, NULL);
	items_found(NULL, 4 * SECOND, 201, AW__NEVER_AWAITED, 0, 0, STACK_AMAIN, 0, COR_AMAIN);
}

static bool write_file(const char *folder, const char *name, const struct aw__buffer *text)
{
	char path[4096];
	FILE *file;
	bool written;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	if (file == NULL)
		return false;
	written = fwrite(aw__buffer_string(text), 1, text->length, file) == text->length;
	return fclose(file) == 0 && written;
}

static bool write_trace(const char *folder, const char *name, uint32_t pid, void (*story)(void))
{
	struct aw__buffer out = AW__BUFFER_EMPTY;
	bool written;

	encoder = aw__encoder_create(&out);
	aw__encoder_begin(encoder);
	items_hello(NULL, pid);
	define();
	story();
	record();
	if (story == tell)
		items_goodbye(NULL);
	aw__encoder_flush(encoder);
	aw__encoder_destroy(encoder);
	written = write_file(folder, name, &out);
	aw__buffer_finish(&out);
	return written;
}

static bool write_source(const char *folder)
{
	struct aw__buffer out = AW__BUFFER_EMPTY;
	bool written;

	for (int line = 1; line <= 32; line++)
		aw__buffer_format(&out, "line %d of the source;\n", line);
	written = write_file(folder, "demo.c", &out);
	aw__buffer_finish(&out);
	return written;
}

int main(int argc, char **argv)
{
	return argc == 2 && write_trace(argv[1], "demo.awry", 42, tell) &&
			       write_trace(argv[1], "other.awry", 43, tell_other) &&
			       write_source(argv[1])
		       ? 0
		       : 1;
}
