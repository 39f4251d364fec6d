/* SPDX-License-Identifier: MIT */
/* Functions that the files of this folder share. */
#ifndef AW__WATCH_PARTS_H
#define AW__WATCH_PARTS_H

#include "agent/record/box_tables.h"
#include "agent/watch/detectors.h"
#include "proto/row.h"

/* ---- each detector forgets what it remembers; for detectors.c ---- */

void aw__watch_tasks_reset(void);
void aw__watch_blocked_reset(void);
void aw__watch_busy_reset(void);
void aw__watch_growth_reset(void);
/** In a forked child: release the lock of a thread that was looking for deadlocks, and does not exist in the child. */
void aw__deadlock_reset(void);

/* ---- watch_held.c, watch_tasks.c ---- */

/** Whether the task ended with an error that nobody has retrieved. A task may still await it (aw__held_without_awaited()). */
static inline bool aw__held_is(const struct aw__task_view *view)
{
	return aw__row_is_held(AW__VIEW_STATE(view), view->status >> 16 & 0xff, view->wait_target,
			       view->scope);
}

void aw__held_add(struct aw__held_list *list, const struct aw__task_view *view);
/** Remove the tasks from the list that another task awaits. Looks at the whole table, if the list is not empty. */
void aw__held_without_awaited(struct aw__held_list *list);
/** Whether it is noted that the task's error was reported as held; and note it. */
bool aw__held_was_reported(const struct aw__task_view *view);
void aw__held_note_reported(const struct aw__task_view *view);

/* ---- watch_alone.c ---- */

/** Mark as stuck the loops that only another thread could wake, when there is none. Called again and again, by one thread at a time. */
void aw__watch_alone(uint64_t now_ns, uint64_t longest_ns);

#endif
