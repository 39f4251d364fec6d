/* SPDX-License-Identifier: MIT */
/*
 * Coroutine objects: calls not made yet.
 *
 * C tells nobody when the last pointer to one is forgotten. So each is in the list of the task that
 * made it, and if that ends first, the object counts as never awaited. It might yet be in
 * somebody's hands, so it lives on in the loop's list and can be awaited, until the loop closes.
 */
#ifndef AW__CORO_H
#define AW__CORO_H

#include "agent/runtime/task/task.h"

struct aw_coro {
	uint32_t magic;
	struct aw__site *site;
	aw_coro_fn *fn;
	void *arg;
	struct aw_loop *loop;	  /* NULL: made outside of any */
	struct aw_task *creator;  /* NULL: none, or it ended */
	struct aw_future *future; /* made of it, while aw__awaitable_futures() looks at it */
	size_t listed;		  /* how often, in the same array */
	struct aw__link link;	  /* in creator->coros or loop->coros */
	struct aw_agent_coroutine agent;
};

/** Consume a coroutine object. `ret_site` may be NULL. */
void aw__coro_take(struct aw_coro *coro, aw_coro_fn **ret_fn, void **ret_arg,
		   struct aw__site **ret_site);
/** The creator of these ends: tell the recorder, and hand them to the loop. */
void aw__coro_abandon(struct aw__link *coros, struct aw_loop *loop, struct aw_task *creator);
/** The loop closes: free those that are left, and the spare ones. */
void aw__coro_close_all(struct aw_loop *loop);

/** What the recorder calls a coroutine's function. Only while it records. */
aw_intern aw__coro_place(struct aw__site *site, aw_coro_fn *fn);

#endif
