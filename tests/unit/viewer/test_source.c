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
#include "proto/finding.h"
#include "viewer/source/source.h"

#define TASKS 100u

static struct aw_agent_task tasks[TASKS];

struct seen {
	unsigned done, held;
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

	assert_non_null(source);
	while (aw__source_next(source, &item, &problem) == AW__SOURCE_GOT) {
		if (item.kind != AW__ITEM_EVENT)
			continue;
		seen.done += item.event.kind == AW__TASK_DONE;
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
	};

	return cmocka_run_group_tests(tests, open_box, close_box);
}
