/* SPDX-License-Identifier: MIT */
/*
 * Tasks: creation, switching to and between them, and what happens when their function returns. This is the
 * runtime's hot path.
 */
#include "agent/runtime/task/task.h"

#include "agent/runtime/task/coro.h"
#include "agent/runtime/task/scope.h"
#include "agent/runtime/error/error_tell.h"
#include "agent/runtime/fiber/asan.h"
#include "agent/runtime/task/unhandled.h"
#include "base/alloc.h"

#include <string.h>

/* A step that directly follows another task's step begins at the time at which that one ended. */
AW__HOOK_ONLY static void tell_step(struct aw_loop *loop, struct aw_task *task)
{
	if (loop->from_callbacks)
		aw_agent_task_step(&task->agent);
	else
		aw_agent_task_step_next(&task->agent);
	loop->from_callbacks = false;
}

/* Runs first on a stack that was entered: the task is now the running one. */
static inline void arrive(struct aw_task *task)
{
	struct aw_loop *loop = task->future.loop;

	if (__builtin_expect(loop->dead != NULL, 0))
		aw__task_bury(loop);
	aw__current_set(&task->agent);
	if (AW__HOOKED_IN(loop))
		tell_step(loop, task);
}

/* The fiber to enter when the running task suspends or ends. */
static inline struct aw__fiber *successor(struct aw_task *task)
{
	struct aw_loop *loop = task->future.loop;
	struct aw__fiber *resumer = task->resumer;
	struct aw__job *job;

	if (__builtin_expect(resumer != NULL, 0)) {
		task->resumer = NULL;
		return resumer;
	}
	job = aw__loop_peek(loop);
	if (job == NULL || job->run != aw__task_run)
		return &loop->fiber;
	aw__link_remove(&job->link);
	return &aw__container_of(job, struct aw_task, job)->fiber;
}

static void suspend(struct aw_task *task)
{
	struct aw__fiber *next = successor(task);

	if (next != &task->fiber)
		aw__fiber_switch(&task->fiber, next);
	arrive(task);
}

void (*aw__task_suspend)(struct aw_task *task) = suspend;
static bool asan;

/* As aw__fiber_switch(), or aw__fiber_exit(), with AddressSanitizer. */
static void switch_told(struct aw_loop *loop, struct aw__fiber *from, struct aw__fiber *to,
			bool for_good)
{
	const void *stack = loop->stack;
	size_t bytes = loop->stack_bytes;

	if (to != &loop->fiber) {
		struct aw__stack *own = aw__stack_of(aw__container_of(to, struct aw_task, fiber));

		stack = own->low;
		bytes = aw__stack_usable(own);
	}
	aw__asan_switch(from, to, stack, bytes, for_good);
}

static void suspend_told(struct aw_task *task)
{
	struct aw__fiber *next = successor(task);

	if (next != &task->fiber)
		switch_told(task->future.loop, &task->fiber, next, false);
	arrive(task);
}

/* A switch other than a task's suspension: from the loop's stack, or to an eager task. */
static inline void switch_rarely(struct aw_loop *loop, struct aw__fiber *from, struct aw__fiber *to)
{
	if (__builtin_expect(asan, 0))
		switch_told(loop, from, to, false);
	else
		aw__fiber_switch(from, to);
}

/* Called on the loop's own stack. */
void aw__task_run(struct aw__job *job, bool discard)
{
	struct aw_task *task = aw__container_of(job, struct aw_task, job);
	struct aw_loop *loop = task->future.loop;

	if (discard)
		return;
	if (AW__HOOKED_IN(loop))
		loop->from_callbacks = true;
	switch_rarely(loop, &loop->fiber, &task->fiber);
	aw__current_set(NULL);
	if (loop->dead != NULL)
		aw__task_bury(loop);
}

/* Put the outcome into the task's future. Consumes the error. */
static void settle(struct aw_task *task, aw_error *err, void *result)
{
	struct aw_future *future = &task->future;

	if (err == NULL && task->must_cancel) { /* requested too late to be delivered */
		task->must_cancel = false;
		future->state = AW__CANCELLED;
	} else if (err == NULL) {
		future->result = result;
		future->state = AW__FINISHED;
	} else if (aw_error_is(err, aw_CancelledError)) {
		future->error = err;
		future->state = AW__CANCELLED;
	} else {
		future->error = err;
		future->unretrieved = true;
		future->state = AW__FINISHED;
	}
}

AW__HOOK_ONLY static void tell_done(struct aw_task *task)
{
	struct aw_future *future = &task->future;
	enum aw_agent_outcome outcome = AW_OUTCOME_RESULT;
	uint64_t error = 0;

	if (task->cancel_delivered && future->state == AW__FINISHED && future->error == NULL)
		aw_agent_cancel_swallowed(&task->agent);
	if (future->state == AW__CANCELLED) {
		outcome = AW_OUTCOME_CANCELLED;
	} else if (future->error != NULL) {
		aw__error_tell(future->error);
		outcome = AW_OUTCOME_ERROR;
		error = aw__error_id(future->error);
	}
	aw_agent_task_done(&task->agent, outcome, error);
	if (future->refs > 1)
		aw_agent_task_kept(&task->agent, true);
}

/* KeyboardInterrupt and SystemExit end the loop of aw_run() at once. */
static void end_run(struct aw_task *task)
{
	struct aw_loop *loop = task->future.loop;

	if (loop->owned && loop->exit == NULL && aw__loop_exits(task->future.error))
		(void)aw__loop_exit(loop, aw__future_take(&task->future, NULL));
}

/* The first function on a task's stack. */
static void entry(void *argument)
{
	struct aw_task *task = argument;
	struct aw_loop *loop = task->future.loop;
	struct aw__fiber *next;
	void *result = NULL;
	aw_error *err;

	aw__fiber_entered();
	arrive(task);
	err = aw__task_cancellation(task);
	if (err == NULL)
		err = task->fn(task->arg, &result);
	if (__builtin_expect(task->scopes != NULL, 0))
		err = aw__scopes_close(task, err);
	settle(task, err, result);
	if (AW__HOOKED_IN(loop))
		tell_done(task);
	if (!aw__links_empty(&task->coros))
		aw__coro_abandon(&task->coros, loop, task);
	if (task->future.error != NULL)
		end_run(task);
	aw__future_complete(&task->future);
	if (task->leftover && --loop->leftovers == 0)
		aw__loop_push(loop, &loop->stopper);
	loop->dead = task;
	next = successor(task);
	if (__builtin_expect(asan, 0))
		switch_told(loop, &task->fiber, next, true);
	aw__fiber_exit(&task->fiber, next);
}

static void entry_told(void *argument)
{
	struct aw__stack *stack = aw__stack_of(argument);

	aw__asan_entered(stack->low, aw__stack_usable(stack));
	entry(argument);
}

static void (*first)(void *argument) = entry;

void aw__task_tell_asan(void)
{
	asan = true;
	first = entry_told;
	aw__task_suspend = suspend_told;
}

void aw__task_bury(struct aw_loop *loop)
{
	struct aw_task *task = loop->dead;

	loop->dead = NULL;
	aw__fiber_finish(&task->fiber);
	aw__future_unref(&task->future);
}

void aw__task_destroy(struct aw_task *task)
{
	aw__future_finish(&task->future);
	AW__HOOK(task_kept, &task->agent, false);
	aw__link_remove(&task->waits);
	if (task->context != NULL)
		aw_context_unref(task->context);
	if (task->name != NULL)
		aw__alloc_free(task->name);
	task->future.magic = 0;
	aw__stack_put(aw__stack_of(task));
}

/* Inlined, because it would otherwise be one more frame in each recorded stack. */
static inline void tell_created(struct aw_task *task, const struct aw__task_birth *birth)
{
	aw_agent_task_created(&task->agent,
			      &(struct aw_agent_birth){
				      .creator = aw__current_agent_task(),
				      .loop = &task->future.loop->agent,
				      .coroutine = aw__coro_place(birth->site, birth->fn),
				      .scope = birth->scope,
				      .born = AW_BORN_READY,
				      .name = task->name,
				      .name_length = task->name != NULL ? strlen(task->name) : 0,
			      });
}

/* Run a new task at once, until it suspends. */
static void run_eagerly(struct aw_loop *loop, struct aw_task *task)
{
	struct aw_task *creator = aw__task_current();
	struct aw__fiber *here = creator != NULL ? &creator->fiber : &loop->fiber;

	task->resumer = here;
	loop->from_callbacks = true;
	switch_rarely(loop, here, &task->fiber);
	if (creator != NULL) {
		arrive(creator);
		return;
	}
	aw__current_set(NULL);
	if (loop->dead != NULL)
		aw__task_bury(loop);
}

/* The context of a new task; false if there is no memory. */
static inline bool inherit(const struct aw__task_birth *birth, aw_context **ret_context)
{
	const struct aw_task *creator = aw__task_current();
	const aw_context *current = creator != NULL ? creator->context : *aw__context_slot();

	*ret_context = NULL;
	if (__builtin_expect(birth->context == NULL && current == NULL, 1))
		return true;
	if (birth->context == NULL)
		return aw__context_fork(current, ret_context);
	*ret_context = aw_context_ref(birth->context);
	return true;
}

struct aw_task *aw__task_create(struct aw_loop *loop, const struct aw__task_birth *birth)
{
	struct aw__stack *stack = aw__stack_get(loop->stacks);
	aw_context *context = NULL;
	struct aw_task *task;

	if (stack == NULL)
		return NULL;
	if (!inherit(birth, &context)) {
		aw__stack_put(stack);
		return NULL;
	}
	task = aw__stack_block(stack);
	task->context = context;
	aw__future_init(&task->future, loop, AW_WAIT_TASK);
	task->future.magic = AW__MAGIC_TASK;
	task->future.cancel = aw__task_cancel;
	task->future.refs = 2;
	task->job.link.next = task->job.link.previous = NULL;
	task->job.run = aw__task_run;
	task->waits.next = task->waits.previous = NULL;
	task->agent = (struct aw_agent_task){ .id = aw_agent_new_task_id() };
	task->resumer = NULL;
	task->waiting_on = NULL;
	task->site = birth->site;
	task->scope = birth->scope;
	task->fn = birth->fn;
	task->arg = birth->arg;
	aw__links_init(&task->coros);
	task->scopes = NULL;
	task->cancels = 0;
	task->must_cancel = task->leftover = task->visited = task->cancel_delivered = false;
	task->timers = 0;
	task->name = birth->name != NULL ? aw__alloc_copy(birth->name, strlen(birth->name)) : NULL;
	task->default_name[0] = '\0';
	aw__fiber_init(&task->fiber, stack->low, aw__stack_usable(stack), first, task);
	/* Not loop->hooked: a task that is not reported now would count as older than the recording. */
	if (AW__HOOKED()) {
		if (__builtin_expect(!loop->hooked, 0))
			aw__task_hook(loop);
		tell_created(task, birth);
	}
	aw__link_append(&loop->tasks, &task->future.link);
	if (birth->eager)
		run_eagerly(loop, task);
	else
		aw__loop_push(loop, &task->job);
	return task;
}
