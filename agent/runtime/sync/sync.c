/* SPDX-License-Identifier: MIT */
/* The line of tasks that wait for a lock, event, condition, queue or semaphore: join, leave, and wake in order. */
#include "agent/runtime/sync/sync.h"

static void join(struct aw__sync_line *line, struct aw__sync_waiter *waiter)
{
	waiter->line = line;
	waiter->next = NULL;
	waiter->previous = line->last;
	if (line->last != NULL)
		line->last->next = waiter;
	else
		line->first = waiter;
	line->last = waiter;
	if (line->pending == NULL)
		line->pending = waiter;
}

static void leave(struct aw__sync_waiter *waiter)
{
	struct aw__sync_line *line = waiter->line;

	if (line->pending == waiter)
		line->pending = waiter->next;
	if (waiter->previous != NULL)
		waiter->previous->next = waiter->next;
	else
		line->first = waiter->next;
	if (waiter->next != NULL)
		waiter->next->previous = waiter->previous;
	else
		line->last = waiter->previous;
}

/* The loop closes: the waiter leaves, because its stack is freed; the object with the line may live on. */
static void abandon(struct aw__resource *resource)
{
	leave(aw__container_of(resource, struct aw__sync_waiter, resource));
}

aw_error *aw__sync_wait(struct aw__sync_line *line, enum aw_agent_wait wait, uint64_t *id,
			bool *ret_woken)
{
	struct aw_loop *loop = aw__task_must()->future.loop;
	struct aw__sync_waiter waiter = { .resource.abandon = abandon };
	aw_error *err;

	aw__must(line->first == NULL || line->first->future.loop == loop,
		 "tasks of another loop wait for this");
	aw__future_init(&waiter.future, loop, wait);
	if (AW__HOOKED()) {
		if (*id == 0)
			*id = aw_agent_new_id();
		waiter.future.id = *id;
	}
	join(line, &waiter);
	aw__link_append(&loop->resources, &waiter.resource.link);
	err = aw__task_wait(&waiter.future, NULL);
	aw__link_remove(&waiter.resource.link);
	leave(&waiter);
	*ret_woken = waiter.future.state == AW__FINISHED;
	aw__future_finish(&waiter.future);
	return err;
}

static void wake(struct aw__sync_waiter *waiter)
{
	aw__must(waiter->future.loop == aw__loop_here,
		 "the waiting tasks belong to another thread");
	aw__future_set(&waiter->future, NULL);
}

void aw__sync_wake_head(struct aw__sync_line *line)
{
	if (line->first != NULL)
		wake(line->first);
}

/* `pending` skips the waiters that were woken: waking many in one step visits each once. */
bool aw__sync_wake_next(struct aw__sync_line *line)
{
	struct aw__sync_waiter *waiter = line->pending;

	while (waiter != NULL && aw__future_done(&waiter->future))
		waiter = waiter->next;
	line->pending = waiter != NULL ? waiter->next : NULL;
	if (waiter == NULL)
		return false;
	wake(waiter);
	return true;
}

void aw__sync_wake_all(struct aw__sync_line *line)
{
	while (aw__sync_wake_next(line))
		;
}

bool aw__sync_wanted(const struct aw__sync_line *line)
{
	for (const struct aw__sync_waiter *at = line->first; at != NULL; at = at->next)
		if (at->future.state != AW__CANCELLED)
			return true;
	return false;
}
