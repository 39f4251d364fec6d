/* SPDX-License-Identifier: MIT */
/* What can be waited for, given as a pointer to a coroutine, a task or a future; and waiters for
 * it. */
#ifndef AW__AWAITABLE_H
#define AW__AWAITABLE_H

#include "agent/runtime/task/waiter.h"

/**
 * The future of a coroutine (which becomes a task, and is consumed), task or future; with a
 * reference.
 *
 * @param scope  what a new task belongs to; 0: nothing
 *
 * Returns NULL for NULL, and if there is no memory.
 */
struct aw_future *aw__awaitable_future(struct aw_loop *loop, void *item, uint64_t scope);
/**
 * The same of many: what is listed twice has one future. The entries of `ret_futures` are set, to NULL where
 * there is no memory.
 */
void aw__awaitable_futures(struct aw_loop *loop, void *const *items, size_t count, uint64_t scope,
			   struct aw_future **ret_futures);
/** Drop those that are coroutines, without complaint; one may be listed twice. */
void aw__awaitables_close(void *const *items, size_t count);

#endif
