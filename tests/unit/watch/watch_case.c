/* SPDX-License-Identifier: MIT */
/* Recorder, loop and fake clock of the watchdog's tests, and the findings since the last check. */
#include "watch_case.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "proto/finding.h"

uint64_t now = 1000 * SECOND;
struct aw_agent_loop loop;
struct aw__event last;
uint64_t last_list[64];
char last_text[512];

static struct aw__box_cursor *cursor;
static char found_text[4096];

const struct aw__thresholds thresholds = {
	.blocked_ns = SECOND / 10,
	.cancel_ns = 10 * SECOND,
	.deadlock_ns = SECOND,
	.orphan_ns = SECOND,
	.leaked_ns = 60 * SECOND,
	.held_ns = 10 * SECOND,
	.starved_ns = SECOND,
	.busy_ns = 5 * SECOND,
	.busy_percent = 80,
};

static uint64_t read_now(void)
{
	return now;
}

struct aw_agent_task make(const struct aw_agent_task *creator, uint64_t scope)
{
	struct aw_agent_task task = { .id = aw_agent_new_task_id() };
	const struct aw_agent_birth birth = { .creator = creator, .loop = &loop, .scope = scope };

	aw_agent_task_created(&task, &birth);
	aw_agent_task_step(&task);
	return task;
}

void end(struct aw_agent_task *task)
{
	aw_agent_task_done(task, AW_OUTCOME_RESULT, 0);
}

void look(unsigned times)
{
	struct aw__held_list held = { .early = true };

	for (unsigned i = 0; i < times; i++) {
		now += SECOND / 10;
		aw__watch_cancels(thresholds.cancel_ns);
		aw__watch_deadlocks(thresholds.deadlock_ns);
		aw__watch_busy(&thresholds);
		aw__watch_tasks(&thresholds, &held);
		for (unsigned at = 0; held.due && at < held.count; at++)
			aw__watch_held_finding(&held.items[at]);
		aw__watch_growth(&thresholds);
	}
}

const char *found(void)
{
	struct aw__item item;
	size_t length = 0;

	found_text[0] = '\0';
	aw__box_cursor_mark(cursor);
	while (aw__box_cursor_next(cursor, &item)) {
		if (item.kind != AW__ITEM_EVENT || item.event.kind != AW__FINDING)
			continue;
		last = item.event;
		snprintf(last_text, sizeof(last_text), "%.*s", (int)last.text_length,
			 last.text != NULL ? last.text : "");
		memcpy(last_list, last.list, last.list_length * sizeof(uint64_t));
		length += (size_t)snprintf(found_text + length, sizeof(found_text) - length, "%s%s",
					   length > 0 ? " " : "",
					   aw__finding_spec(last.finding.kind)->id);
	}
	return found_text;
}

int watch_set_up(void **state)
{
	found();
	return 0;
}

static struct aw__record_options options(void)
{
	struct aw__record_options options = box_fixture_small();

	options.held_ns = thresholds.held_ns;
	return options;
}

static void begin(void)
{
	cursor = aw__box_cursor_create(box_fixture_box());
	aw_agent_loop_opened(&loop, "test");
	aw_agent_loop_busy(&loop);
	aw_agent_loop_idle(&loop);
}

void watch_open(void)
{
	const struct aw__record_options first = options();

	aw__clock_set_monotonic(read_now);
	aw__detectors_register();
	box_fixture_open(&first);
	begin();
}

void watch_open_next(void)
{
	const struct aw__record_options next = options();

	aw__box_cursor_destroy(cursor);
	box_fixture_next(&next);
	begin();
}

bool watch_close(void)
{
	aw_agent_loop_closed(&loop);
	aw__box_cursor_destroy(cursor);
	return box_fixture_close();
}
