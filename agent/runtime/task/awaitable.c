/* SPDX-License-Identifier: MIT */
/*
 * Turns the arguments of gather(), wait() and others (coroutines, tasks, futures) into futures; a coroutine that
 * is listed twice becomes one task.
 */
#include "agent/runtime/task/awaitable.h"

#include "agent/runtime/task/coro.h"

struct aw_future *aw__awaitable_future(struct aw_loop *loop, void *item, uint64_t scope)
{
	struct aw__task_birth birth = { .scope = scope };
	struct aw_future *future = item;
	struct aw_task *task;

	if (item == NULL)
		return NULL;
	switch (*(const uint32_t *)item) {
	case AW__MAGIC_CORO:
		aw__coro_take(item, &birth.fn, &birth.arg, &birth.site);
		task = aw__task_create(loop, &birth);
		return task != NULL ? &task->future : NULL;
	case AW__MAGIC_TASK:
	case AW__MAGIC_FUTURE:
		aw__must(future->loop == loop || aw__future_done(future),
			 "the future belongs to a different loop");
		return aw__future_ref(future);
	default:
		aw__bug("invalid or freed coroutine, task or future");
	}
}

static struct aw_coro *coro_of(void *item)
{
	return item != NULL && *(const uint32_t *)item == AW__MAGIC_CORO ? item : NULL;
}

/* Coroutines are consumed after the loop over all items, because one may be listed again. */
void aw__awaitable_futures(struct aw_loop *loop, void *const *items, size_t count, uint64_t scope,
			   struct aw_future **ret_futures)
{
	for (size_t i = 0; i < count; i++) {
		struct aw_coro *coro = coro_of(items[i]);
		struct aw__task_birth birth = { .scope = scope };
		struct aw_task *task;

		if (coro == NULL) {
			ret_futures[i] = aw__awaitable_future(loop, items[i], scope);
			continue;
		}
		if (coro->future != NULL) {
			ret_futures[i] = aw__future_ref(coro->future);
			continue;
		}
		birth.site = coro->site;
		birth.fn = coro->fn;
		birth.arg = coro->arg;
		task = aw__task_create(loop, &birth);
		ret_futures[i] = coro->future = task != NULL ? &task->future : NULL;
	}
	aw__awaitables_close(items, count);
}

void aw__awaitables_close(void *const *items, size_t count)
{
	struct aw_coro *coro;

	for (size_t i = 0; i < count; i++) {
		if ((coro = coro_of(items[i])) != NULL)
			coro->listed++;
	}
	/* close a coroutine at its last entry, after which it is not accessed */
	for (size_t i = 0; i < count; i++) {
		if ((coro = coro_of(items[i])) != NULL && --coro->listed == 0)
			aw_coro_close(coro);
	}
}
