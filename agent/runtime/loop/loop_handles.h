/* SPDX-License-Identifier: MIT */
/* The loop's handles in the libuv loop; see loop.h. Shared by loop.c and loop_*.c. */
#ifndef AW__LOOP_HANDLES_H
#define AW__LOOP_HANDLES_H

#include "agent/runtime/loop/loop.h"

/** Returns a libuv status. On failure nothing is left open. */
int aw__loop_handles_open(struct aw_loop *loop);
/** Close the handles. Their memory is freed when libuv has run once more. */
void aw__loop_handles_close(struct aw_loop *loop);
void aw__loop_on_idle(uv_idle_t *idle);

/** Run one turn: jobs that are ready, or become ready meanwhile. */
void aw__loop_turn(struct aw_loop *loop);

#endif
