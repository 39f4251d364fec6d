/* SPDX-License-Identifier: MIT */
/*
 * The switch that each hook tests first, and ids for tasks, errors and other recorded objects. Each thread takes ids from a
 * counter in blocks, so that threads do not contend for it; no id is given twice.
 */
#include <stdatomic.h>

#include "agent/hook/hook.h"

int aw_agent_switch;

#define BLOCK 1024u

struct block {
	uint64_t next;
	uint64_t end;
};

static _Atomic uint64_t next_id = 1;
static _Atomic uint64_t next_task_id = 1;

static _Thread_local struct block ids __attribute__((tls_model("initial-exec")));
static _Thread_local struct block task_ids __attribute__((tls_model("initial-exec")));

static inline uint64_t take(struct block *block, _Atomic uint64_t *counter)
{
	if (__builtin_expect(block->next == block->end, 0)) {
		block->next = atomic_fetch_add_explicit(counter, BLOCK, memory_order_relaxed);
		block->end = block->next + BLOCK;
	}
	return block->next++;
}

uint64_t aw_agent_new_id(void)
{
	return take(&ids, &next_id);
}

uint64_t aw_agent_new_task_id(void)
{
	return take(&task_ids, &next_task_id);
}
