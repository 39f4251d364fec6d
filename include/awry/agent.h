/* SPDX-License-Identifier: MIT */
/**
 * awry/agent.h - the recorder, for any runtime that wants to be seen.
 *
 * A runtime (ours, an adapter for somebody else's) tells the recorder what happens to its loops, tasks, coroutines and errors. There is no
 * other door: awry's own runtime uses nothing but this header and those beside it: awry/agent_start.h, which is included here (when recording
 * begins and ends), awry/interpreter.h (how the frames of a runtime that interprets code are read from outside), and awry/agent_resilience.h
 * (what retries, circuit breakers and fallbacks do).
 *
 * It is in a library of its own: link with -lawry-agent (pkg-config awry-agent, CMake awry::awry-agent), also a program that has -lawry
 * and calls a function of this header.
 *
 * Every hook is cheap and silent when recording is off; call it behind `aw_agent_on()` to make it one
 * predicted branch. With recording on, a hook takes no lock, allocates nothing and encodes nothing; it
 * never fails, never blocks (but for AWRY_TRACE, which waits a bounded time for room), keeps errno, and
 * keeps no pointer that it was given.
 *
 * Context: any thread; not from a signal handler. Ids are the caller's, from aw_agent_new_id() and
 * aw_agent_new_task_id(). Id 0 is "none".
 */
#ifndef AWRY_AGENT_H
#define AWRY_AGENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <awry/agent_start.h>

#ifdef __cplusplus
extern "C" {
#endif

/** 1 while recording. Read it through aw_agent_on(). */
extern AW_AGENT_API int aw_agent_switch;

/** Tell whether the recorder listens. One load and one predicted branch. */
static inline bool aw_agent_on(void)
{
#if defined(__GNUC__)
	return __builtin_expect(__atomic_load_n(&aw_agent_switch, __ATOMIC_RELAXED) != 0, 0);
#else
	return *(volatile int *)&aw_agent_switch != 0;
#endif
}

/* -------------------------------------------------------------------------------------------------
 * Ids
 */

/** Make an id for anything but a task: unique within the process. Works with recording off, too. */
AW_AGENT_API uint64_t aw_agent_new_id(void);

/** Make a task id. They count up from 1 on the first thread; others take blocks. Works with recording off. */
AW_AGENT_API uint64_t aw_agent_new_task_id(void);

/* -------------------------------------------------------------------------------------------------
 * What repeats is interned: told once, then named by a number. The same input gives the same number.
 * All of them return AW_NONE when recording is off or when the arena is full (which is counted).
 */

/** The number of what was told once. */
typedef uint32_t aw_intern;
/** The number of nothing. */
#define AW_NONE ((aw_intern)0)
/** Where a stack may be given: there is none, and the agent is not to capture the native one in its place. */
#define AW_STACK_NONE ((aw_intern)UINT32_MAX)

/** Intern a string of `length` bytes; longer than 4,096 is cut. */
AW_AGENT_API aw_intern aw_agent_string(const char *text, size_t length);

/**
 * Intern a place in the source: a function, where it is, and its address if it has one.
 *
 * @param function  its name; NULL if unknown
 * @param file      NULL if unknown (the viewer then asks the debug information of `address`)
 * @param line      1-based; 0 if unknown
 * @param address   a code address of this process; NULL for a runtime without machine code
 */
AW_AGENT_API aw_intern aw_agent_place(const char *function, const char *file, uint32_t line,
				      const void *address);

/** Intern an error type and its base (AW_NONE for a root). Bases go first. */
AW_AGENT_API aw_intern aw_agent_type(const char *name, aw_intern base);

/**
 * Capture the caller's native stack, and intern it.
 *
 * @param link  the creation stack of the task that runs now: where this stack goes on, across the
 *              task boundary, up to main. AW_NONE outside of any task.
 */
AW_AGENT_API aw_intern aw_agent_stack(aw_intern link);

/**
 * Capture the caller's native stack without an adapter's own frames, and intern it.
 *
 * For adapters that stand between a library and the program: on the way in, where the program calls a function that the adapter
 * wraps, and on the way out, where the adapter calls the program's callback. Both bounds are what
 * `__builtin_return_address(0)` is in such a function of the adapter's. That function must still be on the stack, and neither be
 * inlined nor end by a tail call of what it calls. Bounds are compared, never followed.
 *
 * @param link   where the stack goes on, as in aw_agent_stack(): the creation stack of what the callback belongs to
 * @param from   the function that returns to this address is left out, and so are those that it called. NULL, or no return address of
 *               this stack: the stack begins at the caller of aw_agent_stack_between()
 * @param until  the innermost function from there on that returns to this address is left out, and so are those that called it. NULL, or no
 *               return address within the innermost 64 frames: the stack ends at main(), or is cut
 *
 * Returns `link` if no frame is in between, or AW_STACK_NONE if there is no link either: it may be given on as a stack.
 *
 * Context: any thread; not from a signal handler
 * Since:   0.1
 */
AW_AGENT_API aw_intern aw_agent_stack_between(aw_intern link, const void *from, const void *until);

/** The registers that a context left behind when it was suspended. */
struct aw_agent_registers {
	const void *pc; /* where it goes on */
	const void *sp; /* as it is there */
	const void *fp;
};

/**
 * Capture the native stack of a context on which nothing runs, and intern it.
 *
 * Returns AW_NONE where its code's frames are not known: on processors other than x86-64, in code without call frame
 * information, and in code that may be unloaded.
 */
AW_AGENT_API aw_intern aw_agent_stack_suspended(const struct aw_agent_registers *registers,
						aw_intern link);

/** Intern a stack of one native frame: the address to which its call returns. */
AW_AGENT_API aw_intern aw_agent_stack_at(const void *address, aw_intern link);

/** Intern a stack of the caller's own frames (places), innermost first, at most 64 of them. */
AW_AGENT_API aw_intern aw_agent_stack_of(const aw_intern *places, size_t count, aw_intern link);

/* -------------------------------------------------------------------------------------------------
 * Loops
 */

/** What a runtime keeps for each of its loops, zeroed at first; only the agent writes to it. */
struct aw_agent_loop {
	uint64_t id;
	uint32_t slot;
	uint32_t reserved[5]; /* the agent's own in later versions */
};

/** A loop was opened on this thread, or is told anew (aw_agent_epoch()). `label` may be NULL. One that is listed stays as it is. */
AW_AGENT_API void aw_agent_loop_opened(struct aw_agent_loop *loop, const char *label);
/** The loop woke up and runs callbacks: from here on it can be blocked. */
AW_AGENT_API void aw_agent_loop_busy(struct aw_agent_loop *loop);
/** The loop goes to sleep in its poll: it cannot be blocked now. */
AW_AGENT_API void aw_agent_loop_idle(struct aw_agent_loop *loop);
/**
 * The loop polls without sleeping, since something is ready: one iteration ends here, and the next begins.
 *
 * As aw_agent_loop_idle() and aw_agent_loop_busy(), with one reading of the clock. What the poll takes counts for the next iteration: not for a poll
 * in which the thread may wait for something else, as an interpreter's lock.
 *
 * Context: the loop's thread
 * Since:   0.1
 */
AW_AGENT_API void aw_agent_loop_tick(struct aw_agent_loop *loop);
/**
 * The loop goes to sleep with tasks that wait, and nothing can wake it: the finding deadlock.
 *
 * Only say so if it is certain: no timer, no handle, no request, no other thread that knows the loop. Called
 * before aw_agent_loop_idle(); it holds until aw_agent_loop_busy().
 */
AW_AGENT_API void aw_agent_loop_stuck(struct aw_agent_loop *loop);
/**
 * The loop goes to sleep with tasks that wait, and only another thread of the process can wake it: as aw_agent_loop_stuck(), at once if there is no
 * such thread, and else when there has been none for AWRY_DEADLOCK_MS, and the loop has slept on.
 *
 * Context: the loop's thread, before aw_agent_loop_idle(); it holds until aw_agent_loop_busy()
 * Since:   0.1
 */
AW_AGENT_API void aw_agent_loop_stuck_if_alone(struct aw_agent_loop *loop);
/**
 * The loop's run is over, and tasks are left in it, which are cancelled or destroyed next: who waits for each other
 * now would have for ever, and is told however short the time was (the finding deadlock).
 *
 * Context: the loop's thread, outside of its tasks
 */
AW_AGENT_API void aw_agent_loop_ending(struct aw_agent_loop *loop);
/** The loop was closed. */
AW_AGENT_API void aw_agent_loop_closed(struct aw_agent_loop *loop);

/* -------------------------------------------------------------------------------------------------
 * Tasks and coroutines
 */

/** What a runtime keeps for each task, zeroed at first. It may read id and stack; only the agent writes. */
struct aw_agent_task {
	uint64_t id;	 /* chosen by the runtime before aw_agent_task_created() */
	uint32_t slot;	 /* the agent's own: index + 1 in the task table, 0 = not listed */
	aw_intern stack; /* where it was created, linked through its ancestors up to main */
	/* the agent's own: who asked it to cancel last, his slot, and where it was */
	uint64_t cancel_by;
	uint32_t cancel_by_slot;
	aw_intern cancel_stack;
	/* where he was created, and what he runs: he may be gone when it matters */
	aw_intern cancel_by_stack;
	aw_intern cancel_by_coroutine;
	uint32_t cancel_why; /* enum aw_agent_cancel_why */
	/* its function, for what is told of it when it has ended, or is not listed */
	aw_intern coroutine;
	aw_intern cancel_origin;
	/* the agent's own: when it was created, and where it is counted once it has ended */
	uint32_t kept;
	uint64_t cancel_ns; /* when; 0: never */
};

/** What a runtime keeps for each coroutine object, zeroed at first. */
struct aw_agent_coroutine {
	uint64_t id;
	aw_intern stack;    /* where it was made */
	aw_intern function; /* a place: the coroutine's function */
	bool where_dropped; /* stack is where it was dropped: where it was made is not known */
	uint8_t reserved[7];
};

/** What a task waits for. */
enum aw_agent_wait {
	AW_WAIT_OTHER = 0,
	AW_WAIT_SLEEP,	/* target: any number; 0: it only lets others run, and counts as ready */
	AW_WAIT_TASK,	/* target: a task */
	AW_WAIT_FUTURE, /* target: a future */
	AW_WAIT_GATHER, /* target: the gathering future */
	AW_WAIT_GROUP,	/* target: the group */
	AW_WAIT_READ,	/* target: a handle */
	AW_WAIT_WRITE,
	AW_WAIT_ACCEPT,
	AW_WAIT_CONNECT,
	AW_WAIT_LOCK,
	AW_WAIT_QUEUE,
	AW_WAIT_THREAD,
	AW_WAIT_PROCESS,
	AW_WAIT_EVENT,
	AW_WAIT_CONDITION,
	AW_WAIT_CLOSE, /* target: a handle, until it is closed */
	/* target: the task by which a job in another thread is told, from the job's begin on */
	AW_WAIT_JOB,
};

/** How a task ended. */
enum aw_agent_outcome {
	AW_OUTCOME_RESULT = 0,
	AW_OUTCOME_ERROR,
	AW_OUTCOME_CANCELLED,
};

/** Whether a new task is to be run. */
enum aw_agent_born {
	AW_BORN_UNKNOWN = 0, /* it counts as ready only after aw_agent_task_woken() */
	/* its loop is to run it: if it does not for long, that is the finding starved-task */
	AW_BORN_READY,
	/* it waits from its birth on, as after aw_agent_task_wait(): for `wait` and `wait_target` */
	AW_BORN_WAITING,
};

/** How a task came to be. Zero is "not known" in every field. */
struct aw_agent_birth {
	const struct aw_agent_task *creator; /* the task that was running; NULL outside of any */
	const struct aw_agent_loop *loop;
	aw_intern coroutine; /* a place: its function */
	/* AW_NONE: the agent captures the native stack now; or AW_STACK_NONE */
	aw_intern stack;
	uint64_t scope;	  /* the group or gather that it belongs to */
	const char *name; /* NULL: Task-<id> */
	size_t name_length;
	enum aw_agent_born born;
	/* with AW_BORN_WAITING: what it waits for, as aw_agent_task_wait() is told */
	enum aw_agent_wait wait;
	uint64_t wait_target;
	/*
	 * It was created before recording began, and is told now. No native stack is captured: `stack` is where it was created, if that is
	 * known. Viewers say "created before recording began", and when that was is unknown. One that is listed in this recording stays as it is.
	 */
	bool before_recording;
	uint8_t reserved[7]; /* 0: later versions may say here that more follows */
};

/** A task was created. Sets task->stack and task->slot; task->id is the caller's. */
AW_AGENT_API void aw_agent_task_created(struct aw_agent_task *task,
					const struct aw_agent_birth *birth);
/** The task got another name. */
AW_AGENT_API void aw_agent_task_named(struct aw_agent_task *task, const char *name, size_t length);
/**
 * Tell the task's function, if it was not known when the task was created.
 *
 * It replaces the one of its birth, in the table of tasks and in what is told from now on.
 *
 * @param function  a place. AW_NONE changes nothing
 *
 * Context: the thread that may tell the task's steps
 * Since:   0.1
 */
AW_AGENT_API void aw_agent_task_function(struct aw_agent_task *task, aw_intern function);
/** The loop gives the task the processor: its first step, or it goes on after a wait. */
AW_AGENT_API void aw_agent_task_step(struct aw_agent_task *task);
/**
 * The task runs, from the moment on at which another one waited or ended on this thread.
 *
 * As aw_agent_task_step(), without reading the clock again: for schedulers that go from one task straight to
 * the next, where nothing of the program runs in between.
 */
AW_AGENT_API void aw_agent_task_step_next(struct aw_agent_task *task);
/**
 * As aw_agent_task_step(), of a task that yielded, when its loop has run no other task since: the time in between counts as the
 * task's, since it keeps the loop from sleeping.
 */
AW_AGENT_API void aw_agent_task_step_again(struct aw_agent_task *task);
/**
 * The task is about to go on, and was ready while its loop was not run at all for so long: the finding starved-task, if that is as long as
 * AWRY_STARVED_MS. Returns whether it is.
 */
AW_AGENT_API bool aw_agent_task_not_run(struct aw_agent_task *task, uint64_t for_ns);
/** The task suspends itself. `target` is what it waits for, 0 if that has no id; AW_WAIT_SLEEP and 0: for nothing, it yields. */
AW_AGENT_API void aw_agent_task_wait(struct aw_agent_task *task, enum aw_agent_wait kind,
				     uint64_t target);
/** Whether stacks of waits are wanted (AWRY_WAIT_STACKS): if not, aw_agent_task_waits_at() need not be called. */
AW_AGENT_API bool aw_agent_wait_stacks(void);
/**
 * Where the task waits. It holds until the task waits anew.
 *
 * Meant for those that still wait when their loop is about to poll: what goes on before that pays nothing. AW_NONE and
 * AW_STACK_NONE are left out.
 */
AW_AGENT_API void aw_agent_task_waits_at(struct aw_agent_task *task, aw_intern stack);
/**
 * The task that runs is a job in a thread without a loop, and its thread was here just now.
 *
 * It holds until the next call, or until the task ends, and is shown of live tasks: no event tells it. AW_NONE and AW_STACK_NONE are
 * left out.
 *
 * Context: not while another thread tells of the task
 * Since:   0.1
 */
AW_AGENT_API void aw_agent_task_runs_at(struct aw_agent_task *task, aw_intern stack);
/**
 * What the task waits for, if that is known only when it has suspended itself; nothing else of the wait changes. As
 * aw_agent_task_wait(), which comes first.
 */
AW_AGENT_API void aw_agent_task_waits_for(struct aw_agent_task *task, enum aw_agent_wait kind,
					  uint64_t target);
/** What the task waited for happened: it is ready, and not yet running. `by`: a task id or 0. */
AW_AGENT_API void aw_agent_task_woken(struct aw_agent_task *task, uint64_t by);
/**
 * The task finished.
 *
 * @param error  the id of its error (told before by aw_agent_error()), 0 if there is none
 */
AW_AGENT_API void aw_agent_task_done(struct aw_agent_task *task, enum aw_agent_outcome outcome,
				     uint64_t error);
/**
 * The task has ended, and something still refers to it; or (false) it is gone now. For the finding leaked-task, of those of one creation
 * stack that become more and more.
 *
 * Told of every task that outlives its end, however short a time, or of none; a second call with the same value does nothing.
 *
 * Context: any thread, one at a time for a task
 * Since:   0.1
 */
AW_AGENT_API void aw_agent_task_kept(struct aw_agent_task *task, bool kept);
/**
 * Nobody can finish any more what the task waits for, and nobody has a reference to the task: it goes on waiting until
 * it is cancelled. The finding leaked-task, at once.
 */
AW_AGENT_API void aw_agent_task_forsaken(struct aw_agent_task *task);
/**
 * A pending task is gone, and nothing can run it any more: its loop was closed, or its runtime has freed it. The finding
 * destroyed-pending; the task is listed no longer.
 */
AW_AGENT_API void aw_agent_task_destroyed_pending(struct aw_agent_task *task);
/**
 * The task's stack has overflowed, and the process is about to end: the finding stack-overflow.
 *
 * @param stack_bytes  how long it is
 * @param frames       code addresses, innermost first; as many as could be had
 *
 * Context: made for the handler of SIGSEGV, on a stack of its own; waits for no lock, and allocates nothing
 */
AW_AGENT_API void aw_agent_task_overflowed(struct aw_agent_task *task, uint64_t stack_bytes,
					   void *const *frames, size_t count);
/** Why a task is asked to cancel. */
enum aw_agent_cancel_why {
	AW_CANCEL_ASKED = 0, /* somebody called cancel() */
	AW_CANCEL_TIMEOUT,   /* a scope's deadline passed */
	AW_CANCEL_GROUP,     /* another task of its group failed, or the group's body did */
	AW_CANCEL_SIGNAL,    /* the program was interrupted */
	AW_CANCEL_SHUTDOWN,  /* the main task is done */
	AW_CANCEL_WHYS
};

/** One request to cancel. Zero is "not known" in every field. */
struct aw_agent_cancel {
	enum aw_agent_cancel_why why;
	uint32_t reserved;		/* 0: later versions may say here that more follows */
	const struct aw_agent_task *by; /* the task that asked, or that failed; NULL: none */
	aw_intern origin;		/* the stack where the timeout or group was opened */
	/* of the asker. AW_NONE: the agent captures the native stack now; or AW_STACK_NONE */
	aw_intern stack;
	uint64_t deadline_ns; /* of the timeout, monotonic */
	const char *message;  /* NULL: none */
	size_t message_length;
};

/** The task was asked to cancel. */
AW_AGENT_API void aw_agent_cancel_asked(struct aw_agent_task *target,
					const struct aw_agent_cancel *cancel);

/** The CancelledError that somebody asked for has reached the task: what it awaited returned it. */
AW_AGENT_API void aw_agent_cancel_delivered(struct aw_agent_task *task);
/** After aw_agent_cancel_delivered(): every request was taken back, so that it may go on. */
AW_AGENT_API void aw_agent_cancel_taken_back(struct aw_agent_task *task);
/**
 * It finishes with a result, although a CancelledError was delivered and never taken back: the finding
 * swallowed-cancel. Called before aw_agent_task_done().
 */
AW_AGENT_API void aw_agent_cancel_swallowed(struct aw_agent_task *task);

/**
 * The task belongs to a group or gather, which takes its error: told of one that is done, and of which that was not known at
 * its birth. 0: to none any more; from now on its error is held, if nobody retrieves it.
 */
AW_AGENT_API void aw_agent_task_scoped(struct aw_agent_task *task, uint64_t scope);
/** From now on nobody but its loop has a reference to the pending task, or (false) somebody has one again. */
AW_AGENT_API void aw_agent_task_unreferenced(struct aw_agent_task *task, bool unreferenced);
/** From now on a timer may end what the task waits for (a timeout's scope), or (false) none may. */
AW_AGENT_API void aw_agent_task_timed(struct aw_agent_task *task, bool timed);
/**
 * From now on the task's cancellation does not reach what it waits for, which goes on (as with asyncio's shield() and wait()), or (false) it
 * does. So a timer that ends its wait is no way out for these.
 */
AW_AGENT_API void aw_agent_task_shields(struct aw_agent_task *task, bool shields);
/** What a task opens or takes, and is to close or release before it ends. */
enum aw_agent_scope {
	AW_SCOPE_TIMEOUT = 0,
	AW_SCOPE_GROUP,
	AW_SCOPE_AS_COMPLETED,
	AW_SCOPE_LOCK,
	AW_SCOPES
};

/** What was left open. Zero is "not known" in every field. */
struct aw_agent_left {
	enum aw_agent_scope kind;
	aw_intern opened; /* the stack where it was opened or taken */
	const char *name; /* that the program gave it; NULL: none */
	void *reserved;	  /* 0: for later versions */
};

/**
 * The task ends, or has ended, and left something open: the finding scope-left-open.
 *
 * @param task  if it is gone already: with its id, and no slot
 */
AW_AGENT_API void aw_agent_scope_left(const struct aw_agent_task *task,
				      const struct aw_agent_left *left);

/**
 * Tell who has a lock that tasks wait for: the finding deadlock needs to know.
 *
 * Told when a task begins to wait, and at each change as long as somebody waits; what nobody waits for
 * costs nothing.
 *
 * @param resource  the lock's id: the target of aw_agent_task_wait()
 * @param task      the id of the task that has it; 0: nobody has it, or nobody waits any more
 */
AW_AGENT_API void aw_agent_resource_held(uint64_t resource, uint64_t task);

/**
 * Tell which tasks have all permits of a semaphore that tasks wait for: it can go to one that waits as soon as any of them gives its
 * permit back.
 *
 * @param resource  the semaphore's id: the target of aw_agent_task_wait() with AW_WAIT_LOCK
 * @param tasks     their ids, one for each permit; borrowed
 * @param count     at most 64; 0, or more: not all of them are known, or nobody waits any more
 */
AW_AGENT_API void aw_agent_resource_shared(uint64_t resource, const uint64_t *tasks,
					   unsigned count);

/** A coroutine object was made, by `creator` (NULL outside of any task). Captures the stack. */
AW_AGENT_API void aw_agent_coroutine_made(struct aw_agent_coroutine *coroutine, aw_intern function,
					  const struct aw_agent_task *creator);
/** It was dropped although nobody awaited it: the finding never-awaited. */
AW_AGENT_API void aw_agent_coroutine_dropped(const struct aw_agent_coroutine *coroutine,
					     const struct aw_agent_task *creator);

/* -------------------------------------------------------------------------------------------------
 * Errors. An error is told to the agent when it leaves a task (or is put into a future), not when it is
 * raised: errors that are handled where they arise cost one stack capture and nothing else.
 */

enum {
	AW_ERROR_SUPPRESS_CONTEXT = 1, /* "raise … from …": the context is not to be shown */
	AW_ERROR_IS_GROUP = 2,
	AW_ERROR_CUT = 4, /* members beyond the bound were left out */
	/* told (again) because nobody took it: kept beside the findings */
	AW_ERROR_LOST = 8,
};

/** An attribute of an error. */
struct aw_agent_attribute {
	const char *key;
	const char *value; /* as Python's repr() would show it */
	size_t value_length;
	void *reserved; /* 0: for later versions */
};

/** One node of an error tree. Trees travel as ids: tell the parts first. */
struct aw_agent_error {
	uint64_t id;
	aw_intern type;
	aw_intern site;	 /* a place: where it was raised */
	aw_intern stack; /* aw_agent_stack(task->stack) at the raise */
	uint32_t flags;
	uint32_t reserved[2]; /* 0: later versions may say here that more follows */
	uint64_t task;	      /* the task that raised it; 0 outside of any */
	uint64_t cause;
	uint64_t context;
	const uint64_t *children;
	size_t child_count;
	const char *message;
	size_t message_length;
	const char *const *notes;
	size_t note_count;
	const struct aw_agent_attribute *attributes;
	size_t attribute_count;
};

/** An error left its task. */
AW_AGENT_API void aw_agent_error(const struct aw_agent_error *error);
/** The error of `owner` was handed to somebody. `by`: the task that took it, NULL if not a task. */
AW_AGENT_API void aw_agent_error_retrieved(struct aw_agent_task *owner, uint64_t error,
					   const struct aw_agent_task *by);
/**
 * The last reference to `owner` is gone and nobody took its error: the finding never-retrieved.
 *
 * Tell the whole tree again first, each node with AW_ERROR_LOST: what was told when the task finished may
 * long have been overwritten by the errors that somebody did take.
 */
AW_AGENT_API void aw_agent_error_lost(struct aw_agent_task *owner, uint64_t error);
/**
 * The last reference to a future is gone and nobody took its error: the finding never-retrieved, of no task. The error is told first, as
 * above.
 *
 * @param job    the task of the job that was to have the future's result; its id and stack are enough
 * @param birth  what that was created with. Its creator submitted the job: its id, slot and stack are enough
 *
 * Since:   0.1
 */
AW_AGENT_API void aw_agent_future_lost(const struct aw_agent_task *job,
				       const struct aw_agent_birth *birth, uint64_t error);
/**
 * A callback failed, or something else of a loop's, and nobody handles that: the finding unhandled-error. The error is told first,
 * as above.
 *
 * @param owner     the task whose error it is, if it is one's: before aw_agent_error_retrieved(); NULL
 * @param callback  what failed, NULL if it has no name
 * @param message   what else there is to say of it, NULL: nothing
 */
AW_AGENT_API void aw_agent_error_unhandled(const struct aw_agent_task *owner, const char *callback,
					   const char *message, uint64_t error);

/* -------------------------------------------------------------------------------------------------
 * Handles: sockets, timers, processes; whatever must be closed.
 */

/**
 * A handle was opened. `kind` is a word for people: "tcp", "pipe", "process".
 *
 * Captures the stack, and returns it for aw_agent_handle_unclosed(); AW_NONE if there is none.
 */
AW_AGENT_API aw_intern aw_agent_handle_opened(uint64_t id, const char *kind,
					      const struct aw_agent_task *by);
/** The handle was closed. */
AW_AGENT_API void aw_agent_handle_closed(uint64_t id);
/**
 * Its loop closes, or of a loop its thread ends, and nobody has closed it: the finding unclosed-handle.
 *
 * @param kind   as it was opened
 * @param stack  what aw_agent_handle_opened() returned
 */
AW_AGENT_API void aw_agent_handle_unclosed(uint64_t id, const char *kind, aw_intern stack);
/** Likewise of one that was dropped while it was open, and that nobody told of when it was opened. `stack`: where it was dropped. */
AW_AGENT_API void aw_agent_handle_dropped(uint64_t id, const char *kind, aw_intern stack);

#ifdef __cplusplus
}
#endif

#endif
