/* SPDX-License-Identifier: MIT */
/* Waits for a descriptor that has no libuv stream. */
#ifndef AW__POLL_H
#define AW__POLL_H

#include "agent/runtime/task/awaitable.h"

/**
 * Wait until a descriptor is ready, or has an error.
 *
 * @param fd      in no other handle of the loop; stays open meanwhile, and becomes non-blocking
 * @param events  UV_READABLE, UV_WRITABLE
 * @param id      of the awaited object, for the recorder
 */
aw_error *aw__poll_wait(int fd, int events, enum aw_agent_wait wait, uint64_t id);

#endif
