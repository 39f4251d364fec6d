/* SPDX-License-Identifier: MIT */
/* The public functions aw_task_*(), which check their arguments and call task.c and future.c. */
#include "agent/runtime/task/task.h"

#include "agent/runtime/task/coro.h"
#include "agent/runtime/task/done_callback.h"
#include "base/alloc.h"
#include "base/options_copy.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void check(const struct aw_task *task)
{
	aw__must(task->future.magic == AW__MAGIC_TASK, "invalid or freed task");
}

struct aw__task_birth aw__task_birth_with(const struct aw_task_options *options)
{
	struct aw_task_options use;

	AW__OPTIONS(aw_task_options, &use, options);
	return (struct aw__task_birth){ .name = use.name,
					.eager = use.eager,
					.context = use.context };
}

aw_task *aw_task_create_with(aw_coro *coro, const struct aw_task_options *options)
{
	struct aw__task_birth birth;

	if (coro == NULL)
		return NULL;
	birth = aw__task_birth_with(options);
	aw__coro_take(coro, &birth.fn, &birth.arg, &birth.site);
	return aw__task_create(aw__loop_must(), &birth);
}

aw_task *aw_task_create(aw_coro *coro)
{
	return aw_task_create_with(coro, NULL);
}

aw_task *aw__spawn(struct aw__site *site, aw_coro_fn *fn, void *arg)
{
	return aw__task_create(aw__loop_must(),
			       &(struct aw__task_birth){ .site = site, .fn = fn, .arg = arg });
}

aw_task *aw_task_ref(aw_task *task)
{
	if (task != NULL) {
		check(task);
		if (__builtin_expect(aw__future_ref(&task->future)->refs == 2, 0) &&
		    !aw__future_done(&task->future))
			AW__HOOK(task_unreferenced, &task->agent, false);
	}
	return task;
}

/* Report it if only the loop's reference is left, and no task and no callback waits for its end. */
AW__HOOK_ONLY static void tell_unreferenced(struct aw_task *task)
{
	if (task->future.refs == 1 && !aw__future_done(&task->future) &&
	    aw__links_empty(&task->future.callbacks))
		aw_agent_task_unreferenced(&task->agent, true);
}

aw_task *aw_task_unref(aw_task *task)
{
	if (task == NULL)
		return NULL;
	check(task);
	if (--task->future.refs == 0)
		aw__future_destroy(&task->future);
	else if (AW__HOOKED())
		tell_unreferenced(task);
	return NULL;
}

aw_task *aw_task_current(void)
{
	return aw__task_current();
}

uint64_t aw_task_id(const aw_task *task)
{
	return task != NULL ? task->agent.id : 0;
}

const char *aw_task_name(aw_task *task)
{
	if (task == NULL)
		return "";
	if (task->name != NULL)
		return task->name;
	if (task->default_name[0] == '\0')
		snprintf(task->default_name, sizeof(task->default_name), "Task-%" PRIu64,
			 task->agent.id);
	return task->default_name;
}

void aw_task_set_name(aw_task *task, const char *name)
{
	char *copy;

	if (task == NULL)
		return;
	copy = aw__alloc_copy(name, strlen(name));
	if (copy == NULL)
		return;
	aw__alloc_free(task->name);
	task->name = copy;
	AW__HOOK(task_named, &task->agent, copy, strlen(copy));
}

bool aw_task_done(const aw_task *task)
{
	return task == NULL || aw__future_done(&task->future);
}

bool aw_task_cancelled(const aw_task *task)
{
	return task != NULL && task->future.state == AW__CANCELLED;
}

aw_error *aw_task_result(aw_task *task, void **ret)
{
	if (task == NULL)
		return aw_raise(aw_MemoryError, "no memory for the task");
	check(task);
	if (!aw__future_done(&task->future))
		return aw_raise(aw_InvalidStateError, "Result is not set.");
	return aw__future_take(&task->future, ret);
}

aw_error *aw_task_exception(aw_task *task)
{
	if (task != NULL && !aw__future_done(&task->future))
		return aw_raise(aw_InvalidStateError, "Exception is not set.");
	return aw_task_result(task, NULL);
}

aw_error *aw__task_add_done_callback(const char *name, aw_task *task, aw_task_done_fn *fn,
				     void *arg)
{
	if (task == NULL)
		return aw_raise(aw_MemoryError, "no memory for the task");
	check(task);
	return aw__done_callback_add(
		&task->future, &(struct aw__done_call){ .name = name, .task_fn = fn, .arg = arg });
}

size_t aw_task_remove_done_callback(aw_task *task, aw_task_done_fn *fn, void *arg)
{
	if (task == NULL)
		return 0;
	check(task);
	return aw__done_callback_remove(&task->future,
					&(struct aw__done_call){ .task_fn = fn, .arg = arg });
}
