/* SPDX-License-Identifier: MIT */
/*
 * make_hostile CASE PATH [FILE]: writes a hostile recording for hostile.py and sourcing.py. FILE: the source file that it
 * names.
 *
 * It uses the functions of the unit tests (tests/unit/viewer/model_items.h), with an aw__model_ingest() that encodes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <awry/agent.h>

#include "proto/encode.h"
#include "tests/unit/viewer/model_items.h"

#define SECOND UINT64_C(1000000000)
#define ABOVE  UINT64_C(0xfffffffffffffff0)

enum { BOMB_FRAMES = 64, BOMB_NAME = 4096, BOMB_FINDINGS = 12000 };
enum { CHAIN = 100000, NAME_BYTES = 4 << 20 };

static struct aw__encoder *encoder;
static const char *source = "settings.py";

void aw__model_ingest(struct aw__model *model, const struct aw__item *item)
{
	(void)model;
	aw__encoder_item(encoder, item);
}

/* The definitions of a normal recording: strings 1 and 2, place 10, type 14, stack 20. */
static void define(const char *text)
{
	items_hello(NULL, 42);
	items_string(NULL, 1, text);
	items_string(NULL, 2, text);
	items_place(NULL, 10, 2, 1, 30);
	items_type(NULL, 14, text, 0);
	items_stack(NULL, 20, 0, 0, 1, (const uint64_t[]){ 10 | UINT64_C(1) << 63 });
}

/* A task with this name, a lost error with this message, and the same text for all other names. */
static void tell_of(const char *text)
{
	struct items_error error = { .time_ns = 3 * SECOND,
				     .id = 100,
				     .type = 14,
				     .task = 2,
				     .site = 10,
				     .stack = 20,
				     .message = text };

	define(text);
	items_created(NULL, SECOND, 1, 0, 10, 20, text);
	items_created(NULL, SECOND, 2, 1, 10, 20, text);
	items_told(NULL, 2 * SECOND, 2, 1, 10, 20, AW__TASK_FINISHED, text);
	items_error(NULL, &error);
	items_event(NULL, AW__ERROR_NOTE, 3 * SECOND, 100, (const uint64_t[AW__EVENT_ARGS]){ 0 }, 0,
		    NULL, text);
	items_event(NULL, AW__ERROR_ATTRIBUTE, 3 * SECOND, 100,
		    (const uint64_t[AW__EVENT_ARGS]){ 1 }, 0, NULL, text);
	items_done(NULL, 3 * SECOND, 2, AW_OUTCOME_ERROR, 100);
	items_found(NULL, 4 * SECOND, 200, AW__NEVER_RETRIEVED, 2, 100, 20, 0, 10);
}

static void escapes(void)
{
	tell_of("\033[2J\033]0;owned\a\033P+q\033\\\x9b"
		"31m\r\b\x7f</script><img src=x onerror=alert(1)>\"'`$(touch /tmp/x)%n");
}

static void bidi(void)
{
	tell_of("\xe2\x80\xae"
		"evil\xe2\x81\xa6\xe2\x80\x8f\xe2\x80\xa8\xef\xbb\xbf\xf3\xa0\x81\x81");
}

static void bad_utf8(void)
{
	tell_of("\xff\xfe\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80\xe2\x82");
}

/* Names that do not fit into a frame: the encoder cuts them. The test itself writes a frame that is too long. */
static void long_names(void)
{
	char *text = malloc(NAME_BYTES + 1);

	memset(text, 'x', NAME_BYTES);
	text[NAME_BYTES] = '\0';
	tell_of(text);
	free(text);
}

static void dangling(void)
{
	struct items_error error = { .time_ns = SECOND,
				     .id = 100,
				     .type = 999,
				     .task = 888,
				     .site = 777,
				     .stack = 666,
				     .cause = 555,
				     .context = 444,
				     .child_count = 2,
				     .children = { 333, 222 } };

	items_hello(NULL, 42);
	items_place(NULL, 10, 91, 92, 1);
	items_type(NULL, 14, "Lost", 93);
	items_stack(NULL, 20, 94, 0, 1, (const uint64_t[]){ 95 | UINT64_C(1) << 63 });
	items_created(NULL, SECOND, 2, 12345, 96, 97, NULL);
	items_created(NULL, SECOND, ABOVE, ABOVE + 1, ABOVE, ABOVE, NULL);
	items_error(NULL, &error);
	items_found(NULL, SECOND, 200, AW__NEVER_RETRIEVED, 3, 101, 98, 0, 99);
	items_found(NULL, SECOND, 201, AW__NEVER_RETRIEVED, 2, 100, 20, 0, 10);
	items_found(NULL, SECOND, 202, 1000000, 2, 100, 20, 0, 10);
}

/* Cycles of tasks, causes, contexts, members, types and stacks. */
static void circles(void)
{
	define("round");
	items_type(NULL, 15, "Snake", 15);
	items_stack(NULL, 21, 22, 0, 1, (const uint64_t[]){ 10 | UINT64_C(1) << 63 });
	items_stack(NULL, 22, 21, 0, 1, (const uint64_t[]){ 10 | UINT64_C(1) << 63 });
	for (uint64_t i = 0; i < 3; i++) {
		struct items_error error = { .time_ns = SECOND,
					     .id = 100 + i,
					     .type = 15,
					     .task = 1 + i,
					     .site = 10,
					     .stack = 21,
					     .cause = 100 + (i + 1) % 3,
					     .context = 100 + (i + 2) % 3,
					     .flags = AW_ERROR_IS_GROUP,
					     .child_count = 2,
					     .children = { 100 + (i + 1) % 3, 100 + i },
					     .message = "round" };

		items_created(NULL, SECOND, 1 + i, 1 + (i + 1) % 3, 10, 21, NULL);
		items_error(NULL, &error);
	}
	items_found(NULL, SECOND, 200, AW__NEVER_RETRIEVED, 1, 100, 21, 0, 10);
}

/* Long chains: each task is created by the previous one, each error caused by the previous, each stack linked to it. */
static void chains(void)
{
	define("link");
	for (uint64_t i = 0; i < CHAIN; i++) {
		struct items_error error = { .time_ns = SECOND,
					     .id = 1000000 + i,
					     .type = 14,
					     .task = 1 + i,
					     .site = 10,
					     .stack = (uint32_t)(100 + i),
					     .message = "link",
					     .cause = i > 0 ? 1000000 + i - 1 : 0 };

		items_stack(NULL, (uint32_t)(100 + i), i > 0 ? (uint32_t)(100 + i - 1) : 0, 0, 1,
			    (const uint64_t[]){ 10 | UINT64_C(1) << 63 });
		items_created(NULL, SECOND + i, 1 + i, i, 10, 100 + i, NULL);
		items_error(NULL, &error);
	}
	items_found(NULL, 2 * SECOND, 200, AW__NEVER_RETRIEVED, CHAIN, 1000000 + CHAIN - 1,
		    100 + CHAIN - 1, 0, 10);
}

/* A small recording with large exports: each task's stack has frames with long names. */
static void bomb(void)
{
	char name[BOMB_NAME + 1];
	uint64_t frames[BOMB_FRAMES];

	define("bomb");
	memset(name, 'n', BOMB_NAME);
	name[BOMB_NAME] = '\0';
	for (uint32_t i = 0; i < BOMB_FRAMES; i++) {
		name[0] = (char)('A' + i % 26);
		items_string(NULL, 100 + i, name);
		items_place(NULL, 300 + i, 100 + i, 100 + i, i + 1);
		frames[i] = (300 + i) | UINT64_C(1) << 63;
	}
	items_stack(NULL, 21, 0, 0, BOMB_FRAMES, frames);
	for (uint64_t i = 0; i < BOMB_FINDINGS; i++) {
		struct items_error error = { .time_ns = SECOND + i,
					     .id = 1000000 + i,
					     .type = 14,
					     .task = 2 + i,
					     .site = 300,
					     .stack = (uint32_t)(1000 + i),
					     .message = "bomb" };

		items_place(NULL, (uint32_t)(100000 + i), 100 + i % BOMB_FRAMES, 100,
			    (uint32_t)i + 1);
		items_stack(NULL, (uint32_t)(1000 + i), 21, 0, 1,
			    (const uint64_t[]){ (100000 + i) | UINT64_C(1) << 63 });
		items_created(NULL, SECOND + 9000 * i, 2 + i, 0, 300 + i % BOMB_FRAMES, 1000 + i,
			      NULL);
		items_error(NULL, &error);
		items_done(NULL, SECOND + 9000 * i + 5000, 2 + i, AW_OUTCOME_ERROR, 1000000 + i);
		items_found(NULL, SECOND + i, 10000000 + i, AW__NEVER_RETRIEVED, 2 + i, 1000000 + i,
			    1000 + i, 0, 100000 + i);
	}
}

/* Events that were lost before any other event have no time. */
static void early(void)
{
	const uint64_t lost[AW__EVENT_ARGS] = { 7, AW__LOST_FINDINGS };

	items_hello(NULL, 42);
	items_event(NULL, AW__EVENTS_LOST, 0, 0, lost, 0, NULL, NULL);
	items_created(NULL, 3 * SECOND, 1, 0, 0, 0, "one");
	items_event(NULL, AW__EVENTS_LOST, 0, 0, lost, 0, NULL, NULL);
	items_created(NULL, 4 * SECOND, 2, 0, 0, 0, "two");
}

/* An error in a file of the user who reads the report. */
static void quotes(void)
{
	struct items_error error = { .time_ns = SECOND,
				     .id = 100,
				     .type = 14,
				     .task = 2,
				     .site = 11,
				     .stack = 21,
				     .message = "quoted" };

	define("quoting");
	items_string(NULL, 3, source);
	items_place(NULL, 11, 2, 3, 1);
	items_stack(NULL, 21, 0, 0, 1, (const uint64_t[]){ 11 | UINT64_C(1) << 63 });
	items_created(NULL, SECOND, 2, 0, 11, 21, NULL);
	items_error(NULL, &error);
	items_found(NULL, SECOND, 200, AW__NEVER_RETRIEVED, 2, 100, 21, 0, 11);
}

static void clocks(void)
{
	static const uint64_t times[] = { 5 * SECOND,	  1, UINT64_MAX, 0, 3 * SECOND,
					  UINT64_MAX / 2, 2 };

	define("clock");
	for (unsigned i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		items_created(NULL, times[i], 1 + i, i, 10, 20, NULL);
		items_event(NULL, AW__TASK_STEP, times[(i + 1) % 7], 1 + i,
			    (const uint64_t[AW__EVENT_ARGS]){ 0 }, 0, NULL, NULL);
		items_event(NULL, AW__TASK_WAIT, times[(i + 2) % 7], 1 + i,
			    (const uint64_t[AW__EVENT_ARGS]){ AW_WAIT_SLEEP }, 0, NULL, NULL);
		items_done(NULL, times[(i + 3) % 7], 1 + i, 77, 0);
		items_found(NULL, times[(i + 4) % 7], 200 + i, AW__BLOCKED_LOOP, 1 + i, 0, 20,
			    UINT64_MAX, 10);
	}
}

static const struct {
	const char *name;
	void (*tell)(void);
} cases[] = {
	{ "escapes", escapes },	  { "bidi", bidi },
	{ "bad_utf8", bad_utf8 }, { "long_names", long_names },
	{ "dangling", dangling }, { "circles", circles },
	{ "chains", chains },	  { "clocks", clocks },
	{ "quotes", quotes },	  { "bomb", bomb },
	{ "early", early },
};

static bool tell(const char *name)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (strcmp(cases[i].name, name) == 0) {
			cases[i].tell();
			return true;
		}
	return false;
}

int main(int argc, char **argv)
{
	struct aw__buffer out = AW__BUFFER_EMPTY;
	FILE *file = argc >= 3 ? fopen(argv[2], "wb") : NULL;
	bool good;

	if (file == NULL)
		return 1;
	source = argc > 3 ? argv[3] : source;
	encoder = aw__encoder_create(&out);
	aw__encoder_begin(encoder);
	good = tell(argv[1]);
	if (good)
		items_goodbye(NULL);
	aw__encoder_destroy(encoder);
	good = good && !out.failed &&
	       fwrite(aw__buffer_string(&out), 1, out.length, file) == out.length;
	aw__buffer_finish(&out);
	return fclose(file) == 0 && good ? 0 : 1;
}
