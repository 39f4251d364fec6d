/* SPDX-License-Identifier: MIT */
/* What the files share that make a sequence of a box (blackbox_cursor.c), and nobody else may see. */
#ifndef AW__BLACKBOX_CURSOR_H
#define AW__BLACKBOX_CURSOR_H

#include "base/map.h"
#include "proto/blackbox.h"
#include "proto/blackbox_read.h"

#define AW__BOX_LOAD(field)	    atomic_load_explicit(&(field), memory_order_relaxed)
#define AW__BOX_LOAD_ACQUIRE(field) atomic_load_explicit(&(field), memory_order_acquire)

struct aw__ring_cursor {
	const _Atomic uint64_t *units;
	uint64_t capacity;
	uint64_t most;	  /* what the capacity can grow to, at most */
	uint64_t at;	  /* units: the next one to read */
	uint64_t mark;	  /* … and where to stop for now */
	uint64_t lost;	  /* units, not yet told */
	uint64_t history; /* … that were overwritten before this cursor began */
	bool overtaken;	  /* … since the last mark */
	bool peeked;	  /* `event` is the record at `at`, of `size` units */
	uint64_t size;
	struct aw__event event;
	uint64_t list[AW__RECORD_LIST_WORDS];
	char text[AW__RECORD_TEXT_BYTES];
};

_Static_assert(AW__BOX_DEFINITION_WORDS == AW__ENTRY_NUMBERS + AW__ENTRY_TEXT_BYTES / 8,
	       "every definition has room");

enum aw__snapshot_phase {
	AW__ROWS_NONE,
	AW__ROWS_BEGIN,
	AW__ROWS_RINGS,
	AW__ROWS_LOOPS,
	AW__ROWS_LAGS,
	AW__ROWS_HOLDS,
	AW__ROWS_TASKS
};

/* Of whose iterations how many were told. */
struct aw__told_lags {
	uint64_t loop, count;
};

struct aw__box_cursor {
	const struct aw__box *box;
	uint64_t arena_at; /* bytes */
	uint64_t arena_mark;
	uint64_t lost;
	uint64_t told[AW__LOST_KINDS]; /* of the header's counters */
	bool begun;		       /* it was marked once */
	bool important_only;
	bool snapshot_wanted;
	enum aw__snapshot_phase phase;
	uint64_t row;
	bool held; /* `item` waits for its definitions */
	struct aw__item item;
	uint64_t row_list[AW__LAG_LIST_WORDS];
	char row_text[AW__LOOP_LABEL_WORDS * 8];
	uint64_t definition[AW__BOX_DEFINITION_WORDS]; /* numbers and text of the given one */
	uint64_t lags_ns; /* the moment of those that are to be told after the events; 0: none */
	uint64_t lags_row;
	struct aw__told_lags *told_lags; /* loop_capacity of them */
	uint64_t held_row;	  /* the next task whose error may be held; 0: they are not told */
	unsigned held_part;	  /* of what is told of it: the next one */
	uint64_t held_count;	  /* findings that were made of such */
	struct aw__map held_told; /* errors of which a finding came by */
	struct aw__map awaited;	  /* tasks that others await */
	uint32_t ring_count;
	struct aw__ring_cursor *rings[]; /* ring_capacity of them, made when first seen */
};

/* ---- blackbox_ring.c: one ring ---- */

/** Read on up to where it is now; what was overwritten meanwhile is counted. */
void aw__ring_cursor_mark(struct aw__box_cursor *cursor, uint32_t index);
/** Make its `event` the next record below the mark. False if there is none. */
bool aw__ring_cursor_peek(const struct aw__box *box, struct aw__ring_cursor *ring, uint32_t index);

/* ---- blackbox_rows.c: what is true at a moment ---- */

/** Make `item` the next row of the snapshot. False when there is none any more. */
bool aw__rows_next(struct aw__box_cursor *cursor);
/** Make `item` how long a loop's iterations took. What was told is not told again, unless it changed: then false. */
bool aw__rows_lags(struct aw__box_cursor *cursor, uint64_t row);

/** Make `item` the next part of a finding that a task's error was held when the owner ended: who made the task, the task, the finding. */
bool aw__rows_held(struct aw__box_cursor *cursor);

#endif
