/* SPDX-License-Identifier: MIT */
/*
 * Lets a task wait for an event that has no future, such as a libuv callback: on a future on its own stack,
 * optionally with a deadline.
 */
#include "agent/runtime/task/waiter.h"

static void on_job(struct aw__job *job, bool discard)
{
	struct aw__waiter *waiter = aw__container_of(job, struct aw__waiter, job);

	if (!discard)
		aw__future_set(&waiter->future, NULL);
}

static void on_timer(struct aw__job *job, bool discard)
{
	struct aw__waiter *waiter = aw__container_of(job, struct aw__waiter, timer.job);

	if (!discard)
		aw__future_set(&waiter->future, NULL);
}

void aw__waiter_init(struct aw__waiter *waiter, struct aw_loop *loop, enum aw_agent_wait wait)
{
	*waiter = (struct aw__waiter){ .job.run = on_job, .timer.job.run = on_timer };
	aw__future_init(&waiter->future, loop, wait);
}

void aw__waiter_finish(struct aw__waiter *waiter)
{
	aw__timer_remove(&waiter->future.loop->timers, &waiter->timer);
	if (waiter->timed != NULL)
		aw__task_timed(waiter->timed, false);
	aw__link_remove(&waiter->timer.job.link);
	aw__link_remove(&waiter->job.link);
	aw__future_finish(&waiter->future);
}

bool aw__waiter_deadline(struct aw__waiter *waiter, uint64_t deadline_ns)
{
	if (deadline_ns == AW_FOREVER)
		return true;
	if (!aw__loop_timer(waiter->future.loop, &waiter->timer, deadline_ns))
		return false;
	waiter->timed = aw__task_must();
	aw__task_timed(waiter->timed, true);
	return true;
}

aw_error *aw__waiter_wait(struct aw__link *list, enum aw_agent_wait wait, uint64_t id)
{
	struct aw__waiter waiter;
	aw_error *err;

	aw__waiter_init(&waiter, aw__task_must()->future.loop, wait);
	waiter.future.id = id;
	aw__link_append(list, &waiter.job.link);
	err = aw__task_wait(&waiter.future, NULL);
	aw__waiter_finish(&waiter);
	return err;
}

void aw__waiter_wake(struct aw__link *list)
{
	while (!aw__links_empty(list)) {
		struct aw__job *job = aw__job_of(list->next);

		aw__link_remove(&job->link);
		job->run(job, false);
	}
}
