/* SPDX-License-Identifier: MIT */
/*
 * The turns of a loop: iterations over ready jobs, with the timers between them, until libuv should poll again.
 * Also wakes a loop, and sends it jobs from other threads.
 */
#include "agent/runtime/loop/loop.h"

#include "agent/runtime/loop/interrupt.h"
#include "agent/runtime/loop/loop_handles.h"
#include "base/clock.h"

enum {
	TURN_NS = 50000,
	TURN_ITERATIONS = 1024,
	CLOCK_EVERY = 64, /* iterations; and at each power of two before */
};

_Thread_local struct aw_loop *aw__loop_here;
void (*aw__loop_jump)(uint64_t deadline_ns);

aw_loop *aw_loop_current(void)
{
	if (aw__loop_here != NULL)
		aw__loop_here->shared = true;
	return aw__loop_here;
}

struct uv_loop_s *aw_loop_uv(aw_loop *loop)
{
	return loop->uv;
}

aw_ns aw_now(void)
{
	return aw__clock_monotonic_ns();
}

void aw__loop_wake(struct aw_loop *loop)
{
	if (!uv_is_active((uv_handle_t *)&loop->handles->idle))
		uv_idle_start(&loop->handles->idle, aw__loop_on_idle);
}

void aw__loop_send(struct aw_loop *loop, struct aw__job *job)
{
	/* on the loop's own thread: append it to the ready jobs, without the mutex */
	if (aw__loop_here == loop) {
		aw__loop_push(loop, job);
		return;
	}
	uv_mutex_lock(&loop->mutex);
	aw__link_append(&loop->sent, &job->link);
	uv_mutex_unlock(&loop->mutex);
	uv_async_send(&loop->handles->async);
}

bool aw__loop_timer(struct aw_loop *loop, struct aw__timer *timer, uint64_t deadline_ns)
{
	if (!aw__timer_add(&loop->timers, timer, deadline_ns))
		return false;
	/* a turn sets the alarm at its end; outside of a turn the loop must be woken for that */
	if (__builtin_expect(!loop->awake, 0))
		aw__loop_wake(loop);
	if (deadline_ns <= loop->now_ns)
		aw__loop_hasten(loop);
	return true;
}

/* Make the jobs of expired timers ready, by the last reading of the clock. */
static void expire_timers(struct aw_loop *loop)
{
	struct aw__timer *timer;

	while ((timer = aw__timer_first(&loop->timers)) != NULL &&
	       timer->deadline_ns <= loop->now_ns) {
		aw__timer_remove(&loop->timers, timer);
		aw__link_append(&loop->next, &timer->job.link);
	}
}

/* Begin to count the iterations up to the next look. */
static void count(struct aw_loop *loop, unsigned int period)
{
	loop->period = loop->countdown = period;
}

/* Iterations until the next look: at the next power of two, or the next multiple of CLOCK_EVERY. */
static unsigned int next_look(unsigned int iterations)
{
	unsigned int power = 1;

	if (iterations >= CLOCK_EVERY)
		return CLOCK_EVERY - iterations % CLOCK_EVERY;
	while (power <= iterations)
		power *= 2;
	return power - iterations;
}

/* Read the clock, and tell whether the turn must end so that libuv can poll. */
static bool turn_was_long(struct aw_loop *loop)
{
	loop->now_ns = aw__clock_monotonic_ns();
	return loop->iterations >= TURN_ITERATIONS || loop->now_ns - loop->turn_ns > TURN_NS;
}

bool aw__loop_look(struct aw_loop *loop)
{
	const bool first = loop->iterations == 0;

	loop->iterations += loop->period - loop->countdown;
	count(loop, 1);
	if (loop->turn_over)
		return false;
	if (atomic_load_explicit(&aw__interrupt_unseen, memory_order_relaxed) != 0)
		aw__interrupt_deliver(loop);
	loop->turn_over = loop->stopping || (!first && turn_was_long(loop));
	if (loop->turn_over)
		return false;
	count(loop, next_look(loop->iterations));
	if (loop->timers.count > 0)
		expire_timers(loop);
	return true;
}

void aw__loop_turn(struct aw_loop *loop)
{
	struct aw__job *job;

	loop->awake = true;
	loop->iterations = 0;
	count(loop, 1);
	loop->turn_over = false;
	loop->turn_ns = loop->now_ns = aw__clock_monotonic_ns();
	while ((job = aw__loop_peek(loop)) != NULL) {
		aw__link_remove(&job->link);
		job->run(job, false);
	}
	loop->awake = false;
	if (loop->stopping)
		uv_stop(loop->uv);
}

bool aw__loop_exits(const aw_error *err)
{
	return aw_error_is(err, aw_KeyboardInterrupt) || aw_error_is(err, aw_SystemExit);
}

bool aw__loop_exit(struct aw_loop *loop, aw_error *err)
{
	if (!loop->owned || loop->exit != NULL || !aw__loop_exits(err))
		return false;
	loop->exit = err;
	aw__loop_stop(loop);
	/* at once: the rest of this iteration runs only after the end of the run has begun */
	aw__links_move(&loop->now, &loop->next);
	aw__links_move(&loop->next, &loop->now);
	return true;
}
