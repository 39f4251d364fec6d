/* SPDX-License-Identifier: MIT */
/*
 * aw_gather(): asyncio.gather().
 *
 * The caller waits for `outer`, which is done when the result for the caller is known. The children may run on after
 * that, so the gather is freed when the last of them is done and the caller has left.
 *
 * Only an error that the caller takes counts as retrieved: errors that come after the first one, or after a
 * cancellation, are reported as lost.
 */
#include "agent/runtime/task/awaitable.h"
#include "base/alloc.h"

#include <awry/compose.h>

struct gather;

struct child {
	struct aw__job job;
	struct gather *gather;
	struct aw_future *future; /* referenced; NULL: there was no memory for it */
};

struct gather {
	struct aw_future outer;
	struct aw__held held; /* the caller's reference */
	size_t refs;	      /* the caller and each child that is not done */
	size_t count;
	size_t done_count;
	bool return_errors;
	bool cancel_requested;
	const struct child *failed; /* the child whose error the caller gets */
	struct aw_future *last;	    /* the one that was done last */
	struct aw_future **futures; /* one for each child; stored after the children */
	struct child children[];
};

static void unref(struct gather *gather)
{
	if (--gather->refs > 0)
		return;
	for (size_t i = 0; i < gather->count; i++) {
		if (gather->children[i].future != NULL)
			aw__future_unref(gather->children[i].future);
	}
	aw__future_finish(&gather->outer);
	aw__alloc_free(gather);
}

static bool failed(const struct child *child)
{
	return child->future == NULL || child->future->state == AW__CANCELLED ||
	       child->future->error != NULL;
}

static void on_child_done(struct aw__job *job, bool discard)
{
	struct child *child = aw__container_of(job, struct child, job);
	struct gather *gather = child->gather;

	if (discard)
		goto done;
	gather->done_count++;
	gather->last = child->future;
	if (aw__future_done(&gather->outer))
		goto done;
	if (!gather->return_errors && failed(child)) {
		gather->failed = child;
		aw__future_set(&gather->outer, NULL);
	} else if (gather->done_count == gather->count) {
		aw__future_set(&gather->outer, NULL);
	}
done:
	unref(gather);
}

static bool cancel(struct aw_future *outer, const char *message)
{
	struct gather *gather = aw__container_of(outer, struct gather, outer);
	bool any = false;

	for (size_t i = 0; i < gather->count; i++) {
		struct aw_future *future = gather->children[i].future;

		if (future != NULL && aw__future_cancel(future, message))
			any = true;
	}
	if (any)
		gather->cancel_requested = true;
	return any;
}

static void forget(struct aw__held *held)
{
	unref(aw__container_of(held, struct gather, held));
}

static struct gather *create(struct aw_loop *loop, void *const *items, size_t count,
			     bool return_errors)
{
	const size_t each = sizeof(struct child) + sizeof(struct aw_future *);
	struct gather *gather = aw__alloc_zeroed(1, sizeof(*gather) + count * each);

	if (gather == NULL)
		return NULL;
	gather->futures = (struct aw_future **)(void *)&gather->children[count];
	aw__future_init(&gather->outer, loop, AW_WAIT_GATHER);
	gather->outer.cancel = cancel;
	gather->return_errors = return_errors;
	gather->count = count;
	gather->refs = count + 1;
	aw__loop_hold(loop, &gather->held, forget);
	aw__awaitable_futures(loop, items, count, aw__future_id(&gather->outer), gather->futures);
	for (size_t i = 0; i < count; i++) {
		struct child *child = &gather->children[i];

		child->job.run = on_child_done;
		child->gather = gather;
		child->future = gather->futures[i];
		if (child->future != NULL)
			aw__future_watch(child->future, &child->job);
		else
			aw__loop_push(loop, &child->job);
	}
	return gather;
}

static aw_error *take(const struct child *child, void **ret)
{
	if (child->future == NULL)
		return aw_raise(aw_MemoryError, NULL);
	return aw__future_take(child->future, ret);
}

/* Wait, and return the error of the gather as a whole. */
static aw_error *wait(struct gather *gather)
{
	AW_TRY(aw__task_wait(&gather->outer, NULL));
	if (gather->failed != NULL)
		return take(gather->failed, NULL);
	if (!gather->cancel_requested)
		return NULL;
	if (gather->last != NULL && gather->last->state == AW__CANCELLED)
		return aw__future_cancelled_error(gather->last);
	return aw_raise(aw_CancelledError, NULL);
}

static void leave(struct gather *gather)
{
	aw__link_remove(&gather->held.link);
	unref(gather);
}

static aw_error *no_memory(void *const *items, size_t count)
{
	aw__awaitables_close(items, count);
	return aw_raise(aw_MemoryError, NULL);
}

aw_error *aw_gather_n(void *const *items, size_t count, void **results)
{
	struct gather *gather;
	aw_error *err;

	if (count == 0)
		return NULL;
	gather = create(aw__task_must()->future.loop, items, count, false);
	if (gather == NULL)
		return no_memory(items, count);
	err = wait(gather);
	for (size_t i = 0; err == NULL && results != NULL && i < count; i++)
		results[i] = gather->children[i].future->result;
	leave(gather);
	return err;
}

/*
 * A cancelled child is listed with a new CancelledError, as in CPython: with the message that the future keeps. A task
 * keeps none after it has delivered it.
 */
static aw_error *collect(const struct child *child, void **ret)
{
	const struct aw_future *future = child->future;
	const char *message = "";

	if (future == NULL || future->state != AW__CANCELLED)
		return take(child, ret);
	if (future->error == NULL && future->cancel_message != NULL)
		message = future->cancel_message;
	return aw_raise(aw_CancelledError, "%s", message);
}

aw_error *aw_gather_all_n(void *const *items, size_t count, aw_outcome *outcomes)
{
	struct gather *gather;
	aw_error *err;

	if (count == 0)
		return NULL;
	gather = create(aw__task_must()->future.loop, items, count, true);
	if (gather == NULL)
		return no_memory(items, count);
	err = wait(gather);
	for (size_t i = 0; err == NULL && outcomes != NULL && i < count; i++) {
		outcomes[i].result = NULL;
		outcomes[i].error = collect(&gather->children[i], &outcomes[i].result);
	}
	leave(gather);
	return err;
}
