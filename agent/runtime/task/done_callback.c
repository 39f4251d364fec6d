/* SPDX-License-Identifier: MIT */
/*
 * Callbacks for the end of tasks and futures (add_done_callback), which run in the loop's next iteration with the
 * context of the code that added them.
 */
#include "agent/runtime/task/done_callback.h"

#include "agent/runtime/task/calling.h"
#include "agent/runtime/task/task.h"
#include "base/alloc.h"

struct done_callback {
	struct aw__job job;
	struct aw_future *future; /* referenced */
	struct aw__done_call call;
	aw_context *context; /* owned; NULL: no variable is set */
};

static void run(struct aw__job *job, bool discard)
{
	struct done_callback own = *aw__container_of(job, struct done_callback, job);
	struct aw__calling calling;

	aw__alloc_free(aw__container_of(job, struct done_callback, job));
	if (discard) {
		aw_context_unref(own.context);
		goto done;
	}
	aw__calling_begin(&calling, own.call.name, own.context);
	if (own.call.task_fn != NULL)
		own.call.task_fn(aw__task_of(own.future), own.call.arg);
	else
		own.call.future_fn(own.future, own.call.arg);
	aw__calling_end(&calling);
done:
	aw__future_unref(own.future);
}

aw_error *aw__done_callback_add(struct aw_future *future, const struct aw__done_call *call)
{
	struct done_callback *own = aw__alloc_zeroed(1, sizeof(*own));

	if (own == NULL)
		goto fail;
	if (!aw__context_fork(*aw__context_slot(), &own->context))
		goto fail_context;
	own->call = *call;
	own->job.run = run;
	own->future = aw__future_ref(future);
	aw__future_watch(future, &own->job);
	return NULL;
fail_context:
	aw__alloc_free(own);
fail:
	return aw_raise(aw_MemoryError, NULL);
}

size_t aw__done_callback_remove(struct aw_future *future, const struct aw__done_call *call)
{
	struct aw__link *at, *next;
	size_t removed = 0;

	for (at = future->callbacks.next; at != &future->callbacks; at = next) {
		struct aw__job *job = aw__job_of(at);
		const struct done_callback *own = aw__container_of(job, struct done_callback, job);

		next = at->next;
		if (job->run != run || own->call.task_fn != call->task_fn ||
		    own->call.future_fn != call->future_fn || own->call.arg != call->arg)
			continue;
		aw__link_remove(at);
		run(job, true); /* the caller has a reference of its own */
		removed++;
	}
	return removed;
}
