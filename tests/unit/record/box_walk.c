/* SPDX-License-Identifier: MIT */
/* Reads the fixture's box and counts its items, for the tests of the recorder. */
#include "box_walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct aw_agent_task box_task(const struct aw_agent_task *creator, const char *name)
{
	struct aw_agent_task task = { .id = aw_agent_new_task_id() };
	const struct aw_agent_birth birth = {
		.creator = creator,
		.coroutine = aw_agent_place("fetch", "feed.c", 42, NULL),
		.name = name,
		.name_length = name != NULL ? strlen(name) : 0,
	};

	aw_agent_task_created(&task, &birth);
	return task;
}

static void check_defined(const struct box_walk *walk, const struct aw__event *event)
{
	for (unsigned i = 0; i < aw__event_arg_count(event->kind); i++)
		if (aw__event_specs[event->kind].args[i].arg == AW__ARG_INTERN)
			assert_true(event->args[i] <= walk->last_id);
}

static void take_event(struct box_walk *walk, const struct aw__event *event)
{
	const uint32_t length = event->text_length < 63 ? event->text_length : 63;

	check_defined(walk, event);
	walk->counts[event->kind]++;
	walk->last[event->kind] = *event;
	if (length > 0)
		memcpy(walk->text[event->kind], event->text, length);
	walk->text[event->kind][length] = '\0';
	for (uint32_t i = 0; i < event->list_length && i < AW__STATE_NUMBERS; i++)
		walk->list[event->kind][i] = event->list[i];
	if (event->kind == AW__LOOP_LAGS)
		aw__lags_of_list(&walk->lags, event->loop_lags.longest_ns, event->list,
				 event->list_length);
	if (event->kind == AW__EVENTS_LOST)
		walk->lost += event->lost.count;
	if (event->kind == AW__SNAPSHOT_BEGIN || event->kind == AW__SNAPSHOT_END)
		walk->in_snapshot = event->kind == AW__SNAPSHOT_BEGIN;
	walk->listed += walk->in_snapshot && event->kind == AW__TASK_STATE;
}

void box_walk_on(struct box_walk *walk, struct aw__box_cursor *cursor)
{
	struct aw__item item;

	aw__box_cursor_mark(cursor);
	while (aw__box_cursor_next(cursor, &item)) {
		if (item.kind == AW__ITEM_DEFINITION) {
			assert_true(item.definition.id > walk->last_id);
			walk->last_id = item.definition.id;
		} else {
			take_event(walk, &item.event);
		}
	}
}

struct box_walk *box_walk_all(bool snapshot)
{
	struct aw__box_cursor *cursor = aw__box_cursor_create(box_fixture_box());
	struct box_walk *walk = calloc(1, sizeof(*walk));

	if (snapshot)
		aw__box_cursor_snapshot(cursor);
	box_walk_on(walk, cursor);
	aw__box_cursor_destroy(cursor);
	return walk;
}

struct aw__box_cursor *box_read_all(struct box_walk *walk)
{
	struct aw__box_cursor *cursor = aw__box_cursor_create(box_fixture_box());

	box_walk_on(walk, cursor);
	memset(walk->counts, 0, sizeof(walk->counts));
	return cursor;
}

int box_open_small(void **state)
{
	const struct aw__record_options options = box_fixture_small();

	box_fixture_open(&options);
	return 0;
}

int box_close(void **state)
{
	return box_fixture_close() ? 0 : -1;
}
