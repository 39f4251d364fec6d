/* SPDX-License-Identifier: MIT */
/* The waiting tasks of one process, grouped by the object that they wait for. */
#ifndef AW__TUI_WAITERS_H
#define AW__TUI_WAITERS_H

#include "viewer/tui/app.h"

struct aw__waiter {
	uint64_t target; /* aw__waiters_task(), aw__waiters_resource() */
	const struct aw__task *task;
};

/* The waiters of one target: `count` of them, from items[first] on. */
struct aw__waiter_group {
	uint64_t target;
	uint32_t first, count;
};

#define AW__WAITERS_BITS (1u << 18)

struct aw__waiters {
	struct aw__waiter *items; /* grouped by target, within a group sorted by task */
	size_t count;
	struct aw__waiter_group *groups;
	size_t group_count;
	uint32_t *table;   /* of a group's index + 1, by target, with linear probing */
	size_t table_size; /* a power of two */
	uint64_t *tasks;   /* AW__WAITERS_BITS bits, by hash: may a task have waiters? */
};

/** The target of a wait. Reading and writing a handle are the same target. */
uint64_t aw__waiters_task(uint64_t id);
uint64_t aw__waiters_resource(uint8_t wait_kind, uint64_t id);

/** Group all live tasks that wait for something with an id. Call aw__waiters_finish() before the model changes. */
void aw__waiters_find(const struct aw__app *app, struct aw__waiters *ret_waiters);
void aw__waiters_finish(struct aw__waiters *waiters);
/** Whether a task may have waiters: a quick test that excludes most tasks. */
bool aw__waiters_may_have(const struct aw__waiters *waiters, uint64_t task);
/** The waiters of one target, as an array of `*ret_count`. */
const struct aw__waiter *aw__waiters_of(const struct aw__waiters *waiters, uint64_t target,
					size_t *ret_count);
/** Whether a wait is for a handle. */
bool aw__waiters_is_handle(uint8_t wait_kind);

#endif
