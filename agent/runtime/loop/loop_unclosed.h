/* SPDX-License-Identifier: MIT */
/* Reports loops of aw_loop_from_uv() that are never closed. */
#ifndef AW__LOOP_UNCLOSED_H
#define AW__LOOP_UNCLOSED_H

#include "agent/runtime/loop/loop.h"

/** Report this thread's loop if it is still open when the thread, or the program, ends normally. */
void aw__loop_unclosed_watch(struct aw_loop *loop);
/** Stop watching a loop that is being closed, on the thread that opened it. */
void aw__loop_unclosed_unwatch(struct aw_loop *loop);

#endif
