/* SPDX-License-Identifier: MIT */
/* aw_sleep(), aw_sleep_until() and aw_yield(): suspend the task for a time, until a time, or for one iteration of the loop. */
#include "agent/runtime/task/task.h"

#include "base/clock.h"

struct nap {
	struct aw_future future;
	struct aw__timer timer;
};

static void nap_over(struct aw__job *job, bool discard)
{
	struct nap *nap = aw__container_of(job, struct nap, timer.job);

	if (!discard)
		aw__future_set(&nap->future, NULL);
}

aw_error *aw_sleep_until(aw_ns deadline)
{
	struct aw_task *task = aw__task_must();
	struct aw_loop *loop = task->future.loop;
	struct nap nap = { .timer.job.run = nap_over };
	aw_error *err;

	if (deadline <= aw__clock_monotonic_ns())
		return aw_yield();
	aw__future_init(&nap.future, loop, AW_WAIT_SLEEP);
	if (deadline != AW_FOREVER && !aw__loop_timer(loop, &nap.timer, deadline))
		return aw_raise(aw_MemoryError, NULL);
	err = aw__task_wait(&nap.future, NULL);
	aw__timer_remove(&loop->timers, &nap.timer);
	aw__link_remove(&nap.timer.job.link);
	aw__future_finish(&nap.future);
	return err;
}

aw_error *aw_sleep(aw_ns duration)
{
	uint64_t now;

	if (duration == 0)
		return aw_yield();
	now = aw__clock_monotonic_ns();
	return aw_sleep_until(duration < AW_FOREVER - now ? now + duration : AW_FOREVER);
}

aw_error *aw_yield(void)
{
	struct aw_task *task = aw__task_must();
	aw_error *err;

	if (AW__HOOKED_IN(task->future.loop))
		aw_agent_task_wait(&task->agent, AW_WAIT_SLEEP, 0);
	aw__loop_push(task->future.loop, &task->job);
	aw__task_suspend(task);
	err = aw__task_cancellation(task);
	if (err != NULL)
		aw__task_delivered(task, err);
	return err;
}
