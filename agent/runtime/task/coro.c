/* SPDX-License-Identifier: MIT */
/*
 * aw_call(): coroutine objects, from the call until they are awaited or made into tasks. Those that never are
 * reported for the finding never-awaited.
 */
#include "agent/runtime/task/coro.h"

#include "base/alloc.h"

enum {
	SPARE_MAX = 256,
};

aw_intern aw__coro_place(struct aw__site *site, aw_coro_fn *fn)
{
	const void *address = (const void *)(uintptr_t)fn;
	aw_intern place = __atomic_load_n(&site->place, __ATOMIC_RELAXED);

	if (place != AW_NONE)
		return place;
	place = aw_agent_place(site->function, NULL, 0, address);
	/* a call through a pointer may be to another function next time: not cached */
	if (site->function != NULL)
		__atomic_store_n(&site->place, place, __ATOMIC_RELAXED);
	return place;
}

static struct aw_coro *allocate(struct aw_loop *loop)
{
	struct aw_coro *coro;

	if (loop == NULL || loop->free_coros == NULL)
		return aw__alloc(sizeof(*coro));
	coro = loop->free_coros;
	loop->free_coros = coro->arg;
	loop->free_coro_count--;
	return coro;
}

static void release(struct aw_coro *coro)
{
	struct aw_loop *loop = coro->loop;

	aw__link_remove(&coro->link);
	coro->magic = 0;
	if (loop == NULL || loop->free_coro_count == SPARE_MAX) {
		aw__alloc_free(coro);
		return;
	}
	coro->arg = loop->free_coros;
	loop->free_coros = coro;
	loop->free_coro_count++;
}

aw_coro *aw__call(struct aw__site *site, aw_coro_fn *fn, void *arg)
{
	struct aw_loop *loop = aw__loop_here;
	struct aw_task *creator = aw__task_current();
	struct aw_coro *coro = allocate(loop);

	if (coro == NULL)
		return NULL;
	*coro = (struct aw_coro){
		.magic = AW__MAGIC_CORO,
		.site = site,
		.fn = fn,
		.arg = arg,
		.loop = loop,
		.creator = creator,
	};
	if (creator != NULL)
		aw__link_append(&creator->coros, &coro->link);
	else if (loop != NULL)
		aw__link_append(&loop->coros, &coro->link);
	if (AW__HOOKED()) {
		coro->agent.id = aw_agent_new_id();
		aw_agent_coroutine_made(&coro->agent, aw__coro_place(site, fn),
					aw__current_agent_task());
	}
	return coro;
}

static void check(const struct aw_coro *coro)
{
	aw__must(coro->magic == AW__MAGIC_CORO, "this coroutine was awaited or closed already");
}

void aw__coro_take(struct aw_coro *coro, aw_coro_fn **ret_fn, void **ret_arg,
		   struct aw__site **ret_site)
{
	check(coro);
	*ret_fn = coro->fn;
	*ret_arg = coro->arg;
	if (ret_site != NULL)
		*ret_site = coro->site;
	release(coro);
}

void aw_coro_close(aw_coro *coro)
{
	if (coro == NULL)
		return;
	check(coro);
	release(coro);
}

/* Report it once, and only if the recorder knows it. */
static void tell_dropped(struct aw_coro *coro)
{
	if (coro->agent.id != 0)
		AW__HOOK(coroutine_dropped, &coro->agent,
			 coro->creator != NULL ? &coro->creator->agent : NULL);
	coro->agent.id = 0;
}

void aw__coro_abandon(struct aw__link *coros, struct aw_loop *loop, struct aw_task *creator)
{
	for (struct aw__link *at = coros->next; at != coros; at = at->next) {
		struct aw_coro *coro = aw__container_of(at, struct aw_coro, link);

		/* the task's result may still be awaited by the task's awaiter */
		if (creator->future.result != coro)
			tell_dropped(coro);
		coro->creator = NULL;
	}
	aw__links_move(&loop->coros, coros);
}

void aw__coro_close_all(struct aw_loop *loop)
{
	struct aw_coro *coro;

	while (!aw__links_empty(&loop->coros)) {
		coro = aw__container_of(loop->coros.next, struct aw_coro, link);
		tell_dropped(coro);
		release(coro);
	}
	while ((coro = loop->free_coros) != NULL) {
		loop->free_coros = coro->arg;
		aw__alloc_free(coro);
	}
}
