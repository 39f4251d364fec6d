/* SPDX-License-Identifier: MIT */
/*
 * Tasks: coroutines on stacks of their own, driven by the loop.
 *
 * The task lies at the high end of its stack, and both go with the last reference. The loop holds
 * one until the task is done.
 *
 * A task that is not done is in one of three states: it runs; or its job is among the loop's ready
 * ones; or it waits for the future `waiting_on`, and its job is among the callbacks of that. After
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
	struct aw__job job;	 /* to run it */
	struct aw_agent_task agent;
	struct aw__link waits; /* in loop->waits */
	struct aw__fiber fiber;
	struct aw__fiber *resumer; /* set while it runs eagerly: whom to go back to */
	struct aw_future *waiting_on;
	struct aw__site *site; /* where it was called; NULL: not known */
	uint64_t scope;	       /* a gather's or group's id; 0: none */
	aw_coro_fn *fn;
	void *arg;
	struct aw__link coros;	  /* of struct aw_coro: made by it, and not awaited yet */
	struct aw__scope *scopes; /* open, the innermost first; see scope.h */
	aw_context *context;	  /* referenced; NULL: it holds nothing */
	unsigned int cancels;	  /* requests that nobody took back */
	bool must_cancel;	  /* a request that is to be delivered when it runs */
	bool cancel_delivered; /* it got the CancelledError of a request that nobody took back yet */
	unsigned short
		timers; /* scopes and waits of it that a timer may end, as the recorder knows them */
	bool leftover;	/* the end of the run waits for it */
	bool visited;	/* by a cancellation that goes along a chain of waiting tasks */
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

/** What the options say of a task; NULL: nothing. The rest is the caller's to set. */
struct aw__task_birth aw__task_birth_with(const struct aw_task_options *options);
/** Make a task; the caller has a reference. NULL if there is no memory. */
struct aw_task *aw__task_create(struct aw_loop *loop, const struct aw__task_birth *birth);
/** Unreference the task that left its stack for good. Called on another stack. */
void aw__task_bury(struct aw_loop *loop);
void aw__task_destroy(struct aw_task *task);

/**
 * Suspend the running task until its job runs. The job is in some list, or somebody will put it there.
 *
 * A pointer, so that it costs nothing to have another one where AddressSanitizer is to be told.
 */
extern void (*aw__task_suspend)(struct aw_task *task);
/** From now on tell AddressSanitizer of each switch. */
void aw__task_tell_asan(void);
/** Wait until `future` is done, and take its outcome. */
aw_error *aw__task_wait(struct aw_future *future, void **ret);
/** The job of a task: it resumes the task. */
void aw__task_run(struct aw__job *job, bool discard);
bool aw__task_cancel(struct aw_future *future, const char *message);
/** The same without a message, and for a reason that the recorder learns. */
bool aw__task_cancel_because(struct aw_task *task, const struct aw_agent_cancel *reason);
/** A timer may end what the task waits for from now on, or (false) one less may. */
void aw__task_timed(struct aw_task *task, bool timed);
/** What the task awaited returned this error: if it is the cancellation that somebody asked for, note it. */
void aw__task_delivered(struct aw_task *task, const aw_error *err);
/** Nobody is to blame for what becomes of the cancellation that was delivered. */
void aw__task_not_delivered(struct aw_task *task);
/** The CancelledError that was asked for; it counts as delivered. */
aw_error *aw__task_cancellation_now(struct aw_task *task);

/** The CancelledError that is to be delivered now, or NULL. */
static inline aw_error *aw__task_cancellation(struct aw_task *task)
{
	return __builtin_expect(task->must_cancel, 0) ? aw__task_cancellation_now(task) : NULL;
}

/** Tell of the loop and its tasks, which another recording knows nothing of. */
void aw__task_tell_anew(struct aw_loop *loop);
/** Recording has begun since the loop woke up: from here on its tasks are told. */
void aw__task_hook(struct aw_loop *loop);
/** Tell where the tasks wait that still do. `sleeps`: the poll that begins now may take long. */
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
