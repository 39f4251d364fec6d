/* SPDX-License-Identifier: MIT */
/*
 * The loop.
 *
 * One iteration runs what was ready when it began (`now`); what becomes ready meanwhile is appended
 * to `next`. Between two iterations asyncio asks the kernel for input. To do so after every
 * iteration costs a task that only yields a hundred times more than the switch itself, and nobody
 * can see the difference: so iterations follow one another, with the timers between them, until
 * there is nothing to do, or 50 us are over. Together they are a turn.
 *
 * A suspending task does not go back to the loop's stack if the next job is a task, too: it enters
 * that one itself. Only callbacks run on the loop's own stack.
 *
 * In the libuv loop there are five handles. The check handle makes a turn, after each poll; the
 * prepare handle precedes the poll; the idle handle is active while jobs are ready, so that the
 * poll does not wait; the timer is set to the earliest deadline; the async handle takes what other
 * threads send.
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

/* What the layer above tells the recorder of the loop's tasks, while the loop is hooked. */
struct aw__loop_teller {
	/** Before a turn, in a recording that does not know them yet. */
	void (*anew)(struct aw_loop *loop);
	/** Before a poll: where those wait that began to since the last one. `idle`: the poll sleeps. */
	void (*waits)(struct aw_loop *loop, bool idle);
};

/* What libuv knows: it lives until the last of the handles is closed. */
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
	struct aw__link next;	 /* of struct aw__job: the next one */
	uint64_t now_ns;	 /* the clock, as it was last read */
	uint64_t turn_ns;	 /* when this turn began */
	unsigned int iterations; /* of this turn, up to the last look; see aw__loop_look() */
	unsigned int period;	 /* so many iterations from that look to the next */
	unsigned int countdown;	 /* and so many are left */
	bool hooked;		 /* aw_agent_on(), as of when it woke up */
	bool ticked; /* while hooked: the poll does not sleep, and the recorder knows that */
	bool from_callbacks; /* while hooked: code ran on the loop's own stack, or a creator's */
	bool turn_over;	     /* libuv is to poll before there is another iteration */
	bool awake;	     /* a turn runs now, or surely follows the poll */
	bool stopping;	     /* end the turn after this iteration, and then uv_run() */
	bool owned;	     /* the libuv loop is ours */
	int opener;	     /* the process that opened it, of one that may be forgotten; else 0 */
	aw_intern opened;    /* the stack then, if it is recorded */
	bool shared;	     /* somebody asked for it, and may have told another thread */
	struct aw__fiber fiber; /* the loop's own stack, while a task runs */
	const void *stack;	/* of the thread that opened it, for AddressSanitizer */
	size_t stack_bytes;
	bool rooted;	      /* AddressSanitizer knows it */
	struct aw_task *dead; /* it has left its stack for good, and is to be unreferenced */
	struct aw__timers timers;
	struct aw__stack_pool *stacks;
	struct aw__link tasks;	   /* of struct aw_future, in struct aw_task */
	struct aw__link futures;   /* of struct aw_future, made by aw_future_create() */
	struct aw__link coros;	   /* of struct aw_coro, without a task that made them */
	struct aw__link resources; /* of struct aw__resource */
	struct aw__link held;	   /* of struct aw__held */
	struct aw_coro *free_coros;
	unsigned int free_coro_count;
	uint64_t alarm_ns;		      /* what the timer is set to; 0 = stopped */
	struct aw__job stopper;		      /* ends the run when it is run */
	unsigned int stop_after;	      /* so many iterations later */
	size_t thread_calls;		      /* begun in threads, and not done */
	bool draining;			      /* the end of the run waits for those */
	size_t leftovers;		      /* tasks whose end the end of the run waits for */
	const struct aw_agent_cancel *reason; /* why tasks are being cancelled; NULL: as asked */
	aw_exception_handler_fn *handler;     /* NULL: the default */
	void *handler_arg;
	bool handling;	/* the handler runs */
	aw_error *exit; /* KeyboardInterrupt or SystemExit, which ends the run */
	void *signal_stack; /* of its thread, for what is said of a stack overflow; NULL: the thread has another one */
	struct aw_agent_loop agent;
	uint32_t epoch;	       /* the recording that knows it */
	char label[64];	       /* for viewers; "": none */
	struct aw__link waits; /* of struct aw_task: it waits, and where was not told yet */
	unsigned int polls;    /* that did not sleep, since that was told */
	const struct aw__loop_teller *teller;
	uv_loop_t *uv;
	struct aw__loop_handles *handles;
	uv_mutex_t mutex;     /* guards what follows */
	struct aw__link sent; /* of struct aw__job, from other threads */
};

/* As AW__HOOKED(), for the hook points that every task passes: the loop's own copy of the switch is nearer. */
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
 * Clean-up list: heap memory that only a waiting task's stack refers to. When the loop closes, and the task never runs again,
 * abandon() frees it: the task waits for nothing any more then, its stack is still there, and so is the loop.
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

/** See to it that a turn comes soon: something was made ready from outside of one. */
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
 * Look at what is not worth a look in each iteration: the clock, the timers, whether to stop. False if the turn is over.
 */
bool aw__loop_look(struct aw_loop *loop);

/** See to it that the next iteration is preceded by such a look. */
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

/** The job that is next in this turn, still in its list; NULL when the turn is over. */
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

/** KeyboardInterrupt and SystemExit: what ends a run of our own at once. */
bool aw__loop_exits(const aw_error *err);
/** End the run of a loop of our own with that error; false if this is none, or if it ends already. */
bool aw__loop_exit(struct aw_loop *loop, aw_error *err);

/** Tests: called before the loop sleeps till a deadline, so that a clock of theirs can jump to it.
 */
extern void (*aw__loop_jump)(uint64_t deadline_ns);

#endif
