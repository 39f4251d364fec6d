/* SPDX-License-Identifier: MIT */
/*
 * The libuv handles by which our loop runs inside a libuv loop: a turn after each poll, an alarm for timers, and
 * wake-ups from other threads. Tells the recorder when the loop becomes idle, or can never wake again.
 */
#include "agent/runtime/loop/loop_handles.h"

#include "base/alloc.h"

enum {
	NS_PER_MS = 1000000,
	HANDLES = 5,
	ACTIVE_OWN = 3,
};

static struct aw_loop *loop_of(const void *handle)
{
	const struct aw__loop_handles *handles = ((const uv_handle_t *)handle)->data;

	return handles->loop;
}

/* Does nothing: an active idle handle keeps the poll from waiting. */
void aw__loop_on_idle(uv_idle_t *idle)
{
}

/* Does nothing: the timer ends the poll, and the turn that follows runs the expired timers. */
static void on_alarm(uv_timer_t *alarm)
{
}

/* Set the timer to the earliest deadline. libuv counts whole milliseconds of the same clock. */
static void set_alarm(struct aw_loop *loop)
{
	struct aw__timer *first = aw__timer_first(&loop->timers);
	uv_timer_t *alarm = &loop->handles->alarm;
	uint64_t deadline_ms, now_ms = uv_now(loop->uv);

	if (first == NULL) {
		uv_timer_stop(alarm);
		return;
	}
	if (loop->alarm_ns == first->deadline_ns && uv_is_active((uv_handle_t *)alarm))
		return;
	loop->alarm_ns = first->deadline_ns;
	deadline_ms = first->deadline_ns / NS_PER_MS + (first->deadline_ns % NS_PER_MS != 0);
	uv_timer_start(alarm, on_alarm, deadline_ms > now_ms ? deadline_ms - now_ms : 0, 0);
}

AW__HOOK_ONLY static void tell_busy(struct aw_loop *loop)
{
	const bool is_new = loop->epoch != aw_agent_epoch();

	if (__builtin_expect(is_new, 0))
		loop->teller->anew(loop);
	if (is_new || !loop->ticked)
		aw_agent_loop_busy(&loop->agent);
}

static void on_check(uv_check_t *check)
{
	struct aw_loop *loop = loop_of(check), *previous = aw__loop_here;

	loop->hooked = AW__HOOKED();
	if (AW__HOOKED_IN(loop))
		tell_busy(loop);
	loop->ticked = false;
	aw__loop_here = loop;
	aw__loop_turn(loop);
	aw__loop_here = previous;
	if (!aw__links_empty(&loop->next))
		aw__loop_wake(loop);
	else
		uv_idle_stop(&loop->handles->idle);
	set_alarm(loop);
}

static void count_active(uv_handle_t *handle, void *arg)
{
	*(unsigned int *)arg += uv_is_active(handle) != 0;
}

/*
 * Tell whether the poll that begins now can never end: nothing is ready or due, libuv has nothing to do, and no other
 * thread can know this loop. Three of our own handles are active then: async, check and prepare.
 */
AW__HOOK_ONLY static bool is_stuck(struct aw_loop *loop)
{
	uv_handle_t *async = (uv_handle_t *)&loop->handles->async;
	unsigned int active = 0;
	bool alive;

	if (!loop->owned || loop->shared || loop->timers.count > 0 ||
	    !aw__links_empty(&loop->next) || aw__links_empty(&loop->tasks))
		return false;
	uv_unref(async);
	alive = uv_loop_alive(loop->uv);
	uv_ref(async);
	if (alive)
		return false;
	uv_walk(loop->uv, count_active, &active);
	return active == ACTIVE_OWN;
}

AW__HOOK_ONLY static void tell_idle(struct aw_loop *loop)
{
	loop->teller->waits(loop, aw__links_empty(&loop->next));
	if (uv_backend_timeout(loop->uv) == 0) {
		loop->ticked = true;
		aw_agent_loop_tick(&loop->agent);
		return;
	}
	if (is_stuck(loop))
		aw_agent_loop_stuck(&loop->agent);
	aw_agent_loop_idle(&loop->agent);
}

/* A turn is certain to follow the poll: a job that becomes ready meanwhile need not wake the loop. */
static void on_prepare(uv_prepare_t *prepare)
{
	struct aw_loop *loop = loop_of(prepare);
	struct aw__timer *first = aw__timer_first(&loop->timers);

	loop->awake = true;
	if (aw__loop_jump != NULL && first != NULL && aw__links_empty(&loop->next)) {
		aw__loop_jump(first->deadline_ns);
		aw__loop_wake(loop);
	}
	set_alarm(loop);
	if (AW__HOOKED_IN(loop))
		tell_idle(loop);
}

static void on_async(uv_async_t *async)
{
	struct aw_loop *loop = loop_of(async);

	uv_mutex_lock(&loop->mutex);
	aw__links_move(&loop->next, &loop->sent);
	uv_mutex_unlock(&loop->mutex);
}

static void on_closed(uv_handle_t *handle)
{
	struct aw__loop_handles *handles = handle->data;

	if (--handles->open == 0)
		aw__alloc_free(handles);
}

static void adopt(struct aw__loop_handles *handles, void *handle)
{
	((uv_handle_t *)handle)->data = handles;
	handles->open++;
}

static void release(struct aw__loop_handles *handles)
{
	uv_handle_t *all[HANDLES] = {
		(uv_handle_t *)&handles->check, (uv_handle_t *)&handles->prepare,
		(uv_handle_t *)&handles->idle,	(uv_handle_t *)&handles->alarm,
		(uv_handle_t *)&handles->async,
	};

	handles->loop = NULL;
	for (size_t i = 0; i < HANDLES; i++)
		uv_close(all[i], on_closed);
}

int aw__loop_handles_open(struct aw_loop *loop)
{
	struct aw__loop_handles *handles = aw__alloc_zeroed(1, sizeof(*handles));
	int status;

	if (handles == NULL)
		return UV_ENOMEM;
	/* first, because no other call can fail */
	status = uv_async_init(loop->uv, &handles->async, on_async);
	if (status < 0)
		goto fail;
	uv_check_init(loop->uv, &handles->check);
	uv_prepare_init(loop->uv, &handles->prepare);
	uv_idle_init(loop->uv, &handles->idle);
	uv_timer_init(loop->uv, &handles->alarm);
	adopt(handles, &handles->async);
	adopt(handles, &handles->check);
	adopt(handles, &handles->prepare);
	adopt(handles, &handles->idle);
	adopt(handles, &handles->alarm);
	handles->loop = loop;
	loop->handles = handles;
	uv_check_start(&handles->check, on_check);
	uv_prepare_start(&handles->prepare, on_prepare);
	uv_unref((uv_handle_t *)&handles->check);
	uv_unref((uv_handle_t *)&handles->prepare);
	/* our own libuv loop waits for other threads; the program's is not kept alive for that */
	if (!loop->owned)
		uv_unref((uv_handle_t *)&handles->async);
	return 0;
fail:
	aw__alloc_free(handles);
	return status;
}

void aw__loop_handles_close(struct aw_loop *loop)
{
	release(loop->handles);
	loop->handles = NULL;
}
