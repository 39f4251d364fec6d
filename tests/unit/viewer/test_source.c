/* SPDX-License-Identifier: MIT */
/* Tests of reading boxes: brief or complete, of live and of ended processes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <awry/agent.h>

#include "box_fixture.h"
#include "proto/blackbox.h"
#include "proto/encode.h"
#include "proto/finding.h"
#include "viewer/source/source.h"

#define TASKS 100u

static struct aw_agent_task tasks[TASKS];

struct seen {
	unsigned done, held;
	unsigned early_rows; /* of a snapshot, with a time before that of an earlier event */
};

/* A copy of the recorder's box, with the name of a process that does not exist. */
static void write_dead(char path[])
{
	const struct aw__box *box = box_fixture_box();
	unsigned char *copy = malloc(box->bytes);
	struct aw__box_header *header = (struct aw__box_header *)copy;
	const int fd = mkstemp(path);

	assert_true(fd >= 0 && copy != NULL);
	memcpy(copy, box->base, box->bytes);
	header->pid = INT32_MAX;
	atomic_store(&header->looked_ns, UINT64_MAX / 2);
	assert_int_equal(write(fd, copy, box->bytes), box->bytes);
	close(fd);
	free(copy);
}

static struct seen read_with(const char *target, unsigned flags)
{
	struct aw__problem problem;
	struct aw__source *source = aw__source_open(target, flags, &problem);
	struct seen seen = { 0 };
	struct aw__item item;
	uint64_t latest_ns = 0;

	assert_non_null(source);
	while (aw__source_next(source, &item, &problem) == AW__SOURCE_GOT) {
		if (item.kind != AW__ITEM_EVENT)
			continue;
		seen.done += item.event.kind == AW__TASK_DONE;
		seen.early_rows +=
			item.event.kind == AW__TASK_STATE && item.event.time_ns < latest_ns;
		if (item.event.time_ns > latest_ns)
			latest_ns = item.event.time_ns;
		seen.held +=
			item.event.kind == AW__FINDING && item.event.finding.kind == AW__HELD_ERROR;
	}
	aw__source_close(source);
	return seen;
}

static void source__brief_of_an_ended_process_omits_other_events(void **state)
{
	char path[] = "/dev/shm/awry-test-dead-XXXXXX";
	struct seen seen;

	write_dead(path);
	seen = read_with(path, AW__SOURCE_BRIEF);
	assert_int_equal(seen.done, 0);
	assert_int_equal(seen.held, 1); /* from the task table */
	seen = read_with(path, AW__SOURCE_BRIEF | AW__SOURCE_HELD);
	assert_int_equal(seen.done, TASKS);
	assert_int_equal(seen.held, 1);
	seen = read_with(path, 0);
	assert_int_equal(seen.done, TASKS);
	assert_int_equal(seen.held, 1);
	unlink(path);
}

static void source__brief_of_a_living_process_is_brief_in_either_case(void **state)
{
	char target[16];
	struct seen seen;

	snprintf(target, sizeof(target), "%d", (int)getpid());
	for (unsigned held = 0; held < 2; held++) {
		seen = read_with(target, AW__SOURCE_BRIEF | (held != 0 ? AW__SOURCE_HELD : 0));
		assert_int_equal(seen.done, 0);
		assert_int_equal(seen.held, 0); /* the live process may still retrieve it */
	}
	seen = read_with(target, 0);
	assert_int_equal(seen.done, TASKS);
	assert_int_equal(seen.held, 0);
}

/* ---- completing a recording from the box of its process ---- */

enum { RELEASED = 90, WRITTEN = 150, TORN = 170 }; /* numbers of events */

static void release_in(const char *box_path, uint64_t position)
{
	const uint64_t rings = box_fixture_box()->header->rings_offset;
	FILE *file = fopen(box_path, "r+b");

	assert_non_null(file);
	assert_int_equal(
		fseek(file, (long)(rings + offsetof(struct aw__box_ring, consumed)), SEEK_SET), 0);
	assert_int_equal(fwrite(&position, sizeof(position), 1, file), 1);
	assert_int_equal(fclose(file), 0);
}

/*
 * Write what the agent of a process had written when it was killed: WRITTEN events, and a part of the frame with some more. RELEASED of
 * them are released in the box.
 */
static void write_killed(const char *box_path, const char *path, uint64_t later_ns)
{
	struct aw__item item = { .kind = AW__ITEM_HELLO };
	struct aw__buffer out = AW__BUFFER_EMPTY;
	struct aw__encoder *encoder = aw__encoder_create(&out);
	struct aw__problem problem;
	struct aw__box_cursor *cursor;
	struct aw__box box;
	FILE *file = fopen(path, "wb");

	assert_true(aw__box_open(&box, box_path, &problem));
	cursor = aw__box_cursor_create(&box);
	aw__encoder_begin(encoder);
	aw__box_hello(&box, &item.hello);
	item.hello.monotonic_ns += later_ns;
	aw__encoder_item(encoder, &item);
	aw__box_cursor_mark(cursor);
	for (unsigned events = 0; events < TORN;) {
		assert_true(aw__box_cursor_next(cursor, &item));
		aw__encoder_item(encoder, &item);
		if (item.kind != AW__ITEM_EVENT)
			continue;
		events++;
		if (events == RELEASED)
			release_in(box_path, aw__box_cursor_position(cursor, 0));
		if (events == RELEASED || events == WRITTEN)
			aw__encoder_flush(encoder);
	}
	aw__encoder_flush(encoder);
	assert_int_equal(fwrite(out.data, out.length - 3, 1, file), 1);
	assert_int_equal(fclose(file), 0);
	aw__buffer_finish(&out);
	aw__encoder_destroy(encoder);
	aw__box_cursor_destroy(cursor);
	aw__box_close(&box);
}

static void complete__appends_what_is_not_in_the_file(void **state)
{
	char box[] = "/dev/shm/awry-test-dead-XXXXXX", trace[sizeof(box) + 8];
	struct aw__problem problem;
	struct seen seen;
	bool done;

	write_dead(box);
	snprintf(trace, sizeof(trace), "%s.awry", box);
	write_killed(box, trace, 0);
	assert_true(read_with(trace, 0).done < TASKS);
	for (unsigned again = 0; again < 2; again++) {
		assert_true(aw__source_complete(trace, box, &done, &problem));
		assert_true(done);
		seen = read_with(trace, 0);
		assert_int_equal(seen.done, TASKS);
		assert_int_equal(seen.held, 1);
		assert_int_equal(seen.early_rows, 0);
	}
	unlink(trace);
	unlink(box);
}

static void complete__leaves_the_recording_of_another_process(void **state)
{
	char box[] = "/dev/shm/awry-test-dead-XXXXXX", trace[sizeof(box) + 8];
	struct aw__problem problem;
	unsigned before;
	bool done;

	write_dead(box);
	snprintf(trace, sizeof(trace), "%s.awry", box);
	write_killed(box, trace, 1);
	before = read_with(trace, 0).done;
	assert_true(aw__source_complete(trace, box, &done, &problem));
	assert_false(done);
	assert_int_equal(read_with(trace, 0).done, before);
	unlink(trace);
	assert_false(aw__source_complete(trace, box, &done, &problem));
	assert_non_null(strstr(problem.text, "No such file"));
	unlink(box);
}

/* Records tasks that ended, the last one by an error that was not retrieved. */
static int open_box(void **state)
{
	const struct aw__record_options options = box_fixture_small();
	static struct aw_agent_loop loop;

	box_fixture_open(&options);
	aw_agent_loop_opened(&loop, "test");
	for (unsigned i = 0; i < TASKS; i++) {
		const struct aw_agent_birth birth = { .loop = &loop };

		tasks[i].id = aw_agent_new_task_id();
		aw_agent_task_created(&tasks[i], &birth);
		aw_agent_task_step(&tasks[i]);
		aw_agent_task_done(&tasks[i], i + 1 < TASKS ? AW_OUTCOME_RESULT : AW_OUTCOME_ERROR,
				   i + 1 < TASKS ? 0 : 77);
	}
	return 0;
}

static int close_box(void **state)
{
	aw_agent_error_retrieved(&tasks[TASKS - 1], 77, NULL);
	return box_fixture_close() ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(source__brief_of_an_ended_process_omits_other_events),
		cmocka_unit_test(source__brief_of_a_living_process_is_brief_in_either_case),
		cmocka_unit_test(complete__appends_what_is_not_in_the_file),
		cmocka_unit_test(complete__leaves_the_recording_of_another_process),
	};

	return cmocka_run_group_tests(tests, open_box, close_box);
}
