/* SPDX-License-Identifier: MIT */
/* Seeds for fuzz_image and fuzz_index: the image of a small model, and a directory with two checkpoints. */
#include "seeds.h"

#include <awry/agent.h>

#include "fuzz.h"
#include "proto/index.h"
#include "fuzz_rows.h"
#include "tests/unit/viewer/model_items.h"
#include "viewer/model/image.h"

static void put(void *arg, const struct aw__wire_row *row)
{
	fuzz_rows_put(arg, row);
}

/* A model with a task, an error and a finding. */
static void image(void)
{
	struct aw__model *model = aw__model_create();
	struct aw__buffer out = { 0 };
	struct items_error error = { .time_ns = 3000,
				     .id = 100,
				     .type = 14,
				     .task = 2,
				     .site = 10,
				     .stack = 20,
				     .message = "no" };

	items_hello(model, 42);
	items_created(model, 1000, 1, 0, 10, 20, "amain");
	items_created(model, 2000, 2, 1, 10, 20, NULL);
	items_error(model, &error);
	items_done(model, 3000, 2, AW_OUTCOME_ERROR, 100);
	items_found(model, 4000, 200, AW__NEVER_RETRIEVED, 2, 100, 20, 0, 10);
	aw__model_save(model, put, &out);
	write_seed("image", "small", out.data, out.length);
	aw__buffer_finish(&out);
	aw__model_destroy(model);
}

/* Check that the seed is accepted as a directory: a refused one would be useless. */
static void check_directory(const struct aw__buffer *framed)
{
	size_t length = framed->length - AW__TRAILER_BYTES;
	struct aw__trailer trailer;
	struct aw__problem problem;
	struct aw__index index;

	MUST(aw__trailer_read(framed->data + length, &trailer));
	MUST(trailer.directory_bytes == length);
	if (!aw__index_read(&trailer, framed->data, trailer.data_bytes + 50, &index, &problem)) {
		fprintf(stderr, "the seed is no index: %s\n", problem.text);
		abort();
	}
	aw__index_finish(&index);
}

/* Two checkpoints in a recording of 200 bytes; the first two bytes of the input encode that length as 200 << 0. */
static void directory(void)
{
	const struct aw__index_mark mark = {
		.event = 1, .time_ns = 2000, .kind = 1, .finding = 7, .task = 2
	};
	const unsigned char head[] = { 200, 0 };
	struct aw__buffer framed = { 0 }, out = { 0 };
	struct aw__checkpoint *checkpoint;
	struct aw__problem problem;
	struct aw__index index;

	aw__index_init(&index);
	index.data_bytes = 200;
	index.events = 3;
	index.first_ns = 1000;
	index.last_ns = 3000;
	index.bucket_ns = 10;
	index.first = (struct aw__index_frame){ 8, 16 };
	index.last = (struct aw__index_frame){ 150, 42 };
	aw__index_add_definitions(&index, 8);
	aw__index_add_mark(&index, &mark);
	checkpoint = aw__index_add_checkpoint(&index);
	*checkpoint = (struct aw__checkpoint){ .frame = index.first,
					       .image_offset = 200,
					       .image_bytes = 10 };
	checkpoint = aw__index_add_checkpoint(&index);
	*checkpoint = (struct aw__checkpoint){ .frame = { 200, 0 },
					       .time_ns = 3000,
					       .events = 3,
					       .image_offset = 210,
					       .image_bytes = 40 };
	aw__index_write(&index, &framed);
	aw__buffer_append(&out, head, sizeof(head));
	MUST(aw__rows_read(framed.data, framed.length - AW__TRAILER_BYTES, fuzz_rows_put, &out,
			   &problem));
	check_directory(&framed);
	write_seed("index", "small", out.data, out.length);
	aw__buffer_finish(&out);
	aw__buffer_finish(&framed);
	aw__index_finish(&index);
}

void seeds_of_indexes(void)
{
	image();
	directory();
}
