/* SPDX-License-Identifier: MIT */
/*
 * make_trace PATH: writes the recording that the tests of the viewer look at.
 *
 * It is told by the same calls as the recordings of the unit tests; only, what those put into a model
 * is encoded here instead: this program has an aw__model_ingest() of its own.
 */
#include <stdio.h>

#include <awry/agent.h>

#include "proto/encode.h"
#include "tests/unit/viewer/items.h"

#define SECOND UINT64_C(1000000000)

static struct aw__encoder *encoder;

void aw__model_ingest(struct aw__model *model, const struct aw__item *item)
{
	(void)model;
	aw__encoder_item(encoder, item);
}

static void define(void)
{
	items_hello(NULL, 42);
	items_string(NULL, 1, "/home/me/demo.c");
	items_string(NULL, 2, "main");
	items_string(NULL, 3, "amain");
	items_string(NULL, 4, "bug");
	items_place(NULL, 10, 2, 1, 30);
	items_place(NULL, 11, 3, 1, 20);
	items_place(NULL, 12, 4, 1, 5);
	items_place(NULL, 13, 4, 1, 3);
	items_type(NULL, 14, "ValueError", 0);
	items_stack(NULL, 20, 0, 0, 1, (const uint64_t[]){ 10 });
	items_stack(NULL, 21, 20, 0, 1, (const uint64_t[]){ 11 });
	items_stack(NULL, 22, 21, 0, 1, (const uint64_t[]){ 12 });
}

static void tell(void)
{
	static const uint64_t lost[AW__EVENT_ARGS] = { 1234, AW__LOST_RECORDS };
	struct items_error error = { .time_ns = 3 * SECOND,
				     .id = 100,
				     .type = 14,
				     .task = 2,
				     .site = 12,
				     .stack = 22,
				     .message = "not \x1b[31mconsumed" };

	items_created(NULL, 1 * SECOND, 1, 0, 11, 20, "amain");
	items_created(NULL, 2 * SECOND, 2, 1, 13, 21, NULL);
	items_created(NULL, 2 * SECOND, 3, 1, 13, 21, "日本");
	items_told(NULL, 3 * SECOND, 1, 0, 11, 20, AW__TASK_RUNNING, "amain");
	items_told(NULL, 3 * SECOND, 2, 1, 13, 21, AW__TASK_FINISHED, NULL);
	items_error(NULL, &error);
	items_done(NULL, 3 * SECOND, 2, AW_OUTCOME_ERROR, 100);
	items_found(NULL, 4 * SECOND, 200, AW__NEVER_RETRIEVED, 2, 100, 21, 0, 13);
	items_found(NULL, 4 * SECOND, 201, AW__NEVER_AWAITED, 0, 0, 21, 0, 11);
	items_event(NULL, AW__EVENTS_LOST, 5 * SECOND, 0, lost, 0, NULL, NULL);
	items_goodbye(NULL);
}

int main(int argc, char **argv)
{
	struct aw__buffer out = AW__BUFFER_EMPTY;
	FILE *file = argc == 2 ? fopen(argv[1], "w") : NULL;
	bool written;

	if (file == NULL)
		return 1;
	encoder = aw__encoder_create(&out);
	aw__encoder_begin(encoder);
	define();
	tell();
	aw__encoder_flush(encoder);
	aw__encoder_destroy(encoder);
	written = fwrite(aw__buffer_string(&out), 1, out.length, file) == out.length;
	aw__buffer_finish(&out);
	return fclose(file) == 0 && written ? 0 : 1;
}
