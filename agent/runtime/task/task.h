/* SPDX-License-Identifier: MIT */
/*
 * Tasks: coroutines on stacks of their own, driven by the loop.
 *
 * The task lies at the high end of its stack, and both are freed with the last reference. The loop
 * holds one until the task is done.
 *
 * A pending task is in one of three states: it runs; or its job is among the loop's ready jobs; or
 * it waits for the future `waiting_on`, and its job is among the callbacks of that future. After
 * the future is done and before the task runs again, `waiting_on` is still set.
 */
#ifndef AW__TASK_H
#define AW__TASK_H

#include "agent/runtime/task/context.h"
#include "agent/runtime/error/current.h"
#include "agent/runtime/task/future.h"

#define AW__TASK_NAME_BYTES 28

struct aw__scope;

struct aw_task {
	struct aw_future future; /* first: see AW__MAGIC_TASK */
	struct aw__job job;	 /* resumes it */
	struct aw_agent_task agent;
	struct aw__link waits; /* in loop->waits */
	struct aw__fiber fiber;
	struct aw__fiber *resumer; /* set while it runs eagerly: the fiber to return to */
	struct aw_future *waiting_on;
	struct aw__site *site; /* where it was called; NULL: not known */
	uint64_t scope;	       /* a gather's or group's id; 0: none */
	aw_coro_fn *fn;
	void *arg;
	struct aw__link coros;	  /* of struct aw_coro: created by it, and not awaited yet */
	struct aw__scope *scopes; /* open, the innermost first; see scope.h */
	aw_context *context;	  /* referenced; NULL: no variable is set */
	unsigned int cancels;	  /* cancel requests less those taken back by uncancel() */
	bool must_cancel;	  /* deliver a request when it runs next */
	bool cancel_delivered; /* it got a CancelledError, and not all requests were taken back since */
	unsigned short
		timers; /* its scopes and waits that a timer may end, as reported to the recorder */
	bool leftover;	/* the end of the run waits for it */
	bool visited;	/* by a cancellation that follows a chain of waiting tasks */
	char *name;	/* owned; NULL: Task-<id> */
	char default_name[AW__TASK_NAME_BYTES];
};

struct aw__task_birth {
	struct aw__site *site;
	aw_coro_fn *fn;
	void *arg;
	const char *name; /* NULL: Task-<id> */
	uint64_t scope;	  /* a gather's or group's id; 0: none */
	bool eager;
	aw_context *context; /* to run in; borrowed. NULL: a copy of the current one */
};

/** Begin a birth from the user's options, which may be NULL. The caller sets the other fields. */
struct aw__task_birth aw__task_birth_with(const struct aw_task_options *options);
/** Make a task; the caller has a reference. NULL if there is no memory. */
struct aw_task *aw__task_create(struct aw_loop *loop, const struct aw__task_birth *birth);
/** Drop the loop's reference to the task that has just ended. Called on another stack. */
void aw__task_bury(struct aw_loop *loop);
void aw__task_destroy(struct aw_task *task);

/**
 * Suspend the running task until its job runs. The job is in a list, or will be put into one.
 *
 * A pointer, so that the variant that informs AddressSanitizer costs nothing where it is not used.
 */
extern void (*aw__task_suspend)(struct aw_task *task);
/** From now on inform AddressSanitizer of each switch. */
void aw__task_tell_asan(void);
/** Wait until `future` is done, and take its outcome. */
aw_error *aw__task_wait(struct aw_future *future, void **ret);
/** The job of a task: it resumes the task. */
void aw__task_run(struct aw__job *job, bool discard);
bool aw__task_cancel(struct aw_future *future, const char *message);
/** The same without a message, and with a reason for the recorder. */
bool aw__task_cancel_because(struct aw_task *task, const struct aw_agent_cancel *reason);
/** Count a timer that may end a wait of the task, or (false) uncount it. */
void aw__task_timed(struct aw_task *task, bool timed);
/** An await returned `err` to the task: if it is a CancelledError that was requested, note its delivery. */
void aw__task_delivered(struct aw_task *task, const aw_error *err);
/** The task may go on after the CancelledError that it got: requests were taken back, or a result comes first. */
void aw__task_not_delivered(struct aw_task *task);
/** The CancelledError of a pending request, which is no longer pending then. */
aw_error *aw__task_cancellation_now(struct aw_task *task);

/** The CancelledError that is to be delivered now, or NULL. */
static inline aw_error *aw__task_cancellation(struct aw_task *task)
{
	return __builtin_expect(task->must_cancel, 0) ? aw__task_cancellation_now(task) : NULL;
}

/** Report the loop and its pending tasks to a recording that does not know them. */
void aw__task_tell_anew(struct aw_loop *loop);
/** Recording began after the loop woke up: report its tasks from now on. */
void aw__task_hook(struct aw_loop *loop);
/** Report the stacks of the tasks in loop->waits that still wait. `sleeps`: the poll that begins now may sleep. */
void aw__task_tell_waits(struct aw_loop *loop, bool sleeps);

static inline struct aw_task *aw__task_of(struct aw_future *future)
{
	return (struct aw_task *)(void *)future;
}

static inline bool aw__task_is(const struct aw_future *future)
{
	return future->magic == AW__MAGIC_TASK;
}

/** The running task; NULL outside of any. */
static inline struct aw_task *aw__task_current(void)
{
	struct aw_agent_task *agent = aw__current_agent_task();

	return agent != NULL ? aw__container_of(agent, struct aw_task, agent) : NULL;
}

static inline struct aw_task *aw__task_must(void)
{
	struct aw_task *task = aw__task_current();

	aw__must(task != NULL, "only a task can wait");
	return task;
}

#endif
