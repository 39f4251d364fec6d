/* SPDX-License-Identifier: MIT */
#include "agent/runtime/awaitable.h"

#include "agent/runtime/coro.h"

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
		aw__bug("this is no coroutine, task or future, or not any more");
	}
}

void aw__awaitable_close(void *item)
{
	if (item != NULL && *(const uint32_t *)item == AW__MAGIC_CORO)
		aw_coro_close(item);
}
