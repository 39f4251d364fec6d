/* SPDX-License-Identifier: MIT */
/*
 * aw_as_completed(): hands out tasks and futures in the order in which they end. As in asyncio, a deadline ends
 * the waiting and not the tasks, and an item that is listed twice counts once.
 */
#include "agent/runtime/task/awaitable.h"
#include "agent/runtime/task/scope.h"
#include "base/alloc.h"

#include <awry/compose.h>

struct entry {
	struct aw__job job; /* in the future's callbacks, then in the loop's jobs, then in `done` */
	struct aw_as_completed *all;
	struct aw_future *future; /* referenced; NULL: there was no memory for it */
};

struct aw_as_completed {
	struct aw__scope scope;
	struct aw__timer timer;
	bool late;		   /* the deadline has passed */
	size_t left;		   /* not handed out yet */
	struct aw__link done;	   /* of struct entry: done, and not handed out yet */
	struct aw__waiter *waiter; /* the task's, while it waits in next() */
	size_t count;
	struct aw_future **futures; /* one for each entry; stored after the entries */
	struct entry entries[];
};

static void wake(struct aw_as_completed *all)
{
	if (all->waiter != NULL)
		aw__future_set(&all->waiter->future, NULL);
}

static void on_entry_done(struct aw__job *job, bool discard)
{
	struct entry *entry = aw__container_of(job, struct entry, job);

	if (discard || entry->all->late)
		return;
	aw__link_append(&entry->all->done, &job->link);
	wake(entry->all);
}

static void on_deadline(struct aw__job *job, bool discard)
{
	struct aw_as_completed *all = aw__container_of(job, struct aw_as_completed, timer.job);

	if (discard)
		return;
	all->late = true;
	wake(all);
}

/* Watch each future once. */
static void watch(struct aw_as_completed *all)
{
	for (size_t i = 0; i < all->count; i++) {
		struct entry *entry = &all->entries[i];

		entry->all = all;
		entry->job.run = on_entry_done;
		entry->future = all->futures[i];
		if (entry->future != NULL && entry->future->listed)
			continue;
		all->left++;
		if (entry->future == NULL) {
			aw__link_append(&all->done, &entry->job.link);
		} else {
			entry->future->listed = true;
			aw__future_watch(entry->future, &entry->job);
		}
	}
	for (size_t i = 0; i < all->count; i++) {
		if (all->futures[i] != NULL)
			all->futures[i]->listed = false;
	}
}

static void destroy(struct aw_as_completed *all)
{
	aw__timer_remove(&all->scope.task->future.loop->timers, &all->timer);
	aw__link_remove(&all->timer.job.link);
	for (size_t i = 0; i < all->count; i++) {
		aw__link_remove(&all->entries[i].job.link);
		if (all->futures[i] != NULL)
			aw__future_unref(all->futures[i]);
	}
	aw__alloc_free(all);
}

static void forget(struct aw__held *held)
{
	destroy(aw__container_of(held, struct aw_as_completed, scope.held));
}

static aw_error *close_left(struct aw__scope *scope, aw_error *err)
{
	aw_as_completed *all = aw__container_of(scope, struct aw_as_completed, scope);

	aw_as_completed_close(&all);
	return err;
}

static const struct aw__scope_type kind = {
	.kind = AW_SCOPE_AS_COMPLETED,
	.close = close_left,
	.forget = forget,
};

aw_as_completed *aw_as_completed_open(void *const *items, size_t count, aw_ns deadline)
{
	const size_t each = sizeof(struct entry) + sizeof(struct aw_future *);
	struct aw_task *task = aw__task_must();
	struct aw_loop *loop = task->future.loop;
	struct aw_as_completed *all = aw__alloc_zeroed(1, sizeof(*all) + count * each);

	if (all == NULL)
		goto fail;
	if (AW__HOOKED())
		all->scope.opened = aw_agent_stack(task->agent.stack);
	all->count = count;
	all->futures = (struct aw_future **)(void *)&all->entries[count];
	all->timer.job.run = on_deadline;
	aw__links_init(&all->done);
	if (deadline != AW_FOREVER && !aw__loop_timer(loop, &all->timer, deadline))
		goto fail_timer;
	aw__awaitable_futures(loop, items, count, 0, all->futures);
	watch(all);
	aw__scope_begin(&all->scope, task, &kind);
	return all;
fail_timer:
	aw__alloc_free(all);
fail:
	aw__awaitables_close(items, count);
	return NULL;
}

bool aw_as_completed_more(const aw_as_completed *all)
{
	return all != NULL && all->left > 0;
}

/* Wait until an entry is done, or the deadline passes. */
static aw_error *wait(struct aw_as_completed *all)
{
	struct aw__waiter waiter;
	aw_error *err;

	aw__waiter_init(&waiter, all->scope.task->future.loop, AW_WAIT_GATHER);
	all->waiter = &waiter;
	err = aw__task_wait(&waiter.future, NULL);
	all->waiter = NULL;
	aw__waiter_finish(&waiter);
	return err;
}

aw_error *aw_as_completed_next(aw_as_completed *all, size_t *ret_index, void **ret)
{
	struct entry *entry;

	if (all == NULL)
		return aw_raise(aw_MemoryError, NULL);
	aw__must(all->scope.task == aw__task_current(),
		 "only the task that opened it may ask for the next result");
	aw__must(all->left > 0, "all results were handed out already");
	if (aw__links_empty(&all->done) && !all->late)
		AW_TRY(wait(all));
	all->left--;
	if (aw__links_empty(&all->done))
		return aw_raise(aw_TimeoutError, NULL);
	entry = aw__container_of(aw__job_of(all->done.next), struct entry, job);
	aw__link_remove(&entry->job.link);
	if (ret_index != NULL)
		*ret_index = (size_t)(entry - all->entries);
	if (entry->future == NULL)
		return aw_raise(aw_MemoryError, "no memory for the task");
	return aw__future_take(entry->future, ret);
}

void aw_as_completed_close(aw_as_completed **all)
{
	struct aw_as_completed *own = *all;

	*all = NULL;
	if (own == NULL)
		return;
	aw__scope_end(&own->scope);
	destroy(own);
}
