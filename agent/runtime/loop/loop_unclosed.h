/* SPDX-License-Identifier: MIT */
/* Loops of the program's own that nobody closes. */
#ifndef AW__LOOP_UNCLOSED_H
#define AW__LOOP_UNCLOSED_H

#include "agent/runtime/loop/loop.h"

/** From here on: tell of this thread's loop if it is still open when the thread, or the program, comes to its orderly end. */
void aw__loop_unclosed_watch(struct aw_loop *loop);
/** It is closed, on the thread that opened it. */
void aw__loop_unclosed_unwatch(struct aw_loop *loop);

#endif
