/* SPDX-License-Identifier: MIT */
/*
 * Counts the tasks that have ended and are still referenced, for each creation stack, for agent/watch/watch_growth.c.
 *
 * Such tasks no longer have a slot in the task table, so they are counted here, in private memory: a table of creation stacks, with
 * atomic counts. A task remembers its entry. As with live tasks, only those count that were created some time ago: time is measured in
 * ticks, one for each count of watch_growth.c; tasks that were created in this tick or the last one are counted separately.
 *
 * The table is bounded. Tasks that find no room in it are not counted. An entry whose counts are all 0 is given to another stack: a
 * count that changes at that moment may go to the wrong stack until its task is freed.
 */
#include <string.h>

#include "agent/record/atomics.h"
#include "agent/record/hook_tables.h"
#include "agent/record/reset.h"

#define SITES  1024u
#define PROBES 8u

/* In task->kept: the tick of its creation and, once it is counted, the entry and the epoch. */
#define TICKS	       1024u
#define EPOCHS	       2048u
#define TICK_OF(kept)  ((kept) % TICKS)
#define INDEX_OF(kept) ((kept) / TICKS % EPOCHS) /* of its site, plus 1; 0: it is not counted */
#define EPOCH_OF(kept) ((kept) / TICKS / EPOCHS)

struct site {
	_Atomic uint64_t place;	 /* coroutine and stack, as a slot has them; 0: free */
	_Atomic uint64_t newest; /* the id of the task that was counted last */
	_Atomic int32_t old;
	_Atomic int32_t recent[2]; /* by the tick in which they were created, odd or even */
};

static struct site sites[SITES];
static _Atomic uint32_t tick;  /* below TICKS */
static _Atomic uint32_t epoch; /* changes with each box: counts of an earlier one are ignored */

_Static_assert(SITES < EPOCHS && (uint64_t)TICKS * EPOCHS * EPOCHS == UINT64_C(1) << 32,
	       "a tick, a site and an epoch fit in 32 bits");

uint32_t aw__kept_born(void)
{
	return AW__LOAD(tick);
}

static bool is_empty(const struct site *site)
{
	return AW__LOAD(site->old) == 0 && AW__LOAD(site->recent[0]) == 0 &&
	       AW__LOAD(site->recent[1]) == 0;
}

/* NULL if there is no room. */
static struct site *site_of(uint64_t place)
{
	const uint64_t hash = place * UINT64_C(0x9e3779b97f4a7c15) >> 32;
	struct site *empty = NULL;
	uint64_t before;

	for (unsigned i = 0; i < PROBES; i++) {
		struct site *site = &sites[(hash + i) % SITES];

		if (AW__LOAD(site->place) == place)
			return site;
		if (empty == NULL && is_empty(site))
			empty = site;
	}
	if (empty == NULL)
		return NULL;
	before = AW__LOAD(empty->place);
	return atomic_compare_exchange_strong(&empty->place, &before, place) || before == place
		       ? empty
		       : NULL;
}

/* The count for tasks that were created in that tick. */
static _Atomic int32_t *count_of(struct site *site, uint32_t born)
{
	return (AW__LOAD(tick) - born) % TICKS < 2 ? &site->recent[born % 2] : &site->old;
}

static void count(struct aw_agent_task *task)
{
	const uint64_t place = (uint64_t)task->coroutine << 32 | task->stack;
	struct site *site = place != 0 ? site_of(place) : NULL;
	const uint32_t born = TICK_OF(task->kept);

	if (site == NULL)
		return;
	atomic_fetch_add_explicit(count_of(site, born), 1, memory_order_relaxed);
	AW__STORE(site->newest, task->id);
	task->kept = (AW__LOAD(epoch) * EPOCHS + (uint32_t)(site - sites) + 1) * TICKS + born;
}

void aw_agent_task_kept(struct aw_agent_task *task, bool kept)
{
	const uint32_t index = INDEX_OF(task->kept);

	if (kept && index == 0) {
		count(task);
	} else if (!kept && index != 0) {
		if (EPOCH_OF(task->kept) == AW__LOAD(epoch) && index <= SITES)
			atomic_fetch_sub_explicit(count_of(&sites[index - 1], TICK_OF(task->kept)),
						  1, memory_order_relaxed);
		task->kept = TICK_OF(task->kept);
	}
}

/* ---- for the agent's thread ---- */

void aw__kept_tick(void)
{
	const uint32_t next = (AW__LOAD(tick) + 1) % TICKS;

	/* until tasks of two ticks ago are moved below, one that is released is subtracted from `old`: the sum stays right */
	AW__STORE(tick, next);
	for (unsigned i = 0; i < SITES; i++) {
		const int32_t moved = atomic_exchange_explicit(&sites[i].recent[next % 2], 0,
							       memory_order_relaxed);

		if (moved != 0)
			atomic_fetch_add_explicit(&sites[i].old, moved, memory_order_relaxed);
	}
}

unsigned aw__kept_next(unsigned from, struct aw__kept *ret)
{
	for (; from < SITES; from++) {
		const int32_t old = AW__LOAD(sites[from].old);

		if (old <= 0)
			continue;
		ret->place = AW__LOAD(sites[from].place);
		ret->count = (uint64_t)old;
		ret->newest = (struct aw_agent_task){ .id = AW__LOAD(sites[from].newest),
						      .stack = (uint32_t)ret->place,
						      .coroutine = (uint32_t)(ret->place >> 32) };
		return from + 1;
	}
	return 0;
}

static void clear(void)
{
	AW__STORE(epoch, (AW__LOAD(epoch) + 1) % EPOCHS);
	for (unsigned i = 0; i < SITES; i++) {
		AW__STORE(sites[i].old, 0);
		AW__STORE(sites[i].recent[0], 0);
		AW__STORE(sites[i].recent[1], 0);
		AW__STORE(sites[i].newest, 0);
		AW__STORE(sites[i].place, 0);
	}
}

static struct aw__reset reset = { .clear = clear };

__attribute__((constructor)) static void register_reset(void)
{
	aw__reset_register(&reset);
}
