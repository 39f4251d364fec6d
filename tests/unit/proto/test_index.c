/* SPDX-License-Identifier: MIT */
/*
 * Tests of index directories: those that contradict themselves are refused although their checksums are right, and
 * searches in a good one find the right checkpoint.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "proto/frame.h"
#include "proto/index.h"

enum { DATA = 1000, IMAGE = 10, EVENTS = 30, CHECKPOINTS = 3 };

/* Three checkpoints: at the beginning, in the middle, at the end; their images follow the data. */
static void fill(struct aw__index *index)
{
	aw__index_init(index);
	index->data_bytes = DATA;
	index->events = EVENTS;
	index->first_ns = 100;
	index->last_ns = 400;
	index->bucket_ns = 1;
	index->first = (struct aw__index_frame){ AW__FRAME_PREAMBLE_BYTES, 5 };
	index->last = (struct aw__index_frame){ DATA - 50, 6 };
	for (unsigned i = 0; i < CHECKPOINTS; i++) {
		struct aw__checkpoint *at = aw__index_add_checkpoint(index);

		at->frame.offset = i == 0 ? AW__FRAME_PREAMBLE_BYTES : i == 1 ? DATA / 2 : DATA;
		at->time_ns = 100 + 150 * i;
		at->events = EVENTS / 2 * i;
		at->image_offset = DATA + IMAGE * i;
		at->image_bytes = IMAGE;
	}
	aw__index_add_definitions(index, 20);
	aw__index_add_definitions(index, 700);
	aw__index_add_mark(index, &(struct aw__index_mark){ .event = EVENTS - 1, .time_ns = 390 });
}

/* Write the index and read it back with `version` and images up to `images_end`. Whether it was accepted. */
static bool is_taken(struct aw__index *index, uint32_t version, uint64_t images_end)
{
	struct aw__buffer out = AW__BUFFER_EMPTY;
	struct aw__problem problem = { "" };
	struct aw__trailer trailer;
	struct aw__index back;
	bool taken;

	aw__index_write(index, &out);
	assert_true(aw__trailer_read(out.data + out.length - AW__TRAILER_BYTES, &trailer));
	assert_int_equal(trailer.version, AW__INDEX_VERSION);
	trailer.version = version;
	taken = aw__index_read(&trailer, out.data, images_end, &back, &problem);
	if (taken)
		assert_int_equal(back.checkpoint_count, CHECKPOINTS);
	else
		assert_true(problem.text[0] != '\0');
	if (taken)
		aw__index_finish(&back);
	aw__buffer_finish(&out);
	aw__index_finish(index);
	fill(index);
	return taken;
}

static bool taken(struct aw__index *index)
{
	return is_taken(index, AW__INDEX_VERSION, DATA + CHECKPOINTS * IMAGE);
}

static void index__of_another_version_is_refused(void **state)
{
	struct aw__index index;

	fill(&index);
	assert_true(taken(&index));
	assert_false(is_taken(&index, AW__INDEX_VERSION + 1, DATA + CHECKPOINTS * IMAGE));
	assert_false(is_taken(&index, AW__INDEX_VERSION - 1, DATA + CHECKPOINTS * IMAGE));
	aw__index_finish(&index);
}

static void index__checkpoints_follow_each_other(void **state)
{
	struct aw__index index;

	fill(&index);
	index.checkpoints[1].frame.offset = index.checkpoints[0].frame.offset;
	assert_false(taken(&index));
	index.checkpoints[1].frame.offset = DATA;
	assert_false(taken(&index));
	index.checkpoints[1].time_ns = 99;
	assert_false(taken(&index));
	index.checkpoints[1].events = EVENTS + 1;
	assert_false(taken(&index));
	index.checkpoints[2].events = EVENTS - 1;
	assert_false(taken(&index));
	index.checkpoints[0].events = 1;
	assert_false(taken(&index));
	aw__index_finish(&index);
}

/* Images with a gap between them, or that end elsewhere than the last byte, are refused. */
static void index__images_lie_side_by_side(void **state)
{
	struct aw__index index;

	fill(&index);
	index.checkpoints[1].image_offset++;
	index.checkpoints[1].image_bytes--;
	assert_false(taken(&index));
	index.checkpoints[2].image_bytes++;
	assert_false(taken(&index));
	index.checkpoints[1].image_bytes = UINT64_MAX;
	assert_false(taken(&index));
	assert_false(is_taken(&index, AW__INDEX_VERSION, DATA + CHECKPOINTS * IMAGE + 1));
	aw__index_finish(&index);
}

static void index__positions_outside_the_recording_are_refused(void **state)
{
	struct aw__index index;

	fill(&index);
	index.marks[0].event = EVENTS;
	assert_false(taken(&index));
	index.definitions[1] = DATA;
	assert_false(taken(&index));
	index.definitions[1] = index.definitions[0];
	assert_false(taken(&index));
	index.last.offset = DATA;
	assert_false(taken(&index));
	index.first.offset++;
	assert_false(taken(&index));
	index.bucket_ns = 0;
	assert_false(taken(&index));
	index.first_ns = index.last_ns + 1;
	assert_false(taken(&index));
	aw__index_finish(&index);
}

static void index__finds_the_checkpoint_before(void **state)
{
	struct aw__index index;

	fill(&index);
	assert_ptr_equal(aw__index_before_time(&index, 0), &index.checkpoints[0]);
	assert_ptr_equal(aw__index_before_time(&index, 249), &index.checkpoints[0]);
	assert_ptr_equal(aw__index_before_time(&index, 250), &index.checkpoints[1]);
	assert_ptr_equal(aw__index_before_time(&index, 251), &index.checkpoints[1]);
	assert_ptr_equal(aw__index_before_time(&index, UINT64_MAX), &index.checkpoints[2]);
	assert_ptr_equal(aw__index_before_event(&index, 0), &index.checkpoints[0]);
	assert_ptr_equal(aw__index_before_event(&index, EVENTS / 2 - 1), &index.checkpoints[0]);
	assert_ptr_equal(aw__index_before_event(&index, EVENTS / 2), &index.checkpoints[1]);
	assert_ptr_equal(aw__index_before_event(&index, EVENTS), &index.checkpoints[2]);
	aw__index_finish(&index);
}

static int no_memory_is_left(void **state)
{
	return aw__alloc_live() == 0 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(index__of_another_version_is_refused),
		cmocka_unit_test(index__checkpoints_follow_each_other),
		cmocka_unit_test(index__images_lie_side_by_side),
		cmocka_unit_test(index__positions_outside_the_recording_are_refused),
		cmocka_unit_test(index__finds_the_checkpoint_before),
	};

	return cmocka_run_group_tests_name("index", tests, NULL, no_memory_is_left);
}
