/* SPDX-License-Identifier: MIT */
/*
 * aw_barrier, as asyncio.Barrier. It fills until all parties are inside, then drains until the last
 * has left; tasks that arrive meanwhile wait outside. A reset drains it, too, but with errors. Each
 * change of state is notified to all tasks on one condition, and each checks what it waits for.
 */
#include "agent/runtime/sync/sync.h"

enum state {
	FILLING,
	DRAINING,
	RESETTING,
	BROKEN,
};

static void check(const aw_barrier *barrier)
{
	aw__must(barrier->magic == AW__MAGIC_BARRIER, "invalid or freed barrier");
}

aw_error *aw_barrier_init(aw_barrier *barrier, size_t parties)
{
	if (parties == 0)
		return aw_raise(aw_ValueError, "parties must be > 0");
	*barrier = (aw_barrier){ .magic = AW__MAGIC_BARRIER, .parties = parties };
	aw_condition_init(&barrier->condition, NULL);
	return NULL;
}

void aw_barrier_finish(aw_barrier *barrier)
{
	if (barrier == NULL)
		return;
	check(barrier);
	aw__must(barrier->count == 0, "a task still waits at the barrier");
	aw_condition_finish(&barrier->condition);
	barrier->magic = 0;
}

static void notify_all(aw_barrier *barrier)
{
	aw__sync_wake_all(&barrier->condition.line);
}

static bool is_open(void *arg)
{
	const aw_barrier *barrier = arg;

	return barrier->state != DRAINING && barrier->state != RESETTING;
}

static bool is_not_filling(void *arg)
{
	const aw_barrier *barrier = arg;

	return barrier->state != FILLING;
}

/* The last party to arrive releases all; the others wait for it. */
static aw_error *pass(aw_barrier *barrier, size_t index)
{
	if (index + 1 == barrier->parties) {
		barrier->state = DRAINING;
		notify_all(barrier);
		return NULL;
	}
	AW_TRY(aw_condition_wait_for(&barrier->condition, is_not_filling, barrier));
	if (barrier->state == BROKEN || barrier->state == RESETTING)
		return aw_raise(aw_BrokenBarrierError, "Abort or reset of barrier");
	return NULL;
}

static void step_out(aw_barrier *barrier)
{
	if (--barrier->count > 0)
		return;
	if (barrier->state == RESETTING || barrier->state == DRAINING)
		barrier->state = FILLING;
	notify_all(barrier);
}

static aw_error *wait(aw_barrier *barrier, size_t *ret_index)
{
	aw_error *err;
	size_t index;

	AW_TRY(aw_condition_wait_for(&barrier->condition, is_open, barrier));
	if (barrier->state == BROKEN)
		return aw_raise(aw_BrokenBarrierError, "Barrier aborted");
	index = barrier->count++;
	err = pass(barrier, index);
	step_out(barrier);
	if (err == NULL && ret_index != NULL)
		*ret_index = index;
	return err;
}

aw_error *aw_barrier_wait(aw_barrier *barrier, size_t *ret_index)
{
	aw_error *err;

	check(barrier);
	AW_TRY(aw_condition_acquire(&barrier->condition));
	err = wait(barrier, ret_index);
	return aw_raise_in(err, aw_condition_release(&barrier->condition));
}

static aw_error *change(aw_barrier *barrier, enum state state)
{
	check(barrier);
	AW_TRY(aw_condition_acquire(&barrier->condition));
	barrier->state = state == RESETTING && barrier->count == 0 ? FILLING : state;
	notify_all(barrier);
	return aw_condition_release(&barrier->condition);
}

aw_error *aw_barrier_reset(aw_barrier *barrier)
{
	return change(barrier, RESETTING);
}

aw_error *aw_barrier_abort(aw_barrier *barrier)
{
	return change(barrier, BROKEN);
}

size_t aw_barrier_parties(const aw_barrier *barrier)
{
	check(barrier);
	return barrier->parties;
}

size_t aw_barrier_n_waiting(const aw_barrier *barrier)
{
	check(barrier);
	return barrier->state == FILLING ? barrier->count : 0;
}

bool aw_barrier_broken(const aw_barrier *barrier)
{
	check(barrier);
	return barrier->state == BROKEN;
}
