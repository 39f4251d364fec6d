/* SPDX-License-Identifier: MIT */
/*
 * Coroutine objects: calls that are not made yet.
 *
 * C cannot tell when the last pointer to one is lost. So each is in the list of the task that
 * created it, and if the task ends first, the object counts as never awaited. A pointer to it may
 * still exist, so it moves to the loop's list and can be awaited until the loop closes.
 */
#ifndef AW__CORO_H
#define AW__CORO_H

#include "agent/runtime/task/task.h"

struct aw_coro {
	uint32_t magic;
	struct aw__site *site;
	aw_coro_fn *fn;
	void *arg;
	struct aw_loop *loop;	  /* NULL: created outside of any */
	struct aw_task *creator;  /* NULL: none, or it ended */
	struct aw_future *future; /* of its task; only within aw__awaitable_futures() */
	size_t listed;		  /* its entries left to visit in aw__awaitables_close() */
	struct aw__link link;	  /* in creator->coros or loop->coros */
	struct aw_agent_coroutine agent;
};

/** Consume a coroutine object. `ret_site` may be NULL. */
void aw__coro_take(struct aw_coro *coro, aw_coro_fn **ret_fn, void **ret_arg,
		   struct aw__site **ret_site);
/** When their creator ends: report the objects as never awaited, and move them to the loop's list. */
void aw__coro_abandon(struct aw__link *coros, struct aw_loop *loop, struct aw_task *creator);
/** When the loop closes: free the objects that are left, and the spare ones. */
void aw__coro_close_all(struct aw_loop *loop);

/** The interned place of a coroutine's function. Only while recording is on. */
aw_intern aw__coro_place(struct aw__site *site, aw_coro_fn *fn);

#endif
