/* SPDX-License-Identifier: MIT */
/* aw_wait(), aw_wait_for() and aw_shield(): wait for several futures, with a timeout, or without passing a cancellation on; as in asyncio. */
#include "agent/runtime/task/awaitable.h"
#include "base/alloc.h"
#include "base/clock.h"

#include <awry/compose.h>

/* ------------------------------------------------------------------------------------------------
 * aw_wait()
 */

struct watched {
	struct aw__job job;
	struct watch *watch;
	struct aw_future *future; /* referenced */
};

struct watch {
	struct aw__waiter waiter;
	struct aw__held held; /* frees `watched`, and the references in it */
	enum aw_wait_when when;
	size_t pending;
	size_t count;
	struct watched *watched;
};

static void on_watched_done(struct aw__job *job, bool discard)
{
	struct watched *watched = aw__container_of(job, struct watched, job);
	struct watch *watch = watched->watch;
	const struct aw_future *future = watched->future;
	bool failed;

	if (discard)
		return;
	failed = future->state == AW__FINISHED && future->error != NULL;
	watch->pending--;
	if (watch->pending == 0 || watch->when == AW_FIRST_COMPLETED ||
	    (watch->when == AW_FIRST_EXCEPTION && failed))
		aw__future_set(&watch->waiter.future, NULL);
}

static void watch_start(struct watch *watch, struct aw_loop *loop, void *const *items)
{
	for (size_t i = 0; i < watch->count; i++) {
		struct watched *watched = &watch->watched[i];

		watched->watch = watch;
		watched->job.run = on_watched_done;
		watched->future = aw__awaitable_future(loop, items[i], 0);
		aw__future_watch(watched->future, &watched->job);
	}
}

static size_t watch_stop(struct watch *watch)
{
	size_t done = 0;

	for (size_t i = 0; i < watch->count; i++) {
		struct watched *watched = &watch->watched[i];

		aw__link_remove(&watched->job.link);
		done += aw__future_done(watched->future);
		aw__future_unref(watched->future);
	}
	return done;
}

static void watch_forget(struct aw__held *held)
{
	struct watch *watch = aw__container_of(held, struct watch, held);

	watch_stop(watch);
	aw__alloc_free(watch->watched);
}

static aw_error *wait_items_check(void *const *items, size_t count)
{
	if (count == 0)
		return aw_raise(aw_ValueError, "Set of Tasks/Futures is empty.");
	for (size_t i = 0; i < count; i++) {
		if (items[i] == NULL)
			return aw_raise(aw_MemoryError, "no memory for the task");
		if (*(const uint32_t *)items[i] == AW__MAGIC_CORO)
			return aw_raise(aw_TypeError, "Passing coroutines is forbidden, "
						      "use tasks explicitly.");
	}
	return NULL;
}

aw_error *aw_wait(void *const *items, size_t count, enum aw_wait_when when, aw_ns deadline,
		  size_t *ret_done)
{
	struct aw_loop *loop = aw__task_must()->future.loop;
	struct watch watch = { .when = when, .pending = count, .count = count };
	aw_error *err;
	size_t done;

	AW_TRY(wait_items_check(items, count));
	watch.watched = aw__alloc_zeroed(count, sizeof(watch.watched[0]));
	if (watch.watched == NULL)
		return aw_raise(aw_MemoryError, NULL);
	aw__waiter_init(&watch.waiter, loop, AW_WAIT_GATHER);
	watch_start(&watch, loop, items);
	aw__loop_hold(loop, &watch.held, watch_forget);
	if (aw__waiter_deadline(&watch.waiter, deadline))
		err = aw__task_wait(&watch.waiter.future, NULL);
	else
		err = aw_raise(aw_MemoryError, NULL);
	aw__link_remove(&watch.held.link);
	done = watch_stop(&watch);
	aw__waiter_finish(&watch.waiter);
	aw__alloc_free(watch.watched);
	if (err == NULL && ret_done != NULL)
		*ret_done = done;
	return err;
}

/* ------------------------------------------------------------------------------------------------
 * aw_wait_for()
 */

/* The future that a task waits for; referenced. */
struct awaited {
	struct aw__held held;
	struct aw_future *future;
};

static void awaited_forget(struct aw__held *held)
{
	aw__future_unref(aw__container_of(held, struct awaited, held)->future);
}

/* False if there is no memory. */
static bool awaited_begin(struct awaited *awaited, void *item)
{
	struct aw_loop *loop = aw__task_must()->future.loop;

	awaited->future = aw__awaitable_future(loop, item, 0);
	if (awaited->future == NULL)
		return false;
	aw__loop_hold(loop, &awaited->held, awaited_forget);
	return true;
}

static void awaited_end(struct awaited *awaited)
{
	aw__link_remove(&awaited->held.link);
	aw__future_unref(awaited->future);
}

/* Wait until the future is done or the deadline passes; the caller checks which. */
static aw_error *wait_till(struct aw_future *future, uint64_t deadline_ns)
{
	struct aw__waiter waiter;
	aw_error *err;

	aw__waiter_init(&waiter, aw__task_must()->future.loop, (enum aw_agent_wait)future->wait);
	waiter.future.id = aw__future_id(future);
	aw__future_watch(future, &waiter.job);
	if (aw__waiter_deadline(&waiter, deadline_ns))
		err = aw__task_wait(&waiter.future, NULL);
	else
		err = aw_raise(aw_MemoryError, NULL);
	aw__waiter_finish(&waiter);
	return err;
}

/* `reason`: NULL if the caller is being cancelled. */
static aw_error *cancel_and_wait(struct aw_future *future, const struct aw_agent_cancel *reason)
{
	if (reason != NULL && aw__task_is(future))
		aw__task_cancel_because(aw__task_of(future), reason);
	else
		aw__future_cancel(future, NULL);
	return wait_till(future, AW_FOREVER);
}

/* The deadline has passed: cancel, and raise TimeoutError, unless a result or another error came first. */
static aw_error *time_out(struct aw_future *future, uint64_t deadline_ns, void **ret)
{
	struct aw_agent_cancel reason = {
		.why = AW_CANCEL_TIMEOUT,
		.by = aw__current_agent_task(),
		.deadline_ns = deadline_ns,
	};
	aw_error *err;

	AW_TRY(cancel_and_wait(future, &reason));
	err = aw__future_take(future, ret);
	if (aw_error_is(err, aw_CancelledError))
		return aw_raise_from(err, aw_TimeoutError, NULL);
	return err;
}

static aw_error *wait_for(struct aw_future *future, uint64_t deadline_ns, void **ret)
{
	aw_error *err = NULL;

	if (deadline_ns > aw__clock_monotonic_ns())
		err = wait_till(future, deadline_ns);
	if (aw__future_done(future)) {
		if (err != NULL) /* as in CPython 3.11, the result wins over the cancellation */
			aw__task_not_delivered(aw__task_must());
		aw_error_unref(err);
		return aw__future_take(future, ret);
	}
	if (err == NULL)
		return time_out(future, deadline_ns, ret);
	/* the caller is cancelled, but the item must not run on after this returns */
	return aw_raise_in(err, cancel_and_wait(future, NULL));
}

aw_error *aw_wait_for(void *item, aw_ns deadline, void **ret)
{
	struct awaited awaited;
	aw_error *err;

	if (item != NULL && deadline == AW_FOREVER && *(const uint32_t *)item == AW__MAGIC_CORO)
		return aw_await_coro(item, ret);
	if (!awaited_begin(&awaited, item))
		return aw_raise(aw_MemoryError, NULL);
	if (deadline == AW_FOREVER)
		err = aw__task_wait(awaited.future, ret);
	else
		err = wait_for(awaited.future, deadline, ret);
	awaited_end(&awaited);
	return err;
}

/* ------------------------------------------------------------------------------------------------
 * aw_shield()
 */

aw_error *aw_shield(void *item, void **ret)
{
	struct awaited awaited;
	aw_error *err = NULL;

	if (!awaited_begin(&awaited, item))
		return aw_raise(aw_MemoryError, NULL);
	if (!aw__future_done(awaited.future))
		err = wait_till(awaited.future, AW_FOREVER);
	if (err == NULL)
		err = aw__future_take(awaited.future, ret);
	awaited_end(&awaited);
	return err;
}
