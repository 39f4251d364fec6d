/* SPDX-License-Identifier: MIT */
/*
 * The tables in the box: of tasks (slots.c), of loops (hooks_loop.c), and of the holders of locks for which tasks wait (holds.c). Other processes
 * read them, too.
 */
#ifndef AW__BOX_TABLES_H
#define AW__BOX_TABLES_H

#include <awry/agent.h>
#include <stdbool.h>
#include <stdint.h>

#include "agent/record/atomics.h"
#include "agent/record/recorder.h"
#include "agent/record/writer.h"
#include "proto/blackbox.h"

/* ---- tasks ---- */

/** Take a slot of the task table. 0: there is none, and the task is counted, but not listed. */
uint32_t aw__slot_take(struct aw__writer *writer);
void aw__slot_give(struct aw__writer *writer, uint32_t slot);

/** Slots [1, end) are backed, and may be read. */
static inline uint64_t aw__slots_end(void)
{
	return AW__LOAD_ACQUIRE(aw__recorder.slots_given) + 1;
}

/** The slot of a task; NULL: it has none, or no longer. */
static inline struct aw__box_task *aw__task_slot(const struct aw_agent_task *task)
{
	struct aw__box_task *slot;
	uint64_t number;

	if (task == NULL)
		return NULL;
	/* The number may be from the table of a fork's parent, or of an earlier recording: in this one it may be another task's slot, or not backed. */
	number = task->slot;
	if (number - 1 >= AW__LOAD(aw__recorder.slots_given))
		return NULL;
	slot = &aw__slot_table()[number];
	return AW__LOAD(slot->id) == task->id ? slot : NULL;
}

/* The name's length, the flags and the creator's slot, in a slot's status. */
#define AW__STATUS_FLAG(flag)	       ((uint64_t)(flag) << 32)
#define AW__STATUS_CREATOR(at)	       ((uint64_t)(at) << 40)
#define AW__CREATOR_OF(status)	       ((uint32_t)((status) >> 40))
#define AW__STATUS_NAME_LENGTH(status) ((uint32_t)((status) >> 24 & 0xff))
#define AW__MOST_CREATOR_SLOT	       ((1u << 24) - 1)

/** A copy of a slot, as it was at one moment. */
struct aw__task_view {
	struct aw_agent_task task; /* id, slot and stack only */
	uint64_t creator;
	uint64_t created_ns;
	uint64_t changed_ns;
	uint64_t run_ns;
	uint64_t status;
	uint64_t wait_target;
	uint64_t scope;
	uint64_t loop;
	uint64_t coroutine_stack; /* as in the slot: the coroutine << 32 | the creation stack */
};

#define AW__VIEW_STATE(view) ((view)->status & 0xff)
#define AW__VIEW_WAIT(view)  ((view)->status >> 8 & 0xff)

/** Copy a slot while its thread may write to it. False if it is free, or changes all the time. */
bool aw__slot_view(uint32_t slot, struct aw__task_view *ret);
/** Whether the task's creator has ended. False if the creator, or its slot, is not known. */
bool aw__slot_creator_ended(const struct aw__task_view *view);

/* ---- loops, locks ---- */

/** The entry of a loop in the table; NULL: it has none. */
struct aw__box_loop *aw__loop_entry(const struct aw_agent_loop *loop);

/** The task that has a resource for which others wait; 0: none, or not known. */
uint64_t aw__hold_of(uint64_t resource);

#endif
