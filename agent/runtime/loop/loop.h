/* SPDX-License-Identifier: MIT */
/*
 * The loop.
 *
 * One iteration runs the jobs that were ready when it began (`now`); jobs that become ready
 * meanwhile are appended to `next`. asyncio polls the kernel between two iterations. For a task
 * that only yields, a poll costs a hundred times more than the switch, without a visible effect: so
 * iterations follow one another, with the timers between them, until no job is ready, or 50 us have
 * passed. Together they are a turn.
 *
 * If the next job is a task, too, a suspending task switches to it directly, without returning to
 * the loop's stack. Only callbacks run on the loop's own stack.
 *
 * The libuv loop has five handles of ours. The check handle runs a turn after each poll; the
 * prepare handle runs before the poll; the idle handle is active while jobs are ready, so that the
 * poll does not wait; the timer is set to the earliest deadline; the async handle receives jobs
 * from other threads.
 */
#ifndef AW__LOOP_H
#define AW__LOOP_H

#include "agent/hook/hook.h"
#include "agent/runtime/fiber/fiber.h"
#include "agent/runtime/fiber/stack.h"
#include "agent/runtime/loop/bug.h"
#include "agent/runtime/loop/interrupt.h"
#include "agent/runtime/loop/job.h"
#include "agent/runtime/loop/timer.h"

#include <awry/loop.h>
#include <uv.h>

struct aw_task;

/* By these the layer above reports the loop's tasks to the recorder, while the loop is hooked. */
struct aw__loop_teller {
	/** Called before a turn: report the tasks to a recording that does not know them yet. */
	void (*anew)(struct aw_loop *loop);
	/** Called before a poll: report where tasks wait that began to wait since the last call. `idle`: the poll may sleep. */
	void (*waits)(struct aw_loop *loop, bool idle);
};

/* The libuv handles; freed when the last of them is closed, which may be after the loop. */
struct aw__loop_handles {
	uv_check_t check;
	uv_prepare_t prepare;
	uv_idle_t idle;
	uv_timer_t alarm;
	uv_async_t async;
	unsigned int open;
	struct aw_loop *loop; /* NULL once closed */
};

struct aw_loop {
	struct aw__link now;	 /* of struct aw__job: the rest of this iteration */
	struct aw__link next;	 /* of struct aw__job: the next iteration */
	uint64_t now_ns;	 /* the clock, as it was last read */
	uint64_t turn_ns;	 /* when this turn began */
	unsigned int iterations; /* of this turn, up to the last look; see aw__loop_look() */
	unsigned int period;	 /* iterations from that look to the next */
	unsigned int countdown;	 /* iterations left until the next look */
	bool hooked;		 /* aw_agent_on() when the loop woke up */
	bool ticked; /* while hooked: the poll does not sleep, and the recorder knows that */
	bool from_callbacks; /* while hooked: since the last step code ran outside of ready tasks */
	bool turn_over;	     /* libuv must poll before the next iteration */
	bool awake;	     /* a turn runs now, or is certain to follow the poll */
	bool stopping;	     /* end the turn after this iteration, and then uv_run() */
	bool owned;	     /* the libuv loop is ours */
	int opener;	     /* the process that opened it, if it is watched for closing; else 0 */
	aw_intern opened;    /* the stack at which it was opened, if recorded */
	bool shared;	     /* the program got a pointer to it, so another thread may have one */
	struct aw__fiber fiber; /* the loop's own stack, while a task runs */
	const void *stack;	/* of the thread that opened it, for AddressSanitizer */
	size_t stack_bytes;
	bool rooted; /* the stack is registered by aw__asan_root() */
	struct aw_task
		*dead; /* the task that has just ended; to be unreferenced on another stack */
	struct aw__timers timers;
	struct aw__stack_pool *stacks;
	struct aw__link tasks;	 /* of struct aw_future, in struct aw_task */
	struct aw__link futures; /* of struct aw_future, made by aw_future_create() */
	struct aw__link coros;	 /* of struct aw_coro, without a creator, or whose creator ended */
	struct aw__link resources; /* of struct aw__resource */
	struct aw__link held;	   /* of struct aw__held */
	struct aw_coro *free_coros;
	unsigned int free_coro_count;
	uint64_t alarm_ns;		      /* what the timer is set to; 0 = stopped */
	struct aw__job stopper;		      /* ends the run */
	unsigned int stop_after;	      /* iterations that the stopper lets pass before */
	size_t thread_calls;		      /* calls in threads that are not done */
	bool draining;			      /* the end of the run waits for these calls */
	size_t leftovers;		      /* tasks that the end of the run waits for */
	const struct aw_agent_cancel *reason; /* of the cancellation under way; NULL: cancel() */
	aw_exception_handler_fn *handler;     /* NULL: the default */
	void *handler_arg;
	bool handling;	    /* the handler runs */
	aw_error *exit;	    /* KeyboardInterrupt or SystemExit, which ends the run */
	void *signal_stack; /* for the handler of stack overflows; NULL: the thread has another one */
	struct aw_agent_loop agent;
	uint32_t epoch;	       /* the recording that knows the loop */
	char label[64];	       /* for viewers; "": none */
	struct aw__link waits; /* of struct aw_task: where they wait is not reported yet */
	unsigned int polls;    /* polls that did not sleep; see aw__task_tell_waits() */
	const struct aw__loop_teller *teller;
	uv_loop_t *uv;
	struct aw__loop_handles *handles;
	uv_mutex_t mutex;     /* guards what follows */
	struct aw__link sent; /* of struct aw__job, from other threads */
};

/* As AW__HOOKED(), for the hot paths: the loop's own copy of the switch is nearer in memory. */
#ifdef AW__NO_HOOKS
#define AW__HOOKED_IN(loop) false
#else
#define AW__HOOKED_IN(loop) __builtin_expect((loop)->hooked, 0)
#endif

/* Something with libuv handles of its own. When the loop closes, abandon() closes them. */
struct aw__resource {
	struct aw__link link; /* in loop->resources */
	void (*abandon)(struct aw__resource *resource);
};

/*
 * Clean-up list: heap memory that only a waiting task's stack refers to. When the loop closes, and the task never runs
 * again, abandon() frees it. At that time the task waits for nothing, and its stack and the loop still exist.
 */
struct aw__held {
	struct aw__link link; /* in loop->held */
	void (*abandon)(struct aw__held *held);
};

extern _Thread_local struct aw_loop *aw__loop_here __attribute__((tls_model("initial-exec")));

/** The current loop; ends the program if there is none. */
static inline struct aw_loop *aw__loop_must(void)
{
	aw__must(aw__loop_here != NULL, "this thread has no loop");
	return aw__loop_here;
}

/** Open /dev/null for those of the descriptors 0, 1 and 2 that are closed. */
void aw__loop_fill_descriptors(void);

aw_error *aw__loop_open(uv_loop_t *uv, bool owned, const struct aw_run_options *options,
			struct aw_loop **ret_loop);
void aw__loop_close(struct aw_loop *loop);

/** Make a turn run soon: a job was made ready outside of a turn. */
void aw__loop_wake(struct aw_loop *loop);
/** Append a job to the next iteration. */
static inline void aw__loop_push(struct aw_loop *loop, struct aw__job *job)
{
	aw__link_append(&loop->next, &job->link);
	if (__builtin_expect(!loop->awake, 0))
		aw__loop_wake(loop);
}

/** Append a job to the next iteration, from any thread. */
void aw__loop_send(struct aw_loop *loop, struct aw__job *job);

static inline void aw__loop_hold(struct aw_loop *loop, struct aw__held *held,
				 void (*abandon)(struct aw__held *held))
{
	held->abandon = abandon;
	aw__link_append(&loop->held, &held->link);
}

/** Set a timer; false if there is no memory. Its job becomes ready at the deadline. */
bool aw__loop_timer(struct aw_loop *loop, struct aw__timer *timer, uint64_t deadline_ns);

/**
 * Check what is not worth a check in each iteration: the clock, the timers, whether to stop. False if the turn is over.
 */
bool aw__loop_look(struct aw_loop *loop);

/** Make aw__loop_look() run before the next iteration. */
static inline void aw__loop_hasten(struct aw_loop *loop)
{
	loop->period -= loop->countdown - 1;
	loop->countdown = 1;
}

/* Begin the next iteration of this turn; false if there is none. */
static inline bool aw__loop_iterate(struct aw_loop *loop)
{
	const bool interrupted =
		atomic_load_explicit(&aw__interrupt_unseen, memory_order_relaxed) != 0;

	if (__builtin_expect(--loop->countdown == 0 || interrupted, 0) && !aw__loop_look(loop))
		return false;
	if (aw__links_empty(&loop->next))
		return false;
	aw__links_move(&loop->now, &loop->next);
	return true;
}

/** The next job of this turn, still in its list; NULL when the turn is over. */
static inline struct aw__job *aw__loop_peek(struct aw_loop *loop)
{
	if (aw__links_empty(&loop->now) && !aw__loop_iterate(loop))
		return NULL;
	return aw__job_of(loop->now.next);
}

/** End the turn after this iteration, and then uv_run(). Only for a loop of our own. */
static inline void aw__loop_stop(struct aw_loop *loop)
{
	loop->stopping = true;
	aw__loop_hasten(loop);
}

/** Tell whether an error ends aw_run() at once: KeyboardInterrupt and SystemExit do. */
bool aw__loop_exits(const aw_error *err);
/**
 * End aw_run() with an error, which is then consumed. False if the error does not end it, the loop is not of aw_run(),
 * or the run ends already.
 */
bool aw__loop_exit(struct aw_loop *loop, aw_error *err);

/** For tests: called before the loop sleeps until a deadline, so that a fake clock can jump to it. */
extern void (*aw__loop_jump)(uint64_t deadline_ns);

#endif
