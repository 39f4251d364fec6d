/* SPDX-License-Identifier: MIT */
/*
 * Which task each thread runs. A task that starts an eager task, or runs another loop, is interrupted: its step goes on when the
 * other task's has ended.
 */
#ifndef AW__EXPORT_RUNNING_H
#define AW__EXPORT_RUNNING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/map.h"
#include "viewer/model/model.h"

struct aw__running {
	struct aw__map threads;
};

/* The step of a task that was interrupted. */
struct aw__step {
	bool interrupted; /* another task runs meanwhile */
	bool resumed; /* it goes on, and that was not recorded yet: the next event may tell it */
};

/* What an event means for the other tasks of its thread. 0: none. */
struct aw__turn {
	uint64_t interrupted, resumed; /* tasks */
	bool is_rest; /* the event only tells that the task goes on with its step, which is known */
};

/** Take a TASK_STEP, TASK_WAIT, TASK_WOKEN or TASK_DONE. `step` is of its task. */
struct aw__turn aw__running_note(struct aw__running *running, const struct aw__event *event,
				 struct aw__step *step);
void aw__running_finish(struct aw__running *running);

#endif
