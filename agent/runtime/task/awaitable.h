/* SPDX-License-Identifier: MIT */
/* Awaitables, given as pointers to a coroutine, a task or a future, and the future of each. */
#ifndef AW__AWAITABLE_H
#define AW__AWAITABLE_H

#include "agent/runtime/task/waiter.h"

/**
 * The future of a coroutine (which becomes a task, and is consumed), task or future; with a
 * reference.
 *
 * @param scope  the gather or group that a new task belongs to; 0: none
 *
 * Returns NULL for NULL, and if there is no memory.
 */
struct aw_future *aw__awaitable_future(struct aw_loop *loop, void *item, uint64_t scope);
/**
 * The same for an array; an item that is listed twice has one future. Sets the entries of `ret_futures`, to NULL
 * where there is no memory.
 */
void aw__awaitable_futures(struct aw_loop *loop, void *const *items, size_t count, uint64_t scope,
			   struct aw_future **ret_futures);
/** Close the items that are coroutines; one may be listed twice. */
void aw__awaitables_close(void *const *items, size_t count);

#endif
