/* SPDX-License-Identifier: MIT */
/*
 * Creates and closes loops, for aw_run() and aw_loop_from_uv(). When a loop closes, its tasks are dropped, and
 * objects that may outlive it (futures, streams, servers) are detached.
 */
#include "agent/runtime/loop/loop_handles.h"

#include "agent/runtime/fiber/asan.h"
#include "agent/runtime/loop/loop_unclosed.h"
#include "agent/runtime/task/coro.h"
#include "agent/runtime/task/overflow.h"
#include "agent/runtime/task/unhandled.h"
#include "base/alloc.h"
#include "base/options_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum {
	WARM_STACKS = 4096,
	STACK_BYTES = 65536,
	STACK_BYTES_WATCHED = 262144, /* sanitizers pad every frame */
};

static size_t stack_bytes_default(void)
{
#ifdef AW__FIBER_WATCHED
	return STACK_BYTES_WATCHED;
#else
	return aw__asan_present() ? STACK_BYTES_WATCHED : STACK_BYTES;
#endif
}

static void lists_init(struct aw_loop *loop)
{
	aw__links_init(&loop->now);
	aw__links_init(&loop->next);
	aw__links_init(&loop->tasks);
	aw__links_init(&loop->futures);
	aw__links_init(&loop->coros);
	aw__links_init(&loop->resources);
	aw__links_init(&loop->held);
	aw__links_init(&loop->waits);
	aw__links_init(&loop->sent);
}

/* open() returns the lowest free number, which is the wanted one. A number that cannot be filled stays closed. */
void aw__loop_fill_descriptors(void)
{
	for (int wanted = STDIN_FILENO; wanted <= STDERR_FILENO; wanted++) {
		int got;

		if (fcntl(wanted, F_GETFD) >= 0 || errno != EBADF)
			continue;
		got = open("/dev/null", O_RDWR);
		if (got <
		    0) /* in an empty chroot(): occupies the number; reads and writes fail as before */
			got = open("/", O_PATH | O_DIRECTORY);
		if (got > STDERR_FILENO) /* another thread has filled it meanwhile */
			close(got);
	}
}

static aw_error *no_loop(int status)
{
	if (status == UV_ENOMEM)
		return aw_raise(aw_MemoryError, NULL);
	return aw_error_from_uv(status, "the loop");
}

/* Start recording, unless the program has stopped it. */
static bool is_recorded(void)
{
	if (!aw_agent_on() && aw_agent_epoch() != 0)
		return false;
	return aw_agent_start("awry") && AW__HOOKED();
}

static const struct aw__loop_teller teller = { aw__task_tell_anew, aw__task_tell_waits };

aw_error *aw__loop_open(uv_loop_t *uv, bool owned, const struct aw_run_options *options,
			struct aw_loop **ret_loop)
{
	struct aw_loop *loop = aw__alloc_zeroed(1, sizeof(*loop));
	struct aw_run_options use;
	int status = UV_ENOMEM;

	AW__OPTIONS(aw_run_options, &use, options);
	if (loop == NULL)
		goto fail;
	aw__loop_fill_descriptors();
	lists_init(loop);
	loop->uv = uv;
	loop->teller = &teller;
	loop->owned = owned;
	loop->stacks = aw__stack_pool_create(use.stack_bytes != 0 ? use.stack_bytes
								  : stack_bytes_default(),
					     sizeof(struct aw_task), WARM_STACKS);
	if (loop->stacks == NULL)
		goto fail_stacks;
	status = uv_mutex_init(&loop->mutex);
	if (status < 0)
		goto fail_mutex;
	status = aw__loop_handles_open(loop);
	if (status < 0)
		goto fail_handles;
	aw__fiber_adopt(&loop->fiber);
	if (aw__asan_present()) {
		aw__asan_thread_stack(&loop->stack, &loop->stack_bytes);
		loop->rooted = aw__asan_root(loop->stack, loop->stack_bytes);
		aw__task_tell_asan();
	}
	loop->signal_stack = aw__overflow_watch();
	loop->period = loop->countdown = 1;
	if (use.label != NULL)
		snprintf(loop->label, sizeof(loop->label), "%s", use.label);
	loop->hooked = is_recorded();
	AW__HOOK(loop_opened, &loop->agent, loop->label[0] != '\0' ? loop->label : NULL);
	loop->epoch = aw_agent_epoch();
	*ret_loop = loop;
	return NULL;
fail_handles:
	uv_mutex_destroy(&loop->mutex);
fail_mutex:
	aw__stack_pool_close(loop->stacks);
fail_stacks:
	aw__alloc_free(loop);
fail:
	return no_loop(status);
}

static void discard_jobs(struct aw__link *jobs)
{
	while (!aw__links_empty(jobs)) {
		struct aw__job *job = aw__job_of(jobs->next);

		aw__link_remove(&job->link);
		job->run(job, true);
	}
}

static void discard_timers(struct aw_loop *loop)
{
	struct aw__timer *timer;

	while ((timer = aw__timer_first(&loop->timers)) != NULL) {
		aw__timer_remove(&loop->timers, timer);
		timer->job.run(&timer->job, true);
	}
	aw__timers_finish(&loop->timers);
}

static bool has_pending(const struct aw_loop *loop)
{
	for (struct aw__link *at = loop->tasks.next; at != &loop->tasks; at = at->next)
		if (!aw__future_done(aw__container_of(at, struct aw_future, link)))
			return true;
	return false;
}

/* Detach pending tasks, which will never run again, from what they wait for, before a stack is freed. */
static void forsake_tasks(struct aw_loop *loop)
{
	for (struct aw__link *at = loop->tasks.next; at != &loop->tasks; at = at->next) {
		struct aw_task *task = aw__task_of(aw__container_of(at, struct aw_future, link));
		struct aw_future *future = task->waiting_on;

		if (aw__future_done(&task->future))
			continue;
		AW__HOOK(task_destroyed_pending, &task->agent);
		aw__unhandled_pending(task);
		aw__coro_abandon(&task->coros, loop, task);
		aw__link_remove(&task->job.link);
		task->waiting_on = NULL;
		if (future != NULL)
			aw__future_unref(future);
	}
}

static void abandon_held(struct aw_loop *loop)
{
	while (!aw__links_empty(&loop->held)) {
		struct aw__held *held = aw__container_of(loop->held.next, struct aw__held, link);

		aw__link_remove(&held->link);
		held->abandon(held);
	}
}

/* Detach futures and tasks, which may outlive the loop, from it. */
static void orphan_futures(struct aw__link *futures)
{
	while (!aw__links_empty(futures)) {
		struct aw_future *future = aw__container_of(futures->next, struct aw_future, link);
		bool loops = aw__task_is(future) && !aw__future_done(future);

		aw__link_remove(&future->link);
		aw__future_ref(future);
		aw__future_lose_error(future);
		future->loop = NULL;
		discard_jobs(&future->callbacks);
		if (loops) {
			aw__fiber_finish(&aw__task_of(future)->fiber);
			aw__future_unref(future);
		}
		aw__future_unref(future);
	}
}

void aw__loop_close(struct aw_loop *loop)
{
	discard_jobs(&loop->now);
	discard_jobs(&loop->next);
	discard_jobs(&loop->sent);
	discard_timers(loop);
	while (!aw__links_empty(&loop->resources)) {
		struct aw__resource *resource =
			aw__container_of(loop->resources.next, struct aw__resource, link);

		aw__link_remove(&resource->link);
		resource->abandon(resource);
	}
	/* a task may outlive the loop */
	while (!aw__links_empty(&loop->waits))
		aw__link_remove(loop->waits.next);
	forsake_tasks(loop);
	abandon_held(loop);
	orphan_futures(&loop->tasks);
	orphan_futures(&loop->futures);
	/* jobs that other threads sent while the loop was being closed */
	uv_mutex_lock(&loop->mutex);
	aw__links_move(&loop->next, &loop->sent);
	uv_mutex_unlock(&loop->mutex);
	discard_jobs(&loop->next);
	aw__coro_close_all(loop);
	AW__HOOK(loop_closed, &loop->agent);
	aw__overflow_unwatch(loop->signal_stack);
	aw__loop_handles_close(loop);
	aw__stack_pool_close(loop->stacks);
	if (loop->rooted)
		aw__asan_unroot(loop->stack, loop->stack_bytes);
	uv_mutex_destroy(&loop->mutex);
	aw_error_unref(loop->exit);
	aw__alloc_free(loop);
}

aw_error *aw_loop_from_uv(struct uv_loop_s *uv, const struct aw_run_options *options,
			  aw_loop **ret_loop)
{
	if (aw__loop_here != NULL)
		return aw_raise(aw_RuntimeError, "this thread has a loop already");
	AW_TRY(aw__loop_open(uv, false, options, ret_loop));
	aw__loop_here = *ret_loop;
	aw__loop_unclosed_watch(*ret_loop);
	return NULL;
}

void aw_loop_close(aw_loop *loop)
{
	if (loop == NULL)
		return;
	aw__must(!loop->owned, "aw_run() closes its loop itself");
	aw__must(aw__task_current() == NULL, "a task cannot close its loop");
	if (aw__loop_here == loop)
		aw__loop_here = NULL;
	aw__loop_unclosed_unwatch(loop);
	if (AW__HOOKED() && has_pending(loop))
		aw_agent_loop_ending(&loop->agent);
	aw__loop_close(loop);
}
