/* SPDX-License-Identifier: MIT */
/* Calls that run in libuv's worker threads; see thread.c. */
#ifndef AW__THREAD_H
#define AW__THREAD_H

#include <stdbool.h>

struct aw_loop;

/** Let the loop's stopper run after the last call in a thread is done; false if there is none. */
bool aw__thread_calls_drain(struct aw_loop *loop);

#endif
