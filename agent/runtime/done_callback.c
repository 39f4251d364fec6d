/* SPDX-License-Identifier: MIT */
#include "agent/runtime/done_callback.h"

#include "agent/runtime/task.h"
#include "base/alloc.h"

struct done_callback {
	struct aw__job job;
	struct aw_future *future; /* referenced */
	aw_future_done_fn *future_fn;
	aw_task_done_fn *task_fn;
	void *arg;
};

static void run(struct aw__job *job, bool discard)
{
	struct done_callback callback = *aw__container_of(job, struct done_callback, job);

	aw__alloc_free(aw__container_of(job, struct done_callback, job));
	if (!discard && callback.task_fn != NULL)
		callback.task_fn(aw__task_of(callback.future), callback.arg);
	else if (!discard)
		callback.future_fn(callback.future, callback.arg);
	aw__future_unref(callback.future);
}

static aw_error *add(struct aw_future *future, struct done_callback callback)
{
	struct done_callback *own = aw__alloc(sizeof(*own));

	if (own == NULL)
		return aw_raise(aw_MemoryError, NULL);
	*own = callback;
	own->job.run = run;
	own->future = aw__future_ref(future);
	aw__future_watch(future, &own->job);
	return NULL;
}

aw_error *aw__done_callback_add_future(struct aw_future *future, aw_future_done_fn *fn, void *arg)
{
	return add(future, (struct done_callback){ .future_fn = fn, .arg = arg });
}

aw_error *aw__done_callback_add_task(struct aw_future *task, aw_task_done_fn *fn, void *arg)
{
	return add(task, (struct done_callback){ .task_fn = fn, .arg = arg });
}
