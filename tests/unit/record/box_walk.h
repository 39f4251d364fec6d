/* SPDX-License-Identifier: MIT */
/* What a reader sees in the fixture's box: the number of events of each kind, and the last of each. */
#ifndef AW__TEST_BOX_WALK_H
#define AW__TEST_BOX_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include <awry/agent.h>

#include "box_fixture.h"
#include "proto/lags.h"

struct box_walk {
	unsigned counts[AW__EVENT_KINDS];
	unsigned listed; /* tasks in the snapshot */
	bool in_snapshot;
	uint64_t lost;
	uint64_t last_id;
	struct aw__event last[AW__EVENT_KINDS];
	char text[AW__EVENT_KINDS][64];
	uint64_t list[AW__EVENT_KINDS][AW__STATE_NUMBERS];
	struct aw__lags lags; /* the last that were reported */
};

/** Record a task and the task that created it; `creator` NULL: none. */
struct aw_agent_task box_task(const struct aw_agent_task *creator, const char *name);
/** Read all items that are there now. Checks that each item's definitions came before it. */
void box_walk_on(struct box_walk *walk, struct aw__box_cursor *cursor);
/** Read all items; `snapshot`: with a list of the tasks. Owner: the caller, free(). */
struct box_walk *box_walk_all(bool snapshot);
/** A reader that has read everything so far, so that it is notified of new events. */
struct aw__box_cursor *box_read_all(struct box_walk *walk);
/** For a group of tests: open the fixture's small box, and close it. */
int box_open_small(void **state);
int box_close(void **state);

#endif
