/* SPDX-License-Identifier: MIT */
/*
 * Futures, the core of tasks, sleeps and waits: setting a result, error or cancellation, calling the callbacks,
 * and telling the recorder whether an error was retrieved or lost.
 */
#include "agent/runtime/task/future.h"

#include "agent/runtime/error/error_tell.h"
#include "agent/runtime/task/task.h"
#include "agent/runtime/task/unhandled.h"
#include "base/alloc.h"

#include <string.h>

/* Call tell() with the owner of the error: the task, or for a plain future one without an id. */
AW__HOOK_ONLY static void with_owner(struct aw_future *future,
				     void (*tell)(struct aw_future *future,
						  struct aw_agent_task *owner))
{
	struct aw_agent_task owner = { .id = 0 };

	tell(future, aw__task_is(future) ? &aw__task_of(future)->agent : &owner);
}

static void tell_lost(struct aw_future *future, struct aw_agent_task *owner)
{
	aw__error_tell_lost(future->error);
	aw_agent_error_lost(owner, aw__error_id(future->error));
}

static void tell_retrieved(struct aw_future *future, struct aw_agent_task *owner)
{
	aw_agent_error_retrieved(owner, aw__error_id(future->error), aw__current_agent_task());
}

void aw__future_lose_error(struct aw_future *future)
{
	if (!future->unretrieved)
		return;
	future->unretrieved = false;
	aw__unhandled_lost(future);
	if (AW__HOOKED())
		with_owner(future, tell_lost);
}

void aw__future_forsake_error(struct aw_loop *loop, aw_error *err)
{
	struct aw_future future;

	if (err == NULL)
		return;
	aw__future_init(&future, loop, AW_WAIT_FUTURE);
	if (aw_error_is(err, aw_CancelledError))
		future.error = err;
	else
		aw__future_set_error(&future, err);
	aw__future_finish(&future);
}

void aw__future_finish(struct aw_future *future)
{
	while (!aw__links_empty(&future->callbacks)) {
		struct aw__job *job = aw__job_of(future->callbacks.next);

		aw__link_remove(&job->link);
		job->run(job, true);
	}
	aw__link_remove(&future->link);
	if (future->error != NULL) {
		aw__future_lose_error(future);
		aw_error_unref(future->error);
	}
	if (future->cancel_message != NULL)
		aw__alloc_free(future->cancel_message);
}

static void make_ready(struct aw_loop *loop, struct aw_future *future)
{
	aw__links_move(&loop->next, &future->callbacks);
	if (!loop->awake)
		aw__loop_wake(loop);
}

/* A tail call in place of make_ready(), so that the caller saves no registers. */
AW__HOOK_ONLY static void tell_and_make_ready(struct aw_loop *loop, struct aw_future *future)
{
	struct aw_agent_task *by = aw__current_agent_task();

	for (struct aw__link *at = future->callbacks.next; at != &future->callbacks;
	     at = at->next) {
		struct aw__job *job = aw__job_of(at);

		if (job->run == aw__task_run)
			aw_agent_task_woken(&aw__container_of(job, struct aw_task, job)->agent,
					    by != NULL ? by->id : 0);
	}
	make_ready(loop, future);
}

void aw__future_call(struct aw_future *future)
{
	struct aw_loop *loop = future->loop;

	if (loop == NULL)
		return;
	if (AW__HOOKED_IN(loop))
		tell_and_make_ready(loop, future);
	else
		make_ready(loop, future);
}

void aw__future_set(struct aw_future *future, void *result)
{
	if (aw__future_done(future))
		return;
	future->result = result;
	future->state = AW__FINISHED;
	aw__future_complete(future);
}

void aw__future_set_error(struct aw_future *future, aw_error *err)
{
	future->error = err;
	future->unretrieved = true;
	future->state = AW__FINISHED;
	if (AW__HOOKED())
		aw__error_tell(err);
	aw__future_complete(future);
}

void aw__future_set_message(struct aw_future *future, const char *message)
{
	aw__alloc_free(future->cancel_message);
	future->cancel_message = message != NULL ? aw__alloc_copy(message, strlen(message)) : NULL;
}

bool aw__future_cancel(struct aw_future *future, const char *message)
{
	if (aw__future_done(future))
		return false;
	if (future->cancel != NULL)
		return future->cancel(future, message);
	aw__future_set_message(future, message);
	future->state = AW__CANCELLED;
	aw__future_complete(future);
	return true;
}

aw_error *aw__future_cancelled_error(struct aw_future *future)
{
	if (future->error != NULL)
		return aw_error_ref(future->error);
	if (future->cancel_message != NULL)
		return aw_raise(aw_CancelledError, "%s", future->cancel_message);
	return aw_raise(aw_CancelledError, NULL);
}

aw_error *aw__future_take(struct aw_future *future, void **ret)
{
	if (future->state == AW__CANCELLED)
		return aw__future_cancelled_error(future);
	if (future->error == NULL) {
		if (ret != NULL)
			*ret = future->result;
		return NULL;
	}
	if (future->unretrieved) {
		future->unretrieved = false;
		if (AW__HOOKED())
			with_owner(future, tell_retrieved);
	}
	return aw_error_ref(future->error);
}

uint64_t aw__future_id(struct aw_future *future)
{
	if (aw__task_is(future))
		return aw__task_of(future)->agent.id;
	if (future->id == 0)
		future->id = aw_agent_new_id();
	return future->id;
}

void aw__future_destroy(struct aw_future *future)
{
	if (aw__task_is(future)) {
		aw__task_destroy(aw__task_of(future));
		return;
	}
	aw__future_finish(future);
	future->magic = 0;
	aw__alloc_free(future);
}
