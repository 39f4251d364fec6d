/* SPDX-License-Identifier: MIT */
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
	/* on its own thread nothing needs to cross: it comes after what was made ready before */
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
	/* a turn sets the alarm at its end; outside of one nobody else would */
	if (__builtin_expect(!loop->awake, 0))
		aw__loop_wake(loop);
	return true;
}

/* Make ready what is due, as far as the clock was read. */
static void expire_timers(struct aw_loop *loop)
{
	struct aw__timer *timer;

	while ((timer = aw__timer_first(&loop->timers)) != NULL &&
	       timer->deadline_ns <= loop->now_ns) {
		aw__timer_remove(&loop->timers, timer);
		aw__link_append(&loop->next, &timer->job.link);
	}
}

/* Tell whether the turn is over: libuv wants to poll. Reads the clock now and then. */
static bool turn_is_over(struct aw_loop *loop)
{
	unsigned int count = ++loop->iterations;

	if (loop->stopping)
		return true;
	if (count % CLOCK_EVERY != 0 && (count & (count - 1)) != 0)
		return false;
	loop->now_ns = aw__clock_monotonic_ns();
	return count >= TURN_ITERATIONS || loop->now_ns - loop->turn_ns > TURN_NS;
}

/** Begin the next iteration of this turn; false if there is none. */
bool aw__loop_iterate(struct aw_loop *loop)
{
	if (loop->turn_over)
		return false;
	if (__builtin_expect(atomic_load_explicit(&aw__interrupt_unseen, memory_order_relaxed) != 0,
			     0))
		aw__interrupt_deliver(loop);
	loop->turn_over = loop->stopping || (loop->iterations > 0 && turn_is_over(loop));
	if (loop->turn_over)
		return false;
	if (loop->iterations == 0)
		loop->iterations = 1;
	if (loop->timers.count > 0)
		expire_timers(loop);
	if (aw__links_empty(&loop->next))
		return false;
	aw__links_move(&loop->now, &loop->next);
	return true;
}

void aw__loop_turn(struct aw_loop *loop)
{
	struct aw__job *job;

	loop->awake = true;
	loop->iterations = 0;
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
