/* SPDX-License-Identifier: MIT */
/* What the files of this folder offer each other. */
#ifndef AW__WATCH_PARTS_H
#define AW__WATCH_PARTS_H

#include "agent/record/box_tables.h"
#include "agent/watch/detectors.h"
#include "proto/row.h"

/* ---- what each forgets, for detectors.c ---- */

void aw__watch_tasks_reset(void);
void aw__watch_blocked_reset(void);
void aw__watch_busy_reset(void);
void aw__watch_growth_reset(void);
/** In a forked child: the thread that looked for deadlocks at that moment is not there. */
void aw__deadlock_reset(void);

/* ---- watch_held.c, watch_tasks.c ---- */

/** Whether nobody has retrieved the task's error; but a task may await it (aw__held_without_awaited()). */
static inline bool aw__held_is(const struct aw__task_view *view)
{
	return aw__row_is_held(AW__VIEW_STATE(view), view->status >> 16 & 0xff, view->wait_target,
			       view->scope);
}

void aw__held_add(struct aw__held_list *list, const struct aw__task_view *view);
/** Take those out of the list that a task awaits. Looks at the whole table, if the list is not empty. */
void aw__held_without_awaited(struct aw__held_list *list);
/** Whether the task's error was told as held, as far as is noted; and note that it is. */
bool aw__held_was_told(const struct aw__task_view *view);
void aw__held_note_told(const struct aw__task_view *view);

/* ---- watch_alone.c ---- */

/** Look at loops that only other threads could wake: which of them are stuck. Called again and again, by one thread at a time. */
void aw__watch_alone(uint64_t now_ns, uint64_t longest_ns);

#endif
