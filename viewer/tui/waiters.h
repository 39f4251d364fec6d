/* SPDX-License-Identifier: MIT */
/* Who waits for what, of one process: by what is waited for. */
#ifndef AW__TUI_WAITERS_H
#define AW__TUI_WAITERS_H

#include "viewer/tui/app.h"

struct aw__waiter {
	uint64_t target; /* aw__waiters_task(), aw__waiters_resource() */
	const struct aw__task *task;
};

struct aw__waiters {
	struct aw__waiter *items; /* by target, then by task */
	size_t count;
};

/** Names for what is waited for; a handle is the same whether it is read or written. */
uint64_t aw__waiters_task(uint64_t id);
uint64_t aw__waiters_resource(uint8_t wait_kind, uint64_t id);

/** All live tasks that wait for something that has a number. Finish it before the model changes. */
void aw__waiters_find(const struct aw__app *app, struct aw__waiters *ret_waiters);
void aw__waiters_finish(struct aw__waiters *waiters);
/** Those of one target: `*ret_count` of them, from the result on. */
const struct aw__waiter *aw__waiters_of(const struct aw__waiters *waiters, uint64_t target,
					size_t *ret_count);
/** Whether a wait is for a handle. */
bool aw__waiters_is_handle(uint8_t wait_kind);

#endif
