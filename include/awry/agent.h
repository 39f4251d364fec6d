/* SPDX-License-Identifier: MIT */
/**
 * awry/agent.h - the recorder's interface for runtimes.
 *
 * A runtime, or an adapter for one, reports to the recorder what happens to its loops, tasks, coroutines and errors. awry's own runtime
 * uses only this header and the three beside it: awry/agent_start.h, which is included here (when recording begins and ends),
 * awry/interpreter.h (where an interpreter keeps its frames, so that the agent can read them), and awry/agent_resilience.h (retries, circuit
 * breakers and fallbacks).
 *
 * The recorder is a library of its own. A program that calls a function of this header links with -lawry-agent (pkg-config awry-agent,
 * CMake awry::awry-agent), even if it already links with -lawry.
 *
 * When recording is off, every hook does nothing and is cheap; call it behind `aw_agent_on()` to make it one
 * predicted branch. When recording is on, a hook takes no lock, allocates nothing and encodes nothing. It
 * never fails, never blocks (except with AWRY_TRACE, where it waits a bounded time for room), preserves errno,
 * and keeps no pointer that it was given.
 *
 * Context: any thread; not from a signal handler. The caller chooses ids, with aw_agent_new_id() and
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

/** Tell whether recording is on. One load and one predicted branch. */
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

/** Make an id for anything but a task: unique within the process. Also works when recording is off. */
AW_AGENT_API uint64_t aw_agent_new_id(void);

/** Make a task id. The first thread counts up from 1; other threads take blocks of ids. Also works when recording is off. */
AW_AGENT_API uint64_t aw_agent_new_task_id(void);

/* -------------------------------------------------------------------------------------------------
 * Interning: strings, places, types and stacks are reported once, and then named by a number. The same
 * input gives the same number. These functions return AW_NONE when recording is off or the arena is full
 * (which is counted).
 */

/** The number of an interned string, place, type or stack. */
typedef uint32_t aw_intern;
/** The number that means "none". */
#define AW_NONE ((aw_intern)0)
/** In place of a stack: there is none, and the agent must not capture the native stack instead. */
#define AW_STACK_NONE ((aw_intern)UINT32_MAX)

/** Intern a string of `length` bytes; it is cut after 4,096 bytes. */
AW_AGENT_API aw_intern aw_agent_string(const char *text, size_t length);

/**
 * Intern a place in the source: a function, its file and line, and its address if it has one.
 *
 * @param function  its name; NULL if unknown
 * @param file      NULL if unknown (the viewer then asks the debug information of `address`)
 * @param line      1-based; 0 if unknown
 * @param address   a code address of this process; NULL for a runtime without machine code
 */
AW_AGENT_API aw_intern aw_agent_place(const char *function, const char *file, uint32_t line,
				      const void *address);

/** Intern an error type and its base (AW_NONE for a root). Intern the base first. */
AW_AGENT_API aw_intern aw_agent_type(const char *name, aw_intern base);

/**
 * Capture the caller's native stack, and intern it.
 *
 * @param link  the creation stack of the running task: it continues this stack across the task
 *              boundary, up to main. AW_NONE outside of any task.
 */
AW_AGENT_API aw_intern aw_agent_stack(aw_intern link);

/**
 * Capture the caller's native stack without an adapter's own frames, and intern it.
 *
 * For adapters that stand between a library and the program: where the program calls a function that the adapter wraps, and where
 * the adapter calls the program's callback. Each bound is the value of `__builtin_return_address(0)` in such a function of the
 * adapter. That function must still be on the stack; it must not be inlined, and must not end with a tail call. Bounds are
 * compared with return addresses, never dereferenced.
 *
 * @param link   the stack that continues this one, as in aw_agent_stack(): the creation stack of the callback's owner
 * @param from   the function that returns to this address, and those that it called, are left out. NULL, or not a return address of
 *               this stack: the stack begins at the caller of aw_agent_stack_between()
 * @param until  of the functions from there on, the innermost that returns to this address, and those that called it, are left out. NULL,
 *               or not a return address within the innermost 64 frames: the stack ends at main(), or is cut
 *
 * Returns `link` if no frame lies between the bounds, or AW_STACK_NONE if there is no link either. The result can be passed where a
 * stack is expected.
 *
 * Context: any thread; not from a signal handler
 * Since:   0.1
 */
AW_AGENT_API aw_intern aw_agent_stack_between(aw_intern link, const void *from, const void *until);

/** The saved registers of a suspended context. */
struct aw_agent_registers {
	const void *pc; /* where it will resume */
	const void *sp; /* its stack pointer there */
	const void *fp;
};

/**
 * Capture the native stack of a suspended context, and intern it.
 *
 * Returns AW_NONE where the frames cannot be found: on processors other than x86-64, in code without call frame
 * information, and in code that may be unloaded.
 */
AW_AGENT_API aw_intern aw_agent_stack_suspended(const struct aw_agent_registers *registers,
						aw_intern link);

/** Intern a stack of one native frame, given by its return address. */
AW_AGENT_API aw_intern aw_agent_stack_at(const void *address, aw_intern link);

/** Intern a stack whose frames are places, innermost first; at most 64 are kept. */
AW_AGENT_API aw_intern aw_agent_stack_of(const aw_intern *places, size_t count, aw_intern link);

/* -------------------------------------------------------------------------------------------------
 * Loops
 */

/** The agent's data of one loop. The runtime keeps it, zeroed at first; only the agent writes to it. */
struct aw_agent_loop {
	uint64_t id;
	uint32_t slot;
	uint32_t reserved[5]; /* for the agent in later versions */
};

/**
 * A loop was opened on this thread, or is reported again for a new recording (aw_agent_epoch()). `label` may be NULL. If the loop
 * is already listed, nothing changes.
 */
AW_AGENT_API void aw_agent_loop_opened(struct aw_agent_loop *loop, const char *label);
/** The loop woke up and runs callbacks: from now on it can be blocked. */
AW_AGENT_API void aw_agent_loop_busy(struct aw_agent_loop *loop);
/** The loop goes to sleep in its poll: it cannot be blocked now. */
AW_AGENT_API void aw_agent_loop_idle(struct aw_agent_loop *loop);
/**
 * The loop polls without sleeping, since something is ready: one iteration ends, and the next begins.
 *
 * Like aw_agent_loop_idle() and then aw_agent_loop_busy(), but the clock is read only once. The time of the poll counts for the next iteration,
 * so do not call it if the thread may wait for something else in the poll, such as an interpreter's lock.
 *
 * Context: the loop's thread
 * Since:   0.1
 */
AW_AGENT_API void aw_agent_loop_tick(struct aw_agent_loop *loop);
/**
 * The loop goes to sleep with waiting tasks, and nothing can wake it: the finding deadlock.
 *
 * Call it only if that is certain: there is no timer, no handle, no request, and no other thread that knows the loop. Call it
 * before aw_agent_loop_idle(); it is in effect until aw_agent_loop_busy().
 */
AW_AGENT_API void aw_agent_loop_stuck(struct aw_agent_loop *loop);
/**
 * The loop goes to sleep with waiting tasks, and only another thread of the process can wake it. It counts as stuck, like after
 * aw_agent_loop_stuck(), at once if there is no such thread, else as soon as there has been none for AWRY_DEADLOCK_MS while the loop slept.
 *
 * Context: the loop's thread, before aw_agent_loop_idle(); in effect until aw_agent_loop_busy()
 * Since:   0.1
 */
AW_AGENT_API void aw_agent_loop_stuck_if_alone(struct aw_agent_loop *loop);
/**
 * The loop's run is over, and its remaining tasks will be cancelled or destroyed next. Tasks that wait for each other
 * are reported now, however short they have waited (the finding deadlock).
 *
 * Context: the loop's thread, outside of its tasks
 */
AW_AGENT_API void aw_agent_loop_ending(struct aw_agent_loop *loop);
/** The loop was closed. */
AW_AGENT_API void aw_agent_loop_closed(struct aw_agent_loop *loop);

/* -------------------------------------------------------------------------------------------------
 * Tasks and coroutines
 */

/** The agent's data of one task. The runtime keeps it, zeroed at first, and sets `id`. Only the agent writes the rest; the runtime may read `stack`. */
struct aw_agent_task {
	uint64_t id;	 /* set by the runtime before aw_agent_task_created() */
	uint32_t slot;	 /* for the agent: slot of the task table; 0: not listed */
	aw_intern stack; /* where it was created, linked through its ancestors up to main */
	/* for the agent: the task that asked last to cancel this one, its slot, and where it asked */
	uint64_t cancel_by;
	uint32_t cancel_by_slot;
	aw_intern cancel_stack;
	/* that task's creation stack and function, kept because it may have ended when a finding names it */
	aw_intern cancel_by_stack;
	aw_intern cancel_by_coroutine;
	uint32_t cancel_why; /* enum aw_agent_cancel_why */
	/* this task's function, for reports after it has ended or while it is not listed */
	aw_intern coroutine;
	aw_intern cancel_origin;
	/* for the agent: when the task was created, and which counter counts it after its end */
	uint32_t kept;
	uint64_t cancel_ns; /* when it was last asked to cancel; 0: never */
};

/** The agent's data of one coroutine object. The runtime keeps it, zeroed at first. */
struct aw_agent_coroutine {
	uint64_t id;
	aw_intern stack;    /* where it was made */
	aw_intern function; /* a place: the coroutine's function */
	bool where_dropped; /* `stack` is where it was dropped: where it was made is unknown */
	uint8_t reserved[7];
};

/** What a task waits for. */
enum aw_agent_wait {
	AW_WAIT_OTHER = 0,
	AW_WAIT_SLEEP,	/* target: any number; 0: it yields to other tasks, and counts as ready */
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
	/* target: the task that stands for a job in another thread, once the job has begun */
	AW_WAIT_JOB,
};

/** How a task ended. */
enum aw_agent_outcome {
	AW_OUTCOME_RESULT = 0,
	AW_OUTCOME_ERROR,
	AW_OUTCOME_CANCELLED,
};

/** Whether a new task is ready to run. */
enum aw_agent_born {
	AW_BORN_UNKNOWN = 0, /* it counts as ready only after aw_agent_task_woken() */
	/* its loop should run it next: if that takes long, it is the finding starved-task */
	AW_BORN_READY,
	/* it waits from the start, as after aw_agent_task_wait(): for `wait` and `wait_target` */
	AW_BORN_WAITING,
};

/** How a task was created. Zero means "unknown" in every field. */
struct aw_agent_birth {
	const struct aw_agent_task *creator; /* the running task; NULL outside of any */
	const struct aw_agent_loop *loop;
	aw_intern coroutine; /* a place: its function */
	/* AW_NONE: the agent captures the native stack now; or AW_STACK_NONE */
	aw_intern stack;
	uint64_t scope;	  /* the group or gather that the task belongs to */
	const char *name; /* NULL: Task-<id> */
	size_t name_length;
	enum aw_agent_born born;
	/* with AW_BORN_WAITING: what it waits for, as in aw_agent_task_wait() */
	enum aw_agent_wait wait;
	uint64_t wait_target;
	/*
	 * The task was created before recording began, and is reported now. No native stack is captured: `stack` is where it was created, if that is
	 * known. Viewers say "created before recording began"; its creation time is unknown. A task that is already listed is not changed.
	 */
	bool before_recording;
	uint8_t reserved[7]; /* 0: for later versions */
};

/** A task was created. Sets task->stack and task->slot; the caller has set task->id. */
AW_AGENT_API void aw_agent_task_created(struct aw_agent_task *task,
					const struct aw_agent_birth *birth);
/** The task was renamed. */
AW_AGENT_API void aw_agent_task_named(struct aw_agent_task *task, const char *name, size_t length);
/**
 * Set the task's function, if it was unknown when the task was created.
 *
 * It replaces the function given at creation, in the task table and in everything recorded from now on.
 *
 * @param function  a place. AW_NONE changes nothing
 *
 * Context: the thread that may report the task's steps
 * Since:   0.1
 */
AW_AGENT_API void aw_agent_task_function(struct aw_agent_task *task, aw_intern function);
/** The loop runs the task: for the first time, or again after a wait. */
AW_AGENT_API void aw_agent_task_step(struct aw_agent_task *task);
/**
 * The task runs, since the moment when the previous task of this thread suspended itself or ended.
 *
 * Like aw_agent_task_step(), but the clock is not read again: for schedulers that switch directly from one task to
 * the next, without running the program's code in between.
 */
AW_AGENT_API void aw_agent_task_step_next(struct aw_agent_task *task);
/**
 * Like aw_agent_task_step(), for a task that yielded and whose loop has run no other task since. The time in between counts as
 * the task's own, since the task kept the loop from sleeping.
 */
AW_AGENT_API void aw_agent_task_step_again(struct aw_agent_task *task);
/**
 * The task is about to resume after its loop was not run at all for `for_ns`, while the task was ready: the finding starved-task, if
 * `for_ns` is at least AWRY_STARVED_MS. Returns true if the finding was reported.
 */
AW_AGENT_API bool aw_agent_task_not_run(struct aw_agent_task *task, uint64_t for_ns);
/** The task suspends itself. `target` is the id of what it waits for, 0 if that has none. AW_WAIT_SLEEP with 0: it only yields. */
AW_AGENT_API void aw_agent_task_wait(struct aw_agent_task *task, enum aw_agent_wait kind,
				     uint64_t target);
/** Tell whether stacks of waiting tasks are recorded (AWRY_WAIT_STACKS): if not, aw_agent_task_waits_at() need not be called. */
AW_AGENT_API bool aw_agent_wait_stacks(void);
/**
 * Report where the task waits. The stack is valid until the task's next wait.
 *
 * Meant for tasks that still wait when their loop is about to poll, so that tasks which resume before that cost nothing.
 * AW_NONE and AW_STACK_NONE are ignored.
 */
AW_AGENT_API void aw_agent_task_waits_at(struct aw_agent_task *task, aw_intern stack);
/**
 * For a running task that stands for a job in a thread without a loop: report the thread's current stack.
 *
 * The stack is valid until the next call or the task's end. It is shown for live tasks only: no event records it. AW_NONE and
 * AW_STACK_NONE are ignored.
 *
 * Context: not while another thread reports on the task
 * Since:   0.1
 */
AW_AGENT_API void aw_agent_task_runs_at(struct aw_agent_task *task, aw_intern stack);
/**
 * Set what the task waits for, if that becomes known only after it has suspended itself; nothing else of the wait changes.
 * Call aw_agent_task_wait() first; the parameters are the same.
 */
AW_AGENT_API void aw_agent_task_waits_for(struct aw_agent_task *task, enum aw_agent_wait kind,
					  uint64_t target);
/** The task's wait is over: it is ready, and not yet running. `by`: the id of the task that woke it, or 0. */
AW_AGENT_API void aw_agent_task_woken(struct aw_agent_task *task, uint64_t by);
/**
 * The task finished.
 *
 * @param error  the id of its error (reported before with aw_agent_error()), 0 if there is none
 */
AW_AGENT_API void aw_agent_task_done(struct aw_agent_task *task, enum aw_agent_outcome outcome,
				     uint64_t error);
/**
 * The task has ended and is still referenced (`kept` true), or is freed now (false). For the finding leaked-task, which counts such tasks
 * by creation stack.
 *
 * Report it for every task that is still referenced after its end, however briefly, or for none. A second call with the same value does nothing.
 *
 * Context: any thread, one at a time for a task
 * Since:   0.1
 */
AW_AGENT_API void aw_agent_task_kept(struct aw_agent_task *task, bool kept);
/**
 * The task waits for a future that nothing can finish any more, and nothing has a reference to the task: it waits until
 * it is cancelled. This is the finding leaked-task, at once.
 */
AW_AGENT_API void aw_agent_task_forsaken(struct aw_agent_task *task);
/**
 * A pending task was destroyed: its loop was closed, or its runtime has freed it. This is the finding destroyed-pending; the
 * task is removed from the list.
 */
AW_AGENT_API void aw_agent_task_destroyed_pending(struct aw_agent_task *task);
/**
 * The task's stack has overflowed, and the process is about to end: the finding stack-overflow.
 *
 * @param stack_bytes  the stack's size
 * @param frames       code addresses, innermost first; as many as could be found
 *
 * Context: a SIGSEGV handler on its own stack; takes no lock, and allocates nothing
 */
AW_AGENT_API void aw_agent_task_overflowed(struct aw_agent_task *task, uint64_t stack_bytes,
					   void *const *frames, size_t count);
/** Why a task is asked to cancel. */
enum aw_agent_cancel_why {
	AW_CANCEL_ASKED = 0, /* cancel() was called */
	AW_CANCEL_TIMEOUT,   /* a scope's deadline passed */
	AW_CANCEL_GROUP,     /* another task of its group failed, or the group's body did */
	AW_CANCEL_SIGNAL,    /* the program was interrupted */
	AW_CANCEL_SHUTDOWN,  /* the main task is done */
	AW_CANCEL_WHYS
};

/** One request to cancel. Zero means "unknown" in every field. */
struct aw_agent_cancel {
	enum aw_agent_cancel_why why;
	uint32_t reserved;		/* 0: for later versions */
	const struct aw_agent_task *by; /* the task that asked, or that failed; NULL: none */
	aw_intern origin;		/* the stack where the timeout or group was opened */
	/* where it was asked. AW_NONE: the agent captures the native stack now; or AW_STACK_NONE */
	aw_intern stack;
	uint64_t deadline_ns; /* of the timeout, monotonic */
	const char *message;  /* NULL: none */
	size_t message_length;
};

/** The task was asked to cancel. */
AW_AGENT_API void aw_agent_cancel_asked(struct aw_agent_task *target,
					const struct aw_agent_cancel *cancel);

/** The CancelledError of a request has reached the task: its await returned it. */
AW_AGENT_API void aw_agent_cancel_delivered(struct aw_agent_task *task);
/** After aw_agent_cancel_delivered(): every request was taken back, and the task may continue. */
AW_AGENT_API void aw_agent_cancel_taken_back(struct aw_agent_task *task);
/**
 * The task finishes with a result, although a CancelledError was delivered and never taken back: the finding
 * swallowed-cancel. Call it before aw_agent_task_done().
 */
AW_AGENT_API void aw_agent_cancel_swallowed(struct aw_agent_task *task);

/**
 * The task belongs to a group or gather, which takes its error. For a task that is done, and whose group was unknown when it was
 * created. 0: it no longer belongs to one; from now on an error that is not retrieved is reported (held-error).
 */
AW_AGENT_API void aw_agent_task_scoped(struct aw_agent_task *task, uint64_t scope);
/** From now on only its loop has a reference to the pending task; or (false) there is another reference again. */
AW_AGENT_API void aw_agent_task_unreferenced(struct aw_agent_task *task, bool unreferenced);
/** From now on a timer may end the task's wait (a timeout's scope); or (false) no timer can. */
AW_AGENT_API void aw_agent_task_timed(struct aw_agent_task *task, bool timed);
/**
 * From now on cancelling the task does not cancel the tasks that it waits for (as with asyncio's shield() and wait()), or (false) it does. So
 * a timer that ends the task's wait does not end theirs, which matters for deadlocks.
 */
AW_AGENT_API void aw_agent_task_shields(struct aw_agent_task *task, bool shields);
/** What a task opens or takes, and must close or release before it ends. */
enum aw_agent_scope {
	AW_SCOPE_TIMEOUT = 0,
	AW_SCOPE_GROUP,
	AW_SCOPE_AS_COMPLETED,
	AW_SCOPE_LOCK,
	AW_SCOPES
};

/** What was left open. Zero means "unknown" in every field. */
struct aw_agent_left {
	enum aw_agent_scope kind;
	aw_intern opened; /* the stack where it was opened or taken */
	const char *name; /* given by the program; NULL: none */
	void *reserved;	  /* 0: for later versions */
};

/**
 * The task ends, or has ended, and left something open: the finding scope-left-open.
 *
 * @param task  if the task is freed already: a copy with its id, and slot 0
 */
AW_AGENT_API void aw_agent_scope_left(const struct aw_agent_task *task,
				      const struct aw_agent_left *left);

/**
 * Report which task holds a lock that tasks wait for, for the finding deadlock.
 *
 * Report it when a task begins to wait, and at each change while tasks wait; a lock without waiting tasks
 * costs nothing.
 *
 * @param resource  the lock's id: the target of aw_agent_task_wait()
 * @param task      the id of the task that holds it; 0: no task holds it, or none waits any more
 */
AW_AGENT_API void aw_agent_resource_held(uint64_t resource, uint64_t task);

/**
 * Report which tasks hold the permits of a semaphore that tasks wait for, for the finding deadlock: a waiting task gets a permit as soon
 * as any of them gives one back.
 *
 * @param resource  the semaphore's id: the target of aw_agent_task_wait() with AW_WAIT_LOCK
 * @param tasks     the ids of all holders, one for each permit; borrowed
 * @param count     1 to 64; 0, or more than 64: not all holders are known, or no task waits any more
 */
AW_AGENT_API void aw_agent_resource_shared(uint64_t resource, const uint64_t *tasks,
					   unsigned count);

/** A coroutine object was made by `creator` (NULL outside of any task). Captures the stack. */
AW_AGENT_API void aw_agent_coroutine_made(struct aw_agent_coroutine *coroutine, aw_intern function,
					  const struct aw_agent_task *creator);
/** The coroutine object was dropped without being awaited: the finding never-awaited. */
AW_AGENT_API void aw_agent_coroutine_dropped(const struct aw_agent_coroutine *coroutine,
					     const struct aw_agent_task *creator);

/* -------------------------------------------------------------------------------------------------
 * Errors. An error is reported to the agent when it leaves a task (or is put into a future), not when it is
 * raised: an error that is handled inside its task costs one stack capture and nothing else.
 */

enum {
	AW_ERROR_SUPPRESS_CONTEXT = 1, /* "raise … from …": do not show the context */
	AW_ERROR_IS_GROUP = 2,
	AW_ERROR_CUT = 4, /* members beyond the bound were left out */
	/* reported again because it was never retrieved: recorded with the findings */
	AW_ERROR_LOST = 8,
};

/** An attribute of an error. */
struct aw_agent_attribute {
	const char *key;
	const char *value; /* as Python's repr() would show it */
	size_t value_length;
	void *reserved; /* 0: for later versions */
};

/** One node of an error tree. A node refers to its parts by id: report the parts first. */
struct aw_agent_error {
	uint64_t id;
	aw_intern type;
	aw_intern site;	 /* a place: where it was raised */
	aw_intern stack; /* aw_agent_stack(task->stack) at the raise */
	uint32_t flags;
	uint32_t reserved[2]; /* 0: for later versions */
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
/** The error of `owner` was retrieved. `by`: the task that took it; NULL outside of any. */
AW_AGENT_API void aw_agent_error_retrieved(struct aw_agent_task *owner, uint64_t error,
					   const struct aw_agent_task *by);
/**
 * The last reference to `owner` is gone and its error was never retrieved: the finding never-retrieved.
 *
 * Report the whole error tree again first, each node with AW_ERROR_LOST: the records from the task's end may
 * have been overwritten since.
 */
AW_AGENT_API void aw_agent_error_lost(struct aw_agent_task *owner, uint64_t error);
/**
 * The last reference to a future is gone and its error was never retrieved: the finding never-retrieved, of a future. Report the error
 * first, as for aw_agent_error_lost().
 *
 * @param job    the task that stood for the future's job; its id and stack are enough
 * @param birth  what that task was created with. Its creator submitted the job; the creator's id, slot and stack are enough
 *
 * Since:   0.1
 */
AW_AGENT_API void aw_agent_future_lost(const struct aw_agent_task *job,
				       const struct aw_agent_birth *birth, uint64_t error);
/**
 * A callback or another part of a loop failed, and no exception handler handles the error: the finding unhandled-error. Report the
 * error first, as for aw_agent_error_lost().
 *
 * @param owner     the task that failed (call this before aw_agent_error_retrieved()); NULL if it was not a task
 * @param callback  the name of the callback that failed; NULL if it has none
 * @param message   shown if `callback` is NULL; NULL: none
 */
AW_AGENT_API void aw_agent_error_unhandled(const struct aw_agent_task *owner, const char *callback,
					   const char *message, uint64_t error);

/* -------------------------------------------------------------------------------------------------
 * Handles: sockets, timers, processes and other objects that must be closed.
 */

/**
 * A handle was opened. `kind` is a word for display: "tcp", "pipe", "process".
 *
 * Captures the stack, and returns it for aw_agent_handle_unclosed(); AW_NONE if there is none.
 */
AW_AGENT_API aw_intern aw_agent_handle_opened(uint64_t id, const char *kind,
					      const struct aw_agent_task *by);
/** The handle was closed. */
AW_AGENT_API void aw_agent_handle_closed(uint64_t id);
/**
 * The handle is still open when its loop closes (or a loop, when its thread ends): the finding unclosed-handle.
 *
 * @param kind   as in aw_agent_handle_opened()
 * @param stack  what aw_agent_handle_opened() returned
 */
AW_AGENT_API void aw_agent_handle_unclosed(uint64_t id, const char *kind, aw_intern stack);
/** As aw_agent_handle_unclosed(), for a handle that was dropped while open, and whose opening was not reported. `stack`: where it was dropped. */
AW_AGENT_API void aw_agent_handle_dropped(uint64_t id, const char *kind, aw_intern stack);

#ifdef __cplusplus
}
#endif

#endif
