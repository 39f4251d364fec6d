/* SPDX-License-Identifier: MIT */
/*
 * Which task each thread runs. A task that starts an eager task, or runs another loop, is interrupted: its step goes on when the
 * other task's has ended.
 */
#ifndef AW__EXPORT_RUNNING_H
#define AW__EXPORT_RUNNING_H

#include <stdint.h>

#include "base/map.h"

struct aw__running {
	struct aw__map threads;
};

/** A task begins a step, or goes on with the one that was interrupted. Returns the task that this interrupts; 0: none. */
uint64_t aw__running_begin(struct aw__running *running, uint32_t thread, uint64_t task);
/** A task suspended itself or ended. Returns the task that goes on; 0: none. */
uint64_t aw__running_end(struct aw__running *running, uint32_t thread, uint64_t task);
void aw__running_finish(struct aw__running *running);

#endif
